"""The user's message of a prompt: what was asked, and what of the notebook fits beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qwen_magic.errors import PromptTooLong
from qwen_magic.language import Language, Words
from qwen_magic.messages import Message, Role
from qwen_magic.recipes import recipe_for
from qwen_magic.snapshot import Frame, NotebookContext, Variable
from qwen_magic.tasks import EXPLAIN_CODE, SYSTEM, Subject, Task

# The part of the context window that a prompt may take even where an answer wants more of it.
PROMPT_SHARE = 0.75
# Lines of a cell around the failing one that are kept at least, when a cell is too long.
_FEWEST_LINES = 8

_WORDS = {
    Language.ENGLISH: {
        "variables": "Variables in the notebook:",
        "cell": "The cell:",
        "failed": "This cell fails:",
        "error": "The error:",
        "line": "Line",
        "where": "It was raised in",
        "locals": "Local variables there:",
        "cause": "Caused by:",
        "hint": "Hint:",
    },
    Language.CHINESE: {
        "variables": "笔记本中的变量：",
        "cell": "单元格：",
        "failed": "这个单元格运行出错：",
        "error": "错误：",
        "line": "出错行",
        "where": "错误发生在",
        "locals": "那里的局部变量：",
        "cause": "起因：",
        "hint": "提示：",
    },
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the user asked: a verb, words, and what the notebook looked like."""

    task: Task
    words: str
    language: Language
    context: NotebookContext


@dataclass(frozen=True, slots=True)
class Composed:
    """A message for the model, and what had to be left out of it, in words for the user."""

    message: Message
    left_out: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.message.content


# What of a notebook may be left out: a cause of the error, the frame that raised it, a local, a notebook variable.
_Detail = tuple[str, str | Frame | Variable]


CODE = "```python\n"
# Where an answer that was to be code alone is complete; what models say behind it was not asked for.
CLOSING = "\n```"
_IMPORTS = {"pd.": "import pandas as pd", "np.": "import numpy as np"}
_TOO_LONG = Words(
    "The cell is too long for the prompt; the model saw the lines around the failing one.",
    "单元格太长，模型只看到出错行附近的代码。",
)
# Characters: reading them takes about a third of a second.
_MOST_DATA = 1200


class Counts(Protocol):
    """What a budget needs to know of an engine."""

    @property
    def context_window(self) -> int: ...
    def count(self, messages: Sequence[Message]) -> int: ...


def system_message(language: Language) -> Message:
    """The message that every prompt begins with, and that is therefore evaluated once."""
    return Message(Role.SYSTEM, SYSTEM[language])


def messages_for(question: Question, engine: Counts) -> tuple[Message, ...]:
    """The whole prompt of a question that has nothing to do with what was said before."""
    system, budget = system_message(question.language), int(engine.context_window * PROMPT_SHARE)
    return system, compose(question, budget, lambda message: engine.count([system, message])).message


def compose(question: Question, budget: int, count: Callable[[Message], int]) -> Composed:
    """The message, in at most `budget` tokens as `count` counts them.

    The request, the error and the cell always go in - of a failed cell that is too long, the lines
    around the failing one - and then what explains them, as far as it fits. Raises `PromptTooLong`.
    """
    notes = []
    bare = question
    while count(_assemble(bare, ())) > budget:
        bare = _shortened(bare, budget)
        notes = [_TOO_LONG]
    details = list(_details(question.context))
    fitting = len(details)
    while fitting and count(_assemble(bare, details[:fitting])) > budget:
        fitting -= 1
    if fitting < len(details):
        notes.append(_too_many(len(details) - fitting, len(details)))
    return Composed(_assemble(bare, details[:fitting]), tuple(note[question.language] for note in notes))


def _too_many(left_out: int, details: int) -> Words:
    return Words(
        f"{left_out} of {details} details of the notebook did not fit into the prompt.",
        f"笔记本的 {details} 项细节中有 {left_out} 项未能放入提示。",
    )


