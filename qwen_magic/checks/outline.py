"""Where things stand in code: what is around a node, what comes before it, and whether it is sure to run."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum

from qwen_magic.checks.finding import Severity

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)
_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Reach(Enum):
    """Whether a node runs when the code does."""

    SURE = "sure"
    CALLED = "called"  # only once somebody calls the function it is in
    MAYBE = "maybe"  # in a branch, below a handler or after a possible exit


class Outline:
    """One tree, walked once."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.nodes: list[ast.AST] = list(ast.walk(tree))
        self._links: dict[ast.AST, tuple[ast.AST, str]] = {}
        for node in self.nodes:
            for field, value in ast.iter_fields(node):
                for child in value if isinstance(value, list) else [value]:
                    # Parsers share the one ast.Load() between all names; nobody asks where that is.
                    if isinstance(child, ast.AST):
                        self._links[child] = (node, field)
        self._bound: dict[str, list[tuple[ast.AST, ast.AST]]] = defaultdict(list)
        self.loads: dict[str, list[ast.Name]] = defaultdict(list)
        shared = {(self._scope(n), name) for n in self.nodes if isinstance(n, ast.Global) for name in n.names}
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.loads[node.id].append(node)
            for name in bound(node):
                scope = self._binding_scope(node)
                self._bound[name].append((node, tree if (scope, name) in shared else scope))
        self._statements: dict[ast.AST, ast.AST] = {}
        self._functions: dict[ast.AST, Function | None] = {}
        # What the code's own imports give names to, by its full name.
        self.imported = _imported(self.nodes)
        self._exits = [node for node in self.nodes if isinstance(node, _EXITS)]

    def calls(self) -> Iterator[ast.Call]:
        """Every call, in no order."""
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def parent(self, node: ast.AST) -> tuple[ast.AST, str]:
        """What a node is part of, and as what."""
        return self._links.get(node, (self.tree, "body"))

    def around(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str]]:
        """From the node outwards: a part, what it is part of, and as what."""
        while (link := self._links.get(node)) is not None:
            yield node, *link
            node = link[0]

    def statement(self, node: ast.AST) -> ast.AST:
        """The innermost statement that a node is in."""
        if isinstance(node, ast.stmt):
            return node
        if node not in self._statements:
            found = next((outer for _, outer, _ in self.around(node) if isinstance(outer, ast.stmt)), node)
            self._statements[node] = found
        return self._statements[node]

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function whose body a node is in; defaults and decorators are outside of it."""
        if node not in self._functions:
            own = (o for _, o, field in self.around(node) if field == "body" and isinstance(o, _FUNCTIONS))
            self._functions[node] = next(own, None)
        return self._functions[node]

    def bindings(self, name: str) -> list[ast.AST]:
        """What gives a name to the notebook, anywhere in the code."""
        return [node for node, scope in self._bound.get(name, ()) if scope is self.tree]

    def bound(self) -> set[str]:
        """Names that the code gives to the notebook."""
        return {name for name, places in self._bound.items() if any(scope is self.tree for _, scope in places)}

    def binds(self, name: str) -> bool:
        """Whether the code gives something to this name anywhere, be it in a function."""
        return bool(self._bound.get(name))

    def is_local(self, name: ast.Name) -> bool:
        """Whether a name belongs to a function, a class or a comprehension around it."""
        scopes = {outer for _, outer, _ in self.around(name) if isinstance(outer, _SCOPES)}
        return any(scope in scopes for _, scope in self._bound.get(name.id, ()))

    def before(self, first: ast.AST, second: ast.AST) -> bool:
        """Whether the first may have run when the second does."""
        if self.function(first) is not None or self.function(second) is not None:
            return True
        one, other = self.statement(first), self.statement(second)
        if one is other:
            return False
        loops = {outer for _, outer, _ in self.around(second) if isinstance(outer, ast.For | ast.While | ast.AsyncFor)}
        if any(outer in loops for _, outer, _ in self.around(first)):
            return True
        return position(one) < position(other)

    def reach(self, node: ast.AST) -> Reach:
        """Whether a node runs, in a notebook that runs the code from the top."""
        found = Reach.SURE
        for inner, outer, field in self.around(node):
            if isinstance(outer, _FUNCTIONS) and field == "body":
                found = found if self._is_called(outer) else Reach.CALLED
            elif _is_branch(inner, outer, field):
                return Reach.MAYBE
        function, statement = self.function(node), self.statement(node)
        earlier = (leave for leave in self._exits if leave is not statement and position(leave) < position(node))
        if any(self.function(leave) is function for leave in earlier):
            return Reach.MAYBE
        return found

    def severity(self, node: ast.AST) -> Severity:
        """How bad it is that a node cannot work."""
        return Severity.ERROR if self.reach(node) is Reach.SURE else Severity.WARNING

    def _is_called(self, function: Function) -> bool:
        if not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return False
        if self.parent(function)[0] is not self.tree or any(isinstance(n, ast.Yield) for n in ast.walk(function)):
            return False
        for name in self.loads.get(function.name, ()):
            if self.parent(name)[1] == "func" and self.function(name) is None:
                branches = (_is_branch(inner, outer, field) for inner, outer, field in self.around(name))
                if not any(branches):
                    return True
        return False

    def _scope(self, node: ast.AST) -> ast.AST:
        return next((outer for _, outer, _ in self.around(node) if isinstance(outer, _SCOPES)), self.tree)

    def _binding_scope(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Name) and isinstance(self.parent(node)[0], ast.NamedExpr):
            # A walrus in a comprehension gives the name to the function around it.
            places = (outer for _, outer, _ in self.around(node) if isinstance(outer, (*_FUNCTIONS, ast.ClassDef)))
            return next(places, self.tree)
        return self._scope(node)


def position(node: ast.AST) -> tuple[int, int]:
    """Line and column."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def bound(node: ast.AST) -> list[str]:
    """The names that a node itself gives something to, or takes it from."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return [name]
        case (
            ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name)
        ):
            return [name]
        case ast.MatchMapping(rest=str() as name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
    return []


def _imported(nodes: list[ast.AST]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found.setdefault(alias.asname or top, alias.name if alias.asname else top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, f"{node.module}.{alias.name}")
    return found


def _is_branch(inner: ast.AST, outer: ast.AST, field: str) -> bool:
    match outer:
        case ast.If(test=test):
            return field == "orelse" or (field == "body" and not _always(test))
        case ast.IfExp() | ast.For() | ast.AsyncFor():
            return field == "orelse" or (field == "body" and isinstance(outer, ast.IfExp))
        case ast.While(test=test):
            return field == "orelse" or (field == "body" and not isinstance(test, ast.Constant | ast.Compare))
        case ast.BoolOp(values=values):
            return inner is not values[0]
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            return field == "body" and bool(handlers)
        case ast.With(items=items) if field == "body":
            # suppress(), pytest.raises() and whatever else is fond of errors.
            return any(isinstance(item.context_expr, ast.Call) and _catches(item.context_expr) for item in items)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp() if field != "generators":
            return isinstance(outer, ast.GeneratorExp) or any(part.ifs for part in outer.generators)
    return isinstance(outer, ast.ExceptHandler | ast.match_case) or (isinstance(outer, ast.Assert) and field == "msg")


def _always(test: ast.expr) -> bool:
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
    return False


def _catches(call: ast.Call) -> bool:
    called = ast.unparse(call.func).lower()
    return any(word in called for word in ("suppress", "raises", "catch", "ignor"))
