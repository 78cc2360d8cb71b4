from __future__ import annotations

import math
from dataclasses import replace

import pytest

from qwen_magic.language import Words
from qwen_magic.repair.outcome import outcome
from qwen_magic.repair.search import Search
from qwen_magic.reply import Badge, Origin
from qwen_magic.snapshot import Diagnosis, Failure, Rewrite, Variable
from qwen_magic.trial import Ending, TrialResult

CELL = "ages = ['31', '17']\nadults = [a for a in ages if a >= 18]"
FIXED = CELL.replace("a >= 18", "int(a) >= 18")
OTHER = CELL.replace("18", "'18'")


def failure(cell=CELL, line=2, rewrites=()):
    words = Words("ages are text", "ages 是文本")
    diagnosis = Diagnosis("operands", words, words, tuple(rewrites)) if rewrites else None
    return Failure(1, cell, "TypeError", "str and int", "", line=line, diagnosis=diagnosis)


class Trials:
    """Says of each cell what it was told; any other raises where the failed cell did."""

    def __init__(self, **results):
        self.results = results
        self.tried = []

    def run(self, cell, checks=(), seconds=5.0):
        self.tried.append(cell)
        return self.results.get(cell) or TrialResult(Ending.RAISED, failure=failure(cell))


class Proposals:
    def __init__(self, lines=(), answer="", scores=None):
        self._lines, self._answer, self._scores = lines, answer, scores
        self.asked, self.least = [], []

    def lines(self, failure, target, least):
        self.asked.append((failure.cell, target))
        for line in self._lines:
            yield line
            self.least.append(least())

    def answer(self, failure):
        self.asked.append("answer")
        return self._answer

    def rank(self, failure, cells):
        self.asked.append("rank")
        return self._scores and [self._scores[cell] for cell in cells]


def ran(description="['31']"):
    return TrialResult(Ending.RAN, variables=(Variable("adults", "list", description),))


def trials(**more):
    return Trials(**{FIXED: ran(), **more})


def search(failed, tried, proposals=None, **more):
    made = Search(failed, tried, proposals, **more)
    list(made.run())
    return made


def test_a_certain_rewrite_that_runs_ends_the_search_without_the_model():
    proposals = Proposals()
    made = search(failure(rewrites=[Rewrite(FIXED, certain=True), Rewrite(OTHER)]), trials(), proposals)
    assert outcome(made, 0).cell == FIXED
    assert outcome(made, 0).badge is Badge.CERTAIN
    assert proposals.asked == []
    assert len(made.attempts) == 1


def test_a_certain_rewrite_that_does_not_run_is_not_offered_as_certain():
    made = search(failure(rewrites=[Rewrite(OTHER, certain=True), Rewrite(FIXED)]), trials())
    assert outcome(made, 0).cell == FIXED
    assert outcome(made, 0).badge is not Badge.CERTAIN


def test_where_rewrites_come_to_the_same_nobody_needs_to_choose():
    same = FIXED.replace("int(a)", "float(a)")
    proposals = Proposals()
    made = search(failure(rewrites=[Rewrite(FIXED), Rewrite(same)]), trials(**{same: ran()}), proposals)
    assert outcome(made, 0).cell == FIXED
    assert proposals.asked == []


def test_where_they_differ_the_model_chooses():
    proposals = Proposals(scores={FIXED: -1.0, OTHER: -9.0})
    rewrites = [Rewrite(OTHER), Rewrite(FIXED)]
    made = search(failure(rewrites=rewrites), trials(**{OTHER: ran("['31', '17']")}), proposals)
    assert outcome(made, 0).cell == FIXED
    assert proposals.asked == ["rank"]


def test_what_a_rewrite_runs_into_is_diagnosed_in_turn():
    halfway = CELL.replace("['31', '17']", "list(('31', '17'))")
    further = failure(halfway, line=2, rewrites=[Rewrite(FIXED)])
    first = replace(failure(line=1), diagnosis=failure(rewrites=[Rewrite(halfway)]).diagnosis)
    made = search(first, trials(**{halfway: TrialResult(Ending.RAISED, failure=further)}))
    assert outcome(made, 0).cell == FIXED


