from __future__ import annotations

from dataclasses import replace

from qwen_magic.language import Language, Words
from qwen_magic.repair.attempt import Candidate, weigh
from qwen_magic.repair.intent import Change
from qwen_magic.repair.outcome import Repair
from qwen_magic.repair.report import note, text
from qwen_magic.reply import Badge, Origin, Reply
from qwen_magic.snapshot import Diagnosis, Failure
from qwen_magic.trial import Ending, TrialResult

EN, ZH = Language.ENGLISH, Language.CHINESE
DIAGNOSIS = Diagnosis(
    "name", Words("`totl` is not defined.", "`totl` 未定义。"), Words("Write `total`.", "应写 `total`。")
)
FAILURE = Failure(3, "a = 1\nb = 2\nprint(totl)", "NameError", "totl", "", line=3, diagnosis=DIAGNOSIS)


def repair(badge, trial=None, origin=Origin.RULE):
    trial = trial or TrialResult(Ending.RAN)
    attempt = weigh(FAILURE.cell, Candidate("a = 1\nb = 2\nprint(total)", origin), Change(), trial)
    return Repair(FAILURE, attempt, badge, 1, 0.1)


def test_cause_change_and_cell():
    shown = text(repair(Badge.VERIFIED), EN)
    assert shown == (
        "`totl` is not defined.\n\n```diff\n b = 2\n-print(totl)\n+print(total)\n```\n\n"
        "```python\na = 1\nb = 2\nprint(total)\n```"
    )
    assert Reply(shown).code == "a = 1\nb = 2\nprint(total)"


def test_the_same_in_chinese():
    assert text(repair(Badge.VERIFIED), ZH).startswith("`totl` 未定义。")
    assert note(repair(Badge.VERIFIED), ZH) == "已验证：在笔记本副本中运行通过 · 来自诊断，而非模型"


def test_what_does_not_work_is_shown_and_not_offered():
    failed = repair(Badge.FAILS, TrialResult(Ending.RAISED, failure=FAILURE), Origin.LINE)
    assert "No change was found that works" in text(failed, EN)
    assert "+print(total)" in text(failed, EN)
    assert Reply(text(failed, EN)).code == ""
    assert note(failed, EN) == "does not work yet: NameError: totl · a line of the model's"


def test_why_it_was_not_tried():
    untried = TrialResult(Ending.NOT_TRIED, reason=Words("would write a.csv", "会写入文件 a.csv"))
    assert note(repair(Badge.UNTRIED, untried), EN).startswith("not tried: would write a.csv · ")


def test_with_nothing_to_show_the_diagnosis_still_helps():
    nothing = replace(repair(Badge.FAILS), attempt=None)
    assert text(nothing, EN) == "`totl` is not defined.\n\nNo change was found that works.\n\nWrite `total`."


def test_a_fence_in_the_cell_does_not_end_the_block():
    cell = "print('''\n```\n''', totl)"
    failure = replace(FAILURE, cell=cell)
    fixed = cell.replace("totl", "total")
    attempt = weigh(cell, Candidate(fixed, Origin.RULE), Change(), TrialResult(Ending.RAN))
    assert Reply(text(Repair(failure, attempt, Badge.RUNS, 1, 0.1), EN)).code == fixed
