"""Examples that say what goes in and what comes out: `Input: [1, 2] Output: 3`, 输入 [1, 2] 应得到 3."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from qwen_magic.examples.checking import check
from qwen_magic.examples.expressions import is_right, parsed
from qwen_magic.examples.found import Example, Found
from qwen_magic.examples.quoting import Quoted

# A signature names parameters; a call has values.
_PARAMETER = r"[A-Za-z_]\w*(?:\s*[:=][^,()]*)?"
_SIGNATURE = re.compile(rf"(?<![\w.])([A-Za-z_]\w*)\(({_PARAMETER}(?:\s*,\s*{_PARAMETER})*)\)")
_IN = re.compile(r"(?:\b[Ii]nputs?\b|输入|传入|给定)\s*(?:is|为|是)?\s*:?\s*")
_OUT = re.compile(
    r"[\s,;.]*(?:(?:and )?(?:the )?\b(?:[Oo]utputs?|[Rr]esult)\b(?: is)?"
    r"|\b(?:gives|returns|should (?:give|return|be))\b"
    r"|(?:时)?[\s,;]*(?:应该?|则|会)?(?:得到|返回|输出|得出|结果(?:是|为)?)(?:结果)?(?:为|是)?)\s*:?\s*"
)
_LONGEST = 400
_AND = re.compile(r"\s+and\s+|\s*[和与、]\s*")


def find_inputs(quoted: Quoted, variables: Collection[str]) -> Iterator[Found]:
    """The examples of a text in which one function is described; which one is meant is not known otherwise."""
    text = quoted.text
    signatures = {found[1]: found[2] for found in _SIGNATURE.finditer(text) if not quoted.quoted(found.start())}
    if len(signatures) != 1:
        return
    ((name, parameters),) = signatures.items()
    count = len([each for each in parameters.split(",") if each.split(":")[0].strip() not in ("self", "cls")])
    for marker in _IN.finditer(text):
        out = _OUT.search(text, marker.end(), marker.end() + _LONGEST)
        if quoted.quoted(marker.start()) or out is None:
            continue
        arguments = _arguments(text[marker.end() : out.start()].strip(" ,;.\n"), count)
        value = _value(text[out.end() : out.end() + _LONGEST], variables)
        if arguments and value:
            call = f"{name}({arguments})"
            yield Found(marker.start(), Example(f"{call} == {value}", check(call, value), call))


def _arguments(written: str, count: int) -> str:
    """What stands between the parentheses of the call: values, or names with values."""
    named = re.sub(r"(?<![=!<>])=(?!=)\s*", "=", written)
    for text in (written, _AND.sub(", ", written), named):
        call = parsed(f"f({text})")
        if not isinstance(call, ast.Call) or not (call.args or call.keywords):
            continue
        values = [*call.args, *(word.value for word in call.keywords)]
        if len(values) == count and all(is_right(value, ()) for value in values):
            return ast.unparse(call)[2:-1]
    return ""


def _value(text: str, variables: Collection[str]) -> str:
    """The longest value that the text begins with, up to the end of its sentence or line."""
    line = text.split("\n", 1)[0]
    for end in range(len(line), 0, -1):
        tree = parsed(line[:end]) if line[end - 1] not in " ," else None
        if tree is not None and is_right(tree, variables) and not line[end : end + 1].isalnum():
            bare = isinstance(tree, ast.Tuple) and not line.startswith("(")
            return "" if bare else ast.unparse(tree)
    return ""
