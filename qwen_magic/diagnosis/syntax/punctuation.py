"""Repairs of what came in with the text: full-width signs, curly quotes, prompts, line numbers, fences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.syntax.broken import Broken, Repair

_SIGNS: Final = {
    "（": "(", "）": ")", "【": "[", "】": "]", "｛": "{", "｝": "}", "，": ",", "、": ",", "：": ":", "；": ";",
    "。": ".", "＝": "=", "＋": "+", "－": "-", "＊": "*", "×": "*", "÷": "/", "／": "/", "％": "%", "＜": "<",
    "＞": ">",
    "《": "<", "》": ">", "！": "!", "≠": "!=", "≤": "<=", "≥": ">=", "−": "-", "–": "-", "—": "-", "＂": '"',
    "＃": "#", "＿": "_", "［": "[", "］": "]", "…": "...", "．": ".",
}  # fmt: skip
_SPACES: Final = dict.fromkeys("\xa0\u3000\u2002\u2003\u2009\u202f", " ") | dict.fromkeys(
    "\u200b\u200c\u200d\ufeff\u2060", ""
)
_CURLY: Final = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "「": '"', "」": '"', "«": '"', "»": '"'}


def pasted(broken: Broken) -> Iterator[Repair]:
    """Signs, spaces and prompts that Python does not read."""
    yield from _characters(broken)
    yield from _prompts(broken)
    yield from _numbers(broken)
    yield from _fences(broken)


def _characters(broken: Broken) -> Iterator[Repair]:
    written: list[str] = []
    seen: list[str] = []
    inside: str = ""
    for at, char in enumerate(broken.cell):
        if broken.mask[at]:
            inside = ""
        new = char
        if broken.mask[at]:
            new = _SIGNS.get(char, _SPACES.get(char, char))
        elif char in _CURLY and (at == 0 or broken.mask[at - 1] or _closes(broken, at)) and inside != "plain":
            new = _CURLY[char]
            inside = "curly"
        elif not inside and char in "'\"#":
            inside = "plain"
        if new != char:
            seen.append(char)
        written.append(new)
    cell = "".join(written)
    if cell == broken.cell:
        return
    char = next(iter(dict.fromkeys(seen)))
    name = _SIGNS.get(char) or _CURLY.get(char) or "a space"
    spoken = f"`{char}`" if char.strip() and char not in _SPACES else f"an invisible character (U+{ord(char):04X})"
    chinese = f"`{char}`" if char.strip() and char not in _SPACES else f"不可见字符（U+{ord(char):04X}）"
    yield Repair(
        cell,
        "full-width",
        (f"{spoken} is not a sign of Python's; it looks like `{name}`.".replace("`a space`", "a space"),
         f"{chinese} 不是 Python 的符号，应为英文的 {'空格' if name == 'a space' else f'`{name}`'}。"),
        ("Type the plain ASCII signs in code.", "代码中的标点请用英文半角输入。"),
        obvious=True,
    )  # fmt: skip


def _closes(broken: Broken, at: int) -> bool:
    return at + 1 >= len(broken.cell) or broken.mask[at + 1] or broken.cell[at + 1] == "\n"


def _prompts(broken: Broken) -> Iterator[Repair]:
    prompt = re.compile(r"\s*(?:>>> ?|\.\.\. ?|In ?\[\d*\]: ?|\.\.\.+: ?)")
    begins = re.compile(r"\s*(?:>>>|In ?\[\d*\]:)")
    if not any(begins.match(line) for line in broken.lines):
        return
    kept = [prompt.sub("", line, count=1) for line in broken.lines if prompt.match(line)]
    yield Repair(
        "\n".join(kept),
        "prompts",
        (
            "The prompts of another session (`>>>`, `In [1]:`) were pasted in.",
            "粘贴时带入了提示符（`>>>`、`In [1]:`）。",
        ),
        ("Take out the prompts and the output between them.", "去掉提示符以及夹在中间的输出。"),
        obvious=True,
    )


def _numbers(broken: Broken) -> Iterator[Repair]:
    numbered = [re.match(r"\s*(\d+)[.:|]?(?: |\t|$)", line) for line in broken.lines if line.strip()]
    values = [int(found[1]) for found in numbered if found]
    if len(values) < max(2, len(numbered)) or any(b != a + 1 for a, b in zip(values, values[1:], strict=False)):  # noqa: RUF007
        return
    cell = "\n".join(re.sub(r"^\s*\d+[.:|]?(?: |\t|$)", "", line) for line in broken.lines)
    yield Repair(
        cell,
        "line-numbers",
        ("The line numbers were pasted in with the code.", "粘贴代码时带入了行号。"),
        ("Take the line numbers off.", "去掉行首的行号。"),
        obvious=True,
    )


def _fences(broken: Broken) -> Iterator[Repair]:
    fences = [n for n, line in enumerate(broken.lines) if line.lstrip().startswith("```")]
    if not fences:
        return
    inside = broken.lines[fences[0] + 1 : fences[1]] if len(fences) > 1 else []
    without = [line for line in broken.lines if not line.lstrip().startswith("```")]
    for lines in (without, inside):
        if any(line.strip() for line in lines):
            yield Repair(
                "\n".join(lines),
                "fences",
                ("The fence of a Markdown code block was pasted in.", "粘贴时带入了 Markdown 的代码块标记。"),
                ("Take out the lines with ```.", "去掉带有 ``` 的行。"),
                obvious=True,
            )
