"""Repairs of lines that hold two statements, a colon that begins nothing, and blocks in the wrong order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, open_brackets, replace_code

_BEGINS: Final = re.compile(
    r"(?:[A-Za-z_][\w.]*(?:\[[^\]]*\])?\s*(?:[-+*/]?=(?!=)|\()|(?:return|import|from|raise|del)\b)"
)
_HEAD: Final = re.compile(r"\s*(?:if|elif|else|for|while|def|class|try|except|finally|with|async|match|case)\b")


def side_by_side(broken: Broken) -> Iterator[Repair]:
    """`x = 3 y = 4`, `print(x):`, `elif` behind `else`."""
    for number in broken.near():
        yield from _two_statements(broken, number)
        yield from _colon_too_much(broken, number)
    yield from _spaced_name(broken)
    yield from _else_first(broken)


def _two_statements(broken: Broken, number: int) -> Iterator[Repair]:
    code, line, start = broken.code(number), broken.lines[number - 1], broken.start(number)
    margin = line[: len(line) - len(line.lstrip())]
    head = re.match(r"\s*(?:if|for|while|def|with|else|elif|class)\b.*?:\s+", code)
    for found in re.finditer(r"(?<=[\w)\]}\"'])\s+", code):
        left, right = code[: found.start()], code[found.end() :]
        if (
            not broken.mask[start + found.start()]
            or not _BEGINS.match(right)
            or open_brackets(broken, start + found.start())
        ):
            continue
        last = left[head.end() :] if head and head.end() <= found.start() else left.strip()
        if (head and head.end() > found.start()) or not _complete(last) or not _compiles(right):
            continue
        text = f"{left}; {right}" if head else f"{left}\n{margin}{right}"
        yield Repair(
            broken.with_line(number, text + line[len(code) :]),
            "two-statements",
            (
                f"Two statements stand on one line: `{last}` and `{right}`.",
                f"一行写了两条语句：`{last}` 和 `{right}`。",
            ),
            ("Give each a line of its own.", "每条语句各写一行。"),
            obvious=True,
        )


def _complete(text: str) -> bool:
    """Whether a text is a statement that does something: a name alone is half of something else."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    alone = isinstance(body[-1].value, (ast.Name, ast.Constant)) if body and isinstance(body[-1], ast.Expr) else False
    return bool(body) and not alone


def _compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _colon_too_much(broken: Broken, number: int) -> Iterator[Repair]:
    code, line = broken.code(number), broken.lines[number - 1]
    if not code.endswith(":") or _HEAD.match(code) or open_brackets(broken, broken.start(number) + len(code)):
        return
    width = len(line) - len(line.lstrip())
    below = next((text for text in broken.lines[number:] if text.strip()), "")
    deeper = len(below) - len(below.lstrip()) > width
    if deeper or not _compiles(code[:-1].strip()):
        return
    yield Repair(
        broken.with_line(number, code[:-1].rstrip() + line[len(code) :]),
        "colon-too-much",
        (
            f"`{code.strip()}` begins no block, and ends with a colon.",
            f"`{code.strip()}` 不是代码块的开头，却以冒号结尾。",
        ),
        ("Take the colon away.", "去掉冒号。"),
        obvious=True,
    )


def _spaced_name(broken: Broken) -> Iterator[Repair]:
    """`total price = 3`: a name in two words."""
    found = re.match(r"\s*([^\W\d]\w*) ([^\W\d]\w*)\s*=(?!=)", broken.text)
    if found is None or "invalid syntax" not in broken.message:
        return
    old, new = rf"(?<![\w.]){found[1]} {found[2]}(?!\w)", f"{found[1]}_{found[2]}"
    yield Repair(
        "\n".join(replace_code(broken, n, old, new) for n in range(1, len(broken.lines) + 1)),
        "spaced-name",
        (
            f"A name cannot hold a space, as in `{found[1]} {found[2]}`.",
            f"变量名里不能有空格，如 `{found[1]} {found[2]}`。",
        ),
        (f"Write `{new}`.", f"请写成 `{new}`。"),
    )


def _else_first(broken: Broken) -> Iterator[Repair]:
    """`if ...: else: ... elif ...:`: the `else` comes last."""
    text, lines, number = broken.text, broken.lines, broken.line
    width = len(text) - len(text.lstrip())
    if not re.match(r"\s*elif\b", text):
        return
    margin = re.escape(text[:width])
    begin = next((n for n in range(number - 1, 0, -1) if re.match(rf"{margin}\S", lines[n - 1])), 0)
    if not begin or not re.match(r"\s*else\s*:", lines[begin - 1]):
        return
    ends = (n for n in range(number + 1, len(lines) + 1) if lines[n - 1].strip())
    end = next(
        (n for n in ends if len(lines[n - 1]) - len(lines[n - 1].lstrip()) <= width and not _elif(lines[n - 1])), 0
    )
    end = end or len(lines) + 1
    block, others = lines[begin - 1 : number - 1], lines[number - 1 : end - 1]
    while others and not others[-1].strip():
        others.pop()
        end -= 1
    yield Repair(
        "\n".join([*lines[: begin - 1], *others, *block, *lines[end - 1 :]]),
        "else-before-elif",
        ("An `else` comes after every `elif`.", "`else` 要放在所有 `elif` 之后。"),
        ("Move the `else` with its lines to the end.", "把 `else` 部分移到最后。"),
        obvious=True,
    )


def _elif(line: str) -> bool:
    return re.match(r"\s*elif\b", line) is not None
