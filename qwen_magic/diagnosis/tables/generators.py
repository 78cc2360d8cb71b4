"""Numbers at random: the generator of `default_rng` has other names than `np.random`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.snapshot import Diagnosis

_NAMES = {
    "randint": "integers",
    "random_integers": "integers",
    "rand": "random",
    "random_sample": "random",
    "ranf": "random",
    "sample": "random",
    "uniform_": "uniform",
    "randn": "standard_normal",
}


def generator_names(evidence: Evidence) -> Iterator[Diagnosis]:
    """`rng.randint(1, 7)`, `rng.rand(2, 3)`, `rng.randn(5)`."""
    step = evidence.last
    found = re.search(r"_generator\.Generator' object has no attribute '(\w+)'", evidence.message)
    if not isinstance(evidence.error, AttributeError) or not found or step is None or found[1] not in _NAMES:
        return
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == found[1]), None)
    call = step.parents.get(node) if node is not None else None
    if node is None or not isinstance(call, ast.Call):
        return
    drafts, name = Drafts(evidence, step), _NAMES[node.attr]
    # All of the cell: the next of them would fail in the same way.
    owner = ast.unparse(node.value)
    changes = []
    for other in ast.walk(step.tree):
        func = other.func if isinstance(other, ast.Call) else None
        if isinstance(func, ast.Attribute) and func.attr in _NAMES and ast.unparse(func.value) == owner:
            changes.append((other, _called(drafts, other, func)))
    outer = [
        change for change in changes if not any(change[0] in ast.walk(o) for o, _ in changes if o is not change[0])
    ]
    drafts.edit(*outer, certain=True)
    text = _called(drafts, call, node)
    yield drafts.diagnosis(
        "generator-name",
        (f"A generator has no `{node.attr}`; it has `{name}`.", f"生成器没有 `{node.attr}`，对应的是 `{name}`。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def _called(drafts: Drafts, call: ast.AST, func: ast.Attribute) -> str:
    assert isinstance(call, ast.Call)  # noqa: S101  # asked for by the caller
    name = drafts.renamed(func, _NAMES[func.attr])
    if func.attr in ("rand", "randn") and len(call.args) > 1:
        return f"{name}(({', '.join(drafts.source(arg) for arg in call.args)}))"
    return drafts.called(call, function=name, add="endpoint=True" if func.attr == "random_integers" else "")
