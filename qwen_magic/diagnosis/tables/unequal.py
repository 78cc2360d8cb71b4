"""Arrays of rows that differ in length, masks of another length, axes and matrices that do not exist, NaN as int."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.origins import origin
from qwen_magic.snapshot import Diagnosis


def inhomogeneous(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.array([[1, 2], [3]])`: rows of several lengths."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or "inhomogeneous shape" not in evidence.message:
        return
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or not call.args or not re.search(r"a?n?y?array$", ast.unparse(call.func)):
            continue
        first = call.args[0]
        drafts, rows, source = Drafts(evidence, step), step.value(first), drafts_text(evidence, first)
        lists = type(rows) is list and all(type(row) in (list, tuple) for row in rows)
        sizes = sorted({len(row) for row in rows}) if lists else []
        np = ast.unparse(call.func).rpartition(".")[0] or "np"
        padded = f"[list(row) + [0] * (max(map(len, {source})) - len(row)) for row in {source}]"
        if lists and all(type(row) is list for row in rows):
            padded = padded.replace("list(row)", "row")
        objects = drafts.called(call, drop=("dtype",), add="dtype=object")
        ways: list[tuple[ast.expr, str]] = [(call, objects)]
        if lists and isinstance(first, ast.Name):
            ways = [(first, padded), (first, padded.replace("[0]", f"[{np}.nan]")), *ways]
            ways.append((first, f"[row[:{sizes[0]}] for row in {source}]"))
            if not _computes(step.tree, step.statement):
                ways.insert(0, (call, objects))
        for way in ways:
            drafts.edit(way)
        shown = ", ".join(map(str, sizes[:4])) or "several"
        yield drafts.diagnosis(
            "rows-of-several-lengths",
            (f"The rows have different lengths ({shown}).", f"各行的长度不同（{shown}）。"),
            (f"Fill them up, `{padded}`, or write `{objects}`.", f"把它们补齐：`{padded}`，或写 `{objects}`。"),
        )
        return


def _computes(tree: ast.Module, statement: ast.stmt | None) -> bool:
    """Whether the array is then used as a table of numbers."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Name):
        return False
    words = ("sum", "mean", "max", "min", "std", "T", "shape", "reshape", "dot", "argmax", "argmin", "cumsum", "var")
    uses = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
    return any(isinstance(n.value, ast.Name) and n.value.id == target.id and n.attr in words for n in uses)


def drafts_text(evidence: Evidence, node: ast.expr) -> str:
    """The text of a node of the last step."""
    step = evidence.last
    return evidence.source(step, node) if step is not None else ast.unparse(node)


def mask_length(evidence: Evidence) -> Iterator[Diagnosis]:
    """`scores[mask]` where the mask was made of another array."""
    step = evidence.last
    found = re.search(
        r"boolean index did not match.*?(?:of axis|dimension) is (\d+).*?boolean (?:axis|dimension) is (\d+)"
        r"|Item wrong length (?P<mask>\d+) instead of (?P<size>\d+)",
        evidence.message,
    )
    if not isinstance(evidence.error, (IndexError, ValueError)) or step is None or not found:
        return
    node = step.node
    if not isinstance(node, ast.Subscript):
        return
    size, mask = (found["size"], found["mask"]) if found["size"] else (found[1], found[2])
    drafts = Drafts(evidence, step)
    base = node.value.value if isinstance(node.value, ast.Attribute) and node.value.attr == "loc" else node.value
    assigned = origin(step, node.slice)
    inside = assigned.value if assigned is not None else node.slice
    mine = ast.unparse(base)
    value = columns.live(step, base)
    for inner in ast.walk(inside):
        # Another array of the length of the mask, compared in the place of this one.
        other = columns.live(step, inner) if isinstance(inner, ast.Name) else None
        same = other is not None and columns.kind(other) == columns.kind(value) != "" and len(other) == int(mask)
        if isinstance(inner, ast.Name) and same and inner.id != mine:
            drafts.edit((inner, drafts.source(base)))
            if isinstance(base, ast.Name):
                drafts.edit((base, inner.id))
    if isinstance(node.slice, ast.Name) and int(mask) > int(size):
        drafts.edit((node.slice, f"{drafts.source(node.slice)}[:{size}]"))
    yield drafts.diagnosis(
        "mask-length",
        (f"The mask has {mask} values, and `{mine}` has {size}.", f"掩码有 {mask} 个值，而 `{mine}` 有 {size} 个。"),
        (f"Build the mask from `{mine}` itself.", f"请用 `{mine}` 本身来生成掩码。"),
    )


