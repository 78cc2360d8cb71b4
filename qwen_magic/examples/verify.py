"""Whether an example holds. This file is run as text, without the package: it may import nothing of it."""

from __future__ import annotations

import ast
import builtins
import cmath
import contextlib
import importlib
import io
import numbers
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

# Where the names come from that stand in the repr of arrays and dates.
_SHOWN = ("numpy", "pandas", "datetime", "decimal", "fractions", "collections")
_LIBRARIES = {"np": "numpy", "pd": "pandas", "numpy": "numpy", "pandas": "pandas"}


def verify(
    user: dict[str, Any],
    left: str,
    right: str,
    setup: tuple[tuple[str, bool], ...] = (),
    text: str = "",
    raises: str = "",
    printed: bool = False,
    shown: str = "",
) -> None:
    """Raise AssertionError if it does not hold. A statement of the set-up may raise where it says so.

    `text` is what doctest would want; `raises` the name of an exception; `printed` lets output count.
    """
    space = {**user, "__builtins__": builtins}
    shown = _short(shown or left)
    for source, may_raise in setup:
        _prepare(source, space, may_raise=may_raise)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            got = _evaluated(left, space)
    except Exception as error:  # whatever the code under test does wrong
        if raises and any(kind.__name__ == raises for kind in type(error).__mro__):
            return
        raise AssertionError(f"{shown} raised {_headline(error)}") from error
    if raises:
        raise AssertionError(f"{shown} gave {_short(repr(got))}, and did not raise {raises}")
    if not _holds(got, output.getvalue(), right, text, space, printed=printed):
        seen = output.getvalue().strip()
        what = f"printed {_short(seen)}" if got is None and seen else f"gave {_short(repr(got))}"
        raise AssertionError(f"{shown} {what}, not {_short(text.strip() or right)}")


def _holds(got: object, seen: str, right: str, text: str, space: dict[str, Any], *, printed: bool) -> bool:
    if text and _as_doctest(seen + ("" if got is None else repr(got)), text):
        return True
    if not right or (text and seen and not printed):
        return False
    try:
        expected = _evaluated(right, space)
    except Exception as error:
        raise AssertionError(f"{_short(right)} raised {_headline(error)}") from error
    in_print = printed and got is None and seen.strip() in (str(expected).strip(), right.strip())
    return in_print or same(got, expected)


def _as_doctest(seen: str, wanted: str) -> bool:
    """Whether doctest would be content, were it not for spaces at the ends of lines."""

    def tidy(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.rstrip().splitlines())

    # Not doctest's own: it takes longer to import than all examples to run.
    pattern = ".*".join(map(re.escape, tidy(wanted).split("...")))
    return re.fullmatch(pattern, tidy(seen), re.DOTALL) is not None


def same(got: object, expected: object) -> bool:
    """Equal as a person would see it: nearly, for floats, and whatever kind of container holds the values."""
    return any(_equal(a, b) for a in _views(got) for b in _views(expected))


def _views(value: Any) -> Iterator[Any]:
    """A value, and the plain values of arrays, series and frames."""
    yield value
    if isinstance(value, type):
        return
    with contextlib.suppress(Exception):
        if hasattr(value, "tolist"):
            yield value.tolist()
        if hasattr(value, "to_dict"):
            yield value.to_dict()
            if hasattr(value, "columns"):
                yield from (value.to_dict("list"), value.to_dict("records"), value.to_numpy().tolist())


def _equal(a: Any, b: Any) -> bool:
    try:
        if isinstance(a, dict) and isinstance(b, dict):
            return len(a) == len(b) and all(key in b and same(a[key], b[key]) for key in a)
        if any(isinstance(a, kind) and isinstance(b, kind) for kind in (list, tuple)):
            return len(a) == len(b) and all(map(same, a, b))
        if isinstance(a, numbers.Number) and isinstance(b, numbers.Number):
            return bool(a == b) or _near(a, b)
        return bool(a == b)
    except Exception:  # noqa: BLE001 # comparing can be anybody's code, and arrays have no truth
        return False


def _near(a: Any, b: Any) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        return False
    x, y = complex(a), complex(b)
    return (x != x and y != y) or cmath.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9)


def _prepare(source: str, space: dict[str, Any], *, may_raise: bool) -> None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(_compiled(source, "exec"), space)  # noqa: S102 # what the user wrote into the request
    except Exception as error:
        if not may_raise:
            raise AssertionError(f"{_short(source)} raised {_headline(error)}") from error


def _evaluated(source: str, space: dict[str, Any]) -> Any:
    tree = ast.walk(ast.parse(source))
    holders = {n.value.id for n in tree if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
    code = _compiled(source, "eval")
    for name in {*code.co_names} - {*space, *vars(builtins)}:
        # What examples take for granted: np, math.pi, array.
        module = _LIBRARIES.get(name, name if name in sys.stdlib_module_names else "")
        if name in holders and module:
            space[name] = importlib.import_module(module)
        for known in _SHOWN:
            if name not in space and hasattr(sys.modules.get(known), name):
                space[name] = getattr(sys.modules[known], name)
    return eval(code, space)  # noqa: S307 # what the user wrote into the request


def _compiled(source: str, mode: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<example>", mode, dont_inherit=True)


def _headline(error: BaseException) -> str:
    return _short(f"{type(error).__name__}: {error}".rstrip(": "))


def _short(text: str) -> str:
    text = " ".join(line.strip() for line in text.strip().splitlines())
    return text if len(text) <= 80 else f"{text[:60]}...{text[-15:]}"
