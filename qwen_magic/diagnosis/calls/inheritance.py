"""Classes and their bases: the order of bases, methods left abstract, methods of the class itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.calls.earlier import parameters
from qwen_magic.diagnosis.cells import changed, with_function_named, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.diagnosis.names.similarity import close
from qwen_magic.snapshot import Diagnosis


def order_of_bases(evidence: Evidence) -> Iterator[Diagnosis]:
    """`class Duck(Animal, Swimmer)` where a Swimmer is an Animal: the special one comes first."""
    step = evidence.in_cell
    if step is None or "consistent method resolution" not in evidence.message:
        return
    nodes = [step.node] if isinstance(step.node, ast.ClassDef) else list(ast.walk(step.tree))
    for node in nodes:
        bases = [(base, step.value(base)) for base in node.bases] if isinstance(node, ast.ClassDef) else []
        if len(bases) < 2 or not all(isinstance(kind, type) for _, kind in bases):
            continue
        ordered = sorted(bases, key=lambda pair: -len(pair[1].__mro__))
        if ordered == bases:
            continue
        texts = [evidence.source(step, base) for base, _ in ordered]
        listed = ", ".join(texts)
        yield diagnosis(
            "order-of-bases",
            (f"`{texts[-1]}` is itself a base of `{texts[0]}` and has to come after it.",
             f"`{texts[-1]}` 是 `{texts[0]}` 的基类，要写在它后面。"),
            (f"Write `({listed})`.", f"请写成 `({listed})`。"),
            [changed(evidence, step, [(old, new) for (old, _), new in zip(bases, texts, strict=True)])],
            certain=True,
        )  # fmt: skip
        return


def left_abstract(evidence: Evidence) -> Iterator[Diagnosis]:
    """A class that should implement a method, and has it under a name that is nearly the same."""
    said = re.search(r"instantiate abstract class (\w+) .*?abstract methods? '?(\w+)'?$", evidence.message)
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, TypeError):
        return
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ClassDef) or node.name != said[1]:
            continue
        methods = {part.name: part for part in node.body if isinstance(part, Function)}
        for name in close(said[2], methods)[:1]:
            yield diagnosis(
                "left-abstract",
                (f"`{node.name}` has `{name}` where `{said[2]}` has to be.",
                 f"`{node.name}` 应实现 `{said[2]}`，却写成了 `{name}`。"),
                (f"Call the method `{said[2]}`.", f"把方法改名为 `{said[2]}`。"),
                [with_function_named(evidence, step, methods[name], said[2])],
                certain=True,
            )  # fmt: skip
            return


def method_of_the_class(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Date.parse(text)` of `def parse(cls, text)` without `@classmethod`, or of a static one that takes `self`."""
    said = re.search(r"(\w+)\.(\w+)\(\) missing \d+ required positional argument", evidence.message)
    step = evidence.in_cell
    call = step.node if step else None
    if step is None or said is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    on_class = isinstance(step.value(call.func.value), type)
    for function in _methods(step, said[1], said[2]):
        first = [argument.arg for argument in parameters(function)[:1]]
        decorators = {ast.unparse(decorator): decorator for decorator in function.decorator_list}
        if on_class and first == ["cls"] and not decorators:
            cell = with_line_above(evidence, step, function, "@classmethod")
            hint = "Write `@classmethod` above it.", "在它上方写 `@classmethod`。"
        elif "staticmethod" in decorators and first == ["self"] and not on_class:
            cell = _without_line(evidence, decorators["staticmethod"].lineno + step.shift)
            hint = "Take `@staticmethod` away.", "去掉 `@staticmethod`。"
        elif "staticmethod" in decorators and first == ["cls"]:
            cell = evidence.replaced(step, decorators["staticmethod"], "classmethod") or ""
            hint = "Write `@classmethod`.", "写成 `@classmethod`。"
        else:
            return
        yield diagnosis(
            "method-of-the-class",
            (
                f"`{function.name}` takes `{first[0]}`, and nothing gives it.",
                f"`{function.name}` 的 `{first[0]}` 没有得到值。",
            ),
            hint,
            [cell],
            certain=True,
        )


def _methods(step: Step, owner: str, name: str) -> Iterator[Function]:
    for node in ast.walk(step.tree):
        if isinstance(node, ast.ClassDef) and node.name == owner:
            yield from (part for part in node.body if isinstance(part, Function) and part.name == name)


def _without_line(evidence: Evidence, line: int) -> str:
    lines = evidence.cell.split("\n")
    return "\n".join([*lines[: line - 1], *lines[line:]])


def private_name(evidence: Evidence) -> Iterator[Diagnosis]:
    """`account.__balance` from outside of the class: Python stores it under another name."""
    step, error = evidence.last, evidence.error
    node = step.node if step else None
    if step is None or not isinstance(error, AttributeError) or not isinstance(node, ast.Attribute):
        return
    name = node.attr
    if not name.startswith("__") or name.endswith("__"):
        return
    for kind in type(error.obj).__mro__[:-1]:
        stored = f"_{kind.__name__.lstrip('_')}{name}"
        held = getattr(error.obj, "__dict__", {})
        if stored not in held and stored not in vars(kind):
            continue
        public = name.lstrip("_")
        owner = evidence.source(step, node.value)
        way = public if public in vars(kind) else stored
        yield diagnosis(
            "private-name",
            (f"`{name}` is private to `{kind.__name__}`.", f"`{name}` 是 `{kind.__name__}` 的私有属性。"),
            (f"Write `{owner}.{way}`.", f"请写 `{owner}.{way}`。"),
            [evidence.replaced(step, node, f"{owner}.{way}")],
        )
        return


def module_as_base(evidence: Evidence) -> Iterator[Diagnosis]:
    """`class Colour(enum):`, `class Worker(threading):`: the class in the module is meant."""
    step = evidence.in_cell
    if step is None or not evidence.message.startswith("module() takes at most 2 arguments"):
        return
    for node in ast.walk(step.tree):
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            module: Any = step.value(base)
            if type(module) is not ModuleType:
                continue
            name, held = module.__name__.rpartition(".")[2], vars(module)
            near = {"threading": "Thread", "abc": "ABC"}.get(name, name.capitalize())
            kinds = [kind for kind in (near, name) if isinstance(held.get(kind), type)]
            if kinds:
                text = f"{evidence.source(step, base)}.{kinds[0]}"
                yield diagnosis(
                    "module-as-base",
                    (f"`{evidence.source(step, base)}` is a module.", f"`{evidence.source(step, base)}` 是模块。"),
                    (f"Write `{text}`.", f"写成 `{text}`。"),
                    [evidence.replaced(step, base, text)],
                    certain=True,
                )
            return
