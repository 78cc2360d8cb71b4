"""One thing found in code: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qwen_magic.language import Words


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # this code fails when it is run, or is no answer to what was asked
    DANGER = "danger"  # it does something to the world outside the notebook
    WARNING = "warning"  # it works, and is probably not what is wanted


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` names the check that spoke; `line` is 1-based in the code."""

    rule: str
    severity: Severity
    line: int
    message: Words
