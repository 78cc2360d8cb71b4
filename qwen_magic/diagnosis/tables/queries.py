"""`query` and `eval`: Python variables, signs of other languages, and columns that are called otherwise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def queries(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.query("n > limit")`, `df.query("g = 'x' && n > 1")`, `df.query("first name == 'a'")`."""
    step = evidence.last
    if step is None:
        return
    call = next(
        (n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and _asks(n)),
        None,
    )
    if call is None or not call.args or not isinstance(call.func, ast.Attribute):
        return
    drafts, frame = Drafts(evidence, step), columns.live(step, call.func.value)
    if columns.kind(frame) != "DataFrame":
        return
    if "expr must be a string" in evidence.message and call.func.attr == "query" and len(call.args) == 1:
        text = f"{drafts.operand(call.func.value)}[{drafts.source(call.args[0])}]"
        drafts.edit((call, text), certain=not call.keywords)
        cause = ("`query` takes text, not a condition on columns.", "`query` 要的是文本，不是列的条件。")
        yield drafts.diagnosis("query", cause, (f"Write `{text}`.", f"请写 `{text}`。"))
        return
    text = step.value(call.args[0])
    if type(text) is not str or not isinstance(call.args[0], ast.Constant):
        return
    meant, cause, sure = _meant(evidence, text, frame, step.names)
    for new in meant:
        drafts.edit((call.args[0], repr(new) if '"' in new else f'"{new}"'), certain=sure and len(meant) == 1)
    if meant:
        hint = (f'Write the query as "{meant[0]}".', f'query 写成 "{meant[0]}"。')
        yield drafts.diagnosis("query", cause, hint)


def _asks(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("query", "eval")


def _meant(evidence: Evidence, text: str, frame: Any, names: Any) -> tuple[list[str], tuple[str, str], bool]:
    labels = [name for name in columns.names(frame) if type(name) is str]
    spaced = [name for name in labels if not name.isidentifier() and name in text]
    if found := re.match(r"name '(\w+)' is not defined", evidence.message):
        return _unknown(text, found[1], labels, names)
    signs = text.replace("&&", "&").replace("||", "|").replace("<>", "!=")
    if signs == text and "cannot assign without a target" in evidence.message:
        signs = re.sub(r"(?<![=!<>~])=(?!=)", "==", text)
    elif signs != text:
        # `&` binds tighter than a comparison only in Python itself.
        signs = re.sub(r"(?<![=!<>~])=(?!=)", "==", signs)
    if signs != text:
        return [signs], ("A query is written with `==`, `and` and `or`.", "query 里要写 `==`、`and`、`or`。"), True
    if spaced and isinstance(evidence.error, SyntaxError):
        pattern = "|".join(rf"`?{re.escape(name)}`?" for name in sorted(spaced, key=len, reverse=True))
        new = re.sub(pattern, lambda match: f"`{match[0].strip('`')}`", text)
        return [new], (f"The column name {spaced[0]!r} needs backticks.", f"列名 {spaced[0]!r} 要加反引号。"), True
    return [], ("", ""), False


def _unknown(text: str, word: str, labels: list[str], names: Any) -> tuple[list[str], tuple[str, str], bool]:
    """A name in a query that is no column: a Python variable, a column typed wrong, or text without quotes."""

    def written(instead: str) -> str:
        return re.sub(rf"(?<![\w@.]){word}\b", instead, text)

    if word in names:
        cause = (f"In a query, `{word}` is taken for a column.", f"query 里的 `{word}` 被当成了列。")
        return [written(f"@{word}")], cause, type(names[word]) in (int, float, str, list)
    sure = only_slip(word, labels)
    near = [sure] if sure else close(word, labels, 3, 0.6)
    quoted = re.search(rf"(==|!=)\s*{word}\b", text) is not None
    texts = [written(f"'{word}'")] if quoted else []
    texts += [written(name if name.isidentifier() else f"`{name}`") for name in near]
    cause = (f"`{word}` is neither a column nor quoted text.", f"`{word}` 既不是列，也不是带引号的文字。")
    return texts, cause, bool(sure) and not quoted
