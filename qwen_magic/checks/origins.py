"""Where what is called comes from: `rm(path)` after `from os import remove as rm` is `os.remove`."""

from __future__ import annotations

import ast
from types import BuiltinFunctionType, FunctionType, ModuleType

from qwen_magic.checks import objects
from qwen_magic.checks.live import Live, Value

# Modules that say where they are implemented, not where they are imported from.
_ALIASES = {"posix": "os", "nt": "os", "_pickle": "pickle", "_io": "io", "pandas.io.pickle": "pandas"}


def dotted(node: ast.expr, live: Live) -> str:
    """The full name of what an expression stands for; empty if it is put together in other ways."""
    match node:
        case ast.Attribute(value=base, attr=attr):
            owner = dotted(base, live)
            return f"{owner}.{attr}" if owner else ""
        # `__import__("os")`, and `Path("x")` for a method of what it makes.
        case ast.Call(func=ast.Name(id="__import__"), args=[ast.Constant(value=str() as name)]):
            return name
        case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str() as name)]):
            return name
        case ast.Call(func=func):
            return dotted(func, live)
        case ast.Name():
            return live.outline.imported.get(node.id) or _live(node, live) or node.id
    return ""


def _live(name: ast.Name, live: Live) -> str:
    known = live.of(name)
    if not isinstance(known, Value):
        return ""
    held = known.held
    if type(held) is ModuleType:
        called = vars(held).get("__name__")
        return called if type(called) is str else ""
    if type(held) is FunctionType or type(held) is BuiltinFunctionType:
        home, bare = held.__module__, held.__name__
    elif objects.is_class(held):
        found = objects.member(held, "__module__") if isinstance(held, type) else None
        home, bare = str(found[1]) if found and type(found[1]) is str else "", name.id
    else:
        return ""
    if type(home) is not str or type(bare) is not str or home in ("builtins", "__main__"):
        return bare if home == "builtins" and type(bare) is str else ""
    return f"{_ALIASES.get(home, home)}.{bare}"
