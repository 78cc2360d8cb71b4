"""The attribute that an AttributeError is about, and what it was asked of."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PosixPath, WindowsPath
from types import GeneratorType
from typing import Any, Final

from qwen_magic import edits
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.names import uses
from qwen_magic.diagnosis.running import suspects
from qwen_magic.snapshot import Diagnosis

_FAMILIES: Final = {
    "deque": (deque,),
    "timedelta": (timedelta,),
    "match": (re.Match,),
    "path": (PosixPath, WindowsPath),
    "iterator": (GeneratorType, map, zip, filter, enumerate, type(reversed([])), type({}.keys()), type({}.values())),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute that a value does not have."""

    evidence: Evidence
    step: Step
    node: ast.Attribute
    value: Any

    @property
    def name(self) -> str:
        return self.node.attr

    @property
    def call(self) -> ast.Call | None:
        """The call of the attribute, if it is called."""
        parent = self.step.parents.get(self.node)
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None

    @property
    def receiver(self) -> str:
        """The text before the dot."""
        return operand(self.evidence.source(self.step, self.node.value))

    @property
    def kind(self) -> str:
        """The name of the value's type."""
        return type(self.value).__name__

    def renamed(self, name: str) -> str:
        """The attribute under another name, or asked of something else: `{x}` is what stands before the dot."""
        return name.replace("{x}", self.receiver) if "{x}" in name else f"{self.receiver}.{name}"

    def diagnosis(
        self,
        rule: str,
        cause: tuple[str, str],
        texts: Iterable[str],
        *,
        certain: bool = False,
        imports: str = "",
        whole: bool = False,
    ) -> Diagnosis:
        """What is wrong, with other texts in the place of the attribute, or of the `whole` call of it."""
        place: ast.AST = (self.call or self.node) if whole else self.node
        texts = list(dict.fromkeys(texts))
        cells = [self.evidence.replaced(self.step, place, text) for text in texts]
        if imports:
            cells = [edits.add_import(cell, imports) if cell is not None else None for cell in cells]
        choices = " / ".join(f"`{text}`" for text in texts[:3])
        more = (f" after `{imports}`", f"，并先写 `{imports}`") if imports else ("", "")
        hint = (f"Write {choices}{more[0]}.", f"写成 {choices}{more[1]}。") if texts else cause
        return diagnosis(rule, cause, hint, cells, certain=certain)

    def lacks(self) -> tuple[str, str]:
        """That the value has no such attribute."""
        if self.kind == "module":
            name = vars(self.value).get("__name__", "")
            return f"The module `{name}` has no `{self.name}`.", f"模块 `{name}` 没有 `{self.name}`。"
        kind = self.value.__name__ if isinstance(self.value, type) else self.kind
        return f"The type `{kind}` has no `{self.name}`.", f"类型 `{kind}` 没有 `{self.name}`。"


def asked(evidence: Evidence) -> Asked | None:
    """The attribute that was not there, if the user's own code asked for it."""
    # A class may have its own say about attributes that it lacks.
    own = (step for step in reversed(evidence.steps) if not step.function.endswith(("__getattr__", "__getattribute__")))
    error, step = evidence.error, next(own, None)
    if not isinstance(error, AttributeError) or step is None:
        return None
    found = re.search(r"has no attribute '(\w+)'|\.(str|dt|cat) accessor", evidence.message)
    name = error.name or (found and (found[1] or found[2])) or ""
    name = name or (evidence.message if evidence.message.isidentifier() else "")
    reads = (node for node in suspects(evidence, step) if isinstance(node, ast.Attribute))
    node = next((node for node in reads if node.attr == name), None)
    if node is None and isinstance(step.node, ast.Call) and isinstance(step.node.func, ast.Attribute):
        node = step.node.func if step.node.func.attr == name else None
    if node is None:
        return None
    value = error.obj if error.obj is not None else step.value(node.value)
    # pandas asks other objects on the way; then the value is that of the expression.
    known = step.value(node.value)
    value = known if known is not MISSING else value
    return None if value is None or value is MISSING else Asked(evidence, step, node, value)


def family(value: Any) -> str:
    """The kind of a value that idioms are known for."""
    kind = type(value)
    if kind in (int, float, complex):
        return "number"
    if kind in (list, tuple, set, dict, str, bytes):
        return kind.__name__
    if kind.__name__ in ("Counter", "defaultdict", "OrderedDict") and kind.__module__ == "collections":
        return "dict"
    if value is date:
        return "date class"
    if known := next((family for family, kinds in _FAMILIES.items() if kind in kinds), ""):
        return known
    if uses.own_type(value, "numpy", "ndarray"):
        return "ndarray"
    return kind.__name__ if uses.own_type(value, "pandas", "DataFrame", "Series") else ""
