"""Names that are there, but not yet, or not here: further down, outside the function, never started."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.earlier import definition, own_returns, stored
from qwen_magic.diagnosis.cells import above, changed, edited, first_line, outermost_loop, with_line_above, without
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Function, Step
from qwen_magic.diagnosis.names.unknown import unknown
from qwen_magic.snapshot import Diagnosis


def defined_later(evidence: Evidence) -> Iterator[Diagnosis]:
    """A name that the cell defines, but further down."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell:
        return
    step = missing.step
    first = missing.node.lineno
    for node in step.tree.body:
        named = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == missing.name
        assigned = isinstance(node, ast.Assign) and missing.name in {
            t.id for t in node.targets if isinstance(t, ast.Name)
        }
        if node.lineno <= first or not (named or assigned):
            continue
        where = node.lineno + step.shift
        yield diagnosis(
            "name-later",
            (
                f"`{missing.name}` is defined in line {where}, after it is used.",
                f"`{missing.name}` 在第 {where} 行才定义，却在之前就用到了。",
            ),
            (
                f"Define `{missing.name}` before the line that uses it.",
                f"把 `{missing.name}` 的定义移到使用它的那一行之前。",
            ),
            [_moved(evidence, step, node)],
        )
        return


def _moved(evidence: Evidence, step: Step, node: ast.stmt) -> str | None:
    """The cell with a statement of its top level above the one that runs."""
    running = next((n for n in evidence.steps if n.in_cell and n.statement in n.tree.body), None)
    statement = running.statement if running else None
    if statement is None or node.end_lineno is None:
        return None
    lines = evidence.cell.split("\n")[first_line(node) - 1 + step.shift : node.end_lineno + step.shift]
    places = [above(evidence, step, statement, "\n".join(lines)), without(evidence, step, node)]
    moved = edited(evidence, places)
    return moved.rstrip("\n") if moved else None


def never_started(evidence: Evidence) -> Iterator[Diagnosis]:
    """A total, a counter or a list that is added to before it exists."""
    missing = unknown(evidence)
    if missing is None:
        return
    step = missing.step
    own = next(step.around(missing.node, ast.FunctionDef, ast.AsyncFunctionDef), None)
    values = initial_values(step, missing.name, own, own_scope=own is None)
    if not values:
        return
    place = outermost_loop(step, step.statement) or step.statement
    cells = [with_line_above(evidence, step, place, f"{missing.name} = {value}") for value in values]
    yield _start(missing.name, values, cells)


def _start(name: str, values: list[str], cells: list[str | None]) -> Diagnosis:
    return diagnosis(
        "name-start",
        (f"`{name}` is changed before it has a first value.", f"`{name}` 还没有初始值就被修改了。"),
        (f"Write `{name} = {values[0]}` before the loop.", f"在循环之前写 `{name} = {values[0]}`。"),
        cells,
    )


def unbound_local(evidence: Evidence) -> Iterator[Diagnosis]:
    """A function that assigns a name somewhere and reads it before."""
    found = re.match(r"cannot access (?:local|free) variable '(\w+)'|local variable '(\w+)'", evidence.message)
    step = evidence.last
    if not isinstance(evidence.error, (UnboundLocalError, NameError)) or found is None or step is None:
        return
    name = found[1] or found[2]
    nearest = step.node if step.node is not None else step.statement
    functions: list[Function] = list(step.around(nearest, ast.FunctionDef, ast.AsyncFunctionDef))
    if not functions:
        return
    function = functions[0]
    if any(name in _locals(outer) for outer in functions[1:]):
        yield _declared(evidence, step, function, name, "nonlocal")
    elif name in evidence.namespace or name in step.names:
        yield _declared(evidence, step, function, name, "global")
    outside = name in evidence.namespace or name in step.names
    values = initial_values(step, name, function) or ([] if outside else _same_kinds(function, name))
    loop = outermost_loop(step, step.statement)
    begin = _first_statement(function)
    cells = [with_line_above(evidence, step, loop or begin, f"{name} = {value}") for value in values]
    cells += [with_line_above(evidence, step, begin, f"{name} = {value}") for value in values]
    if values:
        yield diagnosis(
            "local-unset",
            (
                f"`{name}` has no value yet in `{function.name}` when this line reads it.",
                f"执行到这一行时，函数 `{function.name}` 里的 `{name}` 还没有值。",
            ),
            (
                f"Give `{name}` a value first, such as `{name} = {values[0]}`.",
                f"先给 `{name}` 一个初始值，例如 `{name} = {values[0]}`。",
            ),
            cells,
        )


