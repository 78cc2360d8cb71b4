"""`DataFrame.append`, which pandas 2 took out, and what takes its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def removed_append(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.append(row)`: frames are put together by `pd.concat`."""
    step = evidence.last
    if not isinstance(evidence.error, AttributeError) or step is None:
        return
    if evidence.message != "'DataFrame' object has no attribute 'append'" or columns.kind(evidence.error.obj) == "":
        return
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == "append"), None)
    call = step.parents.get(node) if node else None
    if node is None or not isinstance(call, ast.Call) or len(call.args) != 1:
        return
    drafts = Drafts(evidence, step)
    frame, pd = drafts.operand(node.value), columns.alias(evidence, "pandas", "pd")
    added, sure = _rows(evidence, drafts, call.args[0], pd)
    ignore = "ignore_index=True" if any(word.arg == "ignore_index" for word in call.keywords) else ""
    texts = []
    for rows in added:
        first = f"[{frame}, {rows}]"
        rest = drafts.called(ast.Call(func=call.func, args=[], keywords=call.keywords), drop=("sort",), function="_")[
            2:-1
        ]
        texts.append(f"{pd}.concat({first}{', ' + rest if rest else ''})")
    imports = columns.import_for(evidence, "pandas", "pd")
    statement = running_statement(evidence, step)
    unused = isinstance(statement, ast.Expr) and statement.value is call
    # A result that is thrown away cannot have been meant, but the last line of a cell shows it.
    shown = unused and statement is step.tree.body[-1]
    for text in texts:
        if unused and isinstance(node.value, ast.Name):
            drafts.edit(
                (call, f"{frame} = {text}"), certain=sure and not shown and step.function == "<module>", imports=imports
            )
        drafts.edit((call, text), certain=sure and not unused, imports=imports)
        if not ignore and "pd.DataFrame(" in text:
            drafts.edit((call, text[:-1] + ", ignore_index=True)"), imports=imports)
    yield drafts.diagnosis(
        "removed-append",
        ("`DataFrame.append` was removed from pandas in version 2.0.", "pandas 2.0 起已经没有 `DataFrame.append`。"),
        (f"Write `{frame} = {texts[0]}`.", f"请改写为 `{frame} = {texts[0]}`。"),
    )


def _rows(evidence: Evidence, drafts: Drafts, node: ast.expr, pd: str) -> tuple[list[str], bool]:
    """What to put together with a frame, and whether that is sure."""
    text = drafts.source(node)
    value = columns.live(drafts.step, node)
    if isinstance(node, ast.Dict) or type(value) is dict:
        fields = value.values() if type(value) is dict else []
        lists = isinstance(node, ast.Dict) and any(isinstance(field, (ast.List, ast.Tuple)) for field in node.values)
        return [f"{pd}.DataFrame([{text}])"], not lists and not any(type(field) in (list, tuple) for field in fields)
    called = ast.unparse(node.func).rsplit(".", 1)[-1] if isinstance(node, ast.Call) else ""
    if columns.kind(value) == "Series" or called == "Series":
        return [f"{pd}.DataFrame([{text}])", f"{text}.to_frame().T"], columns.kind(value) == "Series"
    if columns.kind(value) == "DataFrame" or called in ("DataFrame", "read_csv", "read_excel"):
        return [text], True
    items = node.elts if isinstance(node, ast.List) else []
    head = value[0] if type(value) is list and value else columns.live(drafts.step, items[0]) if items else MISSING
    if columns.kind(head) == "DataFrame":
        return [f"*{drafts.operand(node)}"], True
    if type(head) is dict or (items and isinstance(items[0], ast.Dict)):
        return [f"{pd}.DataFrame({text})"], True
    if isinstance(node, ast.List):
        return [f"{pd}.DataFrame([{text}])"], False
    return [text, f"{pd}.DataFrame([{text}])"], False
