"""Repairs of text: quotes that are missing or do not match, backslashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, open_brackets


def quotes(broken: Broken) -> Iterator[Repair]:
    """Text that does not end, or ends too early."""
    yield from _backslashes(broken)
    if "unterminated triple" in broken.message:
        yield from _triple(broken)
    for number in broken.near():
        yield from _apostrophe(broken, number)
        yield from _unterminated(broken, number)


def _backslashes(broken: Broken) -> Iterator[Repair]:
    line = broken.text
    if "unicodeescape" in broken.message or "unicode error" in broken.message:
        for number in range(1, len(broken.lines) + 1):
            text = broken.lines[number - 1]
            raw = re.sub(r"(?<![\w\"'\\])([\"'])((?:[A-Za-z]:)?\\[^\"']*|[^\"']*\\[UuNx][^\"']*)\1", r"r\1\2\1", text)
            if raw != text and (number == broken.line or re.search(r"\\[UuNx]", text)):
                yield Repair(
                    broken.with_line(number, raw),
                    "backslash-path",
                    ("In text `\\U` begins a special character.", "文本中的 `\\U` 会被当成特殊字符的开头。"),
                    ('Write r before the quotes: r"C:\\Users\\...".', '在引号前加 r：r"C:\\Users\\..."。'),
                    obvious=True,
                )
    if "line continuation" in broken.message:
        cause = "Something follows a backslash that is not in quotes.", "引号外的反斜杠后面还有内容。"
        hint = "Let nothing follow the backslash, not even a space.", "反斜杠后面不能有任何内容，包括空格。"
        cells = [re.sub(r"\\\s+$", r"\\", line), re.sub(r",?\s*\\n\s*(?=\)|$)", "", line), line.replace("\\n", '"\\n"'),
                 line.replace('\\"', '"').replace("\\'", "'"), line.replace("\\", "/"),
                 re.sub(r"\\\s*#.*$", r"\\", line)]  # fmt: skip
        for n, text in enumerate(cells):
            if text != line:
                yield Repair(broken.with_line(broken.line, text), "backslash", cause, hint, obvious=n == 0)
    ended = re.search(r"(?<![\w\"'])(r?)([\"'])((?:[A-Za-z]:)?[^\"']*\\)\2(?=\s*[,)\]:]|\s*$)", line)
    if ended:
        whole = f"{ended[2]}{ended[3].replace(chr(92) * 2, chr(92)).replace(chr(92), '/')}{ended[2]}"
        escaped = f"{ended[1]}{ended[2]}{ended[3]}\\{ended[2]}"
        for n, text in enumerate((whole, escaped)):
            yield Repair(
                broken.with_line(broken.line, line[: ended.start()] + text + line[ended.end() :]),
                "backslash-path",
                ("A backslash before the closing quote keeps the text open.", "结尾引号前的反斜杠使文本没有结束。"),
                (f"Write `{whole}`.", f"请写成 `{whole}`。"),
                obvious=n == 0 and ":" in ended[3][:2],
            )


def _triple(broken: Broken) -> Iterator[Repair]:
    found = re.search(r"\"{3}|'{3}", broken.text)
    if not found:
        return
    quote = found[0]
    cause = (
        f"The text that begins with {quote} on line {broken.line} does not end.",
        f"第 {broken.line} 行以 {quote} 开头的文本没有结束。",
    )
    hint = f"End it with {quote}.", f"用 {quote} 结束它。"
    for number in range(broken.line, min(len(broken.lines), broken.line + 12) + 1):
        line = broken.lines[number - 1]
        if not line.strip():
            continue
        stripped = line.rstrip()
        almost = re.sub(r"[\"']{1,2}(\)?)$", rf"{quote}\1", stripped)
        if almost != stripped:
            yield Repair(broken.with_line(number, almost), "unterminated", cause, hint, obvious=number > broken.line)
        follows = broken.lines[number].strip() if number < len(broken.lines) else ""
        begins = re.match(r"(?:return|for|if|import|from|def|print|\w+\s*=)\b", follows) is not None
        yield Repair(
            broken.with_line(number, stripped + quote),
            "unterminated",
            cause,
            hint,
            obvious=begins and stripped.endswith("."),
        )
        if stripped.endswith(")"):
            yield Repair(broken.with_line(number, stripped[:-1] + quote + ")"), "unterminated", cause, hint)


def _apostrophe(broken: Broken, number: int) -> Iterator[Repair]:
    """`'It's fine'`: the text is put in the other quotes."""
    line = broken.lines[number - 1]
    for quote, other in ("'", '"'), ('"', "'"):
        for found in re.finditer(rf"(?<![\w{quote}\\])[fFrRbB]?({quote})(?!{quote}{quote})", line):
            rest = line[found.end() :]
            for end in reversed(
                [
                    m.start()
                    for m in re.finditer(rf"{quote}(?=\s*(?:[,)\]}}:+%;]|\.\w+\(|==|$|if\b|in\b|for\b|#))", rest)
                ]
            ):
                inner = rest[:end]
                plain = re.search(rf"\w{quote}\w", inner) if quote == "'" else quote in inner
                if plain and quote == "'" and other in inner and not re.search(r"'\s*[,+)]|[,+(]\s*'", inner):
                    escaped = re.sub(r"(?<=\w)'(?=\w)", r"\\'", inner)
                    text = f"{line[: found.end()]}{escaped}{rest[end:]}"
                    cause = "The `'` inside the text ends it.", "文本里的 `'` 使文本提前结束。"
                    hint = r"Write `\'` inside the text.", r"在文本里写 `\'`。"
                    yield Repair(broken.with_line(number, text), "quote-in-text", cause, hint, obvious=True)
                if not plain or other in inner or (quote == "'" and re.search(r"'\s*[,+)]|[,+(]\s*'", inner)):
                    continue
                # A quote with a space behind it, or a sign before it, ends the text.
                if quote == '"' and not re.match(r"[^\"]*(?:^|[\s(\u4e00-\u9fff（，。：])\"\S", inner):
                    continue
                if quote == '"' and (inner.count(quote) % 2 or re.search(r"\"\s*[,+:)\]%]", inner)):
                    continue
                yield Repair(
                    broken.with_line(number, f"{line[: found.start(1)]}{other}{inner}{other}{rest[end + 1 :]}"),
                    "quote-in-text",
                    (f"The `{quote}` inside the text ends it.", f"文本里的 `{quote}` 使文本提前结束。"),
                    (f"Put the text in `{other}` quotes.", f"把文本放在 `{other}` 引号里。"),
                    obvious=True,
                )


def _unterminated(broken: Broken, number: int) -> Iterator[Repair]:
    if "unterminated" not in broken.message or "triple" in broken.message or number != broken.line:
        return
    line = broken.lines[number - 1]
    at = max(broken.offset - 1, 0)
    at += line[at : at + 3].find(next((c for c in line[at : at + 3] if c in "'\""), "")) if line[at : at + 3] else 0
    quote = line[at : at + 1]
    if not quote or quote not in "'\"":
        return
    cause = (
        f"The text that begins with {quote} is not closed: `{line[at:].strip()}`.",
        f"以 {quote} 开头的文本没有闭合：`{line[at:].strip()}`。",
    )
    hint = f"Close it with {quote}.", f"用 {quote} 闭合它。"
    other = "'" if quote == '"' else '"'
    if re.fullmatch(r"[\s)\]}:,]*", line[at + 1 :]) and line[:at].rstrip(")]} ").endswith(quote):
        extra = f"This {quote} is one too many.", f"这个 {quote} 是多余的。"
        dropped = broken.with_line(number, line[:at] + line[at + 1 :])
        yield Repair(
            dropped, "unterminated", extra, (f"Take the last {quote} away.", f"去掉最后的 {quote}。"), obvious=True
        )
    body = line[at + 1 :].rstrip()
    # `"hello'`: begun with one quote and ended with the other.
    for found in re.finditer(re.escape(other), body):
        tail = body[found.end() :]
        if re.fullmatch(r"[\s)\]},:;]*(?:#.*)?", tail) or re.match(r"\s*[,+)\]}:]", tail):
            text = f"{line[: at + 1]}{body[: found.start()]}{quote}{tail}"
            yield Repair(broken.with_line(number, text), "mismatched-quotes", cause, hint, obvious=True)
    # `print(hello")`: the quote that ends it is there, the other is not.
    if re.fullmatch(r"[\s)\]},:;]*", body) and (
        start := re.search(r"[(\[,=+{]\s*([^\s(\[,=+{\"'][^(\[,=+{\"']*)$", line[:at])
    ):
        text = f"{line[: start.start(1)]}{quote}{line[start.start(1) :]}"
        yield Repair(
            broken.with_line(number, text),
            "unterminated",
            cause,
            ("Open the text with a quote.", "在文本开头加引号。"),
            obvious=True,
        )
    keys = list(_key(broken, number, at, cause, hint))
    yield from keys
    if re.search(r"[%+]\s*\w+$", line[:at]) and re.fullmatch(r"[\s)\]}]*", body):
        yield Repair(broken.with_line(number, line[:at] + line[at + 1 :]), "unterminated", cause, hint)
    ends = list(range(len(body.rstrip(")]},:; ")), len(body) + 1))
    for n, end in enumerate(ends):
        text = f"{line[: at + 1]}{body[:end]}{quote}{body[end:]}"
        yield Repair(broken.with_line(number, text), "unterminated", cause, hint, obvious=n == 0 and not keys)
    for found in re.finditer(r"[,+]", body):
        text = f"{line[: at + 1]}{body[: found.start()].rstrip()}{quote}{body[found.start() :]}"
        yield Repair(broken.with_line(number, text), "unterminated", cause, hint)
    yield from _several_lines(broken, number, at, cause)


def _key(broken: Broken, number: int, at: int, cause: tuple[str, str], hint: tuple[str, str]) -> Iterator[Repair]:
    """`{'a: 1}` and `{a': 1}`: the text was a key."""
    line, quote = broken.lines[number - 1], broken.lines[number - 1][at]
    body = line[at + 1 :].rstrip()
    if not any(broken.cell[place] == "{" for place in open_brackets(broken, broken.start(number) + at)[-1:]):
        return
    keyed = re.match(r"([^\"':{}]*[\w)])(\s*:\s*[^\s:].*)$", body)
    named = re.search(r"(?:[{,]|^)\s*(\w+)$", line[:at])
    text = ""
    if keyed and re.search(r"[{,]\s*$|^\s*$", line[:at]):
        text = f"{line[: at + 1]}{keyed[1]}{quote}{keyed[2]}"
    elif named and re.match(r"\s*:", body):
        text = f"{line[: named.start(1)]}{quote}{line[named.start(1) :]}"
    if text:
        yield Repair(broken.with_line(number, text), "unterminated", cause, hint, obvious=True)


def _several_lines(broken: Broken, number: int, at: int, cause: tuple[str, str]) -> Iterator[Repair]:
    """The text goes on in the lines below."""
    line, quote = broken.lines[number - 1], broken.lines[number - 1][at]
    if number < len(broken.lines):
        lines = [*broken.lines[: number - 1], line[:at] + quote * 3 + line[at + 1 :], *broken.lines[number:]]
        for n in range(number, min(len(lines), number + 8)):
            if quote in lines[n]:
                place = lines[n].rindex(quote)
                lines[n] = lines[n][:place] + quote * 3 + lines[n][place + 1 :]
                several = (f"Text over several lines needs {quote * 3}.", f"多行文本要用 {quote * 3}。")
                yield Repair("\n".join(lines), "unterminated", cause, several, obvious=True)
                break
