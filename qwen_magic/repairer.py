"""The use case of `%qwen fix`: a failure becomes a search, the search an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.errors import PromptTooLong
from qwen_magic.language import Words
from qwen_magic.messages import Message, Role
from qwen_magic.prompt import Question, fenced, messages_for
from qwen_magic.renderers.base import Renderer, abandoned_on_error
from qwen_magic.repair import report
from qwen_magic.repair.outcome import Repair, outcome
from qwen_magic.repair.proposals import ModelProposals
from qwen_magic.repair.search import Search
from qwen_magic.reply import Finish, Reply, Usage
from qwen_magic.snapshot import Failure
from qwen_magic.trial import TrialRunner

_TRYING = Words("tried {n} changes …", "已试 {n} 处修改……")
_WHY = Words(
    "In one short sentence for a beginner: what caused the error?", "用一句简短的话告诉初学者：错误的原因是什么？"
)
_SENTENCE = 60  # tokens
_GREEDY = {"temperature": 0.0}  # the search takes what is likeliest, and draws nothing
_NO_MODEL = Words("diagnosis, no model", "诊断，未用模型")


@dataclass
class Repairer:
    """Repairs failed cells. `engine` is called only when the model is needed."""

    trials: TrialRunner
    engine: Callable[[], Engine]
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def answer(self, question: Question, failure: Failure, notebook: frozenset[str], renderer: Renderer) -> Reply:
        """Search for a repair, show it, and say how sure it is. What a `KeyboardInterrupt` stops is kept so far."""
        asked = _Asked(self.engine)
        renderer.start("")
        started = self.clock()

        def done() -> bool:
            return self.clock() > started + self.seconds

        search = Search(failure, self.trials, ModelProposals(question, asked, done), notebook, done)
        finish = Finish.STOP
        with abandoned_on_error(renderer):
            try:
                for _ in search.run():
                    renderer.progress(_TRYING[question.language].replace("{n}", str(len(search.attempts))))
            except KeyboardInterrupt:
                finish = Finish.INTERRUPTED
        repair = outcome(search, self.clock() - started)
        reply = self._reply(repair, question, asked, finish)
        renderer.write(reply.text)
        if repair.attempt and not failure.diagnosis and asked.name and finish is Finish.STOP:
            reply = replace(reply, text=reply.text + self._cause(question, repair, renderer))
        renderer.finish(reply)
        return reply

    def _cause(self, question: Question, repair: Repair, renderer: Renderer) -> str:
        """What the model says about the cause, in a sentence, where the diagnosis had nothing to say."""
        engine = self.engine()
        messages = (
            *messages_for(question, engine),
            Message(Role.ASSISTANT, fenced(repair.cell)),
            Message(Role.USER, _WHY[question.language]),
        )
        sampling = Sampling(temperature=0, max_tokens=_SENTENCE, stop=("\n", "。"))
        said = ""
        try:
            for piece in engine.stream(messages, sampling):
                shown = piece if said else f"\n\n{piece.lstrip()}"
                said += shown
                renderer.write(shown)
        except (KeyboardInterrupt, PromptTooLong):
            # The repair is there; a sentence less is no failure.
            return said
        return said

    def _reply(self, repair: Repair, question: Question, asked: _Asked, finish: Finish) -> Reply:
        language = question.language
        return Reply(
            report.text(repair, language),
            asked.name or _NO_MODEL[language],
            0,
            Usage(seconds=repair.seconds, finish=finish),
            (report.note(repair, language),) if repair.attempt else (),
            badge=repair.badge,
            origin=repair.attempt.candidate.origin if repair.attempt else None,
            replaces=question.context.cell_id,
            weights=asked.weights,
            parameters=_GREEDY if asked.name else {},
        )


@dataclass
class _Asked:
    """An engine that is loaded when it is asked for, and remembers that it was."""

    load: Callable[[], Engine]
    engine: Engine | None = None

    def __call__(self) -> Engine:
        self.engine = self.load()
        return self.engine

    @property
    def name(self) -> str:
        return self.engine.name if self.engine else ""

    @property
    def weights(self) -> str:
        return self.engine.weights if self.engine else ""
