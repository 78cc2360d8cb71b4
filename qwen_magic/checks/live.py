"""What an expression is, as far as the notebook's live objects say without any code of the user's being run."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, cast

from qwen_magic.checks import frames, modules, results
from qwen_magic.checks.objects import is_class, member
from qwen_magic.checks.outline import Outline

# Methods that change the object they are called on, whatever it is.
_CHANGE = re.compile(
    "add|append|clear|discard|eval|extend|insert|move_to_end|pop|popitem|remove|set_flags|setdefault|update|__setitem__"
)
# What can be handed the object and leaves it as it is.
_READERS = re.compile(
    "all|any|bool|dict|display|enumerate|filter|float|frozenset|hash|id|int|isinstance|iter|len|list|map|max|min|print|"
    "range|repr|reversed|set|sorted|str|sum|tuple|type|zip"
)


@dataclass(frozen=True, slots=True)
class Value:
    """The very object."""

    held: object


@dataclass(frozen=True, slots=True)
class Instance:
    """Some object of exactly this class."""

    cls: type


Known = Value | Instance | None


class Live:
    """The notebook's values, as one piece of code finds them."""

    def __init__(self, outline: Outline, namespace: Mapping[str, object]) -> None:
        self.outline = outline
        self._namespace = namespace
        self._answers: dict[ast.expr, Known] = {}
        # `tool.name = ...` gives an attribute to what may be known under another name too.
        self.stored = {
            n.attr for n in outline.nodes if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)
        }

    def of(self, node: ast.expr) -> Known:
        """What the expression is when the code gets there; None if that is not known."""
        if node not in self._answers:
            self._answers[node] = None  # also for a name that is made of itself
            self._answers[node] = self._of(node)
        return self._answers[node]

    def touched(self, name: ast.Name) -> bool:
        """Whether the code may have changed the named object before it gets there."""
        for other in self.outline.loads.get(name.id, ()):
            if other is not name and self._changes(other) and self.outline.before(other, name):
                return True
        return self._is_called_upon(name)

    def _of(self, node: ast.expr) -> Known:
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Constant(value=value):
                return Value(value) if value is not ... else None
            case ast.Attribute(value=base, attr=attr):
                return self._attribute(self.of(base), attr)
            case ast.Call(func=func):
                return self._in_place(node) or self._call(func)
            case ast.Subscript(value=ast.Name() as name, slice=ast.Constant(value=str() as column)):
                return self._column(name, column)
        made = results.DISPLAYS.get(type(node))
        return Instance(made) if made else None

    def _name(self, node: ast.Name) -> Known:
        if self.outline.is_local(node):
            return None
        places = self.outline.bindings(node.id)
        if not any(self.outline.before(place, node) for place in places):
            if node.id in self._namespace:
                held = self._namespace[node.id]
                # Functions can put something else there, other than for what is only defined once.
                fixed = type(held) in (ModuleType, FunctionType) or is_class(held)
                return Value(held) if fixed or not self._is_called_upon(node) else None
            return Value(vars(builtins)[node.id]) if node.id in vars(builtins) else None
        found = [self._bound(place, node) for place in places]
        return found[0] if found and all(each is not None and each == found[0] for each in found) else None

    def _bound(self, place: ast.AST, name: ast.Name) -> Known:
        statement = self.outline.statement(place)
        # What is bound in a branch may be bound there, or not.
        if self.outline.parent(statement)[0] is not self.outline.tree:
            return None
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    if (alias.asname or alias.name.partition(".")[0]) == name.id:
                        module = modules.loaded(alias.name if alias.asname else name.id)
                        return Value(module) if module else None
            case ast.ImportFrom(module=str() as home, names=names, level=0):
                wanted = next((alias.name for alias in names if (alias.asname or alias.name) == name.id), "")
                module = modules.loaded(home)
                return self._attribute(Value(module), wanted) if module else None
            case ast.Assign(targets=[ast.Name()], value=value):
                one = len(self.outline.bindings(name.id)) == 1 and self.outline.function(name) is None
                known = self.of(value) if one else None
                # The object itself may change on the way; what class it is does not.
                return (
                    Instance(type(known.held))
                    if isinstance(known, Value) and _is_plain(known.held)
                    else (known if isinstance(known, Instance) else None)
                )
        return None

    def _attribute(self, base: Known, attr: str) -> Known:
        if not isinstance(base, Value) or attr in self.stored:
            return None
        if type(base.held) is ModuleType:
            held = vars(base.held).get(attr)
            # A None in a module is there for somebody to put something in its place.
            return Value(held) if held is not None else None
        if is_class(base.held):
            found = member(cast("type", base.held), attr)
            return Value(found[1]) if found and (type(found[1]) is FunctionType or is_class(found[1])) else None
        return None

    def _column(self, name: ast.Name, column: str) -> Known:
        known = self.of(name)
        plain = isinstance(known, Value) and frames.is_frame(known.held) and frames.has_plain(known.held, column)
        return Instance(frames.series()) if plain and not self.touched(name) else None

    def _in_place(self, call: ast.Call) -> Known:
        """What `df.sort_values("x", inplace=True)` returns: nothing."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in frames.IN_PLACE:
            return None
        known = self.of(call.func.value)
        frame = isinstance(known, Value) and frames.is_frame(known.held)
        asked = any(
            word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True
            for word in call.keywords
        )
        return Instance(type(None)) if frame and asked else None

    def _call(self, func: ast.expr) -> Known:
        if isinstance(func, ast.Attribute):
            base = self.of(func.value)
            cls = type(base.held) if isinstance(base, Value) else base.cls if isinstance(base, Instance) else None
            if cls is not None and (made := results.METHODS.get((cls, func.attr))):
                return Instance(made)
        known = self.of(func)
        if not isinstance(known, Value):
            return None
        if is_class(known.held):
            return Instance(cast("type", known.held)) if any(known.held is maker for maker in results.MAKERS) else None
        made = results.RETURNS.get(known.held) if type(known.held) is BuiltinFunctionType else None
        return Instance(made) if made else None

    def _changes(self, name: ast.Name) -> bool:
        """Whether this use of a name can change what it stands for, or hand it to something that does."""
        node: ast.AST = name
        while True:
            outer, field = self.outline.parent(node)
            if isinstance(outer, ast.Attribute | ast.Subscript) and field == "value":
                if not isinstance(outer.ctx, ast.Load):
                    return True
            elif isinstance(outer, ast.Call) and field == "func":
                inplace = any(word.arg in ("inplace", None) for word in outer.keywords)
                if inplace or (isinstance(node, ast.Attribute) and _CHANGE.fullmatch(node.attr)):
                    return True
            else:
                break
            node = outer
        return node is name and self._hands_on(outer, field)

    def _hands_on(self, outer: ast.AST, field: str) -> bool:
        match outer:
            case ast.Expr() | ast.Compare() | ast.BinOp() | ast.FormattedValue() | ast.Subscript() | ast.UnaryOp():
                return False
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                return field != "iter"
            case ast.Call(func=ast.Name(id=called)):
                return not _READERS.fullmatch(called)
            case ast.List() | ast.Tuple():
                # `pd.concat([df, other])` and the like.
                holder, place = self.outline.parent(outer)
                return not isinstance(holder, ast.Call) or self._hands_on(holder, place)
            case ast.Call(func=ast.Attribute(value=base)):
                # Functions of libraries leave their arguments alone, or else nobody could use them.
                known = self.of(base)
                return not (isinstance(known, Value) and type(known.held) is ModuleType)
        return True

    def _is_called_upon(self, name: ast.Name) -> bool:
        """Whether a function of the notebook's that uses this name itself may have run."""
        reaching = (call for call, used in self._own_calls if name.id in used)
        return any(self.outline.before(call, name) for call in reaching)

    @cached_property
    def _own_calls(self) -> list[tuple[ast.Call, tuple[str, ...]]]:
        """Calls of the notebook's own functions, and the names that these use themselves."""
        found = []
        for call in self.outline.calls():
            held: Any = self._namespace.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if type(held) is FunctionType and held.__module__ == "__main__":
                found.append((call, held.__code__.co_names))
        return found


def _is_plain(value: object) -> bool:
    return type(value) in (bool, bytes, complex, float, int, str) or value is None
