"""What checking and trying the code of an answer showed: plain data, and words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qwen_magic.checks.finding import Finding
from qwen_magic.language import Language, Words
from qwen_magic.reply import Badge
from qwen_magic.trial import CheckResult, Ending, TrialResult

# Of answers for which one example held, half were wrong; two, one in four; three or more, one in forty: see
# benchmarks/RESULTS.md.
ENOUGH = 3
_COLON = Words(": ", "：")
_SEMICOLON = Words("; ", "；")
_FAILING = 3  # tests that are named with what is wrong
_ENDINGS = {
    Ending.RAN: Words("ran in a copy of the notebook", "已在笔记本副本中运行通过"),
    Ending.RAISED: Words("fails in a copy of the notebook", "在笔记本副本中运行出错"),
    Ending.TIMEOUT: Words("took too long in a copy of the notebook", "在笔记本副本中运行超时"),
    Ending.MEMORY: Words("took too much memory in a copy of the notebook", "在笔记本副本中占用内存过多"),
    Ending.EXITED: Words("would end the kernel", "会使内核退出"),
    Ending.NOT_TRIED: Words("not tried", "未试运行"),
}


@dataclass(frozen=True, slots=True)
class Review:
    """Code, what reading it showed, and what came of running it and then the examples of the request.

    `missing`: names that the request wants its results under and that the code does not bind.
    `tests`: what ran after it were not examples of the request but tests that the code itself is.
    `remarks`: what else the user should know of the code.
    """

    code: str
    trial: TrialResult
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    tests: bool = False
    remarks: tuple[Words, ...] = ()

    @property
    def passed(self) -> int:
        """Examples that hold."""
        return sum(check.passed for check in self.trial.checks)

    @property
    def failing(self) -> CheckResult | None:
        """The first example that does not hold."""
        return next((check for check in self.trial.checks if not check.passed), None)

    @property
    def good(self) -> bool:
        """Whether there is nothing to mend that anybody knows of."""
        tried = self.trial.ending is Ending.NOT_TRIED or (self.trial.ran and self.failing is None)
        return tried and not self.missing

    @property
    def value(self) -> tuple[bool, int, int]:
        """Larger is better."""
        return self.trial.ran, self.passed, -len(self.missing)

    @property
    def badge(self) -> Badge:
        """How far the code can be trusted: examples that hold are evidence, running alone is not."""
        if self.trial.ending is Ending.NOT_TRIED:
            return Badge.UNTRIED
        if not self.trial.ran or self.failing:
            return Badge.FAILS
        enough = 1 if self.tests else ENOUGH
        return Badge.VERIFIED if len(self.trial.checks) >= enough and not self.missing else Badge.RUNS


def note(review: Review, language: Language) -> str:
    """One line: how the trial ended, how many examples hold, and the first that does not."""
    return " · ".join(_said(review, language))


def verdict(review: Review, language: Language) -> str:
    """The same as a sentence, about code that stands above it and that something better follows."""
    said = _SEMICOLON[language].join(_said(review, language)).rstrip(".。")
    was = "was " if review.trial.ending is Ending.NOT_TRIED else ""
    return Words(f"The code above {was}{said}. This works better:", f"上面的代码{said}。下面的更好：")[language]


def _said(review: Review, language: Language) -> list[str]:
    trial = review.trial
    said = [_ENDINGS[trial.ending][language]]
    if trial.reason and not trial.ran:
        said[0] += f"{_COLON[language]}{trial.reason[language]}"
    elif trial.failure:
        said[0] += f"{_COLON[language]}{trial.failure.error}"
    if trial.checks:
        said.append(_count(review.passed, len(trial.checks), review.tests)[language])
    for each in _failed(review):
        name = f"{each.code.removesuffix('()')}{_COLON[language]}" if review.tests else ""
        said.append(f"{name}{each.error}")
    if review.missing:
        names = ", ".join(review.missing)
        said.append(Words(f"nothing is stored in {names}", f"没有给 {names} 赋值")[language])
    return [*said, *(remark[language] for remark in review.remarks)]


def _count(passed: int, total: int, tests: bool) -> Words:
    if not tests:
        return Words(f"{passed} of {total} examples hold", f"{total} 个例子中 {passed} 个成立")
    failed = total - passed
    if not failed:
        return Words(f"{passed} of {total} tests pass", f"{total} 个测试中 {passed} 个通过")
    may = "fails: it may" if failed == 1 else "fail: they may"
    wrong = "be wrong itself" if failed == 1 else "be wrong themselves"
    return Words(
        f"{failed} of {total} tests {may} have found a mistake in the code, or {wrong}",
        f"{total} 个测试中 {failed} 个不通过：可能发现了代码中的错误，也可能测试本身有误",
    )


def _failed(review: Review) -> list[CheckResult]:
    failed = [check for check in review.trial.checks if not check.passed]
    return failed[: _FAILING if review.tests else 1]


def best(reviews: Sequence[Review]) -> Review:
    """The one to offer; of equal ones, the first."""
    return max(reviews, key=lambda review: review.value)
