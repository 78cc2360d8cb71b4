"""Loops that give something else than their names promise, and tuples that are to be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.types.subscripts import assigned_subscript
from qwen_magic.snapshot import Diagnosis


def letters_for_pairs(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for name, count in stock` of a dict whose keys happen to have two letters."""
    step = evidence.last
    if step is None or step.node is None or not isinstance(evidence.error, (TypeError, ValueError, AttributeError)):
        return
    for name in (node for node in ast.walk(step.node) if isinstance(node, ast.Name)):
        made = binding(step, name)
        if not isinstance(made, (ast.For, ast.comprehension)) or not isinstance(made.target, (ast.Tuple, ast.List)):
            continue
        value, count = step.value(made.iter), len(made.target.elts)
        if type(value) is not dict or not all(type(key) is str and len(key) == count for key in value):
            continue
        text = evidence.source(step, made.iter)
        yield diagnosis(
            "letters-for-pairs",
            (f"`for ... in {text}` gives the keys, and takes each key apart into its letters.",
             f"`for ... in {text}` 得到的是键，并把每个键拆成了单个字符。"),
            (f"Loop over `{text}.items()`.", f"请遍历 `{text}.items()`。"),
            [evidence.replaced(step, made.iter, f"{operand(text)}.items()")],
            certain=count == 2,
        )  # fmt: skip
        return


def tuple_of_list(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for row in rows: row[1] += 5`, where the rows are tuples."""
    found = assigned_subscript(evidence)
    if found is None or "'tuple' object does not support item assignment" not in evidence.message:
        return
    step, node = found
    loop = binding(step, node.value) if isinstance(node.value, ast.Name) else None
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name):
        holder, index = _held(evidence, step, node)
        if holder:
            new = f"{holder}[{index}] = list({holder}[{index}])"
            yield _said(evidence, holder, [with_line_above(evidence, step, step.statement, new)], new)
        return
    rows = evidence.source(step, loop.iter)
    lists = f"{rows} = [list({loop.target.id}) for {loop.target.id} in {rows}]"
    listed = with_line_above(evidence, step, loop, lists)
    yield _said(evidence, loop.target.id, [_rebuilt(evidence, step, loop, node), listed], lists)


def _said(evidence: Evidence, name: str, cells: list[str | None], text: str) -> Diagnosis:
    return diagnosis(
        "item-assignment",
        (f"`{name}` holds tuples, whose items cannot be changed.", f"`{name}` 是元组，不能修改其中的元素。"),
        (f"Make lists of them first: `{text}`.", f"先把它们变成列表：`{text}`。"),
        cells,
    )


def _held(evidence: Evidence, step: Step, node: ast.Subscript) -> tuple[str, str]:
    """`points[0][1] = 5`: the list and the place of its tuple."""
    inner = node.value
    if isinstance(inner, ast.Subscript) and type(step.value(inner.value)) in (list, dict):
        return evidence.source(step, inner.value), evidence.source(step, inner.slice)
    return "", ""


def _rebuilt(evidence: Evidence, step: Step, loop: ast.For, node: ast.Subscript) -> str | None:
    """The loop with the place of each tuple, where a changed one is put: `rows[i] = (row[0], row[1] + 5)`."""
    statement, row = step.statement, evidence.source(step, node.value)
    tuples, index = step.value(node.value), step.value(node.slice)
    if type(tuples) is not tuple or type(index) is not int or not isinstance(statement, (ast.Assign, ast.AugAssign)):
        return None
    known = {part.id for part in ast.walk(step.tree) if isinstance(part, ast.Name)}
    place = next((name for name in ("i", "n", "k") if name not in known), "")
    parts = [f"{row}[{n}]" for n in range(len(tuples))]
    new = evidence.source(step, statement.value)
    if isinstance(statement, ast.AugAssign):
        sign = evidence.source(step, statement)[len(evidence.source(step, node)) :].split("=")[0].strip()
        new = f"{parts[index]} {sign} {new}"
    parts[index] = new
    rows = evidence.source(step, loop.iter)
    changed = evidence.replaced(step, statement, f"{rows}[{place}] = ({', '.join(parts)},)".replace(",,", ","))
    if len(parts) > 1:
        changed = evidence.replaced(step, statement, f"{rows}[{place}] = ({', '.join(parts)})")
    head = f"for {evidence.source(step, loop.target)} in {rows}"
    # Only the first line of the loop is changed further, and it stands above the statement.
    if changed is None or not place or changed.count(head) != 1 or loop not in step.around(statement):
        return None
    return changed.replace(head, f"for {place}, {row} in enumerate({rows})")
