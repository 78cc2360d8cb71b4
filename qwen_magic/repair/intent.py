"""What a change does to what a cell means: what ran is not what was meant.

Nobody says what a failing cell was meant to do, but the cell itself says most of it. A change is
believed the less, the more of the cell's names, calls and values it gives up or makes up; some
changes - an error that is swallowed, a definition that is gone - are no repair at all.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from qwen_magic.repair.source import bound, bound_by, parse
from qwen_magic.trial import TrialResult

# What each thing given up or made up costs, in units of natural log like the model's own probabilities.
LOST_NAME = 1.5
LOST_TEXT = 1.0
LOST_NUMBER = 1.0
NEW_NUMBER = 0.5
NEW_TEXT = 0.7
LOST_STATEMENT = 3.0
NEW_STATEMENT = 0.5
GUARD = 2.0
DEFAULT = 1.5
EMPTY_RESULT = 2.5

_ENDING = frozenset({"exit", "quit", "_exit", "suppress"})
_EMPTY = frozenset({"[]", "{}", "set()", "''", "()", "None", "nan", "0 rows"})


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a cell's meaning; `refused` says why a change is no repair, `cost` how much is to be doubted.

    `excusable`: what is refused may be right all the same, if it is a rule that knows why it does so.
    """

    cost: float = 0.0
    refused: str = ""
    excusable: bool = False


def judge(original: str, candidate: str, notebook: frozenset[str] = frozenset()) -> Change:
    """What a change does; `notebook` are the names of the notebook's own variables."""
    after = parse(candidate)
    if after is None:
        return Change(refused="does not parse")
    before = parse(original)
    if before is None:
        return _repaired_syntax(original, candidate, after)
    if ast.dump(before) == ast.dump(after):
        return Change(refused="changes nothing")
    lost = bound_by(before) - bound_by(after)
    if stale := lost & _read(after):
        return Change(refused=f"uses {', '.join(sorted(stale))} of another cell")
    refused = _given_up(before, after, lost, notebook)
    return Change(_cost(before, after), refused, excusable=bool(refused))


def _given_up(before: ast.Module, after: ast.Module, lost: set[str], notebook: frozenset[str]) -> str:
    """What a change gives up or overwrites so that it is no repair; empty if nothing."""
    if lost - _loop_names(before):
        return f"no longer defines {', '.join(sorted(lost))}"
    if taken := (bound_by(after) - bound_by(before)) & notebook:
        return f"overwrites {', '.join(sorted(taken))}"
    if _swallows(after) > _swallows(before):
        return "hides the error"
    if gone := (_called(before) & notebook) - _called(after):
        return f"no longer calls {', '.join(sorted(gone))}"
    if _checks(before) - _checks(after):
        return "checks less"
    if given := _computed(before) & bound_by(after) - _computed(after):
        return f"no longer computes {', '.join(sorted(given))}"
    return ""


def _read(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _computed(tree: ast.Module) -> set[str]:
    """The names that get anything but literals; a loop's or an import's count too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not (isinstance(node, (ast.Assign, ast.AnnAssign)) and _literal(node.value)):
            names |= bound(node)
    return names


def _called(tree: ast.Module) -> set[str]:
    """The names that are called."""
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def _checks(tree: ast.Module) -> Counter[str]:
    """What a cell insists on: that it asserts or raises, and the literals that it expects."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        # What is not implemented yet is there to be replaced.
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and "NotImplemented" not in ast.dump(node)):
            found[type(node).__name__] += 1
        if isinstance(node, ast.Assert):
            compared = [
                value for inner in ast.walk(node.test) if isinstance(inner, ast.Compare) for value in inner.comparators
            ]
            found.update(ast.dump(value) for value in compared if _literal(value))
    return found


def _literal(value: ast.expr | None) -> bool:
    """Whether nothing is looked up or called in a value."""
    return value is None or not any(isinstance(node, (ast.Name, ast.Call)) for node in ast.walk(value))


