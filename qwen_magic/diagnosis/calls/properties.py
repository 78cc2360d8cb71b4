"""Properties without a setter, and attributes that `__slots__` leaves out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.own_classes import method, of_self, own_class, own_name
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.snapshot import Diagnosis


def no_setter(evidence: Evidence) -> Iterator[Diagnosis]:
    """`t.size = 4` where `size` is a property that can only be read."""
    said = re.search(r"property '(\w+)' of '([\w.]+)' object has no setter", evidence.message)
    step = evidence.last
    if step is None or said is None or not isinstance(evidence.error, AttributeError):
        return
    name = said[1]
    node = own_class(step, said[2])
    getter = next((part for part in node.body if _reads(part, name)), None) if node else None
    parts = ast.walk(step.statement or ast.Pass())
    targets = [part for part in parts if isinstance(part, ast.Attribute) and _stores(part, name)]
    if not isinstance(getter, Function) or node is None or not targets:
        return
    other = next((part for part in node.body if _sets(part, name)), None)
    if isinstance(other, Function) and other.name != name:
        cells, certain = [_called(evidence, step, other, name)], True
    else:
        cells, certain = _ways(evidence, step, getter, targets, method(node, "__init__"))
    if not cells:
        return
    yield diagnosis(
        "no-setter",
        (f"`{name}` is a property without a setter, so nothing can be stored in it.",
         f"`{name}` 是没有 setter 的属性，不能赋值。"),
        (f"Write a method with `@{name}.setter`, or store the value where the property reads it.",
         f"写一个带 `@{name}.setter` 的方法，或把值存到该属性读取的地方。"),
        cells,
        certain=certain,
    )  # fmt: skip


def _ways(
    evidence: Evidence, step: Step, getter: Function, targets: list[ast.Attribute], init: Function | None
) -> tuple[list[str | None], bool]:
    own, name = own_name(getter), getter.name
    last = getter.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    reads = [part.attr for part in ast.walk(value or ast.Pass()) if of_self(part, getter)]  # type: ignore[attr-defined]
    if not isinstance(value, ast.Attribute) or len(reads) != 1:
        return [], False
    stored = reads[0]
    hidden = evidence.replaced(step, targets[0], f"{evidence.source(step, targets[0].value)}.{stored}")
    lines = evidence.cell.split("\n")
    margin = " " * getter.col_offset
    setter = [f"@{name}.setter", f"def {name}({own}, value):", f"    {own}.{stored} = value"]
    end = (last.end_lineno or last.lineno) + step.shift
    written = "\n".join([*lines[:end], "", *(margin + line for line in setter), *lines[end:]]) if step.in_cell else None
    inside = init is not None and any(part is targets[0] for part in ast.walk(init))
    other_sets = init is not None and any(of_self(part, init) and part.attr == stored for part in ast.walk(init))  # type: ignore[attr-defined]
    if inside and not other_sets:
        return [hidden, written], True
    return [written, hidden], False


def _called(evidence: Evidence, step: Step, function: Function, name: str) -> str | None:
    line = function.lineno + step.shift - 1
    lines = evidence.cell.split("\n")
    if not step.in_cell or not 0 <= line < len(lines):
        return None
    lines[line] = re.sub(rf"\bdef {function.name}\b", f"def {name}", lines[line], count=1)
    return "\n".join(lines)


def _reads(part: ast.AST, name: str) -> bool:
    decorators = [ast.unparse(decorator) for decorator in part.decorator_list] if isinstance(part, Function) else []
    return isinstance(part, Function) and part.name == name and "property" in decorators


def _sets(part: ast.AST, name: str) -> bool:
    return isinstance(part, Function) and any(ast.unparse(found) == f"{name}.setter" for found in part.decorator_list)


def _stores(part: ast.AST, name: str) -> bool:
    return isinstance(part, ast.Attribute) and part.attr == name and isinstance(part.ctx, ast.Store)


def left_out_of_slots(evidence: Evidence) -> Iterator[Diagnosis]:
    """`self.y = y` in a class whose `__slots__` does not name `y`."""
    said = re.search(r"'([\w.]+)' object has no attribute '(\w+)'", evidence.message)
    step = evidence.last
    node = own_class(step, said[1]) if step and said else None
    if step is None or said is None or node is None or not isinstance(evidence.error, AttributeError):
        return
    stored = any(_stores(part, said[2]) for part in ast.walk(step.statement or ast.Pass()))
    slots = next((part.value for part in node.body if isinstance(part, ast.Assign) and _is_slots(part)), None)
    if not stored or slots is None:
        return
    text = evidence.source(step, slots)
    listed = isinstance(slots, (ast.Tuple, ast.List, ast.Set))
    if listed and text[-1] in ")]}":
        comma = "" if text[:-1].rstrip().endswith((",", "(", "[")) else ", "
        space = " " if text[:-1].rstrip().endswith(",") else ""
        new = f'{text[:-1].rstrip()}{comma}{space}"{said[2]}"{text[-1]}'
    elif isinstance(slots, ast.Constant) and type(slots.value) is str:
        new = f'({text}, "{said[2]}")'
    else:
        return
    yield diagnosis(
        "left-out-of-slots",
        (f"`__slots__` of `{node.name}` does not name `{said[2]}`.",
         f"`{node.name}` 的 `__slots__` 里没有 `{said[2]}`。"),
        (f'Add "{said[2]}" to `__slots__`.', f'把 "{said[2]}" 加进 `__slots__`。'),
        [evidence.replaced(step, slots, new)],
        certain=step.function.endswith("__init__"),
    )  # fmt: skip


def _is_slots(part: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "__slots__" for target in part.targets)
