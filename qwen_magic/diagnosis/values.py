"""Values in words, and where a name of the cell got its value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.language import Words
from qwen_magic.snapshot import Diagnosis, Rewrite

MOST: Final = 8
_SHORT = 40
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.JoinedStr)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Binding = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.comprehension | ast.arg


def diagnosis(
    rule: str, cause: tuple[str, str], hint: tuple[str, str], cells: Iterable[str | None], *, certain: bool = False
) -> Diagnosis:
    """A diagnosis from pairs of English and Chinese; the first cell is `certain`, the others never are."""
    unique = list(dict.fromkeys(cell for cell in cells if cell is not None))[:MOST]
    rewrites = tuple(Rewrite(cell, certain and n == 0) for n, cell in enumerate(unique))
    return Diagnosis(rule, _words(cause), _words(hint), rewrites)


def _words(pair: tuple[str, str]) -> Words:
    # Chinese words have no spaces between them; sentences are put together from parts.
    return Words(
        re.sub(r"\ba (?=[aeio]\w+[ ,.])", "an ", pair[0]),
        re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", pair[1]),
    )


def importing(evidence: Evidence, cell: str | None, module: str) -> str | None:
    """The cell with `import module` on top, unless the notebook has it."""
    known = module in evidence.namespace or re.search(rf"^\s*import .*\b{module}\b", evidence.cell, re.MULTILINE)
    return cell if cell is None or known else edits.add_import(cell, f"import {module}")


def type_name(value: Any) -> str:
    """The name of a value's type, as error messages write it."""
    return type(value).__name__


def described(value: Any) -> tuple[str, str]:
    """A value in a few words, without running any code of its type."""
    kind = type(value)
    if value is None or kind is bool:
        return str(value), str(value)
    if kind in (int, float, complex):
        return f"the number {value!r}", f"数字 {value!r}"
    if kind is str:
        return f"the text {short(value)}", f"文本 {short(value)}"
    if kind in (list, tuple, set, frozenset, dict):
        return f"a {kind.__name__} of {len(value)}", f"有 {len(value)} 项的 {kind.__name__}"
    article = "an" if kind.__name__[:1] in "aeioAEIO" else "a"
    return f"{article} {kind.__name__} object", f"{kind.__name__} 对象"


def short(value: str | bytes) -> str:
    """A text as Python writes it, cut if it is long."""
    return repr(value) if len(value) <= _SHORT else f"{value[:_SHORT]!r}…"


def atom(text: str, node: ast.AST) -> str:
    """The text of a node with parentheses, if it needs them before a dot or an index."""
    plain = isinstance(node, _ATOMS) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))
    plain = plain or text.isdigit()
    return text if plain or (text.startswith("(") and isinstance(node, (ast.Tuple, ast.GeneratorExp))) else f"({text})"


def above(step: Step, node: ast.AST) -> Iterable[ast.AST]:
    """The nodes around a node, the innermost first."""
    around = step.parents.get(node)
    while around is not None:
        yield around
        around = step.parents.get(around)


def scope(step: Step, node: ast.AST) -> ast.AST | None:
    """The function that a node stands in, if any."""
    return next((around for around in above(step, node) if isinstance(around, _SCOPES)), None)


def binding(step: Step, name: ast.Name) -> Binding | None:
    """What gave a name the value that it has at this place, as far as the text says."""
    for node in above(step, name):
        if isinstance(node, _COMPREHENSIONS):
            for generator in reversed(node.generators):
                if binds(generator.target, name.id):
                    return generator
    function = scope(step, name)
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
    elsewhere = scope(step, name) is not function
    for node in ast.walk(step.tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not any(binds(target, name.id) for target in targets) or scope(step, node) is not function:
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
    function = next((node for node in above(step, parameter) if isinstance(node, _SCOPES)), None)
    if not at or not isinstance(function, _SCOPES) or not isinstance(call := steps[at - 1].node, ast.Call):
        return None
    known = next((keyword.value for keyword in call.keywords if keyword.arg == parameter.arg), None)
    names = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
    if known is None and parameter.arg in names:
        place = names.index(parameter.arg) - (isinstance(call.func, ast.Attribute) and names[0] == "self")
        plain = not any(isinstance(argument, ast.Starred) for argument in call.args)
        known = call.args[place] if plain and 0 <= place < len(call.args) else None
    return (steps[at - 1], known) if known is not None else None


def called_function(step: Step, call: ast.AST | None) -> ast.FunctionDef | None:
    """The definition, in the same text, of the function that a call names."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, (ast.Name, ast.Attribute)):
        return None
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
    found = [node for node in ast.walk(step.tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[-1] if found else None


def is_call_of(node: ast.AST | None, *names: str) -> bool:
    """Whether a node calls a function or method of one of these names."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return name in names


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


def running(evidence: Evidence, step: Step) -> list[ast.AST]:
    """The node that raised; of two statements on one line, all the expressions of that line."""
    if step.node is not None and not isinstance(step.node, (ast.If, ast.While, ast.For, ast.Expr)):
        return [step.node]
    if step.node is None and step.in_cell and evidence.line is not None:
        line = evidence.line - step.shift
        return [node for node in ast.walk(step.tree) if getattr(node, "lineno", 0) == line]
    return (
        list(ast.walk(step.node))
        if isinstance(step.node, ast.Expr)
        else list(ast.walk(getattr(step.node, "test", ast.Pass())))
    )
