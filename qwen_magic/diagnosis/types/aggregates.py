"""`sum`, `max`, `sorted` and their kind over values that do not go together, or over nothing."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.snapshot import Diagnosis

_AGGREGATES: Final = ("sum", "max", "min", "sorted", "sort", "mean", "median", "fsum", "stdev", "nlargest", "nsmallest")


def aggregate_of_mixed(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sum(["1", "2"])`, `max([1, "2"])`, `sorted([3, None])`, `max` of dicts."""
    step = evidence.last
    if step is None or type(evidence.error) is not TypeError or not is_call_of(step.node, *_AGGREGATES):
        return
    call = step.node
    assert isinstance(call, ast.Call)  # noqa: S101  # is_call_of has said so
    how = _key_as_text if "not callable" in evidence.message else _of_items
    yield from how(evidence, step, call)


def _of_items(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    given = _given(call)
    items = _items(step, given)
    if given is None:
        return
    counted = step.value(given)
    if type(counted) in (dict, Counter) and not is_call_of(call, "sort", "sorted", "max", "min"):
        yield _of_values(evidence, step, given)
    elif items and all(type(item) is str for item in items) and is_call_of(call, "sum"):
        yield from _sum_of_texts(evidence, step, given, items)
    elif any(item is None for item in items):
        yield from _with_none(evidence, step, call, given)
    elif items and all(type(item) is dict for item in items):
        yield from _of_dicts(evidence, step, call, items[0])
    elif items and all(type(item) in (list, tuple) for item in items) and is_call_of(call, "sum"):
        yield _sum_of_lists(evidence, step, call, given, items)
    elif any(type(item) is str for item in items):
        yield from _mixed(evidence, step, call, given, items)
    elif not items and "'str'" in evidence.message and isinstance(given, (ast.GeneratorExp, ast.ListComp, ast.Call)):
        yield _read_element(evidence, step, given)


def _key_as_text(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    """`sorted(rows, key="age")`, `sorted(pairs, key=1)`, `max(counts, key=counts)`."""
    key = next((word.value for word in call.keywords if word.arg == "key"), None)
    value: Any = step.value(key) if key is not None else MISSING
    if key is None or type(value) not in (str, int, dict):
        return
    source = evidence.source(step, key)
    text = f"{source}.get" if type(value) is dict else f"lambda x: x[{source}]"
    yield diagnosis(
        "key-function",
        (f"`key` takes a function, and `{source}` is a {type(value).__name__}.",
         f"`key` 需要一个函数，而 `{source}` 是 {type(value).__name__}。"),
        (f"Write `key={text}`.", f"请写成 `key={text}`。"),
        [evidence.replaced(step, key, text)],
    )  # fmt: skip


def _given(call: ast.Call) -> ast.expr | None:
    if is_call_of(call, "sort") and isinstance(call.func, ast.Attribute):
        return call.func.value
    if is_call_of(call, "nlargest", "nsmallest"):
        return call.args[1] if len(call.args) > 1 else None
    return call.args[0] if len(call.args) == 1 else None


def _items(step: Step, node: ast.expr | None) -> list[Any]:
    value: Any = step.value(node) if node is not None else MISSING
    kind = type(value)
    if kind in (dict, Counter, type({}.keys())):
        return list(islice(value, 1000))
    if kind is type({}.values()):
        return list(islice(value, 1000))
    return list(islice(value, 1000)) if kind in (list, tuple, set, frozenset) else []


def _of_values(evidence: Evidence, step: Step, given: ast.expr) -> Diagnosis:
    """`sum(counts)` of a dict, whose keys are texts."""
    best = f"{operand(evidence.source(step, given))}.values()"
    return diagnosis(
        "keys-for-values",
        ("Going through a dict gives its keys.", "遍历字典得到的是键。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        [evidence.replaced(step, given, best)],
    )


def _sum_of_texts(evidence: Evidence, step: Step, given: ast.expr, items: list[str]) -> Iterator[Diagnosis]:
    text = evidence.source(step, given)
    cause = (
        f"`sum` adds numbers, but `{text}` holds texts such as {items[0]!r}.",
        f"`sum` 只能对数字求和，而 `{text}` 里是文本，例如 {items[0]!r}。",
    )
    if not all(map(numerals.numeric_like, items)):
        joined = f'"".join({text})'
        cell = evidence.replaced(step, step.node, joined) if step.node else None
        hint = f"Join texts with `{joined}`.", f"用 `{joined}` 连接文本。"
        if not any(map(numerals.numeric_like, items)):
            yield diagnosis("sum-of-texts", cause, hint, [cell])
        return
    kind = "int" if all(map(numerals.is_integer, items)) else "float"
    if all(map(numerals.numeric_like_plain, items)):
        best = f"map({kind}, {text})"
    else:
        odd = next(item for item in items if not numerals.numeric_like_plain(item))
        best = f"{numerals.reading(odd, 'x')[0]} for x in {text}"
    made = binding(step, given) if isinstance(given, ast.Name) else None
    cells = [evidence.replaced(step, given, best)]
    if isinstance(made, ast.Assign) and best.startswith("map"):
        cells.append(evidence.replaced(step, made.value, f"list(map({kind}, {evidence.source(step, made.value)}))"))
    hint = f"Turn them into numbers: `sum({best})`.", f"先转换成数字：`sum({best})`。"
    # Whole texts of digits may still be meant as codes, or summed otherwise: no reading is certain.
    yield diagnosis("sum-of-texts", cause, hint, cells)


def _with_none(evidence: Evidence, step: Step, call: ast.Call, given: ast.expr) -> Iterator[Diagnosis]:
    text = evidence.source(step, given)
    kept = f"[x for x in {text} if x is not None]"
    cells = [evidence.replaced(step, given, kept)]
    if is_call_of(call, "sort"):
        cells = [evidence.replaced(step, call, f"{text} = sorted(x for x in {text} if x is not None)")]
    if is_call_of(call, "sorted", "sort") and not call.keywords:
        keyed = "key=lambda x: (x is None, x)"
        source = evidence.source(step, call)
        joined = f"{source[:-1]}{', ' if call.args else ''}{keyed})"
        cells.append(evidence.replaced(step, call, joined))
    yield diagnosis(
        "none-among-values",
        (f"`{text}` holds None, which does not compare or add to anything.", f"`{text}` 里含有 None，不能比较或相加。"),
        (f"Leave None out: `{kept}`.", f"去掉 None：`{kept}`。"),
        cells,
    )


def _of_dicts(evidence: Evidence, step: Step, call: ast.Call, item: dict[Any, Any]) -> Iterator[Diagnosis]:
    keys = [key for key, value in item.items() if type(key) is str and type(value) in (int, float)]
    keys += [key for key, value in item.items() if type(key) is str and type(value) is str]
    source = evidence.source(step, call)
    if not keys:
        return
    given = evidence.source(step, call.args[0]) if call.args else ""
    if is_call_of(call, "sum"):
        texts = [f"{source[: source.index('(')]}(x[{key!r}] for x in {given})" for key in keys]
    else:
        texts = [f"{source[:-1]}{', ' if call.args or call.keywords else ''}key=lambda x: x[{key!r}])" for key in keys]
    yield diagnosis(
        "compared-dicts",
        (
            "Dicts cannot be added or put in order; one of their keys must be chosen.",
            "字典之间不能相加或比较大小，要指定其中一个键。",
        ),
        (f"Name the key, such as `{texts[0]}`.", f"指定键，例如 `{texts[0]}`。"),
        [evidence.replaced(step, call, text) for text in texts],
    )


def _sum_of_lists(evidence: Evidence, step: Step, call: ast.Call, given: ast.expr, items: list[Any]) -> Diagnosis:
    text = evidence.source(step, given)
    flat = f"sum(sum(x) for x in {text})"
    empty = "[]" if type(items[0]) is list else "()"
    joined = f"sum({text}, {empty})"
    texts = [flat, joined, f"[sum(x) for x in {text}]"]
    pairs = [f"sum(x[{n}] for x in {text})" for n, item in enumerate(items[0]) if type(item) in (int, float)]
    if type(items[0]) is tuple:
        texts = [*pairs[::-1], joined]
    return diagnosis(
        "sum-of-lists",
        (f"`sum` starts from 0, and the items of `{text}` are {type(items[0]).__name__}s.",
         f"`sum` 从 0 开始累加，而 `{text}` 的元素是 {type(items[0]).__name__}。"),
        (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
        [evidence.replaced(step, call, text) for text in texts],
    )  # fmt: skip


def _mixed(evidence: Evidence, step: Step, call: ast.Call, given: ast.expr, items: list[Any]) -> Iterator[Diagnosis]:
    text, source = evidence.source(step, given), evidence.source(step, call)
    odd = next(item for item in items if type(item) is str)
    readable = all(type(item) is not str or numerals.numeric_like_plain(item) for item in items)
    texts: list[str | None] = []
    if readable:
        texts = [
            evidence.replaced(step, given, f"map(float, {text})"),
            evidence.replaced(step, given, f"map(int, {text})"),
        ]
        whole = all(type(item) is int or (type(item) is str and numerals.is_integer(item)) for item in items)
        texts = texts[::-1] if whole else texts
    if is_call_of(call, "sorted", "sort", "max", "min", "nlargest", "nsmallest") and not call.keywords:
        kinds = ("int" if readable else "str", "str") if readable else ("str",)
        texts += [
            evidence.replaced(step, call, f"{source[:-1]}{', ' if call.args else ''}key={kind})") for kind in kinds
        ]
    if is_call_of(call, "sort"):
        texts = texts[2 if readable else 0 :]
    numbers = f"[x for x in {text} if not isinstance(x, str)]"
    if not readable and not is_call_of(call, "sort") and any(type(item) is not str for item in items):
        texts.append(evidence.replaced(step, given, numbers))
    hint = (
        (f"Turn all items into numbers: `map(float, {text})`.", f"先把所有元素转换成数字：`map(float, {text})`。")
        if readable
        else (f"Compare them as text with `key=str`, or keep only the numbers: `{numbers}`.",
              f"用 `key=str` 按文本比较，或只保留数字：`{numbers}`。")
    )  # fmt: skip
    yield diagnosis(
        "mixed-items",
        (f"`{text}` mixes texts such as {odd!r} with other values.", f"`{text}` 里混有文本（如 {odd!r}）和其他值。"),
        hint,
        texts,
    )


def _read_element(evidence: Evidence, step: Step, given: ast.GeneratorExp | ast.ListComp | ast.Call) -> Diagnosis:
    many = isinstance(given, ast.Call)
    node = given if isinstance(given, ast.Call) else given.elt
    text = evidence.source(step, node)
    texts = [f"map({kind}, {text})" if many else f"{kind}({text})" for kind in ("int", "float")]
    return diagnosis(
        "sum-of-texts",
        (f"`{text}` gives text, which cannot be added to numbers.", f"`{text}` 得到的是文本，不能与数字相加。"),
        (f"Turn it into numbers: `{texts[0]}`.", f"转换成数字：`{texts[0]}`。"),
        [evidence.replaced(step, node, converted) for converted in texts],
    )
