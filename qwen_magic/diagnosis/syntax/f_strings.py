"""Repairs of f-strings: the quotes and the braces in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qwen_magic.diagnosis.syntax.broken import Broken, Repair


def f_strings(broken: Broken) -> Iterator[Repair]:
    """`f"{d["a"]}"`, `f"{x}}"`, `f"{x"`."""
    yield from _quotes(broken)
    yield from _braces(broken)


def _quotes(broken: Broken) -> Iterator[Repair]:
    """`f"{d["a"]}"`: before Python 3.12 the quotes inside must be others."""
    for number in broken.near():
        line = broken.lines[number - 1]
        for quote, other in ('"', "'"), ("'", '"'):
            begin = re.search(rf"\b[fF][rR]?{quote}(?!{quote}{quote})", line)
            if not begin:
                continue
            changed, depth = "", 0
            for char in line[begin.end() :]:
                depth = max(0, depth + (char == "{") - (char == "}"))
                changed += other if char == quote and depth else char
            text = line[: begin.end()] + changed
            if text != line:
                yield Repair(
                    broken.with_line(number, text),
                    "f-string-quotes",
                    (
                        f"Inside an f-string in `{quote}` the same quotes end it.",
                        f"f-string 用了 `{quote}`，里面再用同样的引号会提前结束。",
                    ),
                    (f"Use `{other}` inside the braces.", f"花括号里改用 `{other}`。"),
                    obvious=True,
                )


def _braces(broken: Broken) -> Iterator[Repair]:
    if "f-string" not in broken.message:
        return
    line = broken.text
    cause = "The braces of the f-string do not match.", "f-string 的花括号不配对。"
    hint = (
        "Every `{` needs a `}`; a brace that is meant as text is doubled.",
        "每个 `{` 都要有 `}`；作为文本的花括号要写两个。",
    )
    closed = re.sub(r"(\{[^{}\"']*)(?=[\"'])", r"\1}", line)
    doubled = re.sub(r"(?<!\})\}(?!\})(?=[^{]*$)", "}}", line)
    dropped = re.sub(r"\{\s*\}", "{{}}", line)
    once = re.sub(r"(?<!\})\}\}(?!\})", "}", line)
    converted = re.sub(r"!(?=[:}])", "", line)
    for text in (closed, once if "single '}'" in broken.message else line, converted, doubled, dropped):
        if text != line:
            yield Repair(broken.with_line(broken.line, text), "f-string-braces", cause, hint)
