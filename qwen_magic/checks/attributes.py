"""Attributes that a live module, class or object does not have."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, ModuleType
from typing import Any, cast

from qwen_magic.checks import frames, modules, objects, results
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.imports import successor
from qwen_magic.checks.live import Instance, Known, Live, Value
from qwen_magic.checks.objects import is_class, member, mro
from qwen_magic.checks.outline import Reach
from qwen_magic.checks.spelling import close, hinted
from qwen_magic.language import Words

# What people write who come from another language or an older release.
_MEANT: dict[tuple[type, str], str] = {
    (list, "push"): "append",
    (list, "add"): "append",
    (list, "length"): "len()",
    (list, "size"): "len()",
    (list, "join"): '"".join()',
    (list, "contains"): "in",
    (list, "indexOf"): "index",
    (list, "shape"): "len()",
    (str, "length"): "len()",
    (str, "contains"): "in",
    (str, "toUpperCase"): "upper",
    (str, "toLowerCase"): "lower",
    (str, "trim"): "strip",
    (str, "substring"): "[start:end]",
    (str, "append"): "+=",
    (str, "decode"): "encode",
    (dict, "has_key"): "in",
    (dict, "iteritems"): "items",
    (dict, "itervalues"): "values",
    (dict, "iterkeys"): "keys",
    (dict, "add"): "dict[key] = value",
    (dict, "append"): "dict[key] = value",
    (set, "append"): "add",
    (tuple, "append"): "+ (item,)",
}
_LIBRARY = {
    ("DataFrame", "append"): "pd.concat",
    ("Series", "append"): "pd.concat",
    ("DataFrame", "iteritems"): "items",
    ("Series", "iteritems"): "items",
    ("DataFrame", "ix"): "loc",
    ("DataFrame", "applymap"): "map",
    ("DataFrame", "as_matrix"): "to_numpy",
    ("DataFrame", "sort"): "sort_values",
    ("DataFrame", "length"): "len()",
    ("DataFrame", "unique"): "drop_duplicates",
    ("numpy", "float"): "float",
    ("numpy", "int"): "int",
    ("numpy", "bool"): "bool",
    ("numpy", "object"): "object",
    ("numpy", "str"): "str",
    ("numpy", "product"): "np.prod",
    ("numpy", "float_"): "np.float64",
    ("numpy", "NaN"): "np.nan",
    ("numpy", "Inf"): "np.inf",
    ("numpy", "trapz"): "np.trapezoid",
    ("numpy", "in1d"): "np.isin",
}


def check(live: Live) -> Iterator[Finding]:
    """What the code asks of objects that do not have it."""
    outline = live.outline
    comes = _imports_something_new(live)
    for node in outline.nodes:
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load) or node.attr in live.stored:
            continue
        base = live.of(node.value)
        if base is None or outline.reach(node) is Reach.MAYBE or not _lacks(live, node, base):
            continue
        cls = _class(base)
        # Libraries add accessors to each other's classes.
        if comes and cls is not None and not objects.is_builtin(cls):
            continue
        changeable = isinstance(base, Value) and cls is not None and objects.has_dict(cls) and not _is_pandas(base.held)
        severity = Severity.WARNING if changeable else outline.severity(node)
        yield Finding("missing-attribute", severity, node.end_lineno or node.lineno, _words(node, base))


def _lacks(live: Live, node: ast.Attribute, base: Known) -> bool:
    if isinstance(base, Instance) and frames.is_series_class(base.cls):
        return member(base.cls, node.attr) is None
    if isinstance(base, Instance):
        return not objects.has_dict(base.cls) and _is_unknown_to(base.cls, node.attr)
    if base is None:
        return False
    held = base.held
    if type(held) is ModuleType:
        return not _imported_below(live, held, node.attr) and modules.lacks(held, node.attr)
    name = node.value if isinstance(node.value, ast.Name) else None
    if is_class(held):
        return _class_lacks(cast("type", held), node.attr) and (name is None or not live.touched(name))
    if isinstance(held, ModuleType):
        return False
    if _is_pandas(held):
        untouched = name is not None and not live.touched(name)
        return untouched and node.attr not in frames.attributes(held) and member(type(held), node.attr) is None
    if not _is_unknown_to(type(held), node.attr):
        return False
    if not objects.has_dict(type(held)):
        return True
    # A method called before, or a function that it was handed to, may have set the attribute.
    others = live.outline.loads.get(name.id, ()) if name is not None else ()
    alone = name is not None and not any(n is not name and live.outline.before(n, name) for n in others)
    return alone and not live.touched(cast("ast.Name", name)) and _is_free(held, node.attr)


def _is_pandas(value: object) -> bool:
    return frames.is_frame(value) or frames.is_series(value)


def _is_free(value: object, attr: str) -> bool:
    own = objects.own(value)
    return own is not None and attr not in own


def _is_unknown_to(cls: type, attr: str) -> bool:
    if member(cls, attr) is not None or member(cls, "__getattr__") is not None:
        return False
    home = member(cls, "__getattribute__")
    # Every built-in type has the same one, each under its own name.
    return home is not None and (
        home[0] in (object, type(None), BuiltinFunctionType) or any(home[0] is maker for maker in results.MAKERS)
    )


def _class_lacks(cls: type, attr: str) -> bool:
    # A metaclass may say anything; enumerations and plain classes do not.
    if type(cls) is not type or member(cls, attr) is not None:
        return False
    return member(type, attr) is None and all(type(base) is type for base in mro(cls))


def _imported_below(live: Live, module: ModuleType, attr: str) -> bool:
    """Whether the code itself imports the module's submodule."""
    wanted = f"{vars(module).get('__name__')}.{attr}"
    for node in live.outline.nodes:
        if isinstance(node, ast.Import) and any(f"{alias.name}.".startswith(f"{wanted}.") for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(f"{wanted}."):
            return True
    return False


def _imports_something_new(live: Live) -> bool:
    for node in live.outline.nodes:
        match node:
            case ast.Import(names=names) if any(alias.name not in sys.modules for alias in names):
                return True
            case ast.ImportFrom(module=str() as home) if home not in sys.modules:
                return True
            case ast.Attribute(attr=attr) if attr == "pandas" or attr.startswith("register_"):
                return True
    return False


def _class(base: Known) -> type | None:
    if isinstance(base, Instance):
        return base.cls
    return None if base is None or type(base.held) is ModuleType or is_class(base.held) else type(base.held)


def _words(node: ast.Attribute, base: Known) -> Words:
    held: Any = base.held if isinstance(base, Value) else None
    cls = _class(base)
    if type(held) is ModuleType:
        owner = str(vars(held).get("__name__"))
        meant = _LIBRARY.get((owner, node.attr), "") or successor(owner, node.attr)
        return _lacking(owner, node.attr, meant or close(node.attr, modules.names(held)))
    known: Iterable[str]
    if cls is None:
        cls, known = held, objects.members(held)
    else:
        known = [*objects.members(cls), *(frames.attributes(held) if frames.is_frame(held) else ())]
    name = objects.name(cls)
    meant = _MEANT.get((cls, node.attr), "") or _LIBRARY.get((name, node.attr), "")
    if cls is type(None):
        return Words(f"`None` has no `{node.attr}`", f"`None` 没有 `{node.attr}`")
    return _lacking(name, node.attr, meant or close(node.attr, known))


def _lacking(owner: str, attr: str, meant: str) -> Words:
    return hinted(Words(f"`{owner}` has no `{attr}`", f"`{owner}` 没有 `{attr}`"), meant)
