"""Repairs of what stands between the parentheses of calls and functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, open_brackets


def named_values(broken: Broken) -> Iterator[Repair]:
    """`dict("a"=1)`, `f(a: 1)`, `sum(x for x in xs, 0)`, `lambda (x, y): x + y`."""
    for number in broken.near():
        yield from _named_otherwise(broken, number)
        yield from _generator(broken, number)
        yield from _pair_taken_apart(broken, number)


def _named_otherwise(broken: Broken, number: int) -> Iterator[Repair]:
    line, start = broken.lines[number - 1], broken.start(number)
    patterns = {r"([\"'])([^\W\d]\w*)\1\s*=(?!=)\s*": r"\2=", r"(?<=[(,\s])([^\W\d]\w*)\s*:(?!=)\s*(?=[^\s\]])": r"\1="}
    for pattern, new in patterns.items():
        places = [found for found in re.finditer(pattern, line) if _in_call(broken, start + found.start())]
        if not places:
            continue
        changed = line
        for found in reversed(places):
            changed = changed[: found.start()] + found.expand(new) + changed[found.end() :]
        yield Repair(
            broken.with_line(number, changed),
            "named-values",
            ("In a call a name stands before `=`, without quotes.", "调用时参数名不加引号，后面用 `=`。"),
            (f"Write `{changed.strip()}`.", f"请写成 `{changed.strip()}`。"),
            obvious=True,
        )


def _in_call(broken: Broken, at: int) -> bool:
    """Whether the innermost bracket around a place is that of a call."""
    opened = open_brackets(broken, at)
    if not opened or broken.cell[opened[-1]] != "(":
        return False
    before = broken.cell[: opened[-1]]
    return re.search(r"[\w\])]$", before) is not None and not re.search(r"\b(?:def\s+\w+|lambda|class\s+\w+)$", before)


def _generator(broken: Broken, number: int) -> Iterator[Repair]:
    if "Generator expression must be parenthesized" not in broken.message:
        return
    line = broken.lines[number - 1]
    item = r"(?:[^(),]|\([^()]*\))*"
    changed = re.sub(rf"(?<=\()({item}\bfor\b{item}\bin\b{item})(?=,)", r"(\1)", line, count=1)
    if changed != line:
        yield Repair(
            broken.with_line(number, changed),
            "generator",
            ("Beside other arguments a generator has its own parentheses.", "与其他参数并列时，生成器表达式要加括号。"),
            (f"Write `{changed.strip()}`.", f"请写成 `{changed.strip()}`。"),
            obvious=True,
        )


def _pair_taken_apart(broken: Broken, number: int) -> Iterator[Repair]:
    """Python 2 took tuples apart in the head of a lambda."""
    line = broken.lines[number - 1]
    found = re.search(r"\blambda\s*\(\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)+)\s*\)\s*:", line)
    if found is None:
        return
    names = [name.strip() for name in found[1].split(",")]
    name = next(name for name in ("pair", "item", "values", "given") if not re.search(rf"\b{name}\b", broken.cell))
    end, depth = found.end(), 0
    while end < len(line):
        depth += (line[end] in "([{") - (line[end] in ")]}")
        if depth < 0 or (depth == 0 and line[end] == ","):
            break
        end += 1
    body = line[found.end() : end]
    for place, old in enumerate(names):
        body = re.sub(rf"(?<![\w.]){old}(?!\w)", f"{name}[{place}]", body)
    yield Repair(
        broken.with_line(number, f"{line[: found.start()]}lambda {name}:{body}{line[end:]}"),
        "lambda-of-tuple",
        ("A lambda does not take a tuple apart.", "lambda 不能直接拆开元组参数。"),
        (f"Write `{name}[0]`, `{name}[1]`.", f"请写成 `{name}[0]`、`{name}[1]`。"),
        obvious=True,
    )
