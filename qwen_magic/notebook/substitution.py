"""Braces in a question: `{name}`, `{In[3]}`, `{Out[3]}` and `{Err[3]}` stand for what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qwen_magic.notebook.describe import describe
from qwen_magic.snapshot import Failure

TEXT = 4000
DESCRIPTION = 400

# A brace beside the pair, as in {{name}} or an f-string, is somebody else's notation.
_BRACES = re.compile(r"(?<!\{)\{(?:(In|Out|Err)\[(-?[0-9]{1,9})\]|([^\W\d]\w*))\}(?!\})")
_MISSING = object()


def substitute(text: str, namespace: Mapping[str, Any], failures: Mapping[int, Failure]) -> str:
    """The text with the names that exist replaced; every other brace stays as it is."""

    def replacement(match: re.Match[str]) -> str:
        kept, index, name = match.groups()
        value = namespace.get(name, _MISSING) if name else _kept(kept, int(index), namespace, failures)
        return match[0] if value is _MISSING else _inserted(value)

    # One pass: what is inserted is not looked at again.
    return _BRACES.sub(replacement, text)


def _kept(kind: str, index: int, namespace: Mapping[str, Any], failures: Mapping[int, Failure]) -> object:
    held = failures if kind == "Err" else namespace.get(kind)
    if type(held) is list:
        # In[0] is a place holder of IPython's.
        return held[index] if index and -len(held) < index < len(held) else _MISSING
    if isinstance(held, Mapping):
        try:
            return held[index]
        except KeyError:
            return _MISSING
    return _MISSING


def _inserted(value: object) -> str:
    if isinstance(value, Failure):
        value = value.traceback
    if type(value) is not str:
        kind, description = describe(value, DESCRIPTION)
        return description or f"<{kind}>"
    if len(value) <= TEXT:
        return value
    return f"{value[:TEXT]}… {len(value) - TEXT:,} more characters"
