"""AttributeError: what was meant by an attribute or a method that a value does not have."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from string import Formatter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import arguments
from qwen_magic.diagnosis.names import uses
from qwen_magic.diagnosis.names.as_list import as_list
from qwen_magic.diagnosis.names.idioms import FUNCTIONS, METHODS
from qwen_magic.diagnosis.names.receivers import Asked, asked, family
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.snapshot import Diagnosis

_SEQUENCES = (list, tuple, set)
_MANY = 200
_DATES = frozenset(
    {"year", "month", "day", "hour", "minute", "second", "date", "weekday", "dayofweek", "day_name", "month_name",
     "quarter", "strftime", "dayofyear", "normalize"}
)  # fmt: skip


def unknown_attributes(evidence: Evidence) -> Iterator[Diagnosis]:
    """All that an attribute may have been meant to be; what is certain is said first."""
    question = asked(evidence)
    if question is None or type(question.value).__name__ == "module":
        return
    parts = (_key, _accessor, _idiom, _function, _text, _elements, as_list, _not_called, _statistics, _close)
    found = [diagnosis for part in parts for diagnosis in part(question)]
    yield from sorted(found, key=lambda diagnosis: not any(rewrite.certain for rewrite in diagnosis.rewrites))


def _key(question: Asked) -> Iterator[Diagnosis]:
    """`user.name` where `user["name"]` is meant, also for columns that are no names."""
    value, name = question.value, question.name
    if family(value) == "dict" and question.call is None:
        keys = [key for key in list(value)[:_MANY] if isinstance(key, str)]
    elif family(value) == "DataFrame":
        keys = [column for column in uses.columns(value) if not column.isidentifier()]
    else:
        return
    meant = name if name in keys else only_slip(name, keys)
    if meant is not None:
        cause = ("Keys are looked up with brackets, not with a dot.", "字典的键要用方括号取，不能用点。")
        if family(value) == "DataFrame":
            cause = (f"The column is called {meant!r}.", f"这一列的名字是 {meant!r}。")
        quoted = f'"{meant}"' if '"' not in meant else repr(meant)
        yield question.diagnosis("attribute-key", cause, [f"{question.receiver}[{quoted}]"], certain=True)


def _idiom(question: Asked) -> Iterator[Diagnosis]:
    """A method as another language calls it."""
    known = METHODS.get(family(question.value), {})
    idiom = known.get(question.name)
    if idiom is None and known and only_slip(question.name, uses.attributes(question.value)) is None:
        idiom = known.get(only_slip(question.name, known) or "")
    if idiom is None or not isinstance(question.node.ctx, ast.Load):
        return
    sure, template = idiom.endswith("!"), idiom.rstrip("!")
    if "{" not in template:
        yield question.diagnosis("attribute-idiom", question.lacks(), [question.renamed(template)], certain=sure)
        return
    call, x = question.call, question.receiver
    given = [question.evidence.source(question.step, node) for node in call.args] if call else []
    needed = [int(name) for _, name, _, _ in Formatter().parse(template) if name and name.isdigit()]
    if "{0}:{1}" in template and len(given) == 1:
        template = template.replace("{1}", "")
    elif needed and max(needed) + 1 != len(given):
        return
    if question.name == "join" and isinstance(question.value, _SEQUENCES) and not _all_text(question.value):
        template = template.replace("({x})", "(map(str, {x}))")
    text = template
    for mark, part in (("{x}", x), ("{args}", ", ".join(given)), *((f"{{{n}}}", part) for n, part in enumerate(given))):
        text = text.replace(mark, part)
    used = {"json": "import json", "Coun": "from collections import Counter", "math": "import math"}.get(text[:4], "")
    module = used.rpartition(" ")[2]
    outer = question.step.parents.get(call or question.node)
    if (" = " in text) and not isinstance(outer, ast.Expr):
        return
    # What makes something new must be kept.
    kept = isinstance(outer, ast.Expr) and isinstance(question.node.value, ast.Name)
    kept = kept and (" + " in text or text.startswith(("np.append", "pd.concat")))
    text = f"{x} = {text}" if kept else text
    text = f"({text})" if not isinstance(outer, (ast.stmt, ast.Call)) and (" in " in text or "not " in text) else text
    used = "" if module in question.evidence.namespace else used
    yield question.diagnosis("attribute-idiom", question.lacks(), [text], certain=sure, imports=used, whole=True)


def _all_text(values: Any) -> bool:
    return all(isinstance(value, str) for value in list(values)[:_MANY])


def _accessor(question: Asked) -> Iterator[Diagnosis]:
    """Methods of text and dates that a Series has behind `.str` and `.dt`."""
    if family(question.value) != "Series" and not uses.own_type(question.value, "pandas", "Series"):
        return
    name, x, kind = question.name, question.receiver, str(question.value.dtype)
    if name in ("str", "dt"):
        texts = [f"{x}.astype(str).str"] if name == "str" else [f"pd.to_datetime({x}).dt"]
        cause = ("The values are no text.", "这一列的值不是字符串。") if name == "str" else (
            "The values are no dates yet.", "这一列的值还不是日期。")  # fmt: skip
        # Whether they are numbers or dates in which order is for the rules of tables to say.
        yield question.diagnosis("attribute-accessor", cause, texts)
    elif name in _DATES:
        dates = kind.startswith("datetime")
        text = f"{x}.dt.{name}" if dates else f"pd.to_datetime({x}).dt.{name}"
        cause = (f"A Series has `{name}` behind `.dt`.", f"Series 的 `{name}` 要通过 `.dt` 使用。")
        yield question.diagnosis("attribute-accessor", cause, [text], certain=dates)
    elif hasattr(str, name) and not name.startswith("_"):
        plain = kind in ("object", "str", "string")
        cause = (
            f"A Series has the text method `{name}` behind `.str`.",
            f"Series 的文本方法 `{name}` 要通过 `.str` 使用。",
        )
        texts = [f"{x}.str.{name}"] if plain else [f"{x}.astype(str).str.{name}"]
        yield question.diagnosis("attribute-accessor", cause, texts, certain=plain)


def _function(question: Asked) -> Iterator[Diagnosis]:
    """`numbers.sum()`: a builtin function, called like a method."""
    what, call = FUNCTIONS.get(question.name), question.call
    kinds = _SEQUENCES if what == "sequence" else (int, float, complex)
    if what is None or call is None or type(question.value) not in kinds:
        return
    given = arguments(question.evidence, question.step, call)
    text = f"{question.name}({question.receiver}{', ' + given if given else ''})"
    cause = (f"`{question.name}` is a function, not a method.", f"`{question.name}` 是函数，不是方法。")
    yield question.diagnosis("attribute-function", cause, [text], certain=True, whole=True)


def _text(question: Asked) -> Iterator[Diagnosis]:
    """A method of text, asked of a number."""
    if family(question.value) == "number" and question.name in dir(str) and question.call is not None:
        texts = [f"str({question.evidence.source(question.step, question.node.value)}).{question.name}"]
        yield question.diagnosis("attribute-text", question.lacks(), texts, certain=True)


def _elements(question: Asked) -> Iterator[Diagnosis]:
    """A method of the elements, asked of the list."""
    value, call = question.value, question.call
    if type(value) not in _SEQUENCES or not value or not isinstance(question.node.ctx, ast.Load):
        return
    items = list(value)[:_MANY]
    if not all(uses.has(item, question.name) for item in items) or (
        question.name in METHODS["list"] and len(items) < 1
    ):
        return
    item = "item" if "item" not in question.step.names else "element"
    rest = f"({arguments(question.evidence, question.step, call)})" if call else ""
    texts = [
        f"[{item}.{question.name}{rest} for {item} in {question.receiver}]",
        f"{question.receiver}[0].{question.name}{rest}",
    ]
    kinds = {type(item).__name__ for item in items}
    what = next(iter(kinds)) if len(kinds) == 1 else "object"
    cause = (f"`{question.name}` belongs to each `{what}` in the {question.kind}, not to the {question.kind} itself.",
             f"`{question.name}` 属于{question.kind} 里的每个 `{what}`，不属于整个 {question.kind}。")  # fmt: skip
    yield question.diagnosis("attribute-elements", cause, texts, whole=True)


def _not_called(question: Asked) -> Iterator[Diagnosis]:
    """`text.upper.strip()`: a method that was not called."""
    method = isinstance(question.value, (MethodType, BuiltinFunctionType)) and isinstance(
        question.node.value, ast.Attribute
    )
    if not method and not isinstance(question.value, FunctionType):
        return
    cause = ("It is a function that has not been called.", "这是一个还没有调用的函数。")
    yield question.diagnosis("attribute-call", cause, [f"{question.receiver}().{question.name}"])


def _statistics(question: Asked) -> Iterator[Diagnosis]:
    """What numpy and pandas have for arrays and frames, asked of a plain list, dict or array."""
    value, call = question.value, question.call
    if type(value) not in (list, tuple, dict) and not uses.own_type(value, "numpy", "ndarray"):
        return
    given = arguments(question.evidence, question.step, call) if call else ""
    behind = f"({given})" if call else ""
    space, texts = question.evidence.namespace, []
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    x, name = question.receiver, question.name
    if numpy is not None and space.get("np") is numpy and type(value) is not dict:
        texts += [f"np.{name}({x}{', ' + given if given else ''})"] if name in vars(numpy) else []
        texts += [f"np.array({x}).{name}{behind}"] if name in dir(vars(numpy)["ndarray"]) else []
    if pandas is not None and space.get("pd") is pandas:
        kinds = ("DataFrame",) if type(value) is dict else ("Series", "DataFrame")
        texts += [f"pd.{kind}({x}).{name}{behind}" for kind in kinds if name in dir(getattr(pandas, kind))]
    if texts:
        yield question.diagnosis("attribute-array", question.lacks(), texts, whole=True)


def _close(question: Asked) -> Iterator[Diagnosis]:
    """An attribute that is typed like another one."""
    value, name = question.value, question.name
    if "accessor" in question.evidence.message:
        return
    names = [other for other in uses.attributes(value) if other.isidentifier()]
    instance = uses.instance_names(value)
    names += [held for held in instance if held.startswith("_") and not held.startswith("__")]
    sure = only_slip(name, names, plural=name in instance)
    fits = [near for near in close(name, names, 8, 0.5) if _callable(question, near)]
    sure = sure if sure is None or _callable(question, sure) else None
    ranked = ([sure] if sure else []) + [near for near in fits if near != sure]
    if ranked:
        texts = [question.renamed(near) for near in ranked[:5]]
        en, zh = question.lacks()
        near_en, near_zh = (f"{en[:-1]}; it has `{ranked[0]}`.", f"{zh[:-1]}，有的是 `{ranked[0]}`。")
        yield question.diagnosis("attribute-close", (near_en, near_zh), texts, certain=sure is not None)


def _callable(question: Asked, name: str) -> bool:
    """Whether an attribute can be called, if it is."""
    held = uses.static(question.value, name)
    plain = held is not MISSING and type(held) in (int, float, str, list, tuple, dict, set, bool)
    return not (question.call is not None and plain)
