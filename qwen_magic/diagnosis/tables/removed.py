"""What an installed library no longer has: its attributes and methods, with their successors."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

from qwen_magic.diagnosis.cells import Change
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.removed_names import ATTRIBUTES, METHODS
from qwen_magic.snapshot import Diagnosis

_GONE = re.compile(r"'(?:[\w.]+\.)?(\w+)' object has no attribute '(\w+)'")


def removed_attributes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.float`, `np.trapz`, `pd.datetime`, `plt.hold`: attributes that a module has lost."""
    step = evidence.last
    if not isinstance(evidence.error, AttributeError) or step is None:
        return
    gone = [node for node in running_nodes(evidence, step) if isinstance(node, ast.Attribute) and _lost(step, node)]
    if len(gone) != 1 and not (gone and gone[0] is step.node):
        return
    node = gone[0]
    module, successor = _lost(step, node) or ("", "")
    drafts = Drafts(evidence, step)
    new = _attribute_text(evidence, drafts, node, successor)
    old = f"{ast.unparse(node.value)}.{node.attr}"
    if successor.startswith("%"):
        new = _method_instead(drafts, node, successor)
    elif not successor:
        if (statement := running_statement(evidence, step)) is not None and isinstance(statement, ast.Expr):
            drafts.edit((statement, "pass"))
    else:
        # The next one of them would fail in the same way.
        changes: list[Change] = [
            (other, _attribute_text(evidence, drafts, other, found[1]))
            for other in ast.walk(step.tree)
            if isinstance(other, ast.Attribute) and (found := _lost(step, other)) and found[1][:1] not in ("", "%")
        ]
        drafts.edit(*changes, certain=successor.endswith("!"), imports=_imports(evidence, changes))
        if new == "float":
            drafts.edit((node, f"{ast.unparse(node.value)}.float64"))
    hint = new or ast.unparse(node)
    yield drafts.diagnosis(
        "removed-attribute",
        (f"The installed {module} no longer has `{old}`.", f"安装的 {module} 已经没有 `{old}`。"),
        (f"Write `{hint}` instead.", f"请改写为 `{hint}`。") if new else (f"Leave out `{old}`.", f"请去掉 `{old}`。"),
    )


def _lost(step: Step, node: ast.Attribute) -> tuple[str, str] | None:
    """The module that has lost an attribute, and its successor."""
    if not any(node.attr in table for table in ATTRIBUTES.values()):
        return None
    path = _module(step, node.value)
    successor = ATTRIBUTES.get(path, {}).get(node.attr)
    if successor is None or node.attr in vars(sys.modules[path]):
        return None
    return path.split(".")[0], successor


def _module(step: Step, node: ast.expr) -> str:
    value = step.value(node)
    if isinstance(value, ModuleType):
        return next((path for path in ATTRIBUTES if sys.modules.get(path) is value), "")
    if isinstance(node, ast.Attribute) and (parent := _module(step, node.value)):
        path = f"{parent}.{node.attr}".replace("matplotlib.pyplot.cm", "matplotlib.cm")
        return path if path in sys.modules else ""
    return ""


def _attribute_text(evidence: Evidence, drafts: Drafts, node: ast.Attribute, successor: str) -> str:
    name = successor.rstrip("!")
    if name == "=np":
        return columns.alias(evidence, "numpy", "np")
    if name == "=datetime":
        # `from datetime import datetime` or `import datetime`: either way the class is meant.
        value = evidence.namespace.get("datetime")
        return "datetime.datetime" if value is sys.modules.get("datetime") is not None else "datetime"
    if name == "=plt.get_cmap":
        return f"{columns.alias(evidence, 'matplotlib.pyplot', 'plt')}.get_cmap"
    if name.startswith("="):
        return name[1:]
    if name.startswith("%"):
        return ""
    return f"{drafts.operand(node.value)}.{name}" if name else ""


def _imports(evidence: Evidence, changes: Sequence[Change]) -> str:
    """The import that a successor needs and the notebook has not got."""
    needs = {"datetime": "from datetime import datetime", "np": "import numpy as np"}
    needs["plt.get_cmap"] = "import matplotlib.pyplot as plt"
    needs |= {
        "matplotlib.colormaps.get_cmap": "import matplotlib",
        "matplotlib.colormaps.register": "import matplotlib",
    }
    for _, text in changes:
        if text in needs and text.split(".")[0] not in evidence.namespace:
            return needs[text]
    return ""


def _method_instead(drafts: Drafts, node: ast.Attribute, successor: str) -> str:
    call = drafts.step.parents.get(node)
    if not isinstance(call, ast.Call) or not call.args:
        return ""
    # rolling_mean(s, 2) has become s.rolling(2).mean().
    rest = ast.Call(func=call.func, args=call.args[1:], keywords=call.keywords)
    inside = drafts.called(rest, function="").removeprefix(drafts.operand(call.func))[1:-1]
    text = drafts.operand(call.args[0]) + successor[1:].replace("()", f"({inside})", 1)
    drafts.edit((call, text), certain=True)
    return text