def data(variables: Sequence[Variable]) -> str:
    """The notebook's data as the code that an answer begins with, of which the user does not see it.

    Told of a table in other words, a small model begins with a table of its own: half of the answers did, and they
    took twice as long. See "Data in the prompt" in benchmarks/RESULTS.md.
    """
    lines: list[str] = []
    for variable in variables:
        line = f"{variable.name} = {variable.literal}"
        if variable.literal and sum(map(len, lines)) + len(line) <= _MOST_DATA:
            lines.append(line)
    imports = [statement for alias, statement in _IMPORTS.items() if any(alias in line for line in lines)]
    return "\n".join((*imports, *lines, "\n")) if lines else ""


def _shortened(question: Question, budget: int) -> Question:
    """With half of the failed cell's lines, the failing one in their middle."""
    lines = question.context.cell.splitlines()
    failure = question.context.failure
    if not failure or not failure.line or len(lines) <= _FEWEST_LINES:
        raise PromptTooLong(
            f"The question takes more than the {budget:,} tokens that fit into the context window beside an answer.",
            "Ask about less, or enlarge it: %config QwenSettings.context_window = 8192",
        )
    keep = len(lines) // 2
    start = min(max(0, failure.line - 1 - keep // 2), len(lines) - keep)
    failure = replace(failure, line=failure.line - start)
    cell = "\n".join(lines[start : start + keep])
    return replace(question, context=replace(question.context, cell=cell, failure=failure))


def _details(context: NotebookContext) -> Iterator[_Detail]:
    """The most telling first: what comes last is left out first."""
    if failure := context.failure:
        yield from (("cause", cause) for cause in failure.causes)
        # In the failed cell itself, a frame has only its locals to add, and at the top level not even those.
        if failure.frame and failure.frame.location != f"In[{failure.execution_count}]":
            yield "frame", failure.frame
        if failure.frame and failure.frame.function != "<module>":
            yield from (("local", variable) for variable in failure.frame.variables)
    yield from (("variable", variable) for variable in context.variables)


def _assemble(question: Question, details: Sequence[_Detail]) -> Message:
    """What is known, which other requests about the same would say too, and what is asked."""
    words, context = _WORDS[question.language], question.context
    parts = [_listed(words["variables"], details, "variable")]
    if context.cell.strip() and question.task.subject is not Subject.QUESTION:
        parts.append(f"{words['failed' if context.failure else 'cell']}\n{fenced(context.cell)}")
    if failure := context.failure:
        lines = context.cell.splitlines()
        if failure.line and failure.line <= len(lines):
            parts.append(f"{words['line']} {failure.line}: {lines[failure.line - 1].strip()}")
        parts.append(f"{words['error']} {failure.error}")
        parts += [f"{words['cause']} {cause}" for kind, cause in details if kind == "cause"]
        for kind, frame in details:
            if kind == "frame" and isinstance(frame, Frame):
                parts.append(f"{words['where']} {frame.function}, {frame.location}:\n{fenced(frame.marked(), '')}")
        parts.append(_listed(words["locals"], details, "local"))
        if failure.diagnosis:
            parts.append(f"{words['hint']} {failure.diagnosis.hint[question.language]}")
    shared = "".join(f"{part}\n\n" for part in parts if part)
    parts = [_instruction(question), question.words.strip()]
    if question.task.verb == "code" and (recipe := recipe_for(question.words, context.variables)):
        parts.append(f"{words['hint']} {recipe.title[question.language]}: {_as_code(recipe.code)}")
    return Message(Role.USER, shared + "\n\n".join(part for part in parts if part), shared=len(shared))


def _as_code(code: str) -> str:
    return f"\n{fenced(code)}" if "\n" in code else f"`{code}`"


def _instruction(question: Question) -> str:
    code_that_did_not_fail = question.task.subject is Subject.FAILURE and not question.context.failure
    if question.task.verb == "explain" and code_that_did_not_fail:
        return EXPLAIN_CODE[question.language]
    return question.task.instruction[question.language]


def own_words(question: Question) -> tuple[str, ...]:
    """What a message says that neither the user nor the notebook does; small models repeat it."""
    return _instruction(question), *_WORDS[question.language].values()


def _listed(title: str, details: Sequence[_Detail], kind: str) -> str:
    lines = [f"- {detail}" for of_kind, detail in details if of_kind == kind]
    return "\n".join([title, *lines]) if lines else ""


def fenced(code: str, language: str = "python") -> str:
    """Code as a Markdown block, with a fence longer than any in the code."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"
