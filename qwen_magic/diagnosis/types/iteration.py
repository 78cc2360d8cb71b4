"""What cannot be looped over, measured, hashed, or changed while it is looped over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

# What has an end, but no length before it is reached.
_COUNTED: Final = (
    "generator", "map", "filter", "zip", "enumerate", "reversed", "list_reverseiterator", "csv_reader", "_csv.reader",
    "_io.TextIOWrapper", "callable_iterator", "_grouper", "product", "combinations", "permutations", "chain",
    "groupby", "accumulate", "starmap", "islice", "zip_longest", "combinations_with_replacement",
)  # fmt: skip


def not_iterable(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for i in 10`, `sum(5)`, `x in 7`."""
    step = evidence.last
    said = re.search(
        r"'(\w+)' object is not iterable|argument of type '(\w+)' is not (?:iterable|a container)", evidence.message
    )
    if step is None or said is None or type(evidence.error) is not TypeError:
        return
    kind = said[1] or said[2]
    if kind not in ("int", "float", "bool"):
        return
    for node in _iterated(step):
        value = step.value(node)
        if value is MISSING and not is_call_of(node, "len", "round", "int"):
            continue
        if value is not MISSING and type(value).__name__ != kind:
            continue
        text = evidence.source(step, node)
        around = step.parents.get(node)
        loop = isinstance(around, (ast.For, ast.comprehension)) or is_call_of(around, "enumerate", "list")
        texts = (
            [f"range({text})", f"[{text}]", f"str({text})"] if loop else [f"[{text}]", f"str({text})", f"range({text})"]
        )
        if _digits(step, around):
            texts.sort(key=lambda one: not one.startswith("str("))
        cells = [evidence.replaced(step, node, other) for other in texts]
        made = next(step.around(around, ast.For), None)
        if is_call_of(around, "sum", "max", "min") and made is not None:
            whole = evidence.source(step, made.iter)
            cells.insert(0, evidence.replaced(step, node, whole))
        what = described(value) if value is not MISSING else (f"an {kind}", kind)
        yield diagnosis(
            "not-iterable",
            (f"`{text}` is {what[0]}, and has no items to go through.", f"`{text}` 是 {what[1]}，不能逐项遍历。"),
            (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
            cells,
            certain=isinstance(around, ast.For) and is_call_of(node, "len"),
        )
        return


def _digits(step: Step, loop: ast.AST | None) -> bool:
    """Whether a loop reads each item as a number: `sum(int(d) for d in 2024)` goes through digits."""
    if not isinstance(loop, (ast.For, ast.comprehension)) or not isinstance(loop.target, ast.Name):
        return False
    inside = ast.walk(loop if isinstance(loop, ast.For) else step.parents[loop])
    return any(is_call_of(part, "int") and loop.target.id in ast.unparse(part) for part in inside)


def _iterated(step: Step) -> Iterator[ast.expr]:
    """The expressions that may have been looped over."""
    node = step.node
    for around in [node, *step.around(node)] if node is not None else []:
        if isinstance(around, (ast.For, ast.comprehension)):
            yield around.iter
        elif isinstance(around, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            yield from (generator.iter for generator in around.generators)
        elif isinstance(around, ast.Call):
            yield from around.args
        elif isinstance(around, ast.Compare):
            yield from around.comparators
        elif isinstance(around, ast.Starred):
            yield around.value
        elif isinstance(around, ast.Expr):
            return


def no_length(evidence: Evidence) -> Iterator[Diagnosis]:
    """`len(5)`, `len(map(...))`."""
    step = evidence.last
    node = step.node if step else None
    if step is None or "has no len()" not in evidence.message or not isinstance(node, ast.Call) or not node.args:
        return
    if not is_call_of(node, "len"):
        return
    kind = evidence.message.split("'")[1]
    text = evidence.source(step, node.args[0])
    cells: list[str | None]
    kind = kind.removeprefix("itertools.")
    if kind in ("int", "float"):
        best = f"len(str({text}))"
        cells = [evidence.replaced(step, node, best), evidence.replaced(step, node, text)]
        certain = False
    elif kind in _COUNTED:
        best = f"len(list({text}))"
        cells = [evidence.replaced(step, node.args[0], f"list({text})")]
        certain = True
        name = node.args[0]
        made = binding(step, name) if isinstance(name, ast.Name) else None
        if isinstance(name, ast.Name) and isinstance(made, ast.Assign):
            source = evidence.source(step, made.value)
            listed = f"[{source[1:-1]}]" if isinstance(made.value, ast.GeneratorExp) else f"list({source})"
            # Counting uses a generator up; if it is used again, the list must be kept.
            cells.insert(0, evidence.replaced(step, made.value, listed))
            certain = False
            best = listed
        elif isinstance(name, ast.Name) and isinstance(made, ast.For):
            # The loop gives a new one each time, and may use it more than once.
            cells.insert(0, with_line_above(evidence, step, made.body[0], f"{text} = list({text})"))
            certain = False
    else:
        return
    yield diagnosis(
        "no-length",
        (f"`{text}` is a {kind}, which has no length.", f"`{text}` 是 {kind}，没有长度。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        cells,
        certain=certain,
    )


def changed_in_loop(evidence: Evidence) -> Iterator[Diagnosis]:
    """A dict, set or list changed while a loop goes over it."""
    step = evidence.last
    message = evidence.message
    if step is None or not re.search(r"changed (?:size )?during iteration|keys changed during", message):
        return
    statement = step.statement
    loop = statement if isinstance(statement, ast.For) else next(step.around(step.node, ast.For), None)
    given = (
        loop.iter
        if isinstance(loop, ast.For)
        else next(
            (node.iter for node in ast.walk(step.node or ast.Pass()) if isinstance(node, ast.comprehension)), None
        )
    )
    if given is None:
        return
    text = evidence.source(step, given)
    yield diagnosis(
        "changed-in-loop",
        (f"`{text}` is changed while the loop goes over it.", f"循环遍历 `{text}` 的同时又修改了它。"),
        (f"Loop over a copy: `list({text})`.", f"遍历它的副本：`list({text})`。"),
        [evidence.replaced(step, given, f"list({text})")],
        certain=True,
    )


def not_an_iterator(evidence: Evidence) -> Iterator[Diagnosis]:
    """`next([1, 2])`, and a generator that is used up."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not is_call_of(node, "next") or not node.args:
        return
    text = evidence.source(step, node.args[0])
    if "is not an iterator" in evidence.message:
        made = binding(step, node.args[0]) if isinstance(node.args[0], ast.Name) else None
        first = (
            evidence.replaced(step, made.value, f"iter({evidence.source(step, made.value)})")
            if isinstance(made, ast.Assign)
            else None
        )
        yield diagnosis(
            "not-an-iterator",
            (
                f"`next` needs an iterator, and `{text}` is {described(step.value(node.args[0]))[0]}.",
                f"`next` 需要迭代器，而 `{text}` 是 {described(step.value(node.args[0]))[1]}。",
            ),
            (f"Make one with `iter({text})`.", f"用 `iter({text})` 得到迭代器。"),
            [first, evidence.replaced(step, node.args[0], f"iter({text})")],
        )
    elif isinstance(evidence.error, StopIteration):
        yield diagnosis(
            "used-up",
            (f"`{text}` has no more items: it is used up.", f"`{text}` 已经没有剩余的元素。"),
            (
                f"Give a value for the end, `next({text}, None)`, or make `{text}` anew.",
                f"给出结束时的值 `next({text}, None)`，或重新创建 `{text}`。",
            ),
            [evidence.replaced(step, node, f"next({text}, None)")],
        )