def removed_methods(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.iteritems()`, `.applymap`, `.ix`, `arr.tostring()`: what values have lost."""
    step = evidence.last
    found = _GONE.match(evidence.message)
    if not isinstance(evidence.error, AttributeError) or step is None or not found:
        return
    owner, name = found[1], found[2]
    table = METHODS["Index"] if owner.endswith("Index") and owner not in METHODS else METHODS.get(owner, {})
    owner_class = type(evidence.error.obj)
    if name not in table or owner_class.__module__.split(".")[0] not in ("pandas", "numpy"):
        return
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == name), None)
    if node is None:
        return
    drafts = Drafts(evidence, step)
    successor = table[name]
    method = _method_text(evidence, drafts, node, successor.rstrip("!"))
    if method is None:
        return
    same = [
        _method_text(evidence, drafts, other, successor.rstrip("!")) or method
        for other in ast.walk(step.tree)
        if isinstance(other, ast.Attribute) and other.attr == name and "{" not in successor and other is not node
    ]
    drafts.edit(method, *same, certain=successor.endswith("!"))
    drafts.edit(method)
    library = owner_class.__module__.split(".")[0]
    call = isinstance(step.parents.get(node), ast.Call) and not method[1].endswith(")")
    short = method[1] + "()" * call if len(method[1]) < 80 else successor.rstrip("!")
    yield drafts.diagnosis(
        "removed-method",
        (
            f"`{owner}` of the installed {library} no longer has `.{name}`.",
            f"安装的 {library} 中，{owner} 已经没有 `.{name}`。",
        ),
        (f"Write `{short}` instead of `.{name}`.", f"请用 `{short}` 代替 `.{name}`。"),
    )


def _method_text(evidence: Evidence, drafts: Drafts, node: ast.Attribute, successor: str) -> Change | None:
    """What to write for a method, and in the place of what."""
    if re.fullmatch(r"\w+", successor):
        return node, drafts.renamed(node, successor)
    call = drafts.step.parents.get(node)
    if "{a}" in successor or "{0}" in successor or successor.startswith("("):
        if not isinstance(call, ast.Call) or call.func is not node:
            return None
        arguments = drafts.called(call, function="_")[2:-1]
        text = successor.replace("{o}", drafts.operand(node.value)).replace("{a}", arguments).replace(", )", ")")
        for number, argument in enumerate(call.args):
            text = text.replace(f"{{{number}}}", drafts.source(argument))
        if re.search(r"\{\d\}", text):
            return None
    else:
        text = successor.replace("{o}", drafts.operand(node.value))
        # What was an attribute is a method now, and the other way round.
    for module, usual in (("pandas", "pd"), ("numpy", "np")):
        text = re.sub(rf"\b{usual}\.", f"{columns.alias(evidence, module, usual)}.", text)
    whole = isinstance(call, ast.Call) and call.func is node and ("{" in successor or not text.endswith("]"))
    return (call, text) if whole and call is not None else (node, text)


def _all_text(parts: Sequence[ast.expr | None]) -> bool:
    return all(isinstance(part, ast.Constant) and type(part.value) is str for part in parts)


def removed_ix(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.ix[0]`: the indexer that took labels and positions."""
    step = evidence.last
    if not isinstance(evidence.error, AttributeError) or not evidence.message.endswith("has no attribute 'ix'"):
        return
    if step is None or not isinstance(node := step.node, ast.Attribute) or node.attr != "ix":
        return
    drafts = Drafts(evidence, step)
    frame = columns.live(step, node.value)
    parent = step.parents.get(node)
    rows = parent.slice if isinstance(parent, ast.Subscript) else None
    both = rows.elts if isinstance(rows, ast.Tuple) else [rows]
    numeric = columns.kind(frame) in ("DataFrame", "Series") and columns.is_number(frame.index.to_series().head(1))
    text_label = any(
        isinstance(n, ast.Constant) and type(n.value) is str for part in both if part for n in ast.walk(part)
    )
    by_label = text_label or numeric or any(isinstance(part, ast.Compare) for part in both)
    order = ("loc", "iloc") if by_label else ("iloc", "loc")
    for indexer in order:
        every = [n for n in ast.walk(step.tree) if isinstance(n, ast.Attribute) and n.attr == "ix"]
        # Two labels of text that the frame has can only be meant as labels.
        sure = indexer == "loc" and text_label and (len(both) == 1 or _all_text(both))
        drafts.edit(*[(n, drafts.renamed(n, indexer)) for n in every], certain=sure)
        drafts.edit((node, drafts.renamed(node, indexer)))
    yield drafts.diagnosis(
        "removed-method",
        ("The installed pandas no longer has `.ix`.", "安装的 pandas 已经没有 `.ix`。"),
        ("Write `.loc[...]` for labels, `.iloc[...]` for positions.", "按标签用 `.loc[...]`，按位置用 `.iloc[...]`。"),
    )
