"""Repairs of keywords: mistyped, used as names, `await` without `async`."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, replace_code

_WORDS: Final = (*keyword.kwlist, "print")
_BUILTINS: Final = frozenset(dir(builtins))
# Those that people take for names; the others are at their place more often than not.
_NAMES: Final = frozenset(
    [
        "class",
        "lambda",
        "from",
        "global",
        "async",
        "del",
        "import",
        "with",
        "assert",
        "yield",
        "as",
        "is",
        "raise",
        "except",
        "finally",
        "await",
        "nonlocal",
        "def",
    ]
)


def keywords(broken: Broken) -> Iterator[Repair]:
    """Words that are nearly keywords, and keywords that are meant as names."""
    for number in broken.near():
        yield from _keyword_typos(broken, number)
        yield from _keyword_names(broken, number)
    yield from _async(broken)


def _keyword_typos(broken: Broken, number: int) -> Iterator[Repair]:
    line, start = broken.lines[number - 1], broken.start(number)
    for found in re.finditer(r"[^\W\d]\w*", line):
        word = found[0]
        known = keyword.iskeyword(word) or word in _BUILTINS or len(word) < 2
        if known or not broken.mask[start + found.start()]:
            continue
        follows = line[found.end() :].lstrip()[:1]
        for right in _WORDS:
            if not _typo(word, right) or follows in (".", "=") or (follows == "(" and right != "print"):
                continue
            yield Repair(
                broken.with_line(number, f"{line[: found.start()]}{right}{line[found.end() :]}"),
                "keyword-typo",
                (
                    f"`{word}` is not a word of Python's; `{right}` is.",
                    f"`{word}` 不是 Python 的关键字，应为 `{right}`。",
                ),
                (f"Write `{right}` instead of `{word}`.", f"把 `{word}` 改成 `{right}`。"),
                obvious=len(right) > 2,
            )


def _typo(word: str, right: str) -> bool:
    """Whether a word is another one mistyped: case, one letter more, less or other, two exchanged."""
    if word == right or abs(len(word) - len(right)) > 1 or (len(right) < 3 and word.lower() != right):
        return False
    if word.lower() == right.lower():
        return True
    exchanged = any(right[:n] + right[n + 1] + right[n] + right[n + 2 :] == word for n in range(len(right) - 1))
    longer, shorter = (word, right) if len(word) > len(right) else (right, word)
    cut = len(longer) != len(shorter) and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
    other = len(word) == len(right) > 3 and sum(a != b for a, b in zip(word, right, strict=True)) == 1
    return exchanged or (cut and len(word) > 2) or other


def _keyword_names(broken: Broken, number: int) -> Iterator[Repair]:
    line, start = broken.lines[number - 1], broken.start(number)
    for found in re.finditer(r"(\.\s*)?\b([A-Za-z]+)\b(?=\s*(=(?!=)|[,)\].+*/]|$|in\b))", line):
        word = found[2]
        if word not in _NAMES or not broken.mask[start + found.start(2)]:
            continue
        with_underscore = f"{line[: found.end(2)]}_{line[found.end(2) :]}"
        if found[1]:
            texts = [f'{line[: found.start()]}["{word}"]{line[found.end() :]}', with_underscore]
            cells = [broken.with_line(number, text) for text in texts]
            hint = f'Write `["{word}"]` instead of `.{word}`.', f'把 `.{word}` 写成 `["{word}"]`。'
        else:
            pattern = rf"(?<![.\w]){word}(?=\s*(?:=(?!=)|[,)\].+*/:]|$|in\b))"
            lines = [replace_code(broken, n, pattern, f"{word}_") for n in range(1, len(broken.lines) + 1)]
            cells = ["\n".join(lines), broken.with_line(number, with_underscore)]
            hint = f"Use another name, such as `{word}_`.", f"换一个名字，例如 `{word}_`。"
        cause = f"`{word}` is a keyword and cannot be a name.", f"`{word}` 是 Python 的关键字，不能用作名字。"
        yield from (Repair(cell, "keyword-as-name", cause, hint) for cell in cells)


def _async(broken: Broken) -> Iterator[Repair]:
    if "outside async function" not in broken.message and "outside of an asynchronous" not in broken.message:
        return
    for number in range(broken.line, 0, -1):
        line = broken.lines[number - 1]
        if found := re.match(r"(\s*)def (\w+)", line):
            yield Repair(
                broken.with_line(number, f"{found[1]}async {line.lstrip()}"),
                "not-async",
                (f"`await` needs `async def`, and `{found[2]}` is a plain `def`.",
                 f"`await` 只能用在 `async def` 里，而 `{found[2]}` 是普通的 `def`。"),
                (f"Write `async def {found[2]}`.", f"请写成 `async def {found[2]}`。"),
                obvious=True,
            )  # fmt: skip
            return
