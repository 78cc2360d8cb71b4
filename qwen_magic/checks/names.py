"""Names that nothing defines, and format strings that cannot be filled in: what pyflakes finds of them."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.modules import is_installed
from qwen_magic.checks.outline import Outline, Reach
from qwen_magic.checks.spelling import close, hinted
from qwen_magic.diagnosis.names.exports import alias_import
from qwen_magic.language import Words

# What IPython gives to every notebook, also where the namespace at hand is not a notebook's.
_FURNITURE = frozenset({"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_oh", "_dh", "_ih", "_sh"}) | {
    "get_ipython",
    "display",
    "exit",
    "quit",
    "open",
}
_HISTORY = re.compile(r"_i?\d+")
_IMPORTS = {
    "Path": "from pathlib import Path",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "deque": "from collections import deque",
    "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta",
    "partial": "from functools import partial",
    "reduce": "from functools import reduce",
    "dataclass": "from dataclasses import dataclass",
    "sqrt": "from math import sqrt",
    "randint": "from random import randint",
    "Any": "from typing import Any",
    "Optional": "from typing import Optional",
    "List": "from typing import List",
    "Dict": "from typing import Dict",
}
_FORMAT = {
    "StringDotFormatMissingArgument": Words(
        "`.format()` is missing arguments for placeholders: {}", "`.format()` 缺少占位符的参数：{}"
    ),
    "StringDotFormatMixingAutomatic": Words(
        "`.format()` mixes `{{}}` and numbered placeholders", "`.format()` 混用了 `{{}}` 和带编号的占位符"
    ),
    "StringDotFormatInvalidFormat": Words("`.format()` cannot read its text: {}", "`.format()` 的格式字符串无效：{}"),
    "PercentFormatInvalidFormat": Words("`%` cannot read its format: {}", "`%` 的格式字符串无效：{}"),
    "PercentFormatUnsupportedFormatCharacter": Words("`%` has no format {!r}", "`%` 不支持格式 {!r}"),
    "PercentFormatPositionalCountMismatch": Words(
        "`%` has {} placeholders and {} values", "`%` 有 {} 个占位符，却给了 {} 个值"
    ),
    "PercentFormatMissingArgument": Words("`%` is missing values for: {}", "`%` 缺少这些值：{}"),
    "InvalidPrintSyntax": Words(
        "`print >>` is Python 2: use `print(..., file=...)`",
        "`print >>` 是 Python 2 的写法，请用 `print(..., file=...)`",
    ),
    "RaiseNotImplemented": Words(
        "`raise NotImplemented` fails: it is `NotImplementedError`",
        "`raise NotImplemented` 会出错，应为 `NotImplementedError`",
    ),
    "AssertTuple": Words("this assertion is always true: it tests a tuple", "这个断言永远成立：它检查的是一个元组"),
}


def check(outline: Outline, namespace: Mapping[str, object], dynamic: bool) -> Iterator[Finding]:
    """Undefined names and unfilled formats. Code that makes names as it runs has no undefined ones."""
    # Importing pyflakes takes a while; a session that asks nothing should not wait for it.
    from pyflakes import checker

    known = {name for name in namespace if type(name) is str} | _FURNITURE
    # Pyflakes always takes this for known, and in a notebook it is not.
    if "__file__" not in known and not dynamic and not outline.bindings("__file__"):
        yield from (_undefined(outline, name, known) for name in outline.loads.get("__file__", ()))
    names: dict[tuple[int, int, str], ast.Name] = {
        (node.lineno, node.col_offset, node.id): node for node in outline.nodes if isinstance(node, ast.Name)
    }
    for message in checker.Checker(outline.tree, builtins=known, withDoctest=False).messages:
        kind = type(message).__name__
        if kind in _FORMAT:
            # Fewer values than placeholders fails, more dictionary keys do not; pyflakes keeps the two apart.
            yield _format(outline, kind, message)
        elif kind in ("UndefinedName", "UndefinedLocal") and not dynamic:
            given = message.message_args
            name = given if isinstance(given, str) else given[0]  # it is bare where the name is a builtin's
            node = names.get((message.lineno, message.col, name))
            # Without a node it stands in a quoted annotation, which nobody runs.
            if node is None or _HISTORY.fullmatch(name) or _is_only_annotation(outline, node):
                continue
            yield _undefined(outline, node, known) if kind == "UndefinedName" else _too_early(outline, node)


def _undefined(outline: Outline, node: ast.Name, known: set[str]) -> Finding:
    name = node.id
    words = Words(f"`{name}` is not defined", f"`{name}` 没有定义")
    line = alias_import(name) or _IMPORTS.get(name, f"import {name}" if name in sys.stdlib_module_names else "")
    if line and is_installed(line.split()[1].partition(".")[0]):
        words = Words(f"{words.en}: `{line}` is missing", f"{words.zh}，缺少 `{line}`")
    else:
        words = hinted(words, close(name, {*outline.bound(), *known, *dir(builtins)}))
    return Finding("undefined-name", outline.severity(node), node.lineno, words)


def _too_early(outline: Outline, node: ast.Name) -> Finding:
    name = node.id
    words = Words(
        f"`{name}` is local to this function and read before it is set; `global {name}` or a parameter is missing",
        f"`{name}` 是这个函数的局部变量，赋值前就被读取；缺少 `global {name}` 或参数",
    )
    return Finding("undefined-name", outline.severity(node), node.lineno, words)


def _format(outline: Outline, kind: str, message: Any) -> Finding:
    statement = next((n for n in outline.nodes if isinstance(n, ast.stmt) and n.lineno == message.lineno), None)
    sure = statement is not None and outline.reach(statement) is Reach.SURE and kind != "AssertTuple"
    words, given = _FORMAT[kind], message.message_args
    severity = Severity.ERROR if sure else Severity.WARNING
    return Finding("format", severity, message.lineno, Words(words.en.format(*given), words.zh.format(*given)))


def _is_only_annotation(outline: Outline, node: ast.Name) -> bool:
    """Whether a name stands where Python does not look it up."""
    later = sys.version_info >= (3, 14) or any(
        isinstance(n, ast.ImportFrom) and n.module == "__future__" and any(a.name == "annotations" for a in n.names)
        for n in outline.tree.body
    )
    for _, outer, field in outline.around(node):
        if field in ("annotation", "returns"):
            local = isinstance(outer, ast.AnnAssign) and outline.function(outer) is not None
            return later or local
    return False
