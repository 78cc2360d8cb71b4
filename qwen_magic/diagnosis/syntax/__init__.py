"""Cells that do not compile."""

from qwen_magic.diagnosis.syntax.repairing import not_python

__all__ = ["not_python"]
