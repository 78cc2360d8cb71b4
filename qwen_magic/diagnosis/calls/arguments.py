"""TypeError of a call: a keyword, a number of arguments or an order that the function does not take."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any

from qwen_magic import edits
from qwen_magic.diagnosis.cells import with_function_named, with_parameter
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import arguments
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.diagnosis.running import suspects
from qwen_magic.snapshot import Diagnosis

# What is said otherwise where: the keyword, and its value if that changes too.
_SYNONYMS = {
    "descending": ("ascending", {"True": "False", "False": "True"}),
    "desc": ("ascending", {"True": "False", "False": "True"}),
    "reverse": ("ascending", {"True": "False", "False": "True"}),
    "ascending": ("reverse", {"True": "False", "False": "True"}),
    "columns": ("by", {}),
    "delimiter": ("sep", {}),
    "separator": ("sep", {}),
    "type": ("dtype", {}),
    "size": ("figsize", {}),
    "thickness": ("linewidth", {}),
    "function": ("key", {}),
}
_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, type, partial)


def parameters(function: Any) -> list[str]:
    """The names of the parameters of a function that can be given by name; nothing if they cannot be known."""
    if not isinstance(function, _FUNCTIONS):
        return []
    if isinstance(function, type):
        function = inspect.getattr_static(function, "__init__", None)
        if not isinstance(function, FunctionType):
            return []
    try:
        known = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return []
    named = (
        parameter for parameter in known if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    )
    return [parameter.name for parameter in named if parameter.name not in ("self", "cls")]


def _artist(message: str) -> list[str]:
    """What can be set on a part of a matplotlib figure, which says `Line2D.set()`."""
    found = re.match(r"(\w+)\.set\(\)", message)
    for name, module in list(sys.modules.items()) if found else ():
        kind = vars(module).get(found[1]) if name.startswith("matplotlib.") and found else None
        if isinstance(kind, type):
            return [attribute[4:] for attribute in dir(kind) if attribute.startswith("set_")]
    return []


def wrong_keyword(evidence: Evidence) -> Iterator[Diagnosis]:
    """A keyword argument that is called something else."""
    found = re.search(r"unexpected keyword argument '(\w+)'|^'(\w+)' is an invalid keyword argument", evidence.message)
    step = evidence.last
    if found is None or step is None or not isinstance(evidence.error, (TypeError, AttributeError)):
        return
    name = found[1] or found[2]
    calls = [node for node in suspects(evidence, step) if isinstance(node, ast.Call)]
    calls = [call for call in calls if any(word.arg == name for word in call.keywords)]
    if not calls:
        return
    call = calls[0]
    word = next(word for word in call.keywords if word.arg == name)
    known = _artist(evidence.message) or parameters(step.value(call.func))
    names = [other for other in known if other not in {given.arg for given in call.keywords}]
    sure = only_slip(name, names, plural=True)
    near = ([sure] if sure else []) + [other for other in close(name, names) if other != sure]
    cells = [_renamed(evidence, step, word, other) for other in near]
    other, values = _SYNONYMS.get(name, ("", {}))
    if values and other not in names:
        other, values = "reverse", {"True": "True", "False": "False"}
    given = evidence.source(step, word.value)
    turned = other in names and sure is None
    if turned:
        near = [other, *(name for name in near if name != other)]
        cells = [_renamed(evidence, step, word, other, values.get(given, given)), *cells]
    function = evidence.source(step, call.func)
    cause = (f"`{function}` has no parameter `{name}`.", f"`{function}` 没有参数 `{name}`。")
    if near:
        choices = " / ".join(f"`{part}=`" for part in near[:3])
        hint = (f"Write {choices} instead of `{name}=`.", f"把 `{name}=` 改成 {choices}。")
        certain = sure is not None or (turned and given in values)
        if turned and given in values:
            text = f"{other}={values[given]}"
            hint = (f"Write `{text}` instead of `{name}={given}`.", f"把 `{name}={given}` 改成 `{text}`。")
        yield diagnosis("argument-keyword", cause, hint, cells, certain=certain)
    elif names:
        shown = ", ".join(names[:10])
        yield diagnosis("argument-keyword", cause, (f"It takes {shown}.", f"可用的参数有 {shown}。"))


def _renamed(evidence: Evidence, step: Step, word: ast.keyword, name: str, value: str | None = None) -> str | None:
    lines = evidence.cell.split("\n")
    span = evidence.span(step, word.value)
    if span is None or word.arg is None:
        return None
    start = edits.span_of(word, lines, step.shift)
    head = edits.Span(start.line, start.column, span.line, span.column)
    if not edits.text_at(evidence.cell, head).startswith(word.arg):
        return None
    text = edits.text_at(evidence.cell, span) if value is None else value
    whole = edits.Span(start.line, start.column, span.end_line, span.end_column)
    return edits.replace(evidence.cell, whole, f"{name}{edits.text_at(evidence.cell, head)[len(word.arg) :]}{text}")


def missing_arguments(evidence: Evidence) -> Iterator[Diagnosis]:
    """Arguments that were not given; a method that was called on its class."""
    found = re.search(r"(\S+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.*)", evidence.message)
    step = evidence.last
    if found is None or step is None or not isinstance(step.node, ast.Call):
        return
    call, names = step.node, re.findall(r"'(\w+)'", found[2])
    function = evidence.source(step, call.func)
    listed = "、".join(f"`{name}`" for name in names)
    cells: list[str | None] = []
    cause = (
        f"`{function}` also needs {', '.join(names)}.",
        f"`{function}` 还需要参数 {listed}。",
    )
    hint = (
        f"Give a value for {', '.join(f'`{name}`' for name in names)}.",
        f"补上 {listed} 的值。",
    )
    owner = step.value(call.func.value) if isinstance(call.func, ast.Attribute) else MISSING
    on_class = isinstance(owner, type) and names[:1] == ["self"]
    if on_class and isinstance(call.func, ast.Attribute):
        kind, method = evidence.source(step, call.func.value), call.func.attr
        objects = [
            name for name, value in list(step.names.items()) if type(value) is owner and not name.startswith("_")
        ]
        texts = [*(f"{name}.{method}" for name in objects[:3]), f"{kind}().{method}"]
        cells = [evidence.replaced(step, call.func, text) for text in texts]
        cause = (
            f"`{method}` was called on the class `{kind}` itself, not on one of its objects.",
            f"`{method}` 是在类 `{kind}` 上调用的，而不是在它的对象上。",
        )
        hint = (f"Write `{texts[0]}(...)`.", f"写成 `{texts[0]}(...)`。")
    elif all(name in step.names for name in names):
        given = arguments(evidence, step, call)
        filled = ", ".join([*([given] if given else []), *(f"{name}={name}" for name in names)])
        cells = [evidence.replaced(step, call, f"{function}({filled})")]
    yield diagnosis("argument-missing", cause, hint, cells)


def lacking_self(evidence: Evidence) -> Iterator[Diagnosis]:
    """A method without `self`, or a class whose `__init__` is misspelt."""
    step = evidence.in_cell
    many = re.search(
        r"(?:(\w+)\.)?(\w+)\(\) takes (\d+) positional arguments? but (\d+) (?:was|were) given", evidence.message
    )
    none = re.match(r"(\w+)\(\) takes no arguments", evidence.message)
    for node in ast.walk(step.tree) if step is not None and (many or none) else ():
        if not isinstance(node, ast.ClassDef) or step is None:
            continue
        for function in (part for part in node.body if isinstance(part, ast.FunctionDef)):
            first = function.args.args[0].arg if function.args.args else ""
            if many and (many[1] or node.name) == node.name and many[2] == function.name:
                plain = {ast.unparse(decorator) for decorator in function.decorator_list}
                own = "cls" if plain == {"classmethod"} else "self"
                if first in ("self", "cls") or plain - {"property", "classmethod"} or int(many[4]) != int(many[3]) + 1:
                    continue
                cause = (
                    f"The method `{function.name}` has no parameter `{own}`.",
                    f"方法 `{function.name}` 缺少参数 `{own}`。",
                )
                hint = (
                    f"Write `{own}` as its first parameter: `def {function.name}({own}, ...)`.",
                    f"第一个参数写 `{own}`：`def {function.name}({own}, ...)`。",
                )
                yield diagnosis(
                    "argument-self", cause, hint, [with_parameter(evidence, step, function, own)], certain=True
                )
            elif (none and none[1] == node.name and only_slip(function.name, ["__init__"])) or (
                none and none[1] == node.name and re.fullmatch(r"_*ini?t?_*|_*int_*", function.name)
            ):
                cell = with_function_named(evidence, step, function, "__init__")
                cause = (
                    f"`{function.name}` is not `__init__`, so `{node.name}` takes no arguments.",
                    f"方法名是 `{function.name}` 而不是 `__init__`，所以 `{node.name}` 不接受参数。",
                )
                hint = ("Write `def __init__(self, ...)`.", "写成 `def __init__(self, ...)`。")
                yield diagnosis("argument-init", cause, hint, [cell], certain=True)
