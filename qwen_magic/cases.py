"""How tests are called where pytest does not run them, case by case if they have parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Class = ast.ClassDef
_FOR_PYTEST = re.compile(r"(?:pytest\.)?mark\.(?:skip|skipif|xfail|asyncio|usefixtures)\b")
_PARAMETRIZE = re.compile(r"(?:pytest\.)?mark\.parametrize$")
_SET_UP = frozenset({"setup", "setup_method", "setup_class"})


def is_test(node: ast.stmt) -> bool:
    """Whether pytest would take a definition for a test, or for a class of them."""
    if isinstance(node, _Class):
        return node.name.startswith("Test") or _is_unittest(node)
    return isinstance(node, _Function) and node.name.startswith("test")


def calls_of_tests(tree: ast.Module) -> tuple[list[str], list[str]]:
    """A call for each case of each test, and the names of the tests that need pytest.

    These have fixtures, are asynchronous, or are marked to be treated otherwise.
    """
    calls: list[str] = []
    others: list[str] = []
    for test in _tests(tree):
        found = test.calls()
        calls += found
        others += [] if found else [test.name]
    return list(dict.fromkeys(calls)), list(dict.fromkeys(others))


@dataclass(frozen=True, slots=True)
class _Test:
    """A test, what is called for it, and the parameters that the call has to give."""

    name: str
    called: str
    function: _Function
    parameters: frozenset[str]

    def calls(self) -> list[str]:
        decorators = self.function.decorator_list
        if isinstance(self.function, ast.AsyncFunctionDef) or any(
            _FOR_PYTEST.match(ast.unparse(d)) for d in decorators
        ):
            return []
        given = [each for each in map(_parametrized, decorators) if each]
        if self.parameters != {name for names, _ in given for name in names}:
            return []
        if len(given) == 1 and not isinstance(given[0][1], ast.List | ast.Tuple):
            # Which cases there are is known when it runs: all of them are one check.
            names, values = given[0]
            return [f"[{self.called}({_arguments(names, 'case')}) for case in {ast.unparse(values)}]"]
        return [f"{self.called}({', '.join(case)})" for case in product(*(_listed(*each) for each in given))]


def _tests(tree: ast.Module) -> Iterator[_Test]:
    for node in tree.body:
        if isinstance(node, _Function) and is_test(node):
            yield _Test(node.name, node.name, node, frozenset(_required(node)))
        elif isinstance(node, _Class) and is_test(node):
            methods = [each for each in node.body if isinstance(each, _Function)]
            # What pytest runs before each method is to be run as well.
            needs_pytest = not _is_unittest(node) and any(each.name in _SET_UP for each in methods)
            for method in filter(is_test, methods):
                name = f"{node.name}.{method.name}"
                called = f"{node.name}('{method.name}').debug" if _is_unittest(node) else f"{node.name}().{method.name}"
                required = ["pytest"] if needs_pytest else _required(method)[1:]
                yield _Test(name, called, method, frozenset(required))


def _is_unittest(node: _Class) -> bool:
    return any(ast.unparse(base).endswith("TestCase") for base in node.bases)


def _required(function: _Function) -> list[str]:
    """The parameters without defaults: pytest finds values for them."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    keyword = [each for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value is None]
    return [each.arg for each in [*positional[: len(positional) - len(given.defaults)], *keyword]]


def _parametrized(decorator: ast.expr) -> tuple[list[str], ast.expr] | None:
    """The names and the values of `@pytest.mark.parametrize(names, values)`."""
    match decorator:
        case ast.Call(func=func, args=[names, values, *_]) if _PARAMETRIZE.match(ast.unparse(func)):
            match names:
                case ast.Constant(value=str() as text):
                    return [name.strip() for name in text.split(",")], values
                case ast.List(elts=parts) | ast.Tuple(elts=parts):
                    return [str(part.value) for part in parts if isinstance(part, ast.Constant)], values
    return None


def _listed(names: Sequence[str], values: ast.expr) -> list[str]:
    """The arguments of each case that is written down."""
    return [_case(names, value) for value in values.elts] if isinstance(values, ast.List | ast.Tuple) else []


def _case(names: Sequence[str], value: ast.expr) -> str:
    match value:
        case ast.Call(func=ast.Attribute(attr="param") | ast.Name(id="param"), args=parts):
            pass
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if len(names) > 1:
            pass
        case _:
            return _arguments(names, ast.unparse(value))
    if len(parts) != len(names):
        return _arguments(names, ast.unparse(value))
    return ", ".join(f"{name}={ast.unparse(part)}" for name, part in zip(names, parts, strict=True))


def _arguments(names: Sequence[str], value: str) -> str:
    """Keyword arguments from a value that holds one for each name; of a single name, it is the value."""
    return f"{names[0]}={value}" if len(names) == 1 else f"**dict(zip({tuple(names)!r}, {value}, strict=True))"
