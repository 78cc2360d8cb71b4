"""What objects and classes hold, read where no code of the user's can answer instead.

Properties, metaclasses and `__getattr__` answer for `value.name`, `isinstance` and `hasattr`; the descriptors of
`type` itself do not ask them.
"""

from __future__ import annotations

from types import GetSetDescriptorType
from typing import Any, cast

_MRO = type.__dict__["__mro__"]
_NAMESPACE = type.__dict__["__dict__"]
_MODULE = type.__dict__["__module__"]
_NAME = type.__dict__["__name__"]


def name(cls: type) -> str:
    """The bare name of a class."""
    return str(_NAME.__get__(cls))


def mro(cls: type) -> tuple[type, ...]:
    """A class and its bases in the order Python looks them up."""
    return cast("tuple[type, ...]", _MRO.__get__(cls))


def member(cls: type, name: str) -> tuple[type, object] | None:
    """Which class defines a name, and as what."""
    for base in mro(cls):
        held = _NAMESPACE.__get__(base)
        if name in held:
            return base, held[name]
    return None


def members(cls: type) -> list[str]:
    """Every name that a class and its bases define."""
    return [name for base in mro(cls) for name in _NAMESPACE.__get__(base) if type(name) is str]


def is_class(value: object) -> bool:
    """Whether a value is a class."""
    return any(base is type for base in mro(type(value)))


def is_builtin(cls: type) -> bool:
    """Whether a class is one that Python always has."""
    return bool(_MODULE.__get__(cls) == "builtins")


def has_dict(cls: type) -> bool:
    """Whether instances can be given attributes."""
    return member(cls, "__dict__") is not None


def own(value: object) -> dict[str, Any] | None:
    """What an instance itself holds; None where somebody's own code would have to be asked."""
    found = member(type(value), "__dict__")
    if found is None:
        return {}
    if type(found[1]) is not GetSetDescriptorType:
        return None
    held = found[1].__get__(value)
    return held if type(held) is dict else None
