"""Cells that do not compile: small repairs are made, and those kept that do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.syntax.brackets import brackets
from qwen_magic.diagnosis.syntax.broken import Broken, Repair, problem
from qwen_magic.diagnosis.syntax.f_strings import f_strings
from qwen_magic.diagnosis.syntax.habits import habits
from qwen_magic.diagnosis.syntax.indentation import begins_indented, indentation
from qwen_magic.diagnosis.syntax.keywords import keywords
from qwen_magic.diagnosis.syntax.named_values import named_values
from qwen_magic.diagnosis.syntax.punctuation import pasted
from qwen_magic.diagnosis.syntax.quotes import quotes
from qwen_magic.diagnosis.syntax.side_by_side import side_by_side
from qwen_magic.diagnosis.syntax.statements import statements
from qwen_magic.snapshot import Diagnosis

_REPAIRS: Final[tuple[Callable[[Broken], Iterator[Repair]], ...]] = (
    pasted, f_strings, quotes, habits, statements, side_by_side, named_values, keywords, brackets, indentation,
)  # fmt: skip
_COMPILED: Final = 80
_ROUNDS: Final = 6
_LONG: Final = 20_000

_Way = tuple[Broken, tuple[Repair, ...]]


def not_python(evidence: Evidence) -> Iterator[Diagnosis]:
    """A SyntaxError of the cell itself."""
    if not isinstance(evidence.error, SyntaxError) or evidence.steps or len(evidence.cell) > _LONG:
        return
    broken = problem(evidence.cell)
    if broken is None and "unexpected indent" in evidence.message:
        yield from begins_indented(evidence.cell)
        return
    ways = list(_ways(broken)) if broken else []
    if not ways:
        return
    first = ways[0][0]
    yield diagnosis(first.kind, first.cause, first.hint, [way[-1].cell for way in ways], certain=_obvious(ways[0]))


def _ways(broken: Broken) -> Iterator[tuple[Repair, ...]]:
    """The repairs that lead to a cell that compiles, the fewest first."""
    open_ways: list[_Way] = [(broken, ())]
    seen = {broken.cell}
    guesses: list[tuple[Repair, ...]] = []
    left = _COMPILED
    for _ in range(_ROUNDS):
        further: list[_Way] = []
        found: list[tuple[Repair, ...]] = []
        for state, made in open_ways:
            for repair in _repairs(state):
                if repair.cell in seen or not left:
                    continue
                seen.add(repair.cell)
                left -= 1
                after = problem(repair.cell)
                if after is None:
                    found.append((*made, repair))
                elif repair.obvious or after.line > state.line:
                    further.append((after, (*made, repair)))
        # A way that is certain in each of its repairs comes before shorter guesses.
        guesses = sorted([*guesses, *found], key=lambda way: not _obvious(way))
        further = [way for way in further if not guesses or _obvious(way[1])]
        if guesses and (_obvious(guesses[0]) or not further):
            break
        open_ways = sorted(further, key=lambda way: (not way[1][-1].obvious, -way[0].line))[:3]
    yield from guesses


def _obvious(way: tuple[Repair, ...]) -> bool:
    return all(repair.obvious for repair in way)


def _repairs(broken: Broken) -> Iterator[Repair]:
    for kind in _REPAIRS:
        yield from kind(broken)
