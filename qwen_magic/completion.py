"""Tab completion of what follows %qwen and %%qwen."""

from __future__ import annotations

from typing import Any

from qwen_magic.options import VERBS
from qwen_magic.weights.catalogue import CATALOGUE


def complete(line: str) -> list[str]:
    """The words that may stand where the line, from its beginning to the cursor, ends."""
    words = line.split()[1:]
    current = "" if line.endswith(" ") or not words else words.pop()
    verb = VERBS.get(words[0], VERBS["ask"]) if words else VERBS["ask"]
    if (words and words[-1] in ("-m", "--model")) or words in (["model"], ["download"]):
        candidates = [*CATALOGUE]
    elif words == ["help"]:
        candidates = [*VERBS]
    elif verb.choices and words == [verb.name] and not current.startswith("-"):
        candidates = [*verb.choices]
    elif current.startswith("-"):
        candidates = [flag for flag in verb.flags if flag not in words]
    else:
        candidates = [] if words else [*VERBS]
    return [candidate for candidate in candidates if candidate.startswith(current)]


def completer(_: Any, event: Any) -> list[str]:
    """For IPython's hook `complete_command`."""
    return complete(event.text_until_cursor.lstrip())
