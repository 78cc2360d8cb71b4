"""What an answer begins with: a small model goes on in the way in which it believes to have begun."""

from __future__ import annotations

from qwen_magic import documentation, suite
from qwen_magic.prompt import CODE, Question


def opening(question: Question) -> str:
    """What is put into the assistant's mouth; a small model that is asked for code talks about it first."""
    if not question.task.begins_with_code:
        return ""
    cell = question.context.cell
    match question.task.verb:
        case "doc":
            return CODE + documentation.beginning(cell)
        case "test":
            return CODE + suite.beginning(cell, question.words)
    return CODE
