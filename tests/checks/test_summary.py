"""One line under a block of code."""

from __future__ import annotations

from qwen_magic.checks import Finding, Severity, check, summary
from qwen_magic.language import Language, Words


def finding(severity, line, text="odd"):
    return Finding("rule", severity, line, Words(text, "奇怪"))


def test_nothing_found_says_nothing():
    assert summary((), Language.ENGLISH) == ""


def test_both_languages():
    found = check("import math\nmath.sqroot(2)", {})
    assert summary(found, Language.ENGLISH) == "Checked: line 2: `math` has no `sqroot`, did you mean `sqrt`?"
    assert summary(found, Language.CHINESE) == "检查：第 2 行：`math` 没有 `sqroot`，是不是想写 `sqrt`？"


def test_the_worst_comes_first():
    found = [finding(Severity.WARNING, 1), finding(Severity.DANGER, 2), finding(Severity.ERROR, 3)]
    assert summary(found, Language.ENGLISH) == "Checked: line 3: odd · line 2: odd · line 1: odd"


def test_it_stays_short():
    found = [finding(Severity.ERROR, n, "something rather long to say " * 2) for n in range(1, 9)]
    line = summary(found, Language.ENGLISH)
    assert len(line) <= 120
    assert line.endswith("· 7 more")
    assert len(summary([finding(Severity.ERROR, 1, "x" * 500)], Language.ENGLISH)) == 120
