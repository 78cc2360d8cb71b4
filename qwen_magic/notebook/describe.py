"""Short descriptions of live values: bounded in time and size, and no code of the user's is run.

A `__repr__` may loop, raise, open a socket or print a password; so may `__len__`, `__iter__`,
`__getattr__` and a property. Values are therefore read through the descriptors of their built-in
bases, and what cannot be read that way is described by its type.
"""

from __future__ import annotations

import math
import sys
from collections import deque
from enum import EnumType
from itertools import islice
from types import AsyncGeneratorType, CoroutineType, GeneratorType, NoneType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from qwen_magic.notebook import classes, signatures, tables
from qwen_magic.notebook.origins import users_file
from qwen_magic.snapshot import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 200
_DEPTH = 3
_ITEMS = 20
_BITS = 256

# Library classes whose own repr is short and asks nothing of anybody.
_DATES = ("date", "datetime", "time", "timedelta", "timezone", "struct_time", "ZoneInfo")
_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
_ADDRESSES = ("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network")
_OWN_REPR = frozenset((*_DATES, *_PATHS, *_ADDRESSES, "Decimal", "UUID", "Pattern"))
_TIME_ZONES = frozenset({"datetime", "zoneinfo", "pytz", "dateutil", "builtins"})


def describe(value: object, limit: int = LIMIT) -> tuple[str, str]:
    """The name of a value's type and a description of at most about `limit` characters."""
    kind = classes.name(type(value))[:80]
    # Whatever goes wrong in describing must not become the user's problem.
    try:
        text = signatures.signature(value, _nested)
        text = tables.table(value, _nested) if text is None else text
        # Column names are what a question about a table turns on: they get more room.
        room = limit if text is None else 2 * limit
        return kind, clip(_text(value, 0, limit) if text is None else text, room)
    except Exception:  # noqa: BLE001
        return kind, ""


def variable(name: str, value: object, limit: int = LIMIT) -> Variable:
    """A name of the notebook with its value described."""
    return Variable(name, *describe(value, limit))


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    flat = " ".join(text.split()) if "\n" in text else text
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _nested(value: object, room: int) -> str:
    """How a value appears inside the description of another one."""
    return clip(_text(value, 1, room), room)


