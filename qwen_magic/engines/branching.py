"""Several continuations of one text at once: what a model would rather have written, and how likely texts are.

The continuations share the evaluated text and are computed together, one sequence of a batch each:
on two cores, sixteen tokens of a batch cost about as much as five alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np

from qwen_magic.engines.base import Continuation, Sampling, anything
from qwen_magic.engines.evaluator import MAX_SEQUENCES, Evaluator, Slot
from qwen_magic.engines.sampler import Logits, Sampler, seed_at
from qwen_magic.engines.vocabulary import Vocabulary

# Tokens that a continuation may be longer than the text that it takes the place of.
_LONGER = 24
_ALTERNATIVES = 5  # tried at each position
_AT_ONCE = 16  # samples drawn
# Natural log: a branch that is so much less likely than the best finished one is not worth its steps,
_HOPELESS = 9.0
# nor is one that is so unlikely by itself: of repairs that were right, none had less than -8.
_UNLIKELY = -9.0


@runtime_checkable
class Branchable(Protocol):
    """A model with a context that can be cut back, and an evaluator that knows several sequences."""

    stopped: Callable[[], bool]

    @property
    def context(self) -> tuple[int, ...]: ...
    @property
    def evaluator(self) -> Evaluator: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    def tokenize(self, text: str, add_bos_token: bool | None = None, *, special: bool = True) -> list[int]: ...
    def eval_logits(self, tokens: Sequence[int]) -> Logits: ...
    def keep(self) -> None: ...
    def draw(self, token: int, guess: Sequence[int], **sampling: Any) -> list[int]: ...
    def rollback(self, position: int) -> None: ...


@dataclass
class _Branch:
    tokens: list[int]
    logprob: float
    sequence: int
    data: bytes = b""
    done: bool = False
    seed: int = 0


@dataclass
class Branching:
    """Looks ahead from where a model's context ends; the context is afterwards what it was before."""

    model: Branchable
    ends: Callable[[str], bool]
    """Whether a continuation is complete, asked after each of its tokens."""
    _branches: list[_Branch] = field(default_factory=list)

    def alternatives(self, text: str, count: int, least: Callable[[], float] = anything) -> Iterator[Continuation]:
        """Likely continuations that are not `text`, each as soon as it `ends`.

        The text itself is evaluated once. Wherever the model would rather have written another token,
        that token is branched off, and the likeliest `count` of these branches are finished greedily,
        as long as they are not less likely than `least` says.
        """
        model, start = self.model, len(self.model.context)
        old = model.tokenize(text, add_bos_token=False, special=False)
        first = _log_softmax(model.evaluator.logits())
        rows = [first, *map(_log_softmax, model.eval_logits(old)[:-1])]
        try:
            self._branch_off(old, rows, count, start)
            best, written = -np.inf, set[str]()
            while self._branches:
                for branch in sorted(self._take_done(), key=lambda each: -each.logprob):
                    best = max(best, branch.logprob)
                    made = branch.data.decode(errors="replace")
                    if made not in written:
                        written.add(made)
                        yield Continuation(made, branch.logprob, len(branch.tokens))
                self._give_up(max(best - _HOPELESS, _UNLIKELY, least()), len(old) + _LONGER)
                self._step(start)
        finally:
            self._branches.clear()
            self._forget(start)

    def _take_done(self) -> list[_Branch]:
        done = [branch for branch in self._branches if branch.done]
        self._branches = [branch for branch in self._branches if not branch.done]
        return done

    def _give_up(self, least: float, longest: int) -> None:
        """Leave branches that are too unlikely, which they only become more, or too long."""
        self._branches = [b for b in self._branches if b.logprob >= least and len(b.tokens) <= longest]

    def _branch_off(self, old: list[int], rows: Sequence[Logits], count: int, start: int) -> None:
        places = []
        so_far = 0.0
        for i, (row, token) in enumerate(zip(rows, old, strict=True)):
            best = np.argpartition(row, -_ALTERNATIVES)[-_ALTERNATIVES:]
            places += [(so_far + float(row[other]), i, int(other)) for other in best if other != token]
            so_far += float(row[token])
        places.sort(reverse=True)
        for sequence, (logprob, i, token) in enumerate(places[: min(count, MAX_SEQUENCES - 1)], 1):
            self.model.evaluator.branch(0, sequence, start + i)
            branch = _Branch(old[:i], logprob, sequence, b"".join(map(self.model.vocabulary.piece, old[:i])))
            self._branches.append(branch)
            self._append(branch, token)

    def _append(self, branch: _Branch, token: int) -> None:
        branch.tokens.append(token)
        if self.model.vocabulary.is_end(token):
            branch.done = True
            return
        branch.data += self.model.vocabulary.piece(token)
        branch.done = self.ends(branch.data.decode(errors="ignore"))

    def _step(self, start: int) -> None:
        """One more token for each branch."""
        slots = [Slot(b.tokens[-1], start + len(b.tokens) - 1, b.sequence, output=True) for b in self._branches]
        if not slots:
            return
        for branch, row in zip(self._branches, self.model.evaluator.evaluate_logits(slots), strict=True):
            scores = _log_softmax(row)
            token = int(scores.argmax())
            branch.logprob += float(scores[token])
            self._append(branch, token)

    def samples(self, count: int, sampling: Sampling) -> Iterator[str]:
        """So many continuations, each as soon as it `ends`, the model ends it, or it is too long.

        Several are drawn at once; where one is complete, the next begins, so that no batch is small for long.
        """
        model, start = self.model, len(self.model.context)
        sampler = Sampler(model.vocabulary.handle)
        first = model.evaluator.logits().copy()
        room = model.evaluator.context_length - start
        at_once = max(1, min(count, _AT_ONCE, room // sampling.max_tokens))
        free, numbers = list(range(at_once, 0, -1)), iter(range(1, count + 1))
        try:
            while True:
                for number in islice(numbers, len(free)):
                    branch = _Branch([], 0.0, free.pop(), seed=sampling.seed + number)
                    model.evaluator.branch(0, branch.sequence, start)
                    self._branches.append(branch)
                    self._append(branch, _drawn(sampler, first, branch, sampling))
                if not self._branches:
                    return
                for branch in self._branches:
                    branch.done = branch.done or len(branch.tokens) >= sampling.max_tokens
                complete = self._take_done()
                free += [branch.sequence for branch in complete]
                yield from (branch.data.decode(errors="replace") for branch in complete)
                slots = [Slot(b.tokens[-1], start + len(b.tokens) - 1, b.sequence, output=True) for b in self._branches]
                rows = model.evaluator.evaluate_logits(slots) if slots else ()
                for branch, row in zip(self._branches, rows, strict=True):
                    self._append(branch, _drawn(sampler, row, branch, sampling))
        finally:
            self._branches.clear()
            self._forget(start)

    def score(self, texts: Sequence[str]) -> list[float]:
        """The natural log of the probability of each text as a continuation, as the model sees it."""
        model, start = self.model, len(self.model.context)
        tokens = [model.tokenize(text, add_bos_token=False, special=False) for text in texts]
        common = next((i for i, row in enumerate(zip(*tokens, strict=False)) if len(set(row)) > 1), 0)
        shared = tokens[0][:common] if tokens else []
        first = _log_softmax(model.evaluator.logits())
        scores = [0.0] * len(texts)
        try:
            if shared:
                rows = [first, *map(_log_softmax, model.eval_logits(shared))]
                scores = [float(sum(row[t] for row, t in zip(rows, shared, strict=False)))] * len(texts)
                first = rows[-1]
            for i in range(0, len(texts), MAX_SEQUENCES - 1):
                group = range(i, min(i + MAX_SEQUENCES - 1, len(texts)))
                for n, added in zip(group, self._scored([tokens[n][common:] for n in group], first), strict=True):
                    scores[n] += added
        finally:
            self._forget(start)
        return scores

    def _scored(self, rests: Sequence[Sequence[int]], first: Logits) -> list[float]:
        position = len(self.model.context)
        slots = []
        for sequence, rest in enumerate(rests, 1):
            self.model.evaluator.branch(0, sequence, position)
            slots += [Slot(token, position + i, sequence, output=True) for i, token in enumerate(rest[:-1])]
        rows = iter(self.model.evaluator.evaluate_logits(slots)) if slots else iter(())
        scores = []
        for rest in rests:
            score = float(first[rest[0]]) if rest else 0.0
            for token in rest[1:]:
                score += float(_log_softmax(next(rows))[token])
            scores.append(score)
        return scores

    def _forget(self, position: int) -> None:
        for sequence in range(1, MAX_SEQUENCES):
            self.model.evaluator.rollback(0, sequence)
        self.model.rollback(position)


def _drawn(sampler: Sampler, logits: Logits, branch: _Branch, sampling: Sampling) -> int:
    return sampler.sample(
        logits,
        branch.tokens[-64:],
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        temperature=sampling.temperature,
        repetition_penalty=sampling.repetition_penalty,
        seed=seed_at(branch.seed, len(branch.tokens)),
    )


def _log_softmax(logits: Logits) -> Logits:
    shifted: Logits = logits - logits.max()
    scores: Logits = shifted - np.log(np.exp(shifted).sum())
    return scores
