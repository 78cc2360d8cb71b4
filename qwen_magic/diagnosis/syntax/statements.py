"""Repairs of single statements: colons, `=` for `==`, sides, numbers, the order of arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, replace_code

# A digit and a name; the e of an exponent, the x of a hexadecimal number and words are no names.
_TIMES: Final = (
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?!(?:if|else|for|and|or|in|is|not)\b|(?<=\b0)[xob])"
    r"(?=(?:[A-Za-df-z]|[^\W\d_a-z])\w*\b(?!\s*=))"
)
_HEAD: Final = re.compile(r"\s*(?:if|elif|else|for|while|def|class|try|except|finally|with|async|match|case)\b")


def statements(broken: Broken) -> Iterator[Repair]:
    """What is missing or too much in one statement."""
    for number in broken.near():
        yield from _colon(broken, number)
        yield from _equals(broken, number)
        yield from _ternary(broken, number)
        yield from _sides(broken, number)
        yield from _numbers(broken, number)
        yield from _arguments(broken, number)


def _colon(broken: Broken, number: int) -> Iterator[Repair]:
    code, line = broken.code(number), broken.lines[number - 1]
    if not _HEAD.match(code) or code.endswith(":"):
        return
    word = code.split()[0].rstrip("(")
    bare = code.rstrip(";,=.-> {")
    cause = f"The line with `{word}` does not end with a colon.", f"`{word}` 这一行末尾缺少冒号。"
    hint = f"End it with a colon: `{bare.strip()}:`.", f"在行末加冒号：`{bare.strip()}:`。"
    rest = line[len(code) :]
    yield Repair(broken.with_line(number, f"{bare}:{rest}"), "missing-colon", cause, hint, obvious=True)
    # `else print(x)`, `if x > 3 print(x)`: the colon belongs in the middle.
    inline = re.match(r"(\s*(?:else|try|finally))\s+(\S.*)$", code) or re.match(
        r"(\s*(?:if|elif|while|for|def|with|class)\b.*?[\w\])'\"])\s+((?:print|return|break|continue|pass|raise)\b.*)$",
        code,
    )
    if inline:
        yield Repair(
            broken.with_line(number, f"{inline[1]}: {inline[2]}{rest}"), "missing-colon", cause, hint, obvious=True
        )


def _equals(broken: Broken, number: int) -> Iterator[Repair]:
    line = broken.lines[number - 1]
    start = broken.start(number)
    alone = [
        found.start()
        for found in re.finditer(r"(?<![=!<>:+\-*/%&|^])=(?!=)", line)
        if broken.mask[start + found.start()]
    ]
    condition = re.match(r"\s*(?:if|elif|while|assert|return|not)\b", line)
    for at in alone:
        if condition or re.search(r"\b(?:if|and|or|not)\b", line[:at]):
            yield Repair(
                broken.with_line(number, f"{line[:at].rstrip()} == {line[at + 1 :].lstrip()}"),
                "equals",
                ("`=` gives a name a value; a comparison is written `==`.", "`=` 是赋值，比较要写 `==`。"),
                (f"Write `==` in `{line.strip()}`.", f"在 `{line.strip()}` 中改用 `==`。"),
                obvious=bool(condition),
            )
    if len(alone) > 1 and condition:
        both = replace_code(broken, number, r"\s*(?<![=!<>:+\-*/%&|^])=(?!=)\s*", " == ")
        yield Repair(
            broken.with_line(number, both),
            "equals",
            ("`=` gives a name a value; a comparison is written `==`.", "`=` 是赋值，比较要写 `==`。"),
            (f"Write `==` in `{line.strip()}`.", f"在 `{line.strip()}` 中改用 `==`。"),
            obvious=True,
        )


def _ternary(broken: Broken, number: int) -> Iterator[Repair]:
    line = broken.lines[number - 1]
    swapped = re.sub(
        r"([\[({])\s*([^\[\](){}]+?)\s+if\s+([^\[\]{}]+?)\s+(for\s+.+?\s+in\s+.+?)([\])}])", r"\1\2 \4 if \3\5", line
    )
    behind = re.sub(
        r"([\[({])\s*(\w[^\[\]{}]*?)\s+(for\s+.+?\s+in\s+\S+)\s+if\s+(.+?)\s+else\s+([^\[\]{}]+?)([\])}])",
        r"\1\2 if \4 else \5 \3\6",
        line,
    )
    if behind != line:
        yield Repair(
            broken.with_line(number, behind),
            "if-in-comprehension",
            (
                "An `if` with `else` stands before the `for` of a comprehension.",
                "带 `else` 的 `if` 要写在推导式的 `for` 前面。",
            ),
            ("Write `[a if condition else b for x in xs]`.", "请写成 `[a if 条件 else b for x in xs]`。"),
            obvious=True,
        )
    elif swapped != line and " else " not in line:
        yield Repair(
            broken.with_line(number, swapped),
            "if-in-comprehension",
            (
                "An `if` without `else` stands at the end of a comprehension.",
                "没有 `else` 的 `if` 要写在推导式的末尾。",
            ),
            ("Write `[x for x in xs if condition]`.", "请写成 `[x for x in xs if 条件]`。"),
            obvious=True,
        )
    if "expected 'else'" in broken.message and number == broken.line:
        code = broken.code(number)
        for end in (len(code), *(found.start() for found in re.finditer(r"[\])}]+$", code))):
            for other in ("None", '""', "0"):
                yield Repair(
                    broken.with_line(number, f"{code[:end]} else {other}{code[end:]}"),
                    "missing-else",
                    (
                        "`a if condition` needs an `else` with the other value.",
                        "`a if 条件` 还需要写 `else` 和另一个值。",
                    ),
                    ("Add `else` and the other value.", "补上 `else` 和另一个值。"),
                )


def _sides(broken: Broken, number: int) -> Iterator[Repair]:
    code, line = broken.code(number), broken.lines[number - 1]
    found = re.match(r"(\s*)([^=]*[^=!<>:+\-*/%&|^ ])\s*=\s*([^=].*)$", code)
    if "cannot assign" not in broken.message or not found or number != broken.line:
        return
    rest = line[len(code) :]
    cause = (f"Only a name can stand left of `=`, not `{found[2]}`.", f"`=` 左边只能是变量名，不能是 `{found[2]}`。")
    if re.fullmatch(r"[\w.]+(\[.*\])?", found[3]) and not re.match(r"[\d'\"]", found[3]):
        yield Repair(
            broken.with_line(number, f"{found[1]}{found[3]} = {found[2]}{rest}"),
            "sides-exchanged",
            cause,
            (f"Write `{found[3]} = {found[2]}`.", f"请写成 `{found[3]} = {found[2]}`。"),
            obvious=bool(re.fullmatch(r"[\w.]+", found[3])) and not found[2].endswith(")"),
        )
    if called := re.fullmatch(r"(.+)\((.+)\)", found[2]):
        text = f"{called[1]}[{called[2]}] = {found[3]}"
        yield Repair(
            broken.with_line(number, f"{found[1]}{text}{rest}"),
            "call-assigned",
            cause,
            (f"Write `{text}`.", f"请写成 `{text}`。"),
        )
    yield Repair(
        broken.with_line(number, f"{found[1]}{found[2]} == {found[3]}{rest}"),
        "equals",
        cause,
        ("To compare, write `==`.", "如果是比较，请写 `==`。"),
    )
    if "-" in found[2]:
        name = re.sub(r"\s*-\s*", "_", found[2])
        yield Repair(
            "\n".join(replace_code(broken, n, re.escape(found[2]), name) for n in range(1, len(broken.lines) + 1)),
            "minus-in-name",
            (f"A name cannot hold `-`, as in `{found[2]}`.", f"变量名里不能有 `-`，如 `{found[2]}`。"),
            (f"Write `{name}`.", f"请写成 `{name}`。"),
        )


def _numbers(broken: Broken, number: int) -> Iterator[Repair]:
    line = broken.lines[number - 1]
    zeros = replace_code(broken, number, r"(?<![\w.])0+(?=[1-9])", "")
    if zeros != line and "leading zeros" in broken.message:
        cause = "A number cannot begin with 0.", "整数不能以 0 开头。"
        hint = "Leave the zeros out, or write it as text in quotes.", "去掉开头的 0，或写成带引号的文本。"
        quoted = replace_code(broken, number, r"(?<![\w.])(0\d+)\b", r'"\1"')
        octal = replace_code(broken, number, r"(?<![\w.])0+([1-7][0-7]*)\b", r"0o\1")
        yield from (
            Repair(broken.with_line(number, text), "leading-zeros", cause, hint) for text in (zeros, quoted, octal)
        )
    times = replace_code(
        broken,
        number,
        _TIMES,
        r"\1 * ",
    )
    if times != line and "literal" in broken.message:
        cause = "A number and a name stand together without an operator.", "数字和名字之间缺少运算符。"
        yield Repair(
            broken.with_line(number, times),
            "missing-operator",
            cause,
            ("Write `*` between them.", "在它们之间写 `*`。"),
        )
    named = re.match(r"(\s*)(\d+)(_?)([^\W\d]\w*)(\s*=(?!=).*)$", line)
    if named:
        old, new = f"{named[2]}{named[3]}{named[4]}", f"{named[4]}_{named[2]}"
        cell = "\n".join(replace_code(broken, n, rf"\b{old}\b", new) for n in range(1, len(broken.lines) + 1))
        cause = f"A name cannot begin with a digit, as `{old}` does.", f"变量名不能以数字开头，如 `{old}`。"
        yield Repair(cell, "digit-first", cause, (f"Call it `{new}`.", f"改名为 `{new}`。"))


def _arguments(broken: Broken, number: int) -> Iterator[Repair]:
    told = r"positional argument follows|keyword argument repeated|default argument|without a default"
    if not re.search(told, broken.message):
        return
    line, start = broken.lines[number - 1], broken.start(number)
    for found in re.finditer(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", line):
        parts, depth, begin = [], 0, found.start(1)
        for at in range(found.start(1), found.end(1) + 1):
            char = line[at]
            code = broken.mask[start + at]
            depth += code * ((char in "([{") - (char in ")]}"))
            if at == found.end(1) or (code and char == "," and depth == 0):
                parts.append(line[begin:at].strip())
                begin = at + 1
        named = [part for part in parts if re.match(r"\w+\s*=(?!=)", part)]
        plain = [part for part in parts if part and part not in named]
        if not named or (len(dict.fromkeys(named)) == len(named) and parts == [*plain, *named]):
            names = [part.split("=")[0].strip() for part in named]
            kept = [part for n, part in enumerate(named) if part.split("=")[0].strip() not in names[n + 1 :]]
            if len(kept) == len(named):
                continue
            named = kept
        text = ", ".join([*plain, *named])
        yield Repair(
            broken.with_line(number, f"{line[: found.start(1)]}{text}{line[found.end(1) :]}"),
            "argument-order",
            ("Arguments without a name come before those with one, and each name only once.",
             "没有名字的参数要放在有名字的参数前面，每个名字只能出现一次。"),
            (f"Write `({text})`.", f"请写成 `({text})`。"),
        )  # fmt: skip
