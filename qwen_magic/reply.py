"""An answer: its text, the code blocks in it, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

# What models write behind the opening fence of code that belongs into a notebook cell.
PYTHON = frozenset({"python", "py", "python3", "ipython", "ipython3"})


class Finish(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    INTERRUPTED = "interrupted"


class Origin(StrEnum):
    """Who had the idea of a change."""

    RULE = "rule"  # the diagnosis
    LINE = "line"  # the model, asked for another line
    ANSWER = "answer"  # the model, asked for the whole cell


class Badge(StrEnum):
    """How far the code of an answer can be trusted."""

    CERTAIN = "certain"  # it follows from the error, and ran in a copy of the notebook
    VERIFIED = "verified"  # it ran there, and there is reason to believe that it does what was meant
    RUNS = "runs, unverified"
    UNTRIED = "not tried"
    FAILS = "does not work"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and seconds of one answer; `reused_tokens` of the prompt were not evaluated again.

    `cached`: all of it was answered before. The seconds are then those that it took now.
    """

    prompt_tokens: int = 0
    reused_tokens: int = 0
    completion_tokens: int = 0
    first_token_seconds: float = 0.0
    seconds: float = 0.0
    finish: Finish = Finish.STOP
    cached: bool = False

    @property
    def tokens_per_second(self) -> float:
        """Decode speed: tokens after the first, over the time after the first; 0 where nothing was decoded."""
        decoding = self.seconds - self.first_token_seconds
        decoded = self.completion_tokens > 1 and decoding > 0 and not self.cached
        return (self.completion_tokens - 1) / decoding if decoded else 0.0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block; `closed` is false where the answer ended before its closing fence."""

    language: str
    code: str
    closed: bool = True


@dataclass(frozen=True)
class Reply:
    """One answer. `seed` repeats it; `notes` say what the user should know about how it was made.

    `cell` is the code to offer where it is another one than the blocks of the text hold. `badge` says
    what trying the code showed, `origin` who had the idea; None where nothing was tried. `replaces` is the
    id of the cell in the place of which the code may be put, where the frontend gives cells ids. `weights` is
    the sha256 of the model's file, if it is known, and `parameters` are those of the sampling.
    """

    text: str
    model: str = ""
    seed: int = 0
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
    cell: str = ""
    badge: Badge | None = None
    origin: Origin | None = None
    replaces: str = ""
    weights: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)

    @cached_property
    def code_blocks(self) -> tuple[CodeBlock, ...]:
        return parse_code_blocks(self.text)

    @property
    def python_blocks(self) -> tuple[CodeBlock, ...]:
        """The Python blocks; where none says so, those without a language."""
        blocks = self.code_blocks
        return tuple(b for b in blocks if b.language in PYTHON) or tuple(b for b in blocks if not b.language)

    @property
    def code(self) -> str:
        """The source of one cell: the Python blocks, or `cell`."""
        if self.cell:
            return self.cell
        return "\n\n".join(block.code.strip("\n") for block in self.python_blocks)


def parse_code_blocks(markdown: str) -> tuple[CodeBlock, ...]:
    """The fenced code blocks of a Markdown text, in order, nested ones included."""
    # Costs more to import than all modules of ours that are needed before the first answer.
    from markdown_it import MarkdownIt

    lines = markdown.splitlines()
    blocks = []
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "fence" and token.map is not None:
            last = lines[token.map[1] - 1].strip() if token.map[1] <= len(lines) else ""
            closed = (
                token.map[1] - token.map[0] > 1 and last.startswith(token.markup) and not last.strip(token.markup[0])
            )
            language = token.info.strip().split(maxsplit=1)[0].lower() if token.info.strip() else ""
            blocks.append(CodeBlock(language, token.content, closed))
    return tuple(blocks)