def axis_out_of_bounds(evidence: Evidence) -> Iterator[Diagnosis]:
    """`line.sum(axis=1)` of a 1-D array."""
    step = evidence.last
    found = re.search(r"axis (-?\d+) is out of bounds for array of dimension (\d+)", evidence.message)
    if not found or step is None or not isinstance(call := step.node, ast.Call):
        return
    axis = next((word.value for word in call.keywords if word.arg == "axis"), None)
    last = call.args[-1] if call.args else None
    drafts, most = Drafts(evidence, step), int(found[2]) - 1
    if axis is not None and most >= 0:
        drafts.edit((axis, str(most)))
        drafts.edit((call, drafts.called(call, drop=("axis",))))
    elif isinstance(last, ast.Constant) and last.value == int(found[1]) and most >= 0:
        drafts.edit((last, str(most)))
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    if name == "concatenate" and found[2] == "1" and call.args:
        head = ast.unparse(call.func)[: -len(name)]
        drafts.edit((call, f"{head}column_stack({drafts.source(call.args[0])})"))
    shown = "0" if most == 0 else f"0 to {most}"
    yield drafts.diagnosis(
        "axis",
        (
            f"The array has {found[2]} dimension(s), so no axis {found[1]}.",
            f"数组是 {found[2]} 维，没有轴 {found[1]}。",
        ),
        (f"Use axis {shown}.", f"轴只能是 {shown}。".replace(" to ", " 到 ")),
    )


def no_inverse(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.linalg.inv` or `solve` of a matrix that is singular, or not square."""
    step = evidence.last
    if step is None or type(evidence.error).__name__ != "LinAlgError":
        return
    singular = "Singular" in evidence.message
    if not singular and "must be square" not in evidence.message:
        return
    call = next(
        (n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and n.args and "." in ast.unparse(n.func)),
        None,
    )
    if call is None:
        return
    head, _, name = ast.unparse(call.func).rpartition(".")
    drafts, sources = Drafts(evidence, step), [drafts_text(evidence, arg) for arg in call.args]
    new = {"inv": f"{head}.pinv({sources[0]})", "solve": f"{head}.lstsq({', '.join(sources)}, rcond=None)[0]"}.get(name)
    if new is None:
        return
    drafts.edit((call, new))
    cause = (f"`{sources[0]}` is singular: it has no inverse.", f"`{sources[0]}` 是奇异矩阵，没有逆。")
    if not singular:
        cause = (f"`{sources[0]}` is not square: it has no inverse.", f"`{sources[0]}` 不是方阵，没有逆。")
    yield drafts.diagnosis("no-inverse", cause, (f"Write `{new}`.", f"请写 `{new}`。"))


def whole_number_wanted(evidence: Evidence) -> Iterator[Diagnosis]:
    """`half = n / 2` and then `x[:half]`: what is a float since it was divided."""
    step = evidence.last
    wanted = r"slice indices must be integers|'float' object cannot be interpreted|expected a sequence of integers"
    wanted += r"|only integers, slices|indices must be integers or slices, not float"
    if (
        not isinstance(evidence.error, (TypeError, IndexError))
        or step is None
        or not re.search(wanted, evidence.message)
    ):
        return
    for node in running_nodes(evidence, step):
        value = step.value(node) if isinstance(node, ast.Name) else None
        assigned = origin(step, node)
        if type(value) is not float or assigned is None or not isinstance(node, ast.Name):
            continue
        made, drafts = assigned.value, Drafts(evidence, step)
        if not isinstance(made, ast.BinOp) or not isinstance(made.op, ast.Div):
            continue
        text = f"{drafts.source(made.left)} // {drafts.source(made.right)}"
        drafts.edit((made, text))
        drafts.edit((node, f"int({node.id})"))
        yield drafts.diagnosis(
            "whole-number",
            (f"`{node.id}` is {value}: `/` always gives a float.", f"`{node.id}` 是 {value}：`/` 总是得到小数。"),
            (f"Write `{node.id} = {text}`.", f"请写 `{node.id} = {text}`。"),
        )
        return
