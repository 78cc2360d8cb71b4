"""Special methods that give back something else than Python asks of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.earlier import Function, own_returns
from qwen_magic.diagnosis.candidates import changed
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.values import diagnosis
from qwen_magic.snapshot import Diagnosis

# What is said, the method that is meant, and what to put around what it gives back.
_WANTED = (
    (r"iter\(\) returned non-iterator of type", ("__iter__",), "iter"),
    (r"(__str__|__repr__) returned non-string", ("__str__", "__repr__"), "str"),
)


def wrong_result(evidence: Evidence) -> Iterator[Diagnosis]:
    """`__iter__` that returns a list, `__str__` that returns a number."""
    step = evidence.in_cell
    if step is None or not isinstance(evidence.error, TypeError):
        return
    for message, methods, wrapper in _WANTED:
        said = re.match(message, evidence.message)
        for function in ast.walk(step.tree) if said else ():
            if not isinstance(function, Function) or function.name not in methods:
                continue
            values = [node.value for node in own_returns(function) if node.value is not None]
            wrapped = [(value, f"{wrapper}({evidence.source(step, value)})") for value in values]
            name = function.name
            yield diagnosis(
                "wrong-result",
                (f"`{name}` has to give what `{wrapper}()` gives.", f"`{name}` 必须返回 `{wrapper}()` 那样的结果。"),
                (f"Return `{wrapped[0][1]}`.", f"返回 `{wrapped[0][1]}`。"),
                [changed(evidence, step, wrapped)],
                certain=True,
            )


def not_hashable_any_more(evidence: Evidence) -> Iterator[Diagnosis]:
    """Objects in a set or as keys, of a class that says when they are equal and not what their hash is."""
    said = re.search(r"unhashable type: '([\w.]+)'", evidence.message)
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, TypeError):
        return
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ClassDef) or node.name != said[1].rpartition(".")[2]:
            continue
        equal = next((f for f in node.body if isinstance(f, Function) and f.name == "__eq__"), None)
        if equal is None or not equal.args.args:
            return
        own = equal.args.args[0].arg
        fields = dict.fromkeys(
            part.attr
            for part in ast.walk(equal)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == own
        )
        hashed = ", ".join(f"self.{name}" for name in fields if not name.startswith("__"))
        if not hashed:
            return
        method = f"\n\n    def __hash__(self):\n        return hash(({hashed}{'' if ', ' in hashed else ','}))"
        text = evidence.source(step, equal)
        indented = method.replace("\n    ", "\n" + " " * equal.col_offset)
        yield diagnosis(
            "no-hash",
            (f"A class with `__eq__` has no hash, unless it says which: `{node.name}`.",
             f"定义了 `__eq__` 的类 `{node.name}` 需要同时定义 `__hash__`。"),
            (f"Add `__hash__` to `{node.name}`.", f"给 `{node.name}` 加上 `__hash__`。"),
            [changed(evidence, step, [(equal, text + indented)])],
        )  # fmt: skip
        return
