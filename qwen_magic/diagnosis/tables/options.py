"""Arguments that are one of a few words, and a word that is none of them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import text_of
from qwen_magic.diagnosis.names.similarity import close, letters, only_slip
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables.option_words import SAYINGS, SYNONYMS, UNSURE, Saying
from qwen_magic.snapshot import Diagnosis

_SHOWN = 8


def wrong_option(evidence: Evidence) -> Iterator[Diagnosis]:
    """`merge(how="full")`, `agg("avg")`, `plot(kind="column")`, `plt.yscale("logarithmic")`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (ValueError, TypeError, AttributeError, KeyError, OSError)):
        return
    first = evidence.error.args[0] if evidence.error.args else ""
    said = first if type(first) is str else evidence.message
    for saying in SAYINGS:
        found = saying.pattern.search(said)
        if found is None:
            continue
        groups = found.groupdict()
        typed, listed = groups.get("typed") or groups.get("unit"), groups.get("listed")
        taken = list(saying.words) or (_words(listed) if listed else _styles())
        for node, word, written in list(_places(evidence, step, saying, typed, taken)):
            yield from _meant(evidence, step, node, word, written, taken)
        return


def _words(listed: str) -> list[str]:
    """The words that a message lists, in quotes or between commas."""
    quoted = re.findall(r"""['"](.*?)['"]""", listed)
    return quoted or [word.strip(" .") for word in listed.split(",")]


def _styles() -> list[str]:
    module = sys.modules.get("matplotlib.style")
    return [word for word in getattr(module, "available", []) if type(word) is str and not word.startswith("_")]


def _places(
    evidence: Evidence, step: Step, saying: Saying, typed: str | None, taken: list[str]
) -> Iterator[tuple[ast.expr, str, str]]:
    """Where a word stands that is not taken: the node, the word, and what stands before it in the same text."""
    for node in running_nodes(evidence, step):
        if typed is not None:
            value = text_of(node)
            if isinstance(node, ast.Attribute) and node.attr == typed and isinstance(step.parents.get(node), ast.Call):
                yield node, typed, ""
            elif isinstance(node, ast.expr) and (value == typed or value.endswith(f".{typed}")):
                yield node, typed, value[: -len(typed)]
        elif isinstance(node, ast.Call):
            named = [word.value for word in node.keywords if word.arg in saying.keywords]
            for part in named or node.args:
                if isinstance(part, ast.Constant) and type(part.value) is str and part.value not in taken:
                    yield part, part.value, ""


def _meant(
    evidence: Evidence, step: Step, node: ast.expr, typed: str, before: str, taken: list[str]
) -> Iterator[Diagnosis]:
    options, sure = _options(typed, taken)
    drafts = Drafts(evidence, step)
    for option in options:
        drafts.edit((node, _written(drafts, node, before + option)), certain=sure and option == options[0])
    shown = ", ".join(taken[:_SHOWN]) + (", …" if len(taken) > _SHOWN else "")
    if options:
        text = f"`.{options[0]}`" if isinstance(node, ast.Attribute) else f'"{before}{options[0]}"'
        hint = (f"Write {text}.", f"请写 {text}。")
    elif taken and not isinstance(node, ast.Attribute):
        hint = (f"Use one of: {shown}.", f"请用其中之一：{shown}。")
    else:
        return
    yield drafts.diagnosis(
        "wrong-option",
        (f'"{typed}" is none of the words that are taken there.', f'这里不接受 "{typed}" 这个词。'),
        hint,
    )


def _written(drafts: Drafts, node: ast.expr, text: str) -> str:
    if isinstance(node, ast.Attribute):
        return drafts.renamed(node, text)
    quote = "'" if drafts.source(node).endswith("'") else '"'
    return f"{quote}{text}{quote}"


def _options(typed: str, taken: list[str]) -> tuple[list[str], bool]:
    """The words that may be meant, the likeliest first, and whether the first is the only one."""
    same = [word for word in taken if letters(word) == letters(typed)]
    if len(same) == 1:
        return same, True
    word = typed.strip().casefold()
    known = [other for other in SYNONYMS.get(letters(word), SYNONYMS.get(word, ())) if other in taken]
    known = known or _word_by_word(word, taken)
    if known:
        return known, word not in UNSURE
    near: list[str] = close(typed, taken, 3, 0.6)
    swapped = [other for other in taken if len(word) > 2 and sorted(other) == sorted(word)]
    sure = only_slip(typed, taken, plural=True)
    return list(dict.fromkeys([*([sure] if sure else swapped), *near])), sure is not None and word not in UNSURE


def _word_by_word(typed: str, taken: list[str]) -> list[str]:
    """`top right` as it is called: `upper right`."""
    parts: list[Any] = [(part, *SYNONYMS.get(part, ())) for part in re.split(r"[\s_-]+", typed)]
    if len(parts) != 2:
        return []
    pairs = (f"{a} {b}" for one, two in permutations(parts, 2) for a in one for b in two)
    return list(dict.fromkeys(pair for pair in pairs if pair in taken))
