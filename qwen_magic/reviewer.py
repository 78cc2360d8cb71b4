"""The use case behind every answer with code: check it, try it, mend it, draw others where examples fail."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from qwen_magic.assistant import Prompt
from qwen_magic.checks import Finding, summary
from qwen_magic.diagnosis.names.needed import with_imports
from qwen_magic.diagnosis.tables.in_place import with_columns_assigned
from qwen_magic.engines.base import Engine
from qwen_magic.language import Language, Words
from qwen_magic.prompt import Question, fenced
from qwen_magic.repair.source import parse
from qwen_magic.reply import PYTHON, Origin, Reply
from qwen_magic.review import Review, best, note
from qwen_magic.revision import TRIAL_SECONDS, Revision
from qwen_magic.targets import missing
from qwen_magic.trial import TrialResult, TrialRunner
from qwen_magic.wanted import Wanted, wanted

_TRYING = Words("trying the code …", "正在试运行……")
_INSTEAD = Words("This works better; the code above:", "这样更好；上面的代码：")
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
        if question.task.verb == "explain":
            # An explanation shows what fails and then what does not: only the last counts, and it is no order to mend.
            blocks = [block.code for block in reply.code_blocks if block.language in PYTHON or not block.language]
            return _noted(reply, self.review(blocks[-1].strip("\n")), language)
        asked = wanted(question.words, self.notebook)
        reviews = [self.review(reply.code, asked)]
        for review in self._others(reviews[0], question, prompt, asked, engine):
            reviews.append(review)
            progress(f"{_TRYING[language]} {len(reviews)}")
        chosen, text = best(reviews), reply.text
        if chosen is not reviews[0]:
            failed = note(reviews[0], language)
            text = f"{text.rstrip()}\n\n{_INSTEAD[language]} {failed}\n\n{fenced(chosen.code)}"
        return _noted(replace(reply, text=text), chosen, language)

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
        above = f"{question.context.cell}\n\n"
        code = with_imports(reply.code, self.undefined(above + reply.code))
        trial = self.trials.run(above + code, calls_of_tests(code), TRIAL_SECONDS)
        skipped = above.count("\n")
        findings = [replace(each, line=each.line - skipped) for each in self.check(above + code) if each.line > skipped]
        return _noted(reply, Review(code, trial, tuple(findings), tests=True), question.language)

    def review(self, code: str, asked: Wanted = NOTHING) -> Review:
        """Check code and try it, with the standard imports that it lacks."""
        code = with_imports(with_columns_assigned(code), self.undefined(code))
        trial = self.trials.run(code, [example.check for example in asked.examples], TRIAL_SECONDS)
        return Review(code, trial, self.check(code), _missing(code, asked, trial))


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


def _missing(code: str, asked: Wanted, trial: TrialResult) -> tuple[str, ...]:
    """The names that were asked for and that code does not bind, or binds to nothing, as to what `print` returns."""
    nothing = {variable.name for variable in trial.variables if variable.type == "NoneType"}
    absent = missing(code, asked.names)
    return tuple(name for name in asked.names if name in absent or name in nothing)


def _lacks(review: Review) -> bool:
    """Whether what is missing is not in the code: a file of the user's, a library to be installed."""
    failure = review.trial.failure
    return failure is not None and failure.ename in ("FileNotFoundError", "ModuleNotFoundError")


def _noted(reply: Reply, review: Review, language: Language) -> Reply:
    said = (*reply.notes, note(review, language), summary(review.findings, language))
    return replace(reply, notes=tuple(filter(None, said)), cell=review.code, badge=review.badge, origin=Origin.ANSWER)
