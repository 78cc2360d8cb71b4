"""What a class says about itself without any code of the user's being run.

`value.__class__`, `isinstance` and even `cls.__name__` can all be answered by user code (properties,
proxies, metaclasses). The descriptors of `type` itself cannot.
"""

from __future__ import annotations

import sys
from types import GetSetDescriptorType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = type.__dict__["__name__"]
_MRO = type.__dict__["__mro__"]
_NAMESPACE = type.__dict__["__dict__"]


def name(cls: type) -> str:
    """The bare name of a class."""
    return str.__str__(_NAME.__get__(cls))


def mro(cls: type) -> tuple[type, ...]:
    """The class and its bases in the order Python looks them up."""
    return cast("tuple[type, ...]", _MRO.__get__(cls))


def derives(cls: type, base: type) -> bool:
    """Whether a class is `base` or made from it. `in` and `issubclass` would ask the metaclass."""
    return any(known is base for known in mro(cls))


def namespace(cls: type) -> Mapping[str, Any]:
    """What the class itself defines."""
    return cast("Mapping[str, Any]", _NAMESPACE.__get__(cls))


def module(cls: type) -> str:
    """Where the class says it was defined; empty if it says nothing sensible."""
    # C types keep it in their dotted name, which only their own descriptor knows.
    said = namespace(cls).get("__module__", None) or type.__dict__["__module__"].__get__(cls)
    return said if type(said) is str else ""


def library(cls: type) -> str:
    """The top-level module a class can be found in; empty for users' classes and for impostors."""
    home = module(cls)
    known = sys.modules.get(home)
    if known is None or home == "__main__":
        return ""
    return home.partition(".")[0] if vars(known).get(name(cls)) is cls else ""


def fields(value: object) -> dict[str, Any]:
    """What an instance holds in its slots and its `__dict__`; properties are not asked."""
    found: dict[str, Any] = {}
    for cls in reversed(mro(type(value))):
        for key, member in namespace(cls).items():
            if type(member) is MemberDescriptorType and not key.startswith("__"):
                try:
                    found[key] = member.__get__(value)
                except AttributeError:
                    continue
    found.update(_instance_dict(value))
    return found


def _instance_dict(value: object) -> dict[str, Any]:
    for cls in mro(type(value)):
        getter = namespace(cls).get("__dict__")
        if getter is None:
            continue
        # A property called __dict__ would be user code.
        if type(getter) not in (GetSetDescriptorType, MemberDescriptorType):
            return {}
        held = getter.__get__(value)
        return {key: dict.__getitem__(held, key) for key in dict.__iter__(held) if type(key) is str}
    return {}
