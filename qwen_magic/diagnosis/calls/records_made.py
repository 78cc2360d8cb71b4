"""Dataclasses and named tuples that are declared or made in a way that does not give them their fields."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, is_dataclass
from types import FunctionType
from typing import Any

from qwen_magic.diagnosis.calls.own_classes import own_class
from qwen_magic.diagnosis.cells import changed, importing, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def no_dataclass_yet(evidence: Evidence) -> Iterator[Diagnosis]:
    """A class with fields and without `@dataclass`, or a dataclass whose fields have no type."""
    said = re.match(
        r"(\w+)(?:\.__init__)?\(\) (?:takes no arguments|takes 1 positional|got an unexp)", evidence.message
    )
    step = evidence.in_cell
    node = own_class(step, said[1]) if step and said else None
    if step is None or said is None or node is None or not isinstance(evidence.error, TypeError):
        return
    decorated = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    typed = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    plain = [part for part in node.body if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant)]
    made = any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in node.body)
    if made or node.bases:
        return
    if not decorated and typed and "takes no arguments" in evidence.message:
        cell = with_line_above(evidence, step, node, "@dataclass")
        cell = importing(evidence, cell, "from dataclasses import dataclass")
        hint = "Write `@dataclass` above the class.", "在类的上方写 `@dataclass`。"
    elif decorated and plain and not typed:
        names = [(part.targets[0], part.value) for part in plain]
        annotated = [(name, f"{ast.unparse(name)}: {type(value.value).__name__}") for name, value in names]  # type: ignore[attr-defined]
        if any(text.endswith("NoneType") for _, text in annotated):
            return
        cell = changed(evidence, step, annotated)
        hint = "Give each field a type.", "给每个字段写上类型。"
    else:
        return
    yield diagnosis(
        "no-dataclass-yet",
        (f"`{node.name}` has no `__init__` that takes its fields.", f"`{node.name}` 没有接收这些字段的 `__init__`。"),
        hint,
        [cell],
        certain=True,
    )


def record_of_one(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Point((1, 2))`, `Point(row)` of a dict: a record takes its fields one by one."""
    said = re.search(r"(\w+)\.__(?:init|new)__\(\) missing \d+ required positional arguments?", evidence.message)
    step = evidence.last
    call = step.node if step else None
    if step is None or said is None or not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return
    kind: Any = step.value(call.func)
    named = getattr(kind, "_fields", None) if isinstance(kind, type) else None
    if isinstance(kind, type) and is_dataclass(kind):
        named = tuple(vars(kind)["__dataclass_fields__"]) if "__dataclass_fields__" in vars(kind) else None
    if named is None and isinstance(kind, type) and isinstance(init := vars(kind).get("__init__"), FunctionType):
        named = tuple(inspect.signature(init).parameters)[1:]
    value = step.value(call.args[0])
    if not isinstance(named, tuple):
        return
    split = isinstance(call.args[0], ast.Call) and is_call_of(call.args[0], "split")
    if type(value) is dict and set(value) <= set(named):
        stars = "**"
    elif split or (type(value) in (tuple, list) and len(value) == len(named)):
        stars = "*"
    else:
        return
    text = stars + evidence.source(step, call.args[0])
    yield diagnosis(
        "argument-spread",
        (f"`{said[1]}` takes its fields one by one.", f"`{said[1]}` 要逐个给出字段。"),
        (f"Write `{said[1]}({text})`.", f"写成 `{said[1]}({text})`。"),
        [evidence.replaced(step, call.args[0], text)],
        certain=not split,
    )


