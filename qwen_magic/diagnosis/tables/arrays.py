"""Elements of arrays that are not there, and arrays that are not made as they were meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def outside(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a[3]` of three elements, `a[0, 3]`, `df.iloc[10]`."""
    step = evidence.last
    found = re.match(r"index (-?\d+) is out of bounds for axis (\d) with size (\d+)", evidence.message)
    positional = "positional indexer is out-of-bounds" in evidence.message
    if not isinstance(evidence.error, IndexError) or step is None or not (found or positional):
        return
    node = step.node
    if not isinstance(node, ast.Subscript):
        return
    drafts = Drafts(evidence, step)
    base = node.value.value if positional and isinstance(node.value, ast.Attribute) else node.value
    parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    value = columns.live(step, base)
    size = int(found[3]) if found else len(value) if columns.kind(value) in ("DataFrame", "Series") else 0
    axis = int(found[2]) if found else 0
    if isinstance(node.value, ast.Attribute) and node.value.attr in ("iloc", "iat") and len(parts) == 2:
        # The message counts the axes of a part of the frame.
        base, axis = node.value.value, _axis_outside(step, node.value.value, parts, axis)
        value = columns.live(step, base)
        size = value.shape[axis] if columns.kind(value) == "DataFrame" else size
    index = int(found[1]) if found else step.value(parts[0])
    part = parts[axis] if axis < len(parts) else parts[-1]
    loop = _counting(step, part)
    if loop is not None:
        # It counts from 0, to a number that is too great.
        count, more = loop
        length = f"len({drafts.source(base)})" if axis == 0 else f"{drafts.operand(base)}.shape[{axis}]"
        drafts.edit((count, f"{length} - {more}" if more else length))
    elif size and isinstance(part, (ast.Constant, ast.Name)):
        if index == size:
            drafts.edit((part, f"{drafts.source(part)} - 1" if isinstance(part, ast.Name) else str(size - 1)))
        drafts.edit((part, "-1"))
    if len(parts) == 2:
        drafts.edit((parts[0], drafts.source(parts[1])), (parts[1], drafts.source(parts[0])))
    name = drafts.source(base)
    yield drafts.diagnosis(
        "outside-the-array",
        (
            f"Axis {axis} of `{name}` has {size} elements, so its last index is {size - 1}, not {index}.",
            f"`{name}` 的第 {axis} 轴有 {size} 个元素，最后的下标是 {size - 1}，不是 {index}。",
        ),
        (f"Use an index from 0 to {size - 1}, or -1 for the last.", f"下标用 0 到 {size - 1}，-1 表示最后一个。"),
    )


def _counting(step: Step, part: ast.expr) -> tuple[ast.expr, int] | None:
    """What a loop counts to, whose number is an index, and how much is added: of `for i in range(n): a[i + 1]`."""
    more = 0
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) and isinstance(part.right, ast.Constant):
        more, part = part.right.value if type(part.right.value) is int else 0, part.left
    made = binding(step, part) if isinstance(part, ast.Name) else None
    call = made.iter if isinstance(made, (ast.For, ast.comprehension)) else None
    if is_call_of(call, "range") and len(call.args) == 1 and more >= 0:
        return call.args[0], more
    return None


def _axis_outside(step: Step, base: ast.expr, parts: list[ast.expr], told: int) -> int:
    """Which of two places of a frame is outside of it."""
    frame, places = columns.live(step, base), [step.value(part) for part in parts]
    if columns.kind(frame) != "DataFrame":
        return told
    outside = [n for n in (0, 1) if type(places[n]) is int and not -frame.shape[n] <= places[n] < frame.shape[n]]
    return outside[0] if len(outside) == 1 else told


def too_many_indices(evidence: Evidence) -> Iterator[Diagnosis]:
    """`x[:, 0]` of a 1-D array."""
    step = evidence.last
    found = re.search(r"array is (\d+)-dimensional, but (\d+) were indexed", evidence.message)
    if not isinstance(evidence.error, IndexError) or not found or step is None:
        return
    node = step.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return
    drafts, parts = Drafts(evidence, step), node.slice.elts
    if found[1] == "1" and len(parts) == 2:
        whole = [isinstance(part, ast.Slice) and part.lower is None and part.upper is None for part in parts]
        order = (1, 0) if whole[0] else (0, 1)
        fixed = any(type(step.value(part)) is int for part in parts)
        if whole[0] and fixed:
            drafts.edit((node, drafts.source(node.value)))
        for number in order:
            drafts.edit((node.slice, drafts.source(parts[number])))
        drafts.edit((node.value, f"{drafts.operand(node.value)}.reshape(-1, 1)"))
        drafts.edit((node.value, f"np.atleast_2d({drafts.source(node.value)})"))
    name = drafts.source(node.value)
    yield drafts.diagnosis(
        "too-many-indices",
        (
            f"`{name}` has {found[1]} dimension(s), but {found[2]} indices.",
            f"`{name}` 是 {found[1]} 维，却用了 {found[2]} 个下标。",
        ),
        (f"Write `{name}[i]`.", f"请写 `{name}[i]`。"),
    )


