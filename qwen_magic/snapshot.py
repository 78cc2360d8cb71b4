"""What the notebook looked like when a question was asked: plain data, no live objects."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_magic.language import Words


@dataclass(frozen=True, slots=True)
class Variable:
    """A name of the notebook and a short description of its value; `literal` is code for the beginning of data."""

    name: str
    type: str
    description: str
    literal: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.type} = {self.description}" if self.description else f"{self.name}: {self.type}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The last frame of a traceback that is the user's own code.

    `source` are the lines around `line` (1-based), the first of which is number `first_line`.
    """

    function: str
    location: str
    line: int
    source: tuple[str, ...]
    first_line: int
    variables: tuple[Variable, ...] = ()

    def marked(self) -> str:
        """The source with the failing line marked, as debuggers show it."""
        numbered = enumerate(self.source, self.first_line)
        return "\n".join(f"{'->' if n == self.line else '  '} {n:>4} {text}".rstrip() for n, text in numbered)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The whole cell with one change that answers its error.

    `certain`: nobody who meant this cell could have meant anything else, so it needs no model to choose it.
    """

    cell: str
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known about a failure without a model.

    `rule` names the rule that spoke, `cause` says in one sentence what is wrong and `hint` what to do
    about it; `rewrites` are the cells that would, the likeliest first.
    """

    rule: str
    cause: Words
    hint: Words
    rewrites: tuple[Rewrite, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that raised, kept after its traceback is gone. `line` is 1-based in `cell`.

    `cell_id` is the frontend's name for the cell, where it has one.
    """

    execution_count: int
    cell: str
    ename: str
    evalue: str
    traceback: str
    line: int | None = None
    frame: Frame | None = None
    causes: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    cell_id: str = ""

    @property
    def error(self) -> str:
        return f"{self.ename}: {self.evalue}" if self.evalue else self.ename

    def __str__(self) -> str:
        return self.traceback


@dataclass(frozen=True, slots=True)
class NotebookContext:
    """The cell in question, its failure if it failed, and the notebook variables that it uses.

    `cell_id` is the frontend's name for the cell, where it has one.
    """

    cell: str
    failure: Failure | None = None
    variables: tuple[Variable, ...] = ()
    cell_id: str = ""
