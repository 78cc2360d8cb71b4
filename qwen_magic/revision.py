"""Other code for a request whose first code fails: mended by the diagnosis, drawn again, or searched for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from qwen_magic.assistant import Prompt
from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.prompt import Question
from qwen_magic.repair.proposals import ModelProposals
from qwen_magic.repair.search import Search
from qwen_magic.review import Review
from qwen_magic.snapshot import Failure
from qwen_magic.targets import named
from qwen_magic.tasks import TASKS
from qwen_magic.trial import TrialRunner
from qwen_magic.wanted import Wanted

SAMPLES = 48
# HumanEval papers sample at 0.6 to 0.8 where several answers may be tried: https://arxiv.org/abs/2107.03374, figure 5.
TEMPERATURE = 0.7
# Of 45 answers that were right, one was longer; the shorter they may be, the more are drawn at once.
MAX_TOKENS = 256
TRIAL_SECONDS = 5.0


@dataclass(frozen=True)
class Revision:
    """One request, the prompt that it became, and who can try and review other code for it."""

    question: Question
    prompt: Prompt
    wanted: Wanted
    engine: Engine
    trials: TrialRunner
    review: Callable[[str], Review]
    notebook: frozenset[str]
    done: Callable[[], bool]

    def run(self, first: Review) -> Generator[Review, None, None]:
        """Reviews of other code, one by one, until the time is up; the first review is not among it."""
        yield from self._mended(first)
        if self.question.task.verb == "code":
            yield from self._redrawn(first.code)
        if first.trial.failure is not None:
            fix = replace(self.question, task=TASKS["fix"])
            yield from self._mended(first, ModelProposals(fix, lambda: self.engine, self.done))

    def _redrawn(self, first: str) -> Generator[Review, None, None]:
        """Other answers to the same prompt, each also as the diagnosis would mend it."""
        seen = {first}
        messages, beginning = self.prompt.messages, self.prompt.beginning
        sampling = Sampling(TEMPERATURE, repetition_penalty=1.0, seed=1, max_tokens=MAX_TOKENS, stop=("```",))
        for text in self.engine.samples(messages, sampling, SAMPLES, prefill=beginning, stopped=self.done):
            if (code := text.strip("\n").rstrip()) and code not in seen:
                seen.add(code)
                review = self.review(code)
                yield review
                yield from self._mended(review)

    def _mended(self, review: Review, proposals: ModelProposals | None = None) -> Iterator[Review]:
        """The code with its result under the name that was asked for, or after the search that repairs failed cells."""
        if len(review.missing) == 1 and review.trial.ran:
            code = named(review.code, review.missing[0], self.notebook)
            if code != review.code:
                yield self.review(code)
            return
        failure, added = self._failure(review)
        if failure is None:
            return
        search = Search(failure, self.trials, proposals, self.notebook, self.done)
        for attempt in search.run():
            cell = attempt.candidate.cell
            if attempt.works and cell.endswith(added):
                yield self.review(cell.removesuffix(added))

    def _failure(self, review: Review) -> tuple[Failure | None, str]:
        """What raised, in the code or in what an example runs, and what of the example was added to the code."""
        if review.trial.failure is not None:
            return review.trial.failure, ""
        failing = review.failing
        run = next((each.code for each in self.wanted.examples if failing and each.check == failing.code), "")
        if not run:
            return None, ""
        added = f"\n\n{run}"
        return self.trials.run(review.code + added, seconds=TRIAL_SECONDS).failure, added
