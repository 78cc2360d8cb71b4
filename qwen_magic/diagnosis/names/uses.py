"""How a name is used, and whether a value could be used like that: nobody's code is run to find out."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING, Step


def own_type(value: Any, library: str, *names: str) -> bool:
    """Whether a value is exactly one of a library's own types, which can be asked without surprises."""
    kind = type(value)
    return kind.__name__ in names and kind.__module__.partition(".")[0] == library and library in sys.modules


def columns(value: Any) -> list[str]:
    """The columns of a DataFrame that are text."""
    if not own_type(value, "pandas", "DataFrame"):
        return []
    return [name for name in value.columns.tolist() if isinstance(name, str)]


def has(value: Any, attribute: str) -> bool:
    """Whether a value has an attribute, as far as can be seen without asking it."""
    if type(value) is ModuleType:
        return attribute in vars(value)
    if attribute in columns(value):
        return True
    return inspect.getattr_static(value, attribute, MISSING) is not MISSING


def attributes(value: Any) -> list[str]:
    """The public attributes of a value, its columns among them."""
    if type(value) is ModuleType:
        return [name for name in vars(value) if not name.startswith("_")]
    found: dict[str, None] = dict.fromkeys(columns(value))
    instance = inspect.getattr_static(value, "__dict__", None)
    if type(instance) is dict or inspect.isgetsetdescriptor(instance):
        held = object.__getattribute__(value, "__dict__") if not isinstance(value, type) else {}
        found |= dict.fromkeys(name for name in held if isinstance(name, str))
    for kind in type.__dict__["__mro__"].__get__(value if isinstance(value, type) else type(value)):
        found |= dict.fromkeys(type.__dict__["__dict__"].__get__(kind))
    return [name for name in found if not name.startswith("_")]


@dataclass(frozen=True, slots=True)
class Use:
    """What a cell does with a name."""

    called: bool
    subscripted: bool
    attributes: frozenset[str]

    @property
    def only_read(self) -> bool:
        return not (self.called or self.subscripted or self.attributes)

    def fits(self, value: Any) -> bool:
        """Whether a value could be used like this."""
        if value is MISSING:
            return True
        if self.called and not callable(value):
            return False
        if self.subscripted and not (isinstance(value, type) or has(type(value), "__getitem__")):
            return False
        return all(has(value, attribute) for attribute in self.attributes)


def use(step: Step, name: str) -> Use:
    """How the code of a step uses a name."""
    called = subscripted = False
    found: set[str] = set()
    for node in read(step.tree, name):
        parent = step.parents.get(node)
        called = called or (isinstance(parent, ast.Call) and parent.func is node)
        # Decorators are called, and so are base classes.
        called = called or (
            isinstance(parent, (ast.ClassDef, ast.FunctionDef)) and node is not getattr(parent, "returns", 0)
        )
        subscripted = subscripted or (isinstance(parent, ast.Subscript) and parent.value is node)
        found |= {parent.attr} if isinstance(parent, ast.Attribute) else set()
    return Use(called, subscripted, frozenset(found))


def read(tree: ast.AST, name: str) -> list[ast.Name]:
    """Where a name is read."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name)
    return [node for node in names if isinstance(node.ctx, ast.Load)]


def instance_names(value: Any) -> list[str]:
    """What an object itself holds, not its class."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return []
    return [name for name in held if isinstance(name, str)] if type(held) is dict else []


def static(value: Any, attribute: str) -> Any:
    """An attribute as it is stored, or `MISSING`."""
    return inspect.getattr_static(value, attribute, MISSING)
