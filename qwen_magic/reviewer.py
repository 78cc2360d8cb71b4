"""The use case behind every answer with code: check it, try it, mend it, draw others where examples fail."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from qwen_magic.checks import Finding, summary
from qwen_magic.diagnosis.names.needed import with_imports
from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.examples import Example, examples
from qwen_magic.language import Language, Words
from qwen_magic.messages import Message
from qwen_magic.prompt import CODE, Question, fenced
from qwen_magic.repair.proposals import ModelProposals
from qwen_magic.repair.search import Search
from qwen_magic.repair.source import parse
from qwen_magic.reply import PYTHON, Origin, Reply
from qwen_magic.review import Review, best, note
from qwen_magic.sample_data import with_own_data
from qwen_magic.snapshot import Failure
from qwen_magic.tasks import TASKS
from qwen_magic.trial import TrialRunner

_TRYING = Words("trying the code …", "正在试运行……")
_OWN_DATA = Words("With the notebook's own data instead of made-up data:", "用笔记本中的数据代替编造的数据：")
_INSTEAD = Words("This works better; the code above:", "这样更好；上面的代码：")
SAMPLES = 8
ROUNDS = 3
# HumanEval papers sample at 0.6 to 0.8 where several answers may be tried: https://arxiv.org/abs/2107.03374, figure 5.
TEMPERATURE = 0.7
TRIAL_SECONDS = 5.0


@dataclass
class Reviewer:
    """Reviews the code of answers. `undefined`: the names that some code reads and nothing defines."""

    trials: TrialRunner
    check: Callable[[str], tuple[Finding, ...]]
    undefined: Callable[[str], Sequence[str]]
    notebook: frozenset[str]
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def reply(
        self,
        reply: Reply,
        question: Question,
        messages: Sequence[Message],
        engine: Engine,
        progress: Callable[[str], None],
    ) -> Reply:
        """The answer with what its review showed; better code, if some was found, follows in its text."""
        language, wanted = question.language, examples(question.words, self.notebook)
        progress(_TRYING[language])
        if question.task.verb == "test":
            return self._tested(reply, question)
        if question.task.verb == "explain":
            # An explanation shows what fails and then what does not: only the last counts, and it is no order to mend.
            blocks = [block.code for block in reply.code_blocks if block.language in PYTHON or not block.language]
            return _noted(reply, self.review(blocks[-1].strip("\n"), ()), language)
        text, code = reply.text, _with_own_data(reply.code, question)
        if code != reply.code:
            text = f"{text.rstrip()}\n\n{_OWN_DATA[language]}\n\n{fenced(code)}"
        reviews = [self.review(code, wanted)]
        if not reviews[0].good and not _lacks(reviews[0]):
            # Closed at once when one of them is good: the engine takes no other question before.
            with closing(self.improved(reviews[0], wanted, question, messages, engine)) as others:
                for review in others:
                    reviews.append(review)
                    progress(f"{_TRYING[language]} {len(reviews)}")
                    if review.good:
                        break
        chosen = best(reviews)
        if chosen is not reviews[0]:
            failed = note(reviews[0], language)
            text = f"{text.rstrip()}\n\n{_INSTEAD[language]} {failed}\n\n{fenced(chosen.code)}"
        return _noted(replace(reply, text=text), chosen, language)

    def _tested(self, reply: Reply, question: Question) -> Reply:
        """An answer that is tests, run after the cell that they test. One that fails may have found something."""
        above = f"{question.context.cell}\n\n"
        code = with_imports(reply.code, self.undefined(above + reply.code))
        trial = self.trials.run(above + code, calls_of_tests(code), TRIAL_SECONDS)
        skipped = above.count("\n")
        findings = [replace(each, line=each.line - skipped) for each in self.check(above + code) if each.line > skipped]
        return _noted(reply, Review(code, trial, tuple(findings), tests=True), question.language)

    def review(self, code: str, wanted: Sequence[Example]) -> Review:
        """Check code and try it, with the standard imports that it lacks."""
        code = with_imports(code, self.undefined(code))
        trial = self.trials.run(code, [example.check for example in wanted], TRIAL_SECONDS)
        return Review(code, trial, self.check(code))

    def improved(
        self, first: Review, wanted: Sequence[Example], question: Question, messages: Sequence[Message], engine: Engine
    ) -> Generator[Review, None, None]:
        """Other code, one by one, until the time is up; the first review is not among it."""
        until = self.clock() + self.seconds

        def done() -> bool:
            return self.clock() > until

        yield from self._mended(first, wanted, None, done)
        if wanted and question.task.verb == "code":
            yield from self._redrawn(first.code, wanted, question, messages, engine, done)
        if first.trial.failure is not None:
            fix = replace(question, task=TASKS["fix"])
            yield from self._mended(first, wanted, ModelProposals(fix, lambda: engine, done), done)

    def _redrawn(
        self,
        first: str,
        wanted: Sequence[Example],
        question: Question,
        messages: Sequence[Message],
        engine: Engine,
        done: Callable[[], bool],
    ) -> Generator[Review, None, None]:
        """Other answers to the same prompt, some at a time, each also as the diagnosis would mend it."""
        seen = {first}
        for seed in range(1, ROUNDS * SAMPLES, SAMPLES):
            sampling = Sampling(TEMPERATURE, repetition_penalty=1.0, seed=seed, max_tokens=400, stop=("```",))
            for text in engine.samples(messages, sampling, SAMPLES, prefill=CODE, stopped=done):
                code = _with_own_data(text.rstrip(), question)
                if code and code not in seen:
                    seen.add(code)
                    review = self.review(code, wanted)
                    yield review
                    yield from self._mended(review, wanted, None, done)
            if done():
                return

    def _mended(
        self,
        review: Review,
        wanted: Sequence[Example],
        proposals: ModelProposals | None,
        done: Callable[[], bool],
    ) -> Iterator[Review]:
        """The code after the same search that repairs failed cells, with the example that fails at its end."""
        failure, added = self._failure(review, wanted)
        if failure is None:
            return
        search = Search(failure, self.trials, proposals, self.notebook, done)
        for attempt in search.run():
            cell = attempt.candidate.cell
            if attempt.works and cell.endswith(added):
                yield self.review(cell.removesuffix(added), wanted)

    def _failure(self, review: Review, wanted: Sequence[Example]) -> tuple[Failure | None, str]:
        """What raised, in the code or in what an example runs, and what of the example was added to the code."""
        if review.trial.failure is not None:
            return review.trial.failure, ""
        failing = review.failing
        run = next((example.code for example in wanted if failing and example.check == failing.code), "")
        if not run:
            return None, ""
        added = f"\n\n{run}"
        return self.trials.run(review.code + added, seconds=TRIAL_SECONDS).failure, added


def calls_of_tests(code: str) -> list[str]:
    """Calls of the tests that pytest would find in a module, those that take fixtures left out."""
    tree = parse(code)
    calls = []
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test") and not _parameters(node):
            calls.append(f"{node.name}()")
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test")]
            calls += [f"{node.name}().{method.name}()" for method in methods if len(_parameters(method)) == 1]
    return calls


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _with_own_data(code: str, question: Question) -> str:
    return with_own_data(code, question.words, question.context.variables)


def _lacks(review: Review) -> bool:
    """Whether what is missing is not in the code: a file of the user's, a library to be installed."""
    failure = review.trial.failure
    return failure is not None and failure.ename in ("FileNotFoundError", "ModuleNotFoundError")


def _noted(reply: Reply, review: Review, language: Language) -> Reply:
    said = (*reply.notes, note(review, language), summary(review.findings, language))
    return replace(reply, notes=tuple(filter(None, said)), cell=review.code, badge=review.badge, origin=Origin.ANSWER)
