"""A module that lacks an attribute, or is called: its class, a submodule, or another module was meant."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from qwen_magic import edits
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names import exports, older, uses
from qwen_magic.diagnosis.names.receivers import Asked, asked
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.snapshot import Diagnosis


def module_attributes(evidence: Evidence) -> Iterator[Diagnosis]:
    """What was meant by an attribute of a module, or of a class or function that has its module's name."""
    question = asked(evidence)
    if question is None:
        return
    if type(question.value) is ModuleType:
        for way in (_submodule, _otherwise, _inside, _close, _elsewhere):
            if found := list(way(question)):
                yield from found
                return
    elif isinstance(question.value, (type, FunctionType, BuiltinFunctionType)):
        yield from _not_the_module(question)


def _module(question: Asked) -> str:
    return str(vars(question.value).get("__name__", ""))


def _submodule(question: Asked) -> Iterator[Diagnosis]:
    """`import xml` and then `xml.etree`: a part that must be imported itself."""
    name = f"{_module(question)}.{question.name}"
    with suppress(ImportError, ValueError, AttributeError):
        if vars(question.value).get("__path__") is None or importlib.util.find_spec(name) is None:
            return
        statement = f"import {name}"
        cause = (f"`{name}` is a module of its own that has to be imported.", f"`{name}` 是单独的模块，需要导入。")
        hint = (f"Add `{statement}` on top.", f"在最前面加上 `{statement}`。")
        yield diagnosis("module-part", cause, hint, [edits.add_import(question.evidence.cell, statement)], certain=True)


def _otherwise(question: Asked) -> Iterator[Diagnosis]:
    """`math.ln`, `math.abs`, `string.letters`, `json.stringify`: it has another name, or is Python's own."""
    known = older.MEMBERS.get(_module(question), {}).get(question.name)
    if known is None:
        return
    sure, meant = known.endswith("!"), known.rstrip("!")
    call = question.call
    given = [question.evidence.source(question.step, node) for node in call.args] if call else []
    texts = older.filled(meant, given)
    if texts is None:
        return
    module = texts.rpartition(".")[0]
    elsewhere = module in sys.stdlib_module_names and module not in vars(question.value)
    text = texts.removeprefix(".") if meant.startswith(".") or elsewhere else f"{question.receiver}.{texts}"
    statement = f"import {module}" if elsewhere and module not in question.step.names else ""
    en, zh = question.lacks()
    cause = (f"{en[:-1]}; it is called `{text}`.", f"{zh[:-1]}，应写作 `{text}`。")
    yield question.diagnosis("module-renamed", cause, [text], imports=statement, certain=sure, whole="{" in meant)


def _inside(question: Asked) -> Iterator[Diagnosis]:
    """`datetime.now()` of the module: a class or a part of it has the attribute."""
    name = question.name
    parts = {
        key: value
        for key, value in vars(question.value).items()
        if not key.startswith("_")
        and isinstance(value, (type, ModuleType))
        and uses.has(value, name)
        and value is not type
    }
    own = _module(question).rpartition(".")[2]
    # What every class has says nothing.
    ranked = [own] if own in parts else [key for key in parts if not hasattr(object, name)][:4]
    if ranked:
        texts = [f"{question.receiver}.{key}.{name}" for key in ranked]
        cause = (f"`{name}` belongs to `{ranked[0]}` in the module `{_module(question)}`.",
                 f"`{name}` 属于模块 `{_module(question)}` 里的 `{ranked[0]}`。")  # fmt: skip
        yield question.diagnosis("module-class", cause, texts, certain=own in parts)


def _close(question: Asked) -> Iterator[Diagnosis]:
    names = [name for name in vars(question.value) if not name.startswith("_")]
    sure = only_slip(question.name, names)
    ranked = ([sure] if sure else []) + [name for name in close(question.name, names, 5, 0.6) if name != sure]
    # Another module may have this very name.
    others = [origin for origin in exports.standard().get(question.name, ()) if origin.module not in ("typing",)]
    if ranked and not (others and sure is None):
        texts = [question.renamed(name) for name in ranked]
        en, zh = question.lacks()
        cause = (f"{en[:-1]}; it has `{ranked[0]}`.", f"{zh[:-1]}，有的是 `{ranked[0]}`。")
        yield question.diagnosis("attribute-close", cause, texts, certain=sure is not None)


