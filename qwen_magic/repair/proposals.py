"""What a model proposes for a failed cell: other lines, the whole cell, an order of candidates."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.messages import Message
from qwen_magic.prompt import CODE, Question, messages_for
from qwen_magic.repair.meanwhile import meanwhile
from qwen_magic.repair.search import BRANCHES
from qwen_magic.repair.source import Lines, complete
from qwen_magic.reply import parse_code_blocks
from qwen_magic.snapshot import Failure

# Tokens of a whole-cell answer beyond those of the cell.
_MORE_TOKENS = 64


@dataclass
class ModelProposals:
    """Asks a model about a failed cell, and about cells that came of it. `engine` is called when it is first needed."""

    question: Question
    engine: Callable[[], Engine]
    stopped: Callable[[], bool]

    def lines(self, failure: Failure, target: Lines, least: Callable[[], float]) -> Iterator[tuple[str, float]]:
        messages, prefill = self.prompt(failure, target)
        over = threading.Event()
        found = self.engine().alternatives(
            messages,
            prefill,
            target.text(failure.cell) + "\n",
            BRANCHES,
            ends=complete,
            least=least,
            stopped=lambda: over.is_set() or self.stopped(),
        )
        # While one is tried, the next ones are written.
        with closing(meanwhile(found, over)) as each_soon:
            for each in each_soon:
                yield each.text.partition("```")[0].rstrip(), each.logprob

    def answer(self, failure: Failure) -> str:
        engine, messages = self.engine(), self._messages(failure)
        tokens = engine.count([Message(messages[-1].role, failure.cell)]) + _MORE_TOKENS
        sampling = Sampling(temperature=0, repetition_penalty=1.0, max_tokens=tokens, stop=("```",))
        text = "".join(engine.stream(messages, sampling, prefill=CODE, stopped=self.stopped))
        blocks = parse_code_blocks(f"{CODE}{text}")
        return "" if self.stopped() else blocks[0].code.rstrip("\n") if blocks else ""

    def rank(self, failure: Failure, cells: Sequence[str]) -> list[float] | None:
        shared, texts = _differences(cells)
        messages = self._messages(failure)
        return self.engine().score(messages, CODE + shared, texts, stopped=self.stopped)

    def prompt(self, failure: Failure, target: Lines) -> tuple[tuple[Message, ...], str]:
        """What the model reads before it proposes other lines, and what of the cell it seems to have written."""
        return self._messages(failure), CODE + target.before(failure.cell)

    def _messages(self, failure: Failure) -> tuple[Message, ...]:
        context = replace(self.question.context, cell=failure.cell, failure=failure)
        return messages_for(replace(self.question, context=context), self.engine())


def _differences(cells: Sequence[str]) -> tuple[str, list[str]]:
    """The lines that cells begin with alike, and of each the rest down to where they go on alike."""
    split = [cell.split("\n") for cell in cells]
    head = 0
    while all(len(lines) > head for lines in split) and len({lines[head] for lines in split}) == 1:
        head += 1
    tail = 0
    while all(len(lines) > head + tail for lines in split) and len({lines[-1 - tail] for lines in split}) == 1:
        tail += 1
    shared = "".join(f"{line}\n" for line in split[0][:head])
    return shared, ["\n".join(lines[head : len(lines) - max(tail - 1, 0)]) + "\n" for lines in split]