def _text(value: object, depth: int, room: int) -> str:
    """The value itself as far as it can be shown; below the top, `<Type>` for what cannot."""
    cls = type(value)
    # Found by identity, here and below: a metaclass may define what == and hash do.
    if scalar := _SCALARS.get(id(cls)):
        return scalar(value, room)
    if classes.derives(type(cls), EnumType):
        held = classes.fields(value)
        return f"{classes.name(cls)}.{held.get('_name_') or _text(held.get('_value_'), depth, room)}"
    if base := next((known for known in classes.mro(cls) if id(known) in _BRACKETS), None):
        return _elements(value, base, depth, room)
    if classes.derives(cls, BaseException):
        arguments = BaseException.__dict__["args"].__get__(value)
        inside = _listed((_text(a, depth + 1, room // 2) for a in arguments), len(arguments), room)
        return f"{classes.name(cls)}({inside})"
    for base, plain in _PLAIN:
        if classes.derives(cls, base):
            return _text(plain(value), depth, room)
    library = classes.library(cls)
    if library in sys.stdlib_module_names and classes.name(cls) in _OWN_REPR and _plain_time(value):
        return repr(value)
    if depth == 0:
        return _instance(value, room)
    if (known := tables.scalar(value)) is not None:
        return known if type(known) is str and "(" in known else _text(known, _DEPTH, room)
    # Shapes are what goes wrong in a list of arrays.
    return f"<{' '.join(filter(None, (classes.name(cls), tables.shape(value))))}>"


def _plain_time(value: Any) -> bool:
    # A time shows its zone, and zones can be users' classes.
    zone = getattr(value, "tzinfo", None)
    return zone is None or classes.library(type(zone)) in _TIME_ZONES


def _integer(value: Any, room: int) -> str:
    bits = int.bit_length(value)
    # Converting a million digits to decimal takes minutes.
    return int.__repr__(value) if bits <= _BITS else f"about 10**{math.floor(bits * math.log10(2))}"


def _string(value: Any, room: int) -> str:
    if len(value) <= room:
        return repr(value)
    shown = value[: max(room - 25, 10)]
    return f"{shown!r}… {len(value) - len(shown):,} more"


def _repr(value: Any, room: int) -> str:
    return repr(value)


def _range(value: Any, room: int) -> str:
    parts = [_integer(n, room) for n in (value.start, value.stop, value.step)]
    return f"range({', '.join(parts if value.step != 1 else parts[:2])})"


def _slice(value: Any, room: int) -> str:
    return f"slice({', '.join(_nested(part, 20) for part in (value.start, value.stop, value.step))})"


def _bytes(value: Any, room: int) -> str:
    return f"{memoryview(value).nbytes:,} bytes"


def _generator(value: Any, room: int) -> str:
    code = next(getattr(value, key) for key in ("gi_code", "cr_code", "ag_code") if hasattr(value, key))
    frame = next(getattr(value, key) for key in ("gi_frame", "cr_frame", "ag_frame") if hasattr(value, key))
    return f"{code.co_name}, {'used up' if frame is None else 'not used up'}"


_PLAIN: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (str, str.__str__),
    (int, int.__index__),
    (float, float.__float__),
)

_SCALARS: dict[int, Callable[[Any, int], str]] = {
    id(NoneType): _repr,
    id(bool): _repr,
    id(int): _integer,
    id(float): _repr,
    id(complex): _repr,
    id(str): _string,
    id(bytes): _string,
    id(bytearray): _bytes,
    id(range): _range,
    id(slice): _slice,
    id(memoryview): _bytes,
    id(type(Ellipsis)): _repr,
    id(type(NotImplemented)): _repr,
    id(GeneratorType): _generator,
    id(CoroutineType): _generator,
    id(AsyncGeneratorType): _generator,
}

_BRACKETS: dict[int, tuple[str, str]] = {
    id(dict): ("{", "}"),
    id(list): ("[", "]"),
    id(tuple): ("(", ")"),
    id(set): ("{", "}"),
    id(frozenset): ("{", "}"),
    id(deque): ("[", "]"),
    id(type({}.keys())): ("[", "]"),
    id(type({}.values())): ("[", "]"),
    id(type({}.items())): ("[", "]"),
}


def _elements(value: Any, base: type, depth: int, room: int) -> str:
    """`[1, 2, … 8 more]`, read by the base's own methods whatever the subclass says."""
    cls = type(value)
    before, after = _BRACKETS[id(base)]
    length = base.__dict__["__len__"](value)
    if cls is not base or base is frozenset or base is deque:
        before, after = f"{classes.name(cls)}({before}", f"{after})"
    if depth >= _DEPTH and length:
        return f"{before}…{after}"
    names = classes.namespace(cls).get("_fields") if base is tuple else None
    inner = max((room - len(before)) // 2, 12)
    items: Iterable[str]
    if base is dict:
        items = (f"{_text(k, depth + 1, inner)}: {_text(v, depth + 1, inner)}" for k, v in dict.items(value))
    elif type(names) is tuple and names:
        before, after = f"{classes.name(cls)}(", ")"
        items = (f"{k}={_text(v, depth + 1, inner)}" for k, v in zip(names, tuple.__iter__(value), strict=False))
    else:
        items = (_text(item, depth + 1, inner) for item in _ordered(base.__dict__["__iter__"](value), base, length))
    if base is tuple and length == 1 and cls is tuple:
        after = ",)"
    if not length and base in (set, frozenset):
        return f"{classes.name(cls)}()"
    return before + _listed(items, length, room - len(before) - 10) + after


def _ordered(items: Iterable[Any], base: type, length: int) -> Iterable[Any]:
    """Small plain sets in the same order every time, so that the same notebook gives the same prompt."""
    if base not in (set, frozenset) or length > _ITEMS:
        return items
    known = list(items)
    alike = all(type(item) is str for item in known) or all(type(item) is int for item in known)
    return sorted(known) if alike else known


def _listed(items: Iterable[str], length: int, room: int) -> str:
    """As many as fit, at least one, and how many do not."""
    shown: list[str] = []
    used = 0
    for item in islice(items, _ITEMS):
        used += len(item) + 2
        if shown and used > room:
            break
        shown.append(item)
    if length > len(shown):
        shown.append(f"… {length - len(shown):,} more")
    return ", ".join(shown)


def _instance(value: object, room: int) -> str:
    """The fields of an object, one level deep; for the standard library's own, their type says it."""
    cls = type(value)
    held = classes.fields(value)
    if classes.module(cls).partition(".")[0] in sys.stdlib_module_names and cls is not SimpleNamespace:
        held = {"mode": held["mode"]} if classes.library(cls) == "_io" and "mode" in held else {}
    # A user's field may be private; a library's private ones are nobody's business.
    borrowed = not all(_users_class(base) for base in classes.mro(cls) if base is not object)
    shown = {key: item for key, item in held.items() if not key.startswith("_" if borrowed else "__")}
    pairs = (f"{key}={_text(item, 1, room // 2)}" for key, item in shown.items())
    return f"{classes.name(cls)}({_listed(pairs, len(shown), room)})" if shown else ""


def _users_class(cls: type) -> bool:
    home = sys.modules.get(classes.module(cls))
    filename = vars(home).get("__file__") if home else None
    return filename is None or (type(filename) is str and users_file(filename))