def _repaired_syntax(original: str, candidate: str, after: ast.Module) -> Change:
    """Of a cell that did not parse, only the words can be compared."""
    words_before, words_after = _words(original), _words(candidate)
    if _swallows(after) and "except" not in words_before and "suppress" not in words_before:
        return Change(refused="hides the error")
    lost, new = words_before - words_after, words_after - words_before
    return Change(LOST_NAME * lost.total() + NEW_STATEMENT * new.total())


def _words(text: str) -> Counter[str]:
    code = "\n".join(line.partition("#")[0] for line in text.split("\n"))
    return Counter(word for word in "".join(c if c.isalnum() or c == "_" else " " for c in code).split())


def _loop_names(tree: ast.Module) -> set[str]:
    """Names that a loop binds by the way: a repair may rename them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            names |= {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    return names


def _swallows(tree: ast.Module) -> int:
    """How many places there are at which an error or the cell itself would quietly end."""
    count = 0
    for node in ast.walk(tree):
        match node:
            case ast.Try() | ast.TryStar():
                count += 1
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _ENDING:
                count += 1
            case ast.keyword(arg="errors", value=ast.Constant(value="ignore" | "coerce")):
                count += 1
            case ast.Pass():
                count += 1
    return count


def _cost(before: ast.Module, after: ast.Module) -> float:
    old, new = _Inventory.of(before), _Inventory.of(after)
    lost_names = old.names - new.names
    cost = LOST_NAME * lost_names.total()
    cost += LOST_TEXT * (old.texts - new.texts).total() + NEW_TEXT * (new.texts - old.texts).total()
    cost += LOST_NUMBER * (old.numbers - new.numbers).total() + NEW_NUMBER * (new.numbers - old.numbers).total()
    cost += LOST_STATEMENT * max(0, old.statements - new.statements)
    cost += NEW_STATEMENT * max(0, new.statements - old.statements)
    cost += GUARD * max(0, new.guards - old.guards) + DEFAULT * max(0, new.defaults - old.defaults)
    return cost


@dataclass(frozen=True, slots=True)
class _Inventory:
    """What there is in a cell, counted."""

    names: Counter[str]
    texts: Counter[str]
    numbers: Counter[str]
    statements: int
    guards: int
    defaults: int

    @classmethod
    def of(cls, tree: ast.Module) -> _Inventory:
        nodes = list(ast.walk(tree))
        return cls(
            Counter(_names(nodes)),
            Counter(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)),
            Counter(repr(n.value) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, (int, float))),
            sum(isinstance(n, ast.stmt) and not isinstance(n, (ast.Import, ast.ImportFrom)) for n in nodes),
            sum(isinstance(n, (ast.If, ast.IfExp, ast.Assert)) for n in nodes)
            + sum(len(n.ifs) for n in nodes if isinstance(n, ast.comprehension)),
            sum(_is_default(n) for n in nodes),
        )


def _names(nodes: list[ast.AST]) -> Iterator[str]:
    """Names and attributes; a name that is read and bound counts for each time."""
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name


def _is_default(node: ast.AST) -> bool:
    """`d.get(key, 0)`, `max(xs, default=0)`, `x or 0`."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[_, _]):
            return True
        case ast.keyword(arg="default" | "fill_value" | "errors"):
            return True
        case ast.BoolOp(op=ast.Or(), values=[*_, ast.Constant()]):
            return True
    return False


def doubt(original: str, trial: TrialResult) -> float:
    """What the values that a cell made say against it: nothing came of what was to be computed."""
    tree = parse(original)
    made = bound_by(tree) if tree else set()
    results = [v for v in trial.variables if v.name in made]
    empty = [
        v for v in results if v.description in _EMPTY or v.type == "NoneType" or v.description.startswith("0 rows")
    ]
    return EMPTY_RESULT * len(empty)
