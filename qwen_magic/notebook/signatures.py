"""Functions, classes and modules in one line, as their definition begins."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from functools import partial
from inspect import CO_VARARGS, CO_VARKEYWORDS, iscoroutinefunction
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from qwen_magic.notebook import classes

Show = Callable[[object, int], str]
"""Describes a value in about so many characters."""

_MODULE_DICT: Any = vars(ModuleType)["__dict__"]


def signature(value: Any, show: Show) -> str | None:
    """A callable, class or module as its definition begins, or None if the value is something else."""
    cls = type(value)
    if classes.derives(cls, type):
        return _class(value, show)
    if classes.derives(cls, ModuleType):
        return _module(_MODULE_DICT.__get__(value))
    if cls is FunctionType:
        return function(value, show)
    if cls is MethodType:
        owner = f"method of {classes.name(type(value.__self__))}"
        return f"{owner}: {function(value.__func__, show)}" if type(value.__func__) is FunctionType else owner
    if cls is partial:
        return f"partial of {function(value.func, show)}" if type(value.func) is FunctionType else ""
    return f"built-in {value.__name__}" if cls is BuiltinFunctionType else None


def function(value: FunctionType, show: Show) -> str:
    """`def name(a, b=2, *, key)`, without asking any default for its repr."""
    # The wrapper's own (*args, **kwargs) says less than the function it wraps.
    for _ in range(5):
        inner = value.__dict__.get("__wrapped__")
        if type(inner) is not FunctionType:
            break
        value = inner
    parameters = ", ".join(_parameters(value, show))
    name = str.__str__(value.__name__)
    if name == "<lambda>":
        return f"lambda {parameters}:" if parameters else "lambda:"
    start = "async def" if iscoroutinefunction(value) else "def"
    returns = _annotation(_annotations(value).get("return"), " -> ")
    return f"{start} {name}({parameters}){returns}"


def _parameters(value: FunctionType, show: Show) -> Iterator[str]:
    code = value.__code__
    annotations = _annotations(value)
    defaults = value.__defaults__ or ()
    named = code.co_varnames
    first_default = code.co_argcount - len(defaults)
    for index, key in enumerate(named[: code.co_argcount]):
        given = f"={show(defaults[index - first_default], 40)}" if index >= first_default else ""
        yield f"{key}{_annotation(annotations.get(key), ': ')}{given}"
        if index + 1 == code.co_posonlyargcount:
            yield "/"
    keywords = named[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = named[code.co_argcount + code.co_kwonlyargcount :]
    if code.co_flags & CO_VARARGS:
        yield f"*{rest[0]}"
    elif keywords:
        yield "*"
    optional = value.__kwdefaults__ or {}
    for key in keywords:
        given = f"={show(optional[key], 40)}" if key in optional else ""
        yield f"{key}{_annotation(annotations.get(key), ': ')}{given}"
    if code.co_flags & CO_VARKEYWORDS:
        yield f"**{rest[1 if code.co_flags & CO_VARARGS else 0]}"


def _annotations(value: FunctionType) -> dict[str, Any]:
    # From 3.14 on they are evaluated when asked for, which is running the user's code.
    return value.__annotations__ if sys.version_info < (3, 14) else {}


def _annotation(value: Any, before: str) -> str:
    if type(value) is str:
        return before + value[:40]
    return before + classes.name(value) if type(value) is type else ""


def _class(cls: type, show: Show) -> str:
    held = classes.namespace(cls)
    bases = ", ".join(classes.name(base) for base in type.__dict__["__bases__"].__get__(cls) if base is not object)
    head = f"class {classes.name(cls)}({bases})" if bases else f"class {classes.name(cls)}"
    # Everybody knows what is in a dict or a ValueError.
    if classes.library(cls) == builtins.__name__:
        return head
    members = held.get("_member_names_")
    if type(members) is list and members:
        return f"{head}; members: {', '.join(members[:10])}"
    start = held.get("__init__")
    made = f"; {function(start, show).removeprefix('def ')}" if type(start) is FunctionType else ""
    callables = (FunctionType, classmethod, staticmethod)
    methods = [key for key, item in held.items() if type(item) in callables and not key.startswith("_")]
    return head + made + (f"; methods: {', '.join(methods[:10])}" if methods else "")


def _module(held: dict[str, Any]) -> str:
    called, version = held.get("__name__"), held.get("__version__")
    known = called if type(called) is str else ""
    return f"{known} {version[:20]}" if type(version) is str else known