def _elsewhere(question: Asked) -> Iterator[Diagnosis]:
    """`math.mean`: another module has it."""
    name, space = question.name, question.evidence.namespace
    fits = uses.use(question.step, name).fits if question.call is None else callable
    held = [alias for alias, origin in exports.held(space, name) if fits(origin.value)]
    if held:
        cause = question.lacks()
        texts = [f"{alias}.{name}" for alias in held[:4]]
        yield question.diagnosis("module-other", cause, texts, certain=len(held) == 1)
        return
    for origin in exports.standard().get(name, ())[:2]:
        if fits(origin.value):
            en, zh = question.lacks()
            cause = (f"{en[:-1]}; `{origin.module}` has it.", f"{zh[:-1]}，`{origin.module}` 有。")
            texts, statement = [f"{origin.module}.{name}"], f"import {origin.module}"
            yield question.diagnosis("module-other", cause, texts, imports=statement)


def _not_the_module(question: Asked) -> Iterator[Diagnosis]:
    """`from time import time` and then `time.sleep()`: the name is no longer the module."""
    value: Any = question.value
    name = question.name
    if own := _hidden_module(question):
        statement = f"import {own}"
        cause = (f"`{own}` is the function `{own}.{own}` here, not the module.",
                 f"这里的 `{own}` 是函数 `{own}.{own}`，不是模块。")  # fmt: skip
        cell = edits.add_import(question.evidence.cell, statement)
        hint = (f"Add `{statement}` on top.", f"在最前面加上 `{statement}`。")
        yield diagnosis("module-name", cause, hint, [cell], certain=True)
        return
    module = sys.modules.get(getattr(value, "__module__", "") or "")
    if module is None or not isinstance(question.node.value, ast.Name) or not uses.has(module, name):
        return
    source, where = question.node.value.id, module.__name__.lstrip("_")
    if where not in (source, "datetime", "time", "random", "math"):
        return
    what = "class" if isinstance(value, type) else "function"
    en = f"`{source}` is the {what} `{where}.{source}`, not the module."
    cause = (en, f"`{source}` 是 `{where}.{source}`，不是模块。")
    if vars(module)[name] is value:
        yield question.diagnosis("module-name", cause, [source], certain=True)
        return
    statement = f"from {where} import {name}"
    yield question.diagnosis(
        "module-name", cause, [name], imports=statement, certain=name not in question.evidence.namespace
    )


def _hidden_module(question: Asked) -> str:
    """The module that a function of its own name hides, if the cell only uses the name like the module."""
    node, value = question.node.value, question.value
    module = sys.modules.get(node.id) if isinstance(node, ast.Name) else None
    if module is None or not isinstance(node, ast.Name) or isinstance(value, type) or node.id not in exports.STANDARD:
        return ""
    if vars(module).get(node.id) != value:
        return ""
    reads = uses.read(question.step.tree, node.id)
    dotted = [around for around in map(question.step.parents.get, reads) if isinstance(around, ast.Attribute)]
    known = len(dotted) == len(reads) and all(uses.has(module, around.attr) for around in dotted)
    # One name can be imported itself; that leaves the function as it is.
    several = len({around.attr for around in dotted}) > 1 or vars(module)[node.id].__module__ is None
    return node.id if known and several else ""


def module_called(evidence: Evidence) -> Iterator[Diagnosis]:
    """`random()` of `import random`: a module is not a function."""
    step = evidence.last
    if step is None or not re.match(r"'module' object is not callable", evidence.message):
        return
    calls = (node for node in ast.walk(step.node or step.tree) if isinstance(node, ast.Call))
    for call in calls:
        module = step.value(call.func)
        if type(module) is not ModuleType:
            continue
        own = module.__name__.rpartition(".")[2]
        names = [own] if callable(vars(module).get(own)) else []
        names = names or [name for name in (own.title(),) if callable(vars(module).get(name))]
        source = evidence.source(step, call.func)
        texts = [f"{source}.{name}" for name in dict.fromkeys(names)]
        cause = (f"`{source}` is a module, which cannot be called.", f"`{source}` 是模块，不能调用。")
        hint = (f"Write `{texts[0]}(...)`." if texts else f"Call a function of `{source}`.",
                     f"写成 `{texts[0]}(...)`。" if texts else f"调用 `{source}` 里的函数。")  # fmt: skip
        yield diagnosis(
            "module-called",
            cause,
            hint,
            [evidence.replaced(step, call.func, text) for text in texts],
            certain=len(texts) == 1,
        )
        return