def _declared(evidence: Evidence, step: Step, function: Function, name: str, word: str) -> Diagnosis:
    declared = with_line_above(evidence, step, _first_statement(function), f"{word} {name}")
    other = _other_name(evidence, step, function, name)
    # A builtin or a function is never meant to be changed.
    variable = word == "nonlocal" or (name in evidence.namespace and not callable(evidence.namespace[name]))
    hint = (
        f"Use another name than `{name}` inside `{function.name}`.",
        f"在 `{function.name}` 里换一个不叫 `{name}` 的变量名。",
    )
    if variable:
        hint = (
            f"Write `{word} {name}` as the first line of `{function.name}`, or use another name inside.",
            f"在 `{function.name}` 的第一行写 `{word} {name}`，或者在函数里换一个变量名。",
        )
    return diagnosis(
        "local-unset",
        (
            f"`{function.name}` assigns `{name}`, so the `{name}` outside is hidden in all of it.",
            f"函数 `{function.name}` 里给 `{name}` 赋了值，所以整个函数里都看不到外面的 `{name}`。",
        ),
        hint,
        [declared, other] if variable else [other],
    )


def _other_name(evidence: Evidence, step: Step, function: Function, name: str) -> str | None:
    """The function with another name for what it assigns; what the running statement reads stays."""
    statement = step.statement
    if statement is None or isinstance(statement, ast.AugAssign):
        return None
    reads = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    named = (node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name)
    return changed(evidence, step, [(node, f"{name}_") for node in named if node not in reads])


def _first_statement(function: Function) -> ast.stmt:
    text = ast.get_docstring(function, clean=False)
    return function.body[1 if text is not None and len(function.body) > 1 else 0]


def _locals(function: Function) -> set[str]:
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {argument.arg for argument in function.args.args}


def local_elsewhere(evidence: Evidence) -> Iterator[Diagnosis]:
    """A name that only exists inside a function: the function must return it, and its caller keep it."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell or next(missing.step.around(missing.node, *_FUNCTIONS), None):
        return
    step, name = missing.step, missing.name
    for statement in step.tree.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or statement.lineno > missing.node.lineno:
            continue
        function = definition(step, call.func)
        if function is None or name not in stored(function):
            continue
        returns = [found for found in own_returns(function) if found.value is not None]
        changes: list[tuple[ast.AST, str]] = [(statement, f"{name} = {evidence.source(step, statement)}")]
        here = function in ast.walk(step.tree)
        if not returns and here:
            last = function.body[-1]
            text = f"{evidence.source(step, last)}\n{' ' * function.body[0].col_offset}return {name}"
            changes.append((last, text))
        kept = bool(returns) and all(_is(found.value, name) for found in returns if found.value is not None)
        cell = changed(evidence, step, changes) if kept or (not returns and here) else None
        yield diagnosis(
            "name-local",
            (f"`{name}` exists only inside the function `{function.name}`.",
                  f"`{name}` 只存在于函数 `{function.name}` 内部。"),
            (f"Return it, and keep what is returned: `{name} = {function.name}(...)`.",
                  f"让函数返回它，并保存返回值：`{name} = {function.name}(...)`。"),
            [cell], certain=cell is not None,
        )  # fmt: skip
        return


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def initial_values(step: Step, name: str, within: ast.AST | None = None, *, own_scope: bool = False) -> list[str]:
    """What a name could start with, from the way it is added to; nothing if it is not."""
    found: dict[str, None] = {}
    for node in ast.walk(within or step.tree):
        if own_scope and next(step.around(node, *_FUNCTIONS), None):
            continue
        target = getattr(node, "target", None)
        if isinstance(node, ast.AugAssign) and isinstance(target, ast.Name) and target.id == name:
            found |= dict.fromkeys(_neutral(node.op, step.value(node.value), node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and _is(node.targets[0], name):
            left, right = node.value.left, node.value.right
            other = right if _is(left, name) else left if _is(right, name) else None
            found |= dict.fromkeys(_neutral(node.value.op, step.value(other), other) if other else ())
        elif isinstance(node, ast.Attribute) and _is(node.value, name):
            kinds = {"append": "[]", "extend": "[]", "add": "set()", "insert": "[]", "update": "{}", "setdefault": "{}"}
            found |= dict.fromkeys([kinds[node.attr]] if node.attr in kinds else [])
        elif isinstance(node, ast.Subscript) and _is(node.value, name) and isinstance(node.ctx, ast.Store):
            found["{}"] = None
    return list(found)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _neutral(operator: ast.operator, value: object, node: ast.expr) -> list[str]:
    if isinstance(operator, (ast.Mult, ast.Div, ast.Pow)):
        return ["1"]
    if isinstance(value, str) or isinstance(node, ast.JoinedStr):
        return ['""']
    if isinstance(value, list) or isinstance(node, (ast.List, ast.ListComp)):
        return ["[]"]
    return ["0"] if value is not MISSING else ["0", '""', "[]"]


def _same_kinds(function: Function, name: str) -> list[str]:
    """Empty values of the kind that the function assigns somewhere else."""
    found: dict[str, None] = {}
    empty = {str: '""', int: "0", float: "0", bool: "False"}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(_is(target, name) for target in node.targets):
            if isinstance(node.value, ast.Constant):
                found |= dict.fromkeys([empty[type(node.value.value)]] if type(node.value.value) in empty else [])
            elif isinstance(node.value, (ast.List, ast.ListComp)):
                found["[]"] = None
    return [*found, "None"]
