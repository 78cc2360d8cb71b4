"""Findings in one short line, for under a block of code."""

from __future__ import annotations

from collections.abc import Sequence

from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.language import Language, Words

_LENGTH = 120
_ORDER = (Severity.ERROR, Severity.DANGER, Severity.WARNING)


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What fails before what is dangerous before what is only odd; by line among those."""
    return tuple(sorted(findings, key=lambda finding: (_ORDER.index(finding.severity), finding.line)))


def summary(findings: Sequence[Finding], language: Language) -> str:
    """One line of at most about 120 characters; empty if there is nothing to say."""
    line = Words("Checked: ", "检查：")[language]
    shown = 0
    for finding in worst_first(findings):
        said = _one(finding, language)
        separator = " · " if shown else ""
        # Room for "and so many more"; the first is shown in any case.
        if shown and len(line) + len(separator) + len(said) > _LENGTH - 12:
            break
        line += separator + said
        shown += 1
    if not shown:
        return ""
    rest = len(findings) - shown
    more = f" · {Words(f'{rest} more', f'另有 {rest} 处')[language]}" if rest else ""
    room = _LENGTH - len(more)
    return (line if len(line) <= room else f"{line[: room - 1]}…") + more


def _one(finding: Finding, language: Language) -> str:
    message = " ".join(finding.message[language].split())
    return Words(f"line {finding.line}: {message}", f"第 {finding.line} 行：{message}")[language]