def not_an_index(evidence: Evidence) -> Iterator[Diagnosis]:
    """Floats, texts and masks as indices of arrays; arrays as indices of lists."""
    step = evidence.last
    if not isinstance(evidence.error, (IndexError, TypeError)) or step is None:
        return
    node, said, drafts = step.node, evidence.message, Drafts(evidence, step)
    if not isinstance(node, ast.Subscript):
        return
    index, new = node.slice, ""
    if "only integer scalar arrays can be converted" in said and type(step.value(node.value)) in (list, tuple):
        new = f"np.array({drafts.source(node.value)})"
        items = step.value(node.value)
        numbers = type(items) is list and all(type(item) in (int, float) for item in items[: columns.SAMPLE])
        drafts.edit((node.value, new), certain=numbers)
        drafts.edit((node, f"[{drafts.source(node.value)}[i] for i in {drafts.source(index)}]"))
        cause = ("A list cannot be indexed with an array.", "列表不能用数组作下标。")
    elif "are valid indices" in said or "must be of integer" in said:
        value = columns.live(step, index)
        if columns.kind(value) == "ndarray":
            new = f"{drafts.operand(index)}.astype(int)"
            if set(columns.samples(value)) <= {0.0, 1.0}:
                drafts.edit((index, f"{drafts.operand(index)}.astype(bool)"))
            drafts.edit((index, new))
        elif type(value) is float or isinstance(index, ast.BinOp):
            new = f"int({drafts.source(index)})"
            if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Div):
                floor = f"{drafts.source(index.left)} // {drafts.source(index.right)}"
                drafts.edit((index, floor), certain=True)
                new = floor
            drafts.edit((index, f"int({drafts.source(index)})"))
        else:
            return
        cause = ("An index of an array must be a whole number.", "数组的下标必须是整数。")
    else:
        return
    yield drafts.diagnosis("not-an-index", cause, (f"Write `{new}`.", f"请写 `{new}`。"))


def making(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.zeros(2, 3)`, `np.random.rand((2, 3))`, `np.where(mask, "a")`."""
    step = evidence.last
    if not isinstance(evidence.error, (TypeError, ValueError)) or step is None or not isinstance(step.node, ast.Call):
        return
    call, said, drafts = step.node, evidence.message, Drafts(evidence, step)
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    sources = [drafts.source(arg) for arg in call.args]
    if "as a data type" in said and name in ("zeros", "ones", "empty", "full") and len(sources) > 1:
        # The last argument of `full` is what it is filled with.
        shape, fill = (sources[:-1], f", {sources[-1]}") if name == "full" and len(sources) > 2 else (sources, "")
        text = f"{drafts.operand(call.func)}(({', '.join(shape)}){fill})"
        drafts.edit((call, text), certain=True)
        cause = (f"`{name}` takes the shape as one tuple.", f"`{name}` 的形状要写成一个元组。")
    elif name in ("rand", "randn") and len(sources) == 1 and "'tuple' object cannot be interpreted" in said:
        text = f"{drafts.operand(call.func)}({', '.join(['*' + sources[0]])})"
        if isinstance(call.args[0], ast.Tuple):
            text = f"{drafts.operand(call.func)}({', '.join(drafts.source(part) for part in call.args[0].elts)})"
        drafts.edit((call, text), certain=True)
        cause = (f"`{name}` takes the sizes one by one.", f"`{name}` 的各维大小要分开写。")
    elif "either both or neither of x and y should be given" in said and len(sources) == 2:
        np = columns.alias(evidence, "numpy", "np")
        text = drafts.called(call, add=f"{np}.nan")
        drafts.edit((call, text))
        drafts.edit((call, drafts.called(call, add='""')))
        cause = ("`where` needs a value for both outcomes.", "`where` 两种结果都要给值。")
    elif "order must be str, not int" in said and name == "reshape" and len(sources) > 2:
        text = f"{drafts.operand(call.func)}({sources[0]}, ({', '.join(sources[1:])}))"
        drafts.edit((call, text), certain=True)
        cause = ("`np.reshape` takes the shape as one tuple.", "`np.reshape` 的形状要写成一个元组。")
    else:
        return
    yield drafts.diagnosis("making-an-array", cause, (f"Write `{text}`.", f"请写 `{text}`。"))


def list_methods(evidence: Evidence) -> Iterator[Diagnosis]:
    """`array.append(x)` and other methods of lists and frames that arrays have not got."""
    step = evidence.last
    found = re.match(r"'numpy.ndarray' object has no attribute '(\w+)'", evidence.message)
    if not isinstance(evidence.error, AttributeError) or not found or step is None:
        return
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == found[1]), None)
    call = step.parents.get(node) if node is not None else None
    array: Any = evidence.error.obj
    if node is None or columns.kind(array) != "ndarray":
        return
    drafts, np, name = Drafts(evidence, step), columns.alias(evidence, "numpy", "np"), node.attr
    text = drafts.operand(node.value)
    new = {"length": f"len({drafts.source(node.value)})", "iloc": text, "values": text, "to_numpy": text}.get(name, "")
    if name in ("append", "extend") and isinstance(call, ast.Call) and len(call.args) == 1:
        added = f"{np}.append({drafts.source(node.value)}, {drafts.source(call.args[0])})"
        new = f"{text} = {added}" if isinstance(step.parents.get(call), ast.Expr) else added
        drafts.edit((call, new), certain=name == "append" and new != added and array.ndim == 1)
    elif name in ("head", "value_counts", "describe", "isna", "fillna", "rolling", "groupby", "map", "apply"):
        pd = columns.alias(evidence, "pandas", "pd")
        new = f"{pd}.Series({drafts.source(node.value)}).{name}"
        drafts.edit((node, new), imports=columns.import_for(evidence, "pandas", "pd"))
    elif name == "index" and isinstance(call, ast.Call) and len(call.args) == 1:
        new = f"{np}.where({drafts.source(node.value)} == {drafts.source(call.args[0])})[0][0]"
        drafts.edit((call, new))
    elif name in ("iloc", "length"):
        drafts.edit((node, new), certain=True)
    else:
        return
    cause = (f"An array has no `.{name}`.", f"数组没有 `.{name}`。")
    yield drafts.diagnosis("array-method", cause, (f"Write `{new}`.", f"请写 `{new}`。"))
