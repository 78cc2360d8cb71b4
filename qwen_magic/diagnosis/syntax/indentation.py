"""Repairs of indentation: blocks that are not indented, lines that are indented otherwise than their block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.syntax.broken import Broken, Repair
from qwen_magic.snapshot import Diagnosis

_STEP = "    "


def indentation(broken: Broken) -> Iterator[Repair]:
    """The line that Python points to, moved to where it can have been meant."""
    yield from _tabs(broken)
    if "expected an indented block" in broken.message:
        yield from _block(broken)
    elif broken.kind in ("IndentationError", "TabError"):
        yield from _moved(broken)
    elif re.search(r"outside (?:of )?(?:a )?(?:function|loop)|not properly in loop", broken.message):
        yield from _moved_in(broken)
    elif re.match(r"\s*(?:else|elif|except|finally)\b", broken.text):
        yield from _partner(broken)
    if "expected 'except' or 'finally' block" in broken.message:
        yield from _except(broken)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def _tabs(broken: Broken) -> Iterator[Repair]:
    if not any("\t" in line[: _width(line)] for line in broken.lines):
        return
    for size in (4, 8):
        lines = [line[: _width(line)].expandtabs(size) + line.lstrip() for line in broken.lines]
        yield Repair(
            "\n".join(lines),
            "tabs",
            ("Tabs and spaces are mixed in the indentation.", "缩进混用了制表符和空格。"),
            ("Indent with four spaces everywhere.", "统一用四个空格缩进。"),
            obvious=broken.kind == "TabError" and size == 4,
        )


def _block(broken: Broken) -> Iterator[Repair]:
    found = re.search(r"after (.+?) on line (\d+)", broken.message)
    what = found[1].replace("'", "`") if found else "the colon"
    head = int(found[2]) if found else broken.line - 1
    line = broken.lines[head - 1] if 0 < head <= len(broken.lines) else ""
    margin = line[: _width(line)]
    ends = r"\s*(?:else|elif|except|finally)\b" if "class" in line else r"\s*(?:else|elif|except|finally|def|class)\b"
    cause = f"Nothing is indented under `{line.strip()}`.", f"`{line.strip()}` 下面没有缩进的语句。"
    hint = f"Indent what belongs to {what} by four spaces.", "把属于它的语句缩进四个空格。"
    body = [n for n in range(head + 1, len(broken.lines) + 1) if broken.lines[n - 1].strip()]
    own = [n for n in body if not broken.lines[n - 1].lstrip().startswith("#")]
    if own and _width(broken.lines[own[0] - 1]) >= len(margin):
        block = []
        for n in body:
            text = broken.lines[n - 1]
            if _width(text) < len(margin) or (_width(text) == len(margin) and re.match(ends, text)):
                break
            block.append(n)
        together = next((i for i, n in enumerate(block[1:], 1) if n != block[i - 1] + 1), len(block))
        returns = max((i + 1 for i, n in enumerate(block) if re.match(r"\s*return\b", broken.lines[n - 1])), default=0)
        sizes = (
            [returns, 1, together, len(block), *range(2, len(block))]
            if line.lstrip().startswith("def")
            else [1, together, len(block), *range(2, len(block))]
        )
        alone = len(block) == 1
        for size in dict.fromkeys(size for size in sizes[:8] if 0 < size <= len(block)):
            chosen = set(block[:size])
            lines = [_STEP + text if n in chosen else text for n, text in enumerate(broken.lines, 1)]
            yield Repair("\n".join(lines), "not-indented", cause, hint, obvious=alone)
    empty = not own or _width(broken.lines[own[0] - 1]) < len(margin)
    lines = [*broken.lines[:head], f"{margin}{_STEP}pass", *broken.lines[head:]]
    yield Repair(
        "\n".join(lines),
        "not-indented",
        cause,
        ("Write `pass` for an empty block.", "空的代码块要写 `pass`。") if empty else hint,
    )


def _moved(broken: Broken) -> Iterator[Repair]:
    """A line with an indentation that no line around it has."""
    number, text = broken.line, broken.text
    width = _width(text)
    before = [line for line in broken.lines[: number - 1] if line.strip() and not line.lstrip().startswith("#")]
    if not before:
        return
    last = before[-1]
    levels = list(
        dict.fromkeys(
            [_width(last) + (4 if last.rstrip().endswith(":") else 0), *(_width(line) for line in reversed(before))]
        )
    )
    if "unexpected" in broken.message:
        levels = [level for level in levels if level <= width]
    levels.sort(key=lambda level: abs(level - width))
    cause = (
        f"Line {number} is indented by {width} spaces, and no block around it is.",
        f"第 {number} 行缩进了 {width} 个空格，与周围的代码块不一致。",
    )
    for n, level in enumerate(levels[:3]):
        nearest = abs(level - width)
        obvious = n == 0 and nearest <= 1 and (len(levels) == 1 or abs(levels[1] - width) > 1)
        hint = f"Indent it by {level} spaces.", f"缩进 {level} 个空格。"
        block = list(range(number, len(broken.lines) + 1))
        end = next(
            (k for k in block[1:] if broken.lines[k - 1].strip() and _width(broken.lines[k - 1]) < width),
            len(broken.lines) + 1,
        )
        lines = [
            " " * (level + _width(line) - width) + line.lstrip() if number <= k < end and line.strip() else line
            for k, line in enumerate(broken.lines, 1)
        ]
        single = broken.with_line(number, " " * level + text.lstrip())
        for cell in dict.fromkeys(["\n".join(lines), single]):
            yield Repair(cell, "indentation", cause, hint, obvious=obvious)


def begins_indented(cell: str) -> Iterator[Diagnosis]:
    """The first lines, copied with the margin of the block that they stood in."""
    lines = cell.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: _width(first)]
    yield diagnosis(
        "indentation",
        ("The cell begins with an indented line.", "单元格的第一行多了缩进。"),
        ("Begin at the margin.", "请从行首开始写。"),
        ["\n".join(line.removeprefix(margin) for line in lines)],
        certain=True,
    )


def _moved_in(broken: Broken) -> Iterator[Repair]:
    """`return` outside a function, `break` outside a loop: moved into the block above."""
    number, text = broken.line, broken.text
    word = text.split()[0] if text.split() else ""
    wanted = r"\s*(?:async\s+)?def\b" if "function" in broken.message else r"\s*(?:for|while)\b"
    head = next((n for n in range(number - 1, 0, -1) if re.match(wanted, broken.lines[n - 1])), 0)
    function = "function" in broken.message
    cause = (f"`{word}` on line {number} stands outside of any {'function' if function else 'loop'}.",
             f"第 {number} 行的 `{word}` 不在{'函数' if function else '循环'}里面。")  # fmt: skip
    if head:
        inside = _width(broken.lines[head - 1]) + 4
        body = next((line for line in broken.lines[head : number - 1] if line.strip()), "")
        inside = _width(body) if _width(body) > _width(broken.lines[head - 1]) else inside
        begin = next(
            (
                k
                for k in range(number, head, -1)
                if k < number and broken.lines[k - 1].strip() and _width(broken.lines[k - 1]) >= inside
            ),
            head,
        )
        moved = [
            " " * (inside + _width(line) - _width(text)) + line.lstrip()
            if begin < k <= number and line.strip()
            else line
            for k, line in enumerate(broken.lines, 1)
        ]
        hint = (
            f"Indent it under `{broken.lines[head - 1].strip()}`.",
            f"把它缩进到 `{broken.lines[head - 1].strip()}` 下面。",
        )
        sole = all(not line.strip() for line in broken.lines[begin : number - 1])
        yield Repair("\n".join(moved), "outside", cause, hint, obvious=sole and begin == number - 1)
        yield Repair(broken.with_line(number, " " * inside + text.lstrip()), "outside", cause, hint)
    if word == "return":
        value = text.lstrip().removeprefix("return").strip()
        hint = ("At the end of a cell write the value alone.", "在单元格末尾直接写这个值即可。")
        yield Repair(broken.with_line(number, f"{text[: _width(text)]}{value}"), "outside", cause, hint)
    elif not function:
        yield Repair(
            broken.with_line(number, f"{text[: _width(text)]}pass"), "outside", cause, ("Take it away.", "去掉它。")
        )


def _partner(broken: Broken) -> Iterator[Repair]:
    """`else` that stands under no `if`: moved to one of those above."""
    number, text = broken.line, broken.text
    word = re.split(r"[\s:]", text.strip())[0]
    partners = {
        "else": r"if|elif|for|while|try|except",
        "elif": r"if|elif",
        "except": r"try|except",
        "finally": r"try|except|else",
    }
    above = [line for line in broken.lines[: number - 1] if re.match(rf"\s*(?:{partners.get(word, 'if')})\b", line)]
    levels = [level for level in dict.fromkeys(_width(line) for line in reversed(above)) if level != _width(text)]
    end = next(
        (
            k
            for k in range(number + 1, len(broken.lines) + 1)
            if broken.lines[k - 1].strip() and _width(broken.lines[k - 1]) <= _width(text)
        ),
        len(broken.lines) + 1,
    )
    for level in levels[:3]:
        lines = [
            " " * max(0, level + _width(line) - _width(text)) + line.lstrip()
            if number <= k < end and line.strip()
            else line
            for k, line in enumerate(broken.lines, 1)
        ]
        for cell in dict.fromkeys(["\n".join(lines), broken.with_line(number, " " * level + text.lstrip())]):
            yield Repair(
                cell,
                "else-without-if",
                (
                    f"No block that `{word}` belongs to stands at its indentation.",
                    f"在 `{word}` 的缩进位置没有与它对应的代码块。",
                ),
                (f"Indent `{word}` by {level} spaces.", f"把 `{word}` 缩进 {level} 个空格。"),
                obvious=len(levels) == 1,
            )


def _except(broken: Broken) -> Iterator[Repair]:
    head = next((n for n in range(broken.line, 0, -1) if re.match(r"\s*try\s*:", broken.lines[n - 1])), 0)
    if not head:
        return
    margin = broken.lines[head - 1][: _width(broken.lines[head - 1])]
    end = next(
        (
            n
            for n in range(head + 1, len(broken.lines) + 1)
            if broken.lines[n - 1].strip() and _width(broken.lines[n - 1]) <= len(margin)
        ),
        len(broken.lines) + 1,
    )
    added = [f"{margin}except Exception as error:", f"{margin}{_STEP}print(error)"]
    yield Repair(
        "\n".join([*broken.lines[: end - 1], *added, *broken.lines[end - 1 :]]),
        "missing-except",
        ("A `try` needs an `except` or a `finally`.", "`try` 后面必须有 `except` 或 `finally`。"),
        ("Add `except Exception as error:` below it.", "在下面加上 `except Exception as error:`。"),
    )