def test_without_rewrites_the_models_lines_are_tried():
    proposals = Proposals(lines=[("adults = nonsense", -0.5), (FIXED.split("\n")[1], -1.0)])
    tried = trials()
    repair = outcome(search(failure(), tried, proposals), 0)
    assert repair.cell == FIXED
    assert repair.attempt.candidate.origin is Origin.LINE
    assert "adults = nonsense" in tried.tried[0]


def test_a_line_unlike_the_old_one_is_also_put_before_it():
    inserted = CELL.replace("adults", "ages = list(map(int, ages))\nadults")
    proposals = Proposals(lines=[("ages = list(map(int, ages))", -1.0)])
    assert outcome(search(failure(), trials(**{inserted: ran()}), proposals), 0).cell == inserted


def test_the_whole_answer_is_one_more_candidate():
    repair = outcome(search(failure(), trials(), Proposals(answer=FIXED)), 0)
    assert repair.cell == FIXED
    assert repair.attempt.candidate.origin is Origin.ANSWER


def test_what_worked_but_is_unlikely_does_not_end_the_search():
    unlikely = CELL.replace("a >= 18", "len(a) >= 18")
    proposals = Proposals(lines=[(unlikely.split("\n")[1], -9.0)], answer=FIXED)
    assert outcome(search(failure(), trials(**{unlikely: ran("[]")}), proposals), 0).cell == FIXED


def test_a_likely_line_needs_no_further_answers():
    proposals = Proposals(lines=[(FIXED.split("\n")[1], -1.0)])
    search(failure(), trials(), proposals)
    assert "answer" not in proposals.asked


def test_two_that_had_the_same_idea_are_believed():
    line = FIXED.split("\n")[1]
    other = FIXED.replace("a for a", "age for age").replace("int(a)", "int(age)")
    proposals = Proposals(lines=[(line, -7.0)], answer=other)
    repair = outcome(search(failure(), trials(**{other: ran()}), proposals), 0)
    assert repair.badge is Badge.VERIFIED


def test_what_swallows_the_error_is_not_even_tried():
    swallowed = f"try:\n    {CELL.replace(chr(10), chr(10) + '    ')}\nexcept TypeError:\n    pass"
    tried = trials()
    search(failure(), tried, Proposals(answer=swallowed))
    assert swallowed not in tried.tried


def test_nothing_that_works_is_said_so_with_the_best_that_was_tried():
    repair = outcome(search(failure(), trials(), Proposals(lines=[("adults = [a >= 18]", -1.0)])), 0)
    assert repair.badge is Badge.FAILS
    assert repair.attempt is not None


def test_a_cell_that_could_not_be_tried_is_offered_as_that():
    untried = TrialResult(Ending.NOT_TRIED, reason=Words("would write a.csv", "会写入文件 a.csv"))
    made = search(failure(rewrites=[Rewrite(FIXED, certain=True)]), Trials(**{FIXED: untried}))
    assert outcome(made, 0).badge is Badge.UNTRIED


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_time_that_is_up_ends_the_search(allowed):
    calls = iter([False] * allowed)
    proposals = Proposals(lines=[(f"adults = {n}", -1.0) for n in range(50)])
    made = search(failure(), trials(), proposals, done=lambda: next(calls, True))
    assert len(made.attempts) <= allowed


def test_a_model_that_has_proposed_much_is_not_asked_further():
    proposals = Proposals(lines=[(f"adults = {n}", -1.0) for n in range(50)])
    search(failure(), trials(), proposals)
    assert len([asked for asked in proposals.asked if asked != "answer"]) == 1
    assert "answer" not in proposals.asked


@pytest.mark.parametrize(("logprob", "least"), [(-1.0, -7.0), (-3.0, -3.0)])
def test_what_can_be_neither_better_nor_a_rival_need_not_be_finished(logprob, least):
    proposals = Proposals(lines=[("adults = None", -0.5), (FIXED.split("\n")[1], logprob)])
    search(failure(), trials(), proposals)
    assert proposals.least[:2] == [-math.inf, least]
