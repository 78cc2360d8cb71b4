"""More or fewer values than names to take them."""

from __future__ import annotations

import ast
import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from qwen_magic.diagnosis.calls.returned import returned, returned_names
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.wording import described, short
from qwen_magic.snapshot import Diagnosis

_MESSAGE = re.compile(r"(?:too many|not enough) values to unpack|cannot unpack non-(?:iterable|sequence)")
_ASSIGNING = ("=", ":", ": ", " = ", "：", "->", "=>")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Names = ast.Tuple | ast.List


def wrong_count(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a, b = 1, 2, 3`, `for k, v in d`, `for i, x in xs`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (ValueError, TypeError)) or not _MESSAGE.search(evidence.message):
        return
    for target, given, loop in _unpacked(step):
        if loop:
            yield from _of_loop(evidence, step, target, given)
        else:
            yield from _of_assignment(evidence, step, target, given)
        return


def _unpacked(step: Step) -> Iterator[tuple[Names, ast.expr, bool]]:
    node = step.node
    if node is None:
        return
    inner = ast.walk(node) if isinstance(node, ast.stmt) and not isinstance(node, ast.For) else ()
    for around in (node, *step.around(node), *inner):
        if isinstance(around, ast.Assign) and isinstance(around.targets[0], (ast.Tuple, ast.List)):
            yield around.targets[0], around.value, False
        elif isinstance(around, ast.For) and isinstance(around.target, (ast.Tuple, ast.List)):
            if around.target in (node, around.target) and (
                node in (around, around.iter, around.target) or _inside(around.target, node)
            ):
                yield around.target, around.iter, True
        elif isinstance(around, _COMPREHENSIONS):
            for generator in around.generators:
                if isinstance(generator.target, (ast.Tuple, ast.List)):
                    yield generator.target, generator.iter, True


def _inside(around: ast.AST, node: ast.AST) -> bool:
    return any(child is node for child in ast.walk(around))


def _of_loop(evidence: Evidence, step: Step, target: Names, given: ast.expr) -> Iterator[Diagnosis]:
    value, text = step.value(given), evidence.source(step, given)
    dotted = operand(text)
    wanted = len(target.elts)
    names = evidence.source(step, target)
    cells: list[str | None] = []
    certain = False
    if type(value) in (dict, Counter, defaultdict, OrderedDict) and wanted == 2:
        best, what = f"{dotted}.items()", "its keys"
        cells.append(evidence.replaced(step, given, best))
        certain = not isinstance(target.elts[0], ast.Tuple)
        words = (
            f"`for ... in {text}` gives the keys of a dict, not pairs.",
            f"`for ... in {text}` 得到的只是字典的键，不是键值对。",
        )
    else:
        item = _first_bad(value, wanted)
        what = described(item)[0] if item is not MISSING else "something else"
        chinese = described(item)[1] if item is not MISSING else "其他内容"
        words = (
            f"`{names}` takes {wanted} values, and an item of `{text}` is {what}.",
            f"`{names}` 需要 {wanted} 个值，而 `{text}` 的元素是 {chinese}。",
        )
        best = ""
        if wanted == 2 and not is_call_of(given, "enumerate", "items", "zip") and _counts(target.elts[0], item):
            best = f"enumerate({text})"
        if isinstance(given, ast.Tuple) and len(given.elts) == wanted:
            best = f"zip({', '.join(evidence.source(step, part) for part in given.elts)})"
        cells += _item_names(evidence, step, target, given, item)
        cells.append(evidence.replaced(step, given, best) if best else None)
    hint = (
        (f"Loop over `{best}`.", f"请遍历 `{best}`。")
        if best
        else (
            f"Take as many names as there are values in an item of `{text}`.",
            f"变量的个数要与 `{text}` 中每个元素的长度一致。",
        )
    )
    yield diagnosis("unpacking", words, hint, cells, certain=certain)


def _counts(name: ast.expr, item: Any) -> bool:
    """Whether the first of two names may be a position: it is called like one, or the items are single values."""
    called = isinstance(name, ast.Name) and (
        name.id in ("i", "j", "k", "n", "no", "num", "pos", "序号", "编号", "索引", "位置", "行号", "第几")
        or name.id.startswith(("idx", "ind", "count", "rank", "number", "row_n"))
    )
    return called or type(item) not in (list, tuple, dict)


def _first_bad(value: Any, wanted: int) -> Any:
    if type(value) not in (list, tuple, set, str):
        return MISSING
    sized = (list, tuple, str, set, dict)
    return next((item for item in list(islice(value, 1000)) if type(item) not in sized or len(item) != wanted), MISSING)


def _item_names(evidence: Evidence, step: Step, target: Names, given: ast.expr, item: Any) -> list[str | None]:
    """The names put to the shape of an item: one more, one less, or grouped."""
    texts = [evidence.source(step, name) for name in target.elts]
    bare = not evidence.source(step, target).startswith("(")
    if is_call_of(given, "enumerate", "zip", "items") and len(texts) > 2:
        # `for i, a, b in enumerate(pairs)`: the pair comes in parentheses.
        return [evidence.replaced(step, target, f"{texts[0]}, ({', '.join(texts[1:])})")]
    if type(item) not in (list, tuple):
        return []
    several = len(item) - len(texts)
    if several > 0:
        named = [*texts, *("_" for _ in range(several))]
        forms = [", ".join(named), f"{', '.join(texts)}, *_"]
    else:
        forms = [", ".join(texts[: len(item)])] if item else []
    wrap = (lambda form: form) if bare else (lambda form: f"({form})")
    return [evidence.replaced(step, target, wrap(form)) for form in forms]


def _of_assignment(evidence: Evidence, step: Step, target: Names, given: ast.expr) -> Iterator[Diagnosis]:
    value, text = step.value(given), evidence.source(step, given)
    texts = [evidence.source(step, name) for name in target.elts]
    wanted, got = len(texts), _got(evidence, step, value, given)
    if any(isinstance(name, ast.Starred) for name in target.elts) or value is None:
        return
    cells: list[str | None] = []
    count = f"{got} values" if got is not None else f"not {wanted} values"
    chinese = f"{got} 个值" if got is not None else f"不是 {wanted} 个值"
    hint = (
        f"Use as many names as values, or a starred one: `{texts[-1]}`.",
        "让变量的个数与值的个数一致，或使用带星号的变量。",
    )
    certain = False
    if "too many" in evidence.message and (named := returned_names(step, target, given)):
        cells.append(evidence.replaced(step, target, named))
        certain = True
    if is_call_of(given, "split", "rsplit") and isinstance(given.func, ast.Attribute):
        # What stands behind the first sign of `key = value` may hold others.
        separator = step.value(given.args[0]) if len(given.args) == 1 else None
        certain = certain or (wanted == 2 and separator in _ASSIGNING and (got or 0) > 2)
        cells += _split(evidence, step, given, wanted, got)
    if type(value) is str and len(value.split()) == wanted:
        cells.append(evidence.replaced(step, given, f"{operand(text)}.split()"))
    if got is None and "too many" in evidence.message:
        cells += [evidence.replaced(step, target, f"{', '.join(texts)}, *_")]
        cells += [evidence.replaced(step, target, f"{', '.join(texts[:-1])}, *{texts[-1]}")] if wanted > 1 else []
    if got is not None and got > wanted:
        more = ["_"] * (got - wanted)
        star = f"{', '.join(texts[:-1])}, *{texts[-1]}"
        forms = [f"{', '.join(texts)}, *_", star, ", ".join([*texts, *more])]
        cells += [evidence.replaced(step, target, form) for form in (forms if wanted > 1 else forms[1:])]
        cells.append(evidence.replaced(step, given, f"{operand(text)}[:{wanted}]"))
        hint = (f"Catch the rest with a star: `{star} = ...`.", f"用星号接收其余的值：`{star} = ...`。")
    elif got is not None and 0 < got < wanted:
        fewer = ", ".join(texts[:got]) + ("," if got == 1 else "")
        cells.append(evidence.replaced(step, target, fewer))
        hint = (f"Take {got}: `{fewer} = ...`.", f"只取 {got} 个：`{fewer} = ...`。")
    elif "cannot unpack non" in evidence.message:
        same = " = ".join([*texts, text])
        if isinstance(given, (ast.Constant, ast.Name, ast.List, ast.Dict)):
            cells.append(evidence.replaced(step, step.parents[target], same))
        cells.append(evidence.replaced(step, target, texts[0]))
        hint = (f"Give each its value, or all the same: `{same}`.", f"分别赋值，或让它们相同：`{same}`。")
        count, chinese = (
            (f"one value, {described(value)[0]}" if value is not MISSING else "one value that is no sequence"),
            "只有一个值",
        )
    shown = short(value) if type(value) is str else f"`{text}`"
    yield diagnosis(
        "unpacking",
        (
            f"{wanted} names stand on the left, and {shown} gives {count}.",
            f"左边有 {wanted} 个变量，而 {shown} 得到 {chinese}。",
        ),
        hint,
        cells,
        certain=certain,
    )


def _got(evidence: Evidence, step: Step, value: Any, given: ast.expr) -> int | None:
    """How many values there were."""
    if type(value) in (list, tuple, str, dict, set, range):
        return len(value)
    if said := re.search(r"got (\d+)", evidence.message):
        return int(said[1])
    sizes = {len(parts) for parts in returned(step, given)}
    if sizes:
        return sizes.pop() if len(sizes) == 1 else None
    if is_call_of(given, "split") and isinstance(given.func, ast.Attribute):
        text = step.value(given.func.value)
        separators = [step.value(argument) for argument in given.args]
        if type(text) is str and all(type(separator) in (str, int) for separator in separators) and not given.keywords:
            return len(text.split(*separators))
    return None


def _split(evidence: Evidence, step: Step, call: ast.Call, wanted: int, got: int | None) -> Iterator[str | None]:
    assert isinstance(call.func, ast.Attribute)  # noqa: S101  # its caller has looked
    text = step.value(call.func.value)
    source, head = evidence.source(step, call), evidence.source(step, call.func)
    if got is not None and got > wanted and len(call.args) == 1:
        yield evidence.replaced(step, call, f"{source[:-1]}, {wanted - 1})")
        yield evidence.replaced(
            step, call, f"{head.removesuffix('split')}rsplit({source.partition('(')[2][:-1]}, {wanted - 1})"
        )
    elif got is not None and got > wanted and not call.args:
        yield evidence.replaced(step, call, f"{head}(maxsplit={wanted - 1})")
    if type(text) is str and got == 1:
        for separator in (", ", ",", ": ", ":", "，", "：", "\t", ";", "=", "-", "/", "|", None):
            if len(text.split(separator)) == wanted:
                yield evidence.replaced(step, call, f'{head}("{separator}")' if separator else f"{head}()")
