"""A repair in words: the cause, the change, the cell."""

from __future__ import annotations

import difflib

from qwen_magic.language import Language, Words
from qwen_magic.prompt import fenced
from qwen_magic.repair.outcome import Repair
from qwen_magic.reply import Badge, Origin

_NOTHING = Words("No change was found that works.", "没有找到可行的修改。")
_BEST = Words("No change was found that works. The best one that was tried:", "没有找到可行的修改。试过的最好的一个：")
_BADGES = {
    Badge.CERTAIN: Words(
        "certain: it follows from the error; ran in a copy of the notebook",
        "确定：由错误直接得出，并已在笔记本副本中运行通过",
    ),
    Badge.VERIFIED: Words("verified: ran in a copy of the notebook", "已验证：在笔记本副本中运行通过"),
    Badge.RUNS: Words(
        "runs, unverified: check that it does what you mean", "可以运行，但未确认：请检查是否符合您的意图"
    ),
    Badge.UNTRIED: Words("not tried", "未试运行"),
    Badge.FAILS: Words("does not work yet", "仍然不能运行"),
}
_FROM = {
    Origin.RULE: Words("from the diagnosis, not from the model", "来自诊断，而非模型"),
    Origin.LINE: Words("a line of the model's", "来自模型的改动"),
    Origin.ANSWER: Words("the model's answer", "来自模型的回答"),
}


def text(repair: Repair, language: Language) -> str:
    """The answer in Markdown; its one Python block is the whole changed cell, if that works."""
    diagnosis = repair.failure.diagnosis
    parts = [diagnosis.cause[language]] if diagnosis else []
    if not repair.attempt:
        return "\n\n".join([*parts, _NOTHING[language], *([diagnosis.hint[language]] if diagnosis else [])])
    difference = fenced(_diff(repair.failure.cell, repair.cell), "diff")
    parts += [_BEST[language], difference] if repair.badge is Badge.FAILS else [difference, fenced(repair.cell)]
    return "\n\n".join(parts)


def note(repair: Repair, language: Language) -> str:
    """The badge in words: how far to trust the cell, and whose idea it was."""
    said = [_BADGES[repair.badge][language]]
    if repair.attempt:
        trial = repair.attempt.trial
        if repair.badge is Badge.UNTRIED and trial.reason:
            said[0] += f": {trial.reason[language]}"
        if repair.badge is Badge.FAILS and trial.failure:
            said[0] += f": {trial.failure.error}"
        said.append(_FROM[repair.attempt.candidate.origin][language])
    return " · ".join(said)


def _diff(before: str, after: str) -> str:
    """Changed lines with a line around them, without the header for files."""
    lines = difflib.unified_diff(before.rstrip().split("\n"), after.rstrip().split("\n"), n=1, lineterm="")
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))
