"""Repairs of brackets that are not closed, or not opened, and of commas between items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qwen_magic.diagnosis.syntax.broken import TOKEN, Broken, Repair, closing, open_brackets

_OPERATOR = re.compile(r"[-+*/%<>=]")
_WORDS = frozenset(
    {"if", "else", "for", "in", "is", "not", "and", "or", "lambda", "await", "as", "from", "import", "return"}
)


def brackets(broken: Broken) -> Iterator[Repair]:
    """A bracket where it is missing, or none where there is one too many; then commas."""
    yield from _unopened(broken)
    yield from _unclosed(broken)
    yield from _commas(broken)
    yield from _pairs_with_equals(broken)


def _unclosed(broken: Broken) -> Iterator[Repair]:
    stack = open_brackets(broken)
    if not stack:
        return
    line = broken.cell.count("\n", 0, stack[0]) + 1
    bracket = broken.cell[stack[-1]]
    first = broken.cell.count("\n", 0, stack[-1]) + 1
    cause = f"The `{bracket}` on line {first} is not closed.", f"第 {first} 行的 `{bracket}` 没有闭合。"
    hint = f"Close it with `{closing(bracket)}`.", f"用 `{closing(bracket)}` 闭合它。"
    yield from _own_line(broken, stack, first, cause, hint)
    for number in dict.fromkeys([first, *range(line, len(broken.lines) + 1)][:12]):
        code = broken.code(number)
        here = [at for at in stack if at < broken.start(number) + len(code)]
        if not code.strip() or not here:
            continue
        closers = "".join(closing(broken.cell[at]) for at in reversed(here))
        rest = broken.lines[number - 1][len(code) :]
        ends = [(code, "")]
        if code.endswith(":"):
            ends.insert(0, (code[:-1], ":"))
        if code.endswith(","):
            ends.insert(0, (code[:-1], ","))
        for body, tail in ends:
            content = broken.cell[here[-1] + 1 : broken.start(number) + len(body)]
            plain = here[-1] >= broken.start(number) and not _OPERATOR.search(_top(content)) and len(here) == 1
            yield Repair(
                broken.with_line(number, f"{body}{closers}{tail}{rest}"), "unclosed", cause, hint, obvious=plain
            )
    yield from _inside(broken, stack, cause, hint)


def _own_line(
    broken: Broken, stack: list[int], first: int, cause: tuple[str, str], hint: tuple[str, str]
) -> Iterator[Repair]:
    """The closing bracket on a line of its own, where the opening one ended a line."""
    head = broken.lines[first - 1]
    if len(stack) != 1 or not head.rstrip().endswith(broken.cell[stack[0]]):
        return
    margin = head[: len(head) - len(head.lstrip())]
    ends = (n for n in range(first + 1, len(broken.lines) + 1) if _outside(broken.lines[n - 1], margin))
    end = next(ends, len(broken.lines) + 1)
    while end > first + 1 and not broken.lines[end - 2].strip():
        end -= 1
    lines = [*broken.lines[: end - 1], f"{margin}{closing(broken.cell[stack[0]])}", *broken.lines[end - 1 :]]
    yield Repair("\n".join(lines), "unclosed", cause, hint, obvious=True)


def _outside(line: str, margin: str) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= len(margin)


def _top(content: str) -> str:
    """A content without what is in brackets and quotes."""
    content = re.sub(r"\"[^\"]*\"|'[^']*'", "", content)
    while (shorter := re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", content)) != content:
        content = shorter
    return content


def _inside(broken: Broken, stack: list[int], cause: tuple[str, str], hint: tuple[str, str]) -> Iterator[Repair]:
    """The bracket closed further left: before an operator or a comma."""
    at = stack[-1]
    end = broken.cell.find("\n", at)
    text = broken.cell[at + 1 : len(broken.cell) if end < 0 else end]
    for found in re.finditer(r"\s*(?:[-+*/%,]|[<>=!]=?|\bfor\b|\bif\b|:)", text):
        place = at + 1 + found.start()
        if broken.mask[min(place + len(found[0]) - 1, len(broken.cell) - 1)] and found.start():
            cell = f"{broken.cell[:place]}{closing(broken.cell[at])}{broken.cell[place:]}"
            yield Repair(cell, "unclosed", cause, hint)


def _unopened(broken: Broken) -> Iterator[Repair]:
    found = re.search(
        r"unmatched '(.)'|closing parenthesis '(.)' does not match opening parenthesis '(.)'", broken.message
    )
    if not found:
        return
    at = broken.start(broken.line) + max(broken.offset - 1, 0)
    wrong = found[1] or found[2]
    if broken.cell[at : at + 1] != wrong:
        return
    before, after = broken.cell[:at], broken.cell[at + 1 :]
    if found[3]:
        right = closing(found[3])
        cause = f"`{found[3]}` is closed by `{wrong}`.", f"`{found[3]}` 却用 `{wrong}` 闭合。"
        hint = f"Close `{found[3]}` with `{right}`.", f"用 `{right}` 闭合 `{found[3]}`。"
        depth = sum(1 for place in open_brackets(broken, at))
        opens = {")": "(", "]": "[", "}": "{"}[wrong]
        outer = depth > 1 and any(broken.cell[place] == opens for place in open_brackets(broken, at)[:-1])
        cells = [f"{before}{right}{wrong}{after}", f"{before}{right}{after}"]
        for n, cell in enumerate(cells if outer else cells[::-1]):
            yield Repair(cell, "bracket-mismatch", cause, hint, obvious=outer and n == 0)
        return
    cause = f"This `{wrong}` closes nothing.", f"这个 `{wrong}` 没有对应的左括号。"
    hint = f"Take the extra `{wrong}` away.", f"去掉多余的 `{wrong}`。"
    doubled = before.rstrip().endswith(wrong)
    yield Repair(before + after, "unmatched-bracket", cause, hint, obvious=doubled or not after.split("\n")[0].strip())
    if not doubled and wrong == ")" and (call := re.search(r"(\w+) ([^()\n]+)$", before)):
        text = f"{before[: call.start()]}{call[1]}({call[2]}{wrong}{after}"
        yield Repair(text, "unmatched-bracket", cause, ("Open the bracket after the name.", "在名字后面加上左括号。"))


def _commas(broken: Broken) -> Iterator[Repair]:
    """Two values side by side in brackets: a comma between them."""
    near = set(broken.near()) | {broken.line + 1}
    first = broken.start(min(near))
    last = broken.start(min(max(near), len(broken.lines))) + len(broken.lines[min(max(near), len(broken.lines)) - 1])
    previous: re.Match[str] | None = None
    for found in TOKEN.finditer(broken.cell, first, last):
        if found.lastgroup in ("space", "comment"):
            continue
        if previous is not None and _value_ends(previous) and _value_begins(found):
            inner = open_brackets(broken, found.start())
            if inner:
                yield from _comma(broken, previous, found, inner[-1])
        previous = found


def _comma(broken: Broken, left: re.Match[str], right: re.Match[str], inner: int) -> Iterator[Repair]:
    cell, at = broken.cell, left.end()
    gap = cell[at : right.start()]
    called = cell[inner] == "(" and re.search(r"[\w\])]$", cell[:inner]) is not None
    text = "string" in (left.lastgroup, right.lastgroup) and called
    spaced = gap or " "
    cause = f"`{left[0]}` and `{right[0]}` stand side by side.", f"`{left[0]}` 和 `{right[0]}` 之间缺少符号。"
    hint = "Put a comma between them.", "在两者之间加逗号。"
    yield Repair(
        f"{cell[:at]},{spaced}{cell[right.start() :]}", "missing-comma", cause, hint, obvious="\n" in gap or not called
    )
    if text and "\n" not in gap:
        yield Repair(
            f"{cell[:at]} + {cell[right.start() :]}",
            "missing-comma",
            cause,
            ("Put `+` between them.", "在两者之间加 `+`。"),
        )
    if cell[inner] == "{" and left.lastgroup in ("string", "name"):
        yield Repair(
            f"{cell[:at]}: {cell[right.start() :]}",
            "missing-dict-colon",
            cause,
            ("Put `:` after the key.", "在键后面加 `:`。"),
        )
    if {left.lastgroup, right.lastgroup} <= {"name", "number", "operator"} and "\n" not in gap:
        yield Repair(
            f"{cell[:at]} * {cell[right.start() :]}",
            "missing-operator",
            cause,
            ("Put `*` between them.", "在两者之间加 `*`。"),
        )


def _value_ends(token: re.Match[str]) -> bool:
    return (
        token.lastgroup in ("string", "number")
        or (token.lastgroup == "name" and token[0] not in _WORDS)
        or token[0] in (")", "]", "}")
    )


def _value_begins(token: re.Match[str]) -> bool:
    return (
        token.lastgroup in ("string", "number")
        or (token.lastgroup == "name" and token[0] not in _WORDS)
        or token[0] in ("(", "[", "{")
    )


def _pairs_with_equals(broken: Broken) -> Iterator[Repair]:
    """`{"a" = 1}` and `{a = 1}`."""
    for number in broken.near():
        start, line = broken.start(number), broken.lines[number - 1]
        opened = list(open_brackets(broken, start + len(line))) or [
            at for at in range(start, start + len(line)) if broken.cell[at] == "{" and broken.mask[at]
        ]
        if not any(broken.cell[at] == "{" for at in opened):
            continue
        for pattern, text in (
            (r"((?:\"[^\"]*\"|'[^']*'|\b\d+|\b\w+))\s*=(?!=)\s*", r"\1: "),
            (r"\b([^\W\d]\w*)\s*=(?!=)\s*", r'"\1": '),
        ):
            head = line.find("{") + 1
            changed = line[:head] + re.sub(pattern, text, line[head:])
            if changed != line:
                yield Repair(
                    broken.with_line(number, changed),
                    "dict-with-equals",
                    (
                        "In a dict a key and its value stand apart by `:`, not `=`.",
                        "字典的键和值之间用 `:`，不用 `=`。",
                    ),
                    ("Write `key: value`.", "请写成 `键: 值`。"),
                    obvious=pattern.startswith("(") and '"' in line,
                )
