"""Where a name of the cell got its value, and the values that stand beside it."""

from __future__ import annotations

import ast
from itertools import islice
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Binding = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.comprehension | ast.arg


def _scope(step: Step, node: ast.AST) -> ast.AST | None:
    """The function that a node stands in, if any."""
    return next(step.around(node, *_SCOPES), None)


def binding(step: Step, name: ast.Name) -> Binding | None:
    """What gave a name the value that it has at this place, as far as the text says."""
    for node in step.around(name):
        if isinstance(node, _COMPREHENSIONS):
            for generator in reversed(node.generators):
                if binds(generator.target, name.id):
                    return generator
    function = _scope(step, name)
    if isinstance(function, _SCOPES):
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        parameter = next((argument for argument in every if argument.arg == name.id), None)
        found = _latest(step, name, function)
        if found or parameter:
            return found or parameter
    return _latest(step, name, None)


def _latest(step: Step, name: ast.Name, function: ast.AST | None) -> Binding | None:
    latest: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | None = None
    elsewhere = _scope(step, name) is not function
    for node in ast.walk(step.tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not any(binds(target, name.id) for target in targets) or _scope(step, node) is not function:
            continue
        loop = isinstance(node, ast.For) and name not in ast.walk(node.iter)
        done = node.lineno <= name.lineno and name not in ast.walk(node)
        if (elsewhere or loop or done) and (latest is None or node.lineno >= latest.lineno):
            latest = node if node.lineno <= name.lineno or elsewhere else latest
    return latest


def binds(target: ast.AST, name: str) -> bool:
    """Whether an assignment to `target` gives `name` a value."""
    plain = (node for node in ast.walk(target) if isinstance(node, ast.Name))
    return any(node.id == name and isinstance(node.ctx, ast.Store) for node in plain)


def caller_argument(evidence: Evidence, step: Step, parameter: ast.arg) -> tuple[Step, ast.expr] | None:
    """The expression that a call gave to a parameter of the function that raised, and the step it stands in."""
    steps = evidence.steps
    at = next((n for n, known in enumerate(steps) if known is step), 0)
    function = next(step.around(parameter, *_SCOPES), None)
    if not at or not isinstance(function, _SCOPES) or not isinstance(call := steps[at - 1].node, ast.Call):
        return None
    known = next((keyword.value for keyword in call.keywords if keyword.arg == parameter.arg), None)
    names = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
    if known is None and parameter.arg in names:
        place = names.index(parameter.arg) - (isinstance(call.func, ast.Attribute) and names[0] == "self")
        plain = not any(isinstance(argument, ast.Starred) for argument in call.args)
        known = call.args[place] if plain and 0 <= place < len(call.args) else None
    return (steps[at - 1], known) if known is not None else None


def siblings(step: Step, node: ast.expr) -> list[Any]:
    """The values that stand beside a value: those its loop goes over, or of the list or dict that it is in."""
    around: Any = MISSING
    if isinstance(node, ast.Name):
        found = binding(step, node)
        if isinstance(found, (ast.For, ast.comprehension)) and isinstance(found.target, ast.Name):
            around = step.value(found.iter)
    elif isinstance(node, ast.Subscript):
        around = step.value(node.value)
    kind = type(around)
    if kind is dict:
        around = around.values()
    return list(islice(around, 1000)) if kind in (list, tuple, set, dict) else []
