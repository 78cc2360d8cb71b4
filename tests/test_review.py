from __future__ import annotations

from qwen_magic.language import Language, Words
from qwen_magic.reply import Badge
from qwen_magic.review import Review, best, note, verdict
from qwen_magic.snapshot import Failure
from qwen_magic.trial import CheckResult, Ending, TrialResult

EN, ZH = Language.ENGLISH, Language.CHINESE
HOLDS = CheckResult("check()")
FAILS = CheckResult("check()", "f(3) gave 8, not 9")


def review(*checks, ending=Ending.RAN, **more):
    return Review("x = 1", TrialResult(ending, checks=checks), **more)


def test_three_examples_that_hold_are_evidence_and_two_or_running_alone_are_not():
    assert review(HOLDS, CheckResult("another()"), CheckResult("a_third()")).badge is Badge.VERIFIED
    assert review(HOLDS, CheckResult("another()")).badge is Badge.RUNS
    assert review(HOLDS, tests=True).badge is Badge.VERIFIED
    assert review().badge is Badge.RUNS
    assert review(HOLDS, FAILS).badge is Badge.FAILS
    assert review(ending=Ending.RAISED).badge is Badge.FAILS
    assert review(ending=Ending.NOT_TRIED).badge is Badge.UNTRIED


def test_the_note_names_the_first_example_that_fails():
    said = note(review(HOLDS, FAILS, CheckResult("check()", "f(4) gave 8, not 16")), EN)
    assert said == "ran in a copy of the notebook · 1 of 3 examples hold · f(3) gave 8, not 9"


def test_the_note_of_tests_names_those_that_fail_and_does_not_say_who_is_wrong():
    failing = CheckResult("test_b()", "AssertionError")
    said = note(review(CheckResult("test_a()"), failing, tests=True), EN)
    assert said == (
        "ran in a copy of the notebook · "
        "1 of 2 tests fails: it may have found a mistake in the code, or be wrong itself · test_b: AssertionError"
    )
    assert "2 of 2 tests fail: they may" in note(review(failing, failing, tests=True), EN)
    assert "2 of 2 tests pass" in note(review(HOLDS, HOLDS, tests=True), EN)
    said = note(review(HOLDS, failing, tests=True), ZH)
    assert "2 个测试中 1 个不通过：可能发现了代码中的错误，也可能测试本身有误 · test_b：AssertionError" in said


def test_the_note_ends_with_what_else_there_is_to_know():
    remarks = (Words("the last test was cut off", "最后一个测试没有写完"),)
    assert note(review(remarks=remarks), EN) == "ran in a copy of the notebook · the last test was cut off"


def test_the_verdict_is_a_sentence_about_the_code_above_it():
    failed = Review("x", TrialResult(Ending.RAISED, failure=Failure(1, "x", "NameError", "no x", "")))
    assert verdict(failed, EN) == "The code above fails in a copy of the notebook: NameError: no x. This works better:"
    assert verdict(failed, ZH) == "上面的代码在笔记本副本中运行出错：NameError: no x。下面的更好："
    wrong = review(FAILS)
    assert verdict(wrong, EN).startswith(
        "The code above ran in a copy of the notebook; 0 of 1 examples hold; f(3) gave"
    )
    assert verdict(review(ending=Ending.NOT_TRIED), EN) == "The code above was not tried. This works better:"


def test_the_note_says_why_it_failed_or_was_not_tried():
    failed = TrialResult(Ending.RAISED, failure=Failure(1, "x", "NameError", "no x", ""))
    assert note(Review("x", failed), EN) == "fails in a copy of the notebook: NameError: no x"
    untried = TrialResult(Ending.NOT_TRIED, reason=Words("would write a.csv", "会写入文件 a.csv"))
    assert note(Review("x", untried), EN) == "not tried: would write a.csv"


def test_the_best_runs_then_holds_most_then_came_first():
    raised, one, two = review(ending=Ending.RAISED), review(HOLDS, FAILS), review(HOLDS, HOLDS)
    assert best([raised, one, two, review(HOLDS, HOLDS)]) is two
