"""Calls that a live function's own signature refuses."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any, cast

from qwen_magic.checks import objects
from qwen_magic.checks.finding import Finding
from qwen_magic.checks.live import Instance, Live, Value
from qwen_magic.checks.objects import is_class, member
from qwen_magic.checks.outline import Reach
from qwen_magic.checks.spelling import close, hinted
from qwen_magic.language import Words


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a callable takes, the object that a method is of left out."""

    positional: tuple[str, ...]  # by place; the first `only` of them not by name
    only: int
    keywords: tuple[str, ...]  # by name alone
    optional: frozenset[str]
    more: bool  # *args
    any_keyword: bool  # **kwargs

    def without_first(self) -> Parameters:
        """The same for a bound method."""
        if not self.positional:
            return self
        return Parameters(
            self.positional[1:], max(0, self.only - 1), self.keywords, self.optional, self.more, self.any_keyword
        )


def check(live: Live) -> Iterator[Finding]:
    """Arguments that are unknown, too many or missing."""
    for call in live.outline.calls():
        if live.outline.reach(call) is Reach.MAYBE:
            continue
        with suppress(ValueError, TypeError, AttributeError):  # signatures that inspect cannot read
            parameters = _parameters(live, call.func)
            words = _refused(call, parameters) if parameters is not None else None
            if words is not None:
                yield Finding("wrong-argument", live.outline.severity(call), call.lineno, words)


def _refused(call: ast.Call, takes: Parameters) -> Words | None:
    name = ast.unparse(call.func)
    name = name if len(name) <= 30 else name.rpartition(".")[2]
    given = [word.arg for word in call.keywords if word.arg is not None]
    known = {*takes.positional[takes.only :], *takes.keywords}
    for word in given:
        if word not in known and not takes.any_keyword:
            words = Words(f"`{name}()` has no argument `{word}`", f"`{name}()` 没有参数 `{word}`")
            return hinted(words, close(word, sorted(known - set(given))))
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    count, most = len(call.args), len(takes.positional)
    if count > most and not takes.more:
        return Words(
            f"`{name}()` takes {most} arguments by place, not {count}",
            f"`{name}()` 只接受 {most} 个位置参数，却给了 {count} 个",
        )
    # A second value for what has been given by place fails as well.
    for word in given:
        if word in takes.positional[takes.only : count]:
            return Words(f"`{name}()` is given `{word}` twice", f"`{name}()` 的参数 `{word}` 给了两次")
    if any(word.arg is None for word in call.keywords):
        return None
    missing = [p for p in (*takes.positional[count:], *takes.keywords) if p not in takes.optional and p not in given]
    if not missing:
        return None
    listed = ", ".join(f"`{one}`" for one in missing[:3])
    return Words(f"`{name}()` is called without {listed}", f"调用 `{name}()` 时缺少 {listed}")


def _parameters(live: Live, func: ast.expr) -> Parameters | None:
    if isinstance(func, ast.Attribute):
        base = live.of(func.value)
        cls = base.cls if isinstance(base, Instance) else type(base.held) if isinstance(base, Value) else None
        module_or_class = isinstance(base, Value) and (is_class(base.held) or cls is type(sys))
        if cls is not None and not module_or_class:
            return _of_method(live, cls, func, base)
        if cls is not None and isinstance(base, Value) and is_class(base.held):
            return _of_class_attribute(cast("type", base.held), func.attr)
    known = live.of(func)
    if not isinstance(known, Value):
        return None
    return _of_class(cast("type", known.held)) if is_class(known.held) else _of_callable(known.held)


def _of_method(live: Live, cls: type, func: ast.Attribute, base: object) -> Parameters | None:
    found = member(cls, func.attr)
    # An instance may hold something else under the same name.
    if found is None or func.attr in live.stored or member(cls, "__getattribute__") is None:
        return None
    home, held = found
    own = objects.own(base.held) if isinstance(base, Value) else {}
    if own is None or func.attr in own:
        return None
    if isinstance(held, staticmethod):
        return _of_callable(held.__func__)
    if type(held) is classmethod:
        held = held.__func__
    # Every parameter list of the builtins is right; other libraries' C code says what it likes.
    if type(held) is MethodDescriptorType and not objects.is_builtin(home):
        return None
    takes = _of_callable(held)
    return takes.without_first() if takes else None


def _of_class_attribute(cls: type, name: str) -> Parameters | None:
    found = member(cls, name)
    if found is None or type(cls) is not type:
        return None
    held = found[1]
    if type(held) is classmethod:
        takes = _of_callable(held.__func__)
        return takes.without_first() if takes else None
    return _of_callable(held.__func__ if type(held) is staticmethod else held) if type(held) is not type else None


def _of_class(cls: type) -> Parameters | None:
    made, started = member(cls, "__new__"), member(cls, "__init__")
    # A metaclass may make the call something else altogether.
    if type(cls) is not type or made is None or started is None:
        return None
    if made[0] is object:
        if started[0] is object:
            return Parameters((), 0, (), frozenset(), False, False)
        takes = _of_callable(started[1]) if type(started[1]) is FunctionType else None
    else:
        held = made[1].__func__ if type(made[1]) is staticmethod else made[1]
        takes = _of_callable(held) if started[0] is object and type(held) is FunctionType else None
    return takes.without_first() if takes else None


def _of_callable(value: Any) -> Parameters | None:
    if type(value).__module__ == "numpy" and type(value).__name__ == "_ArrayFunctionDispatcher":
        value = getattr(value, "_implementation", None)
    if type(value) is FunctionType:
        return _of_function(value)
    if type(value) is MethodType:
        takes = _of_function(value.__func__) if type(value.__func__) is FunctionType else None
        return takes.without_first() if takes else None
    if type(value) is BuiltinFunctionType and value.__module__ in sys.stdlib_module_names:
        return _of_signature(inspect.signature(value))
    return _of_signature(inspect.signature(value)) if type(value) is MethodDescriptorType else None


def _of_function(value: FunctionType) -> Parameters | None:
    """Read from the code object: what a wrapper shows for its signature is not what it takes."""
    code = value.__code__
    count, keywords = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    positional = names[:count]
    optional = {*positional[count - len(value.__defaults__ or ()) :], *(value.__kwdefaults__ or {})}
    return Parameters(
        positional,
        code.co_posonlyargcount,
        names[count : count + keywords],
        frozenset(optional),
        bool(code.co_flags & CO_VARARGS),
        bool(code.co_flags & CO_VARKEYWORDS),
    )


def _of_signature(signature: inspect.Signature) -> Parameters:
    every = list(signature.parameters.values())
    places = [p for p in every if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return Parameters(
        tuple(p.name for p in places),
        sum(p.kind is p.POSITIONAL_ONLY for p in places),
        tuple(p.name for p in every if p.kind is p.KEYWORD_ONLY),
        frozenset(p.name for p in every if p.default is not p.empty),
        any(p.kind is p.VAR_POSITIONAL for p in every),
        any(p.kind is p.VAR_KEYWORD for p in every),
    )
