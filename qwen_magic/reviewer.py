"""The use case behind every answer with code: check it, try it, mend it, draw others where examples fail."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from qwen_magic.assistant import Prompt, same
from qwen_magic.checks import Finding, summary
from qwen_magic.diagnosis.names.needed import with_imports
from qwen_magic.diagnosis.tables.in_place import with_columns_assigned
from qwen_magic.documentation import documented
from qwen_magic.engines.base import Engine
from qwen_magic.language import Language, Words
from qwen_magic.prompt import Question, fenced, own_words
from qwen_magic.reply import PYTHON, Finish, Origin, Reply
from qwen_magic.review import Review, best, note, verdict
from qwen_magic.revision import TRIAL_SECONDS, Revision
from qwen_magic.suite import suite
from qwen_magic.targets import missing
from qwen_magic.trial import TrialResult, TrialRunner
from qwen_magic.wanted import Wanted, wanted

_TRYING = Words("trying the code …", "正在试运行……")
_DOCUMENTED = Words("The cell with this documentation, and nothing else changed:", "只加上这些文档、其余不变的单元格：")
_TESTS = Words("The tests as they were run:", "实际运行的测试：")
NOTHING = Wanted()


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
        prompt: Prompt,
        engine: Engine,
        progress: Callable[[str], None],
    ) -> Reply:
        """The answer with what its review showed; better code, if some was found, follows in its text."""
        language = question.language
        progress(_TRYING[language])
        if question.task.verb == "test":
            return self._tested(reply, question)
        if question.task.verb == "doc":
            return self._documented(reply, question)
        if question.task.verb == "explain":
            # An explanation shows what fails and then what does not: only the last counts, and it is no order to mend.
            blocks = [block.code for block in reply.code_blocks if block.language in PYTHON or not block.language]
            return _noted(reply, self.review(blocks[-1].strip("\n")), language)
        asked = wanted(question.words, self.notebook)
        reviews = [self.review(reply.code, asked)]
        for review in self._others(reviews[0], question, prompt, asked, engine):
            reviews.append(review)
            progress(f"{_TRYING[language]} {len(reviews)}")
        chosen = best(reviews)
        if chosen is not reviews[0]:
            reply = _followed(reply, verdict(reviews[0], language), chosen.code)
        return _noted(reply, chosen, language)

    def _others(
        self, first: Review, question: Question, prompt: Prompt, asked: Wanted, engine: Engine
    ) -> Iterator[Review]:
        """Reviews of other code, until one is good, where the first is not."""
        if first.good or _lacks(first):
            return
        until = self.clock() + self.seconds

        def review(code: str) -> Review:
            return self.review(code, asked)

        def done() -> bool:
            return self.clock() > until

        revision = Revision(question, prompt, asked, engine, self.trials, review, self.notebook, done)
        # Closed at once when one of them is good: the engine takes no other question before.
        with closing(revision.run(first)) as others:
            for other in others:
                yield other
                if other.good:
                    return

    def _tested(self, reply: Reply, question: Question) -> Reply:
        """An answer that is tests, run after the cell that they test. One that fails may have found something."""
        cut = reply.usage.finish is Finish.LENGTH and not reply.code_blocks[-1].closed
        tests = suite(reply.code, question.context.cell, cut=cut)
        above = f"{question.context.cell}\n\n"
        code = with_imports(tests.code, self.undefined(above + tests.code)) if tests.code else reply.code
        trial = self.trials.run(above + code, tests.calls, TRIAL_SECONDS)
        skipped = above.count("\n")
        findings = [replace(each, line=each.line - skipped) for each in self.check(above + code) if each.line > skipped]
        review = Review(code, trial, tuple(findings), tests=True, remarks=tests.remarks)
        if not same(code, reply.code):
            reply = _followed(reply, _TESTS[question.language], code)
        return _noted(reply, review, question.language)

    def _documented(self, reply: Reply, question: Question) -> Reply:
        """The user's own cell with the documentation of an answer; what fails in it is not what was asked about."""
        cell, prompt = question.context.cell.strip("\n"), own_words(question)
        review = self._as_it_is(documented(cell, reply.code, self.undefined, prompt))
        if not review.trial.ran or review.findings:
            # A type hint is evaluated where it stands.
            bare = documented(cell, reply.code, self.undefined, prompt, hints=False)
            other = self._as_it_is(bare) if bare != review.code else review
            review = review if _outcome(other) == _outcome(review) else other
        if not same(review.code, reply.code) and not same(review.code, cell):
            reply = _followed(reply, _DOCUMENTED[question.language], review.code)
        return _noted(reply, review, question.language)

    def _as_it_is(self, code: str) -> Review:
        return Review(code, self.trials.run(code, seconds=TRIAL_SECONDS), self.check(code))

    def review(self, code: str, asked: Wanted = NOTHING) -> Review:
        """Check code and try it, with the standard imports that it lacks."""
        code = with_imports(with_columns_assigned(code), self.undefined(code))
        trial = self.trials.run(code, [example.check for example in asked.examples], TRIAL_SECONDS)
        return Review(code, trial, self.check(code), _missing(code, asked, trial))


def _outcome(review: Review) -> tuple[object, ...]:
    failure = review.trial.failure
    return review.trial.ending, failure and failure.error, [finding.message for finding in review.findings]


def _missing(code: str, asked: Wanted, trial: TrialResult) -> tuple[str, ...]:
    """The names that were asked for and that code does not bind, or binds to nothing, as to what `print` returns."""
    nothing = {variable.name for variable in trial.variables if variable.type == "NoneType"}
    absent = missing(code, asked.names)
    return tuple(name for name in asked.names if name in absent or name in nothing)


def _lacks(review: Review) -> bool:
    """Whether what is missing is not in the code: a file of the user's, a library to be installed."""
    failure = review.trial.failure
    return failure is not None and failure.ename in ("FileNotFoundError", "ModuleNotFoundError")


def _followed(reply: Reply, words: str, code: str) -> Reply:
    """The answer, as it was streamed, with other code behind it, its last block closed where it is not."""
    blocks, text = reply.code_blocks, reply.text
    if blocks and not blocks[-1].closed:
        fence = re.findall(r"^\s*(`{3,}|~{3,})", text, re.MULTILINE)[-1]
        text += fence if text.endswith("\n") else f"\n{fence}"
    gap = "\n\n"[len(text) - len(text.rstrip("\n")) :]
    return replace(reply, text=f"{text}{gap}{words}\n\n{fenced(code)}")


def _noted(reply: Reply, review: Review, language: Language) -> Reply:
    said = (*reply.notes, note(review, language), summary(review.findings, language))
    return replace(reply, notes=tuple(filter(None, said)), cell=review.code, badge=review.badge, origin=Origin.ANSWER)
