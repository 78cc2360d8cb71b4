"""What was asked and answered in this notebook so far, and how much of it fits into a prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qwen_magic.messages import Message, Role


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer; `key` names the cell that asked."""

    key: str
    question: str
    answer: str

    def messages(self) -> Iterator[Message]:
        yield Message(Role.USER, self.question)
        yield Message(Role.ASSISTANT, self.answer)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of a notebook, oldest first. It never changes; a new turn makes a new conversation."""

    turns: tuple[Turn, ...] = ()

    def __len__(self) -> int:
        return len(self.turns)

    def with_turn(self, turn: Turn) -> Conversation:
        """With one more turn, in the place of the turn of the same cell if that asked before."""
        keys = [t.key for t in self.turns]
        if turn.key not in keys:
            return Conversation((*self.turns, turn))
        at = keys.index(turn.key)
        return Conversation((*self.turns[:at], turn, *self.turns[at + 1 :]))

    def before(self, key: str) -> Conversation:
        """What came before a cell's turn: a cell that asks again does not know its old answer."""
        keys = [t.key for t in self.turns]
        return Conversation(self.turns[: keys.index(key)]) if key in keys else self

    def fit(
        self, first: Sequence[Message], last: Message, budget: int, count: Callable[[Sequence[Message]], int]
    ) -> tuple[list[Message], int]:
        """Messages of at most `budget` tokens - first, turns, last - and how many turns had to go.

        The oldest turns go first. `first` and `last` stay, even where they alone are too much.
        """
        for dropped in range(len(self.turns) + 1):
            history = [message for turn in self.turns[dropped:] for message in turn.messages()]
            messages = [*first, *history, last]
            if dropped == len(self.turns) or count(messages) <= budget:
                break
        return messages, dropped
