"""What is raised and what is caught, where it is no exception."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.own_classes import own_class
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.snapshot import Diagnosis


def nothing_to_raise(evidence: Evidence) -> Iterator[Diagnosis]:
    """`raise "text"`, `raise NotImplemented`, or an object of a class that is no exception."""
    step = evidence.last
    statement = step.statement if step else None
    if step is None or not isinstance(statement, ast.Raise) or statement.exc is None:
        return
    raised = statement.exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    if isinstance(name, ast.Name) and name.id == "NotImplemented":
        yield _said(evidence, step, "NotImplemented", [evidence.replaced(step, name, "NotImplementedError")], True)
        return
    if "exceptions must derive from BaseException" not in evidence.message:
        return
    text = evidence.source(step, raised)
    node = own_class(step, name.id) if isinstance(name, ast.Name) else None
    if node is not None:
        yield _said(evidence, step, node.name, [_as_exception(evidence, step, node)], True)
    elif isinstance(raised, (ast.JoinedStr, ast.BinOp)) or type(step.value(raised)) is str:
        kinds = dict.fromkeys([*_caught_around(step, statement), "ValueError", "Exception"])
        yield _said(evidence, step, text, [evidence.replaced(step, raised, f"{kind}({text})") for kind in kinds], False)


def _said(evidence: Evidence, step: Step, text: str, cells: list[str | None], certain: bool) -> Diagnosis:
    return diagnosis(
        "not-an-exception",
        (f"`{text}` is no exception and cannot be raised.", f"`{text}` 不是异常，不能 raise。"),
        ("Raise an exception, such as `ValueError(...)`.", "请抛出异常，例如 `ValueError(...)`。"),
        cells,
        certain=certain,
    )


def _as_exception(evidence: Evidence, step: Step, node: ast.ClassDef) -> str | None:
    """The cell with `Exception` as the base of a class that has none."""
    line = node.lineno + step.shift
    lines = evidence.cell.split("\n")
    head = f"class {node.name}"
    if node.bases or node.keywords or not step.in_cell or not lines[line - 1].strip().startswith(head):
        return None
    start, _, rest = lines[line - 1].partition(head)
    rest = rest.strip().removeprefix("()").lstrip()
    lines[line - 1] = f"{start}{head}(Exception){rest}"
    return "\n".join(lines)


def _caught_around(step: Step, statement: ast.stmt) -> Iterator[str]:
    """What the `try` around the statement, or around a call of its function, is there to catch."""
    own = {id(node) for node in step.around(statement, ast.Try)}
    tries = [node for node in ast.walk(step.tree) if isinstance(node, ast.Try)]
    for node in sorted(tries, key=lambda node: id(node) not in own):
        for handler in node.handlers:
            if isinstance(handler.type, ast.Name) and handler.type.id != "TypeError":
                yield handler.type.id


def cannot_catch(evidence: Evidence) -> Iterator[Diagnosis]:
    """`except "ValueError":`, `except [ValueError, TypeError]:`, `except ValueError or TypeError:`."""
    step = evidence.in_cell
    if step is None:
        return
    said = "catching classes that do not inherit from BaseException" in evidence.message
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ExceptHandler) or node.type is None:
            continue
        either = isinstance(node.type, ast.BoolOp) and _guards(evidence, step, node)
        if not said and not either:
            continue
        text = _caught(evidence, step, node.type)
        own = own_class(step, node.type.id) if isinstance(node.type, ast.Name) else None
        cell = _as_exception(evidence, step, own) if own else None
        cell = evidence.replaced(step, node.type, text) if text and text != ast.unparse(node.type) else cell
        if cell is not None:
            yield diagnosis(
                "not-an-exception",
                (f"`{evidence.source(step, node.type)}` is nothing that `except` can catch.",
                 f"`except` 不能捕获 `{evidence.source(step, node.type)}`。"),
                (f"Write `except {text}:`.", f"写成 `except {text}:`。"),
                [cell],
                certain=True,
            )  # fmt: skip
            return


def _guards(evidence: Evidence, step: Step, handler: ast.ExceptHandler) -> bool:
    """Whether the error comes out of the `try` of a handler that names its kind."""
    block = step.parents.get(handler)
    inside = any(part is step.statement for part in ast.walk(block)) if isinstance(block, ast.Try) else False
    names = {part.id for part in ast.walk(handler.type or ast.Pass()) if isinstance(part, ast.Name)}
    return inside and any(kind.__name__ in names for kind in type(evidence.error).__mro__)


def _caught(evidence: Evidence, step: Step, kind: ast.expr) -> str:
    """What is meant by the type of a handler; empty if it cannot be known."""
    if isinstance(kind, ast.Constant):
        name = kind.value if isinstance(kind.value, str) else ""
        found = getattr(builtins, name, None)
        return name if isinstance(found, type) and issubclass(found, BaseException) else ""
    if isinstance(kind, (ast.List, ast.Set, ast.Tuple, ast.BoolOp)):
        parts = [_caught(evidence, step, part) for part in (kind.values if isinstance(kind, ast.BoolOp) else kind.elts)]
        return f"({', '.join(parts)})" if all(parts) else ""
    return evidence.source(step, kind)


def error_as_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`error.message`, `"failed: " + error`: the text of an exception is `str(error)`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (AttributeError, TypeError)):
        return
    # What was caught may itself be the mistake: a text that was raised.
    if "must derive from BaseException" in "".join(map(str, getattr(evidence.error.__context__, "args", ()))):
        return
    for node in ast.walk(step.node or step.statement or ast.Pass()):
        asked = isinstance(node, ast.Attribute) and node.attr in ("message", "msg", "text")
        name = node.value if isinstance(node, ast.Attribute) and asked else node
        around_it = step.parents.get(node)
        # When the handler is left, its name is gone.
        if not isinstance(name, ast.Name) or name.id not in {h.name for h in step.around(node, ast.ExceptHandler)}:
            continue
        joined = isinstance(around_it, ast.BinOp) and isinstance(around_it.op, ast.Add)
        if asked if isinstance(evidence.error, AttributeError) else joined and "str" in evidence.message:
            yield diagnosis(
                "error-as-text",
                (f"`{name.id}` is an exception, not its text.", f"`{name.id}` 是异常对象，不是它的文本。"),
                (f"Write `str({name.id})`.", f"写成 `str({name.id})`。"),
                [evidence.replaced(step, node, f"str({name.id})")],
                certain=True,
            )
            return
