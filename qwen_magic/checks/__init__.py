"""What can be known about code without running it: that it cannot work, or that it should not be run."""

from __future__ import annotations

from qwen_magic.checks.cell import check
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.summary import summary

__all__ = ["Finding", "Severity", "check", "summary"]
