"""The names under which a request wants its results, and code that has the result but not the name.

A small model forgets them: asked to put something into `best`, it prints `best_products`.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Collection, Sequence

from qwen_magic import edits
from qwen_magic.repair.source import bound_by, parse

_NAME = r"(?P<name>[^\W\d]\w*)"
_MARKED = f"`{_NAME}`"
_KIND = r"(?:variable|dict|dictionary|list|tuple|set|string|number|table|DataFrame|frame|Series|array|object)"
# What things are stored in and as without that being a name.
_NO_NAMES = frozenset(
    ("place", "order", "memory", "disk", "csv", "json", "excel", "text", "variable", "dataframe", "series")
)
_ARTICLES = r"(?:(?:a|an|the|new|its|own)\s+){0,2}"
_CALLED = r"(?:called|named)\s+"
# A name without a mark is taken for one only where no word of a sentence could stand.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:into|in|as|to|under|make|create|build|compute|define)\s+{_ARTICLES}(?:{_KIND}\s+)?(?:{_CALLED})?{_MARKED}",
        rf"\b{_KIND}\s+(?:{_CALLED})?{_MARKED}",
        rf"(?:\b{_KIND}|\b(?:it|them|result)|,)\s+{_CALLED}{_NAME}",
        rf"\bcall\s+(?:it|them|this|the\s+result)\s+{_NAME}",
        rf"\b(?:store|save|put|keep)\s+(?:it|them|this|that|the\s+result)\s+(?:in|into|as)\s+{_NAME}(?=\s*(?:[.,;:!]|$))",
        r"\b(?:store|save|put|keep|assign|write)\b[^.。;；\n]*?\s(?:in|into|as|to)\s+(?P<name>[^\W\d]\w*_\w*)",
        rf"(?:存到|存入|存为|存成|存进|存在|放到|放入|放进|保存到|保存为|保存在|赋值给|赋给|记为|命名为)[\w\s]{{0,12}}?{_MARKED}",
        rf"(?:变量|字典|列表|集合|数组|表|DataFrame|Series)\s*{_MARKED}",
        r"(?:存到|存入|存为|存成|存进|放到|放入|放进|保存到|保存为|赋值给|赋给|记为|变量)(?:变量)?\s*(?P<name>[a-z]\w*)",
    )
)
# "a column called x", "the columns `a` and `b`" name no variables.
_PARTS = re.compile(
    r"(?:\b(?:columns?|keys?|fields?|functions?|class|files?|sheets?)|列|字段|键|函数|文件)\W*\w*\W*\Z", re.IGNORECASE
)


def targets(request: str, known: Collection[str]) -> tuple[str, ...]:
    """The names, new to the notebook, that a request wants its results under, in its order."""
    found = {
        match.start("name"): match["name"]
        for pattern in _PATTERNS
        for match in pattern.finditer(request)
        if not _PARTS.search(request[: match.start("name")].rstrip("`"))
    }
    names = dict.fromkeys(found[position] for position in sorted(found))
    return tuple(name for name in names if name not in known and not _is_no_name(name))


def _is_no_name(name: str) -> bool:
    return keyword.iskeyword(name) or hasattr(builtins, name) or name.lower() in _NO_NAMES


def missing(code: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """The wanted names that code neither binds nor speaks of.

    As text or an attribute, a name is that of a column; requests for functions speak of parameters and libraries too.
    """
    tree = parse(code)
    if tree is None or not wanted:
        return ()
    there = bound_by(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) | ast.Attribute(attr=text) | ast.keyword(arg=str(text)):
                there.add(text)
            case ast.arg(arg=text) | ast.alias(name=text):
                there.add(text)
    return tuple(name for name in wanted if name not in there)


def named(code: str, name: str, known: Collection[str]) -> str:
    """The code with its last result under `name`; unchanged where it is not clear what that is."""
    tree = parse(code)
    if tree is None:
        return code
    for statement in reversed(tree.body):
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
                shown = arguments[0] if len(arguments) == 1 else None
            case ast.Expr(value=value):
                shown = value
            case ast.Assign(targets=[ast.Name() as target]):
                return _renamed(code, tree, target, name, from_there=target.id in known)
            case _:
                return code
        if isinstance(shown, ast.Name):
            # The notebook's own is shown after it was changed; what took its place stands above.
            if shown.id in known:
                continue
            return _renamed(code, tree, shown, name)
        if shown is not None and not isinstance(shown, (ast.Constant, ast.JoinedStr)):
            span = edits.span_of(shown, code.split("\n"))
            result = f"{name} = {edits.text_at(code, span)}"
            return edits.insert_line(edits.replace(code, span, name), statement.lineno, result)
    return code


def _renamed(code: str, tree: ast.Module, result: ast.Name, name: str, *, from_there: bool = False) -> str:
    """The code with another name for a result: everywhere, or from there on where it took the notebook's own."""
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == result.id]
    if from_there:
        uses = [node for node in uses if node is result or node.lineno > (result.end_lineno or 0)]
    elif any(isinstance(node, ast.arg) and node.arg == result.id for node in ast.walk(tree)):
        return f"{code}\n{name} = {result.id}"
    lines = code.split("\n")
    return edits.replace_all(code, [(edits.span_of(node, lines), name) for node in uses])