def named_tuple_badly_named(evidence: Evidence) -> Iterator[Diagnosis]:
    """`namedtuple("P", "x", "y")`, a field called `first name` or `_id`, `p["x"]` for `p.x`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (TypeError, ValueError)):
        return
    for node in ast.walk(step.node or ast.Pass()):
        texts: list[tuple[ast.AST, str]] = []
        if is_call_of(node, "namedtuple"):
            texts = list(_declared(evidence, step, node))
        elif isinstance(node, ast.Subscript) and "indices must be integers" in evidence.message:
            owner, key = step.value(node.value), step.value(node.slice)
            if type(key) is str and key in getattr(type(owner), "_fields", ()) and isinstance(owner, tuple):
                texts = [(node, f"{evidence.source(step, node.value)}.{key}")]
        if texts:
            yield diagnosis(
                "named-tuple",
                ("A named tuple has fields with plain names.", "具名元组的字段要用普通的名字。"),
                (f"Write `{texts[0][1]}`.", f"请写 `{texts[0][1]}`。"),
                [changed(evidence, step, texts)],
                certain=not isinstance(evidence.error, ValueError),
            )
            return


def _declared(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    wrong = re.search(r"(?:must be valid identifiers|start with an underscore): '(.+)'", evidence.message)
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    if "positional arguments but" in evidence.message and len(texts) == len(call.args) > 2 and not call.keywords:
        fields = " ".join(str(text) for text in texts[1:])
        function, name = evidence.source(step, call.func), evidence.source(step, call.args[0])
        yield call, f'{function}({name}, "{fields}")'
    elif wrong:
        new = re.sub(r"\W+", "_", wrong[1]).strip("_")
        for node in ast.walk(call):
            if isinstance(node, ast.Constant) and node.value == wrong[1] and new.isidentifier():
                yield node, f'"{new}"'


def frozen_in_method(evidence: Evidence) -> Iterator[Diagnosis]:
    """`self.area = ...` in `__post_init__` of a frozen dataclass, which has to go around the ban."""
    step = evidence.last
    statement = step.statement if step else None
    if step is None or not isinstance(evidence.error, FrozenInstanceError):
        return
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    function = next(step.around(statement, ast.FunctionDef), None)
    owner = next(step.around(statement, ast.ClassDef), None)
    own = function.args.args[0].arg if isinstance(function, ast.FunctionDef) and function.args.args else ""
    if not isinstance(target, ast.Attribute) or ast.unparse(target.value) != own or not isinstance(owner, ast.ClassDef):
        return
    if isinstance(statement, ast.Assign) and isinstance(function, ast.FunctionDef) and function.name == "__post_init__":
        text = f'object.__setattr__({own}, "{target.attr}", {evidence.source(step, statement.value)})'
        cells, certain = [evidence.replaced(step, statement, text)], True
    else:
        text = "@dataclass"
        frozen = [
            word
            for decorator in owner.decorator_list
            for word in (decorator.keywords if isinstance(decorator, ast.Call) else [])
            if word.arg == "frozen"
        ]
        cells, certain = [evidence.replaced(step, word.value, "False") for word in frozen], False
    yield diagnosis(
        "frozen-field",
        (f"`{owner.name}` is frozen: its fields cannot be changed.", f"`{owner.name}` 是冻结的，字段不能修改。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
        cells,
        certain=certain,
    )


def dataclass_in_set(evidence: Evidence) -> Iterator[Diagnosis]:
    """Objects of a dataclass in a set or as keys: they have a hash if they are frozen."""
    said = re.search(r"unhashable type: '([\w.]+)'", evidence.message)
    step = evidence.in_cell
    node = own_class(step, said[1]) if step and said else None
    for decorator in node.decorator_list if node else []:
        if step is None or node is None or "dataclass" not in ast.unparse(decorator):
            continue
        source = evidence.source(step, decorator)
        head = source[:-1].rstrip() if isinstance(decorator, ast.Call) else f"{source}("
        comma = "" if head.endswith("(") else ", "
        texts = [f"{head}{comma}{option}=True)" for option in ("frozen", "unsafe_hash")]
        yield diagnosis(
            "no-hash",
            (f"Objects of `{node.name}` can be changed, so they have no hash.",
             f"`{node.name}` 的对象可以修改，所以没有哈希值。"),
            (f"Write `@{texts[0]}`.", f"写成 `@{texts[0]}`。"),
            [evidence.replaced(step, decorator, text) for text in texts],
        )  # fmt: skip
        return
