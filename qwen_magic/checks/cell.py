"""All that is known about one cell of code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from qwen_magic.checks import arguments, attributes, changes, columns, dangers, imports, names, syntax
from qwen_magic.checks.finding import Finding
from qwen_magic.checks.live import Live
from qwen_magic.checks.outline import Outline
from qwen_magic.checks.summary import worst_first
from qwen_magic.checks.syntax import Program, Transform

# Magics that leave the names of the notebook alone.
_HARMLESS = re.compile(
    "time|timeit|prun|memit|matplotlib|config|pip|conda|mamba|uv|cd|ls|pwd|cat|mkdir|rm|mv|cp|env|who|whos|who_ls|precision|"
    "pinfo|pinfo2|pdoc|psource|pfile|psearch|doctest_mode|system|sx|xmode|colors|history|qwen|bookmark|pylint|writefile"
)
_MAKERS = frozenset({"exec", "globals", "locals", "vars", "execfile"})


def check(
    code: str, namespace: Mapping[str, object], original: str = "", transform: Transform = syntax.default_transform
) -> tuple[Finding, ...]:
    """Look at code that is about to be shown or run.

    `namespace`: what the notebook holds; none of its values' own code is run.
    `original`: the cell that the code is a fix of, if it is one.
    `transform`: the shell's way to make Python of a cell.
    """
    program = syntax.parse(code, transform)
    if isinstance(program, Finding):
        return (program, changes.UNCHANGED) if original.strip() == code.strip() != "" else (program,)
    # The notebook may go on working while this looks at it.
    return worst_first(tuple(_distinct(_findings(program, dict(namespace), original, transform))))


def _findings(
    program: Program, namespace: Mapping[str, object], original: str, transform: Transform
) -> Iterator[Finding]:
    outline = Outline(program.tree)
    live = Live(outline, namespace)
    dynamic = _is_dynamic(outline)
    yield from _safely(lambda: dangers.check(program, live))
    yield from _safely(lambda: names.check(outline, namespace, dynamic))
    yield from _safely(lambda: imports.check(outline, namespace))
    if not dynamic:
        for look in (attributes.check, columns.check, arguments.check):
            yield from _safely(lambda look=look: look(live))  # type: ignore[misc]
    if original.strip():
        yield from _safely(lambda: changes.check(outline, namespace, original, _outline(original, transform)))


def _outline(original: str, transform: Transform) -> Outline | None:
    parsed = syntax.parse(original, transform)
    return Outline(parsed.tree) if isinstance(parsed, Program) else None


def _safely(look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a check finds. One that cannot cope with some code must not cost the user their answer."""
    try:
        return list(look())
    except Exception:  # noqa: BLE001
        return []


def _is_dynamic(outline: Outline) -> bool:
    """Whether the code makes names in ways that reading it does not show."""
    for node in outline.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(value=str() as magic), *_]):
                if not _HARMLESS.fullmatch(magic):
                    return True
            case ast.Attribute(attr="run_cell_magic" | "run_cell" | "user_ns"):
                return True
            case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="ex" | "push" | "drop_by_id"):
                return True
            case ast.Call(func=ast.Name(id=name)) if name in _MAKERS:
                return True
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return True
    return False


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each thing once, where it first is."""
    seen: set[tuple[str, str]] = set()
    for finding in sorted(findings, key=lambda each: each.line):
        key = finding.rule, finding.message.en
        if key not in seen:
            seen.add(key)
            yield finding
