"""The use case: a question becomes a prompt, the prompt an answer, the answer a turn of the conversation."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from qwen_magic.conversation import Conversation, Turn
from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.language import Language, Words
from qwen_magic.messages import Message, Role
from qwen_magic.openings import opening
from qwen_magic.prompt import CLOSING, CODE, PROMPT_SHARE, Question, compose, data, system_message
from qwen_magic.renderers.base import Renderer, abandoned_on_error
from qwen_magic.reply import Finish, Reply, Usage, parse_code_blocks
from qwen_magic.snapshot import NotebookContext

UNCHANGED = Words(
    "The code is the same as before: the answer changes nothing.", "代码与原来相同：回答没有带来任何修改。"
)
# Seconds to wait for an engine that was stopped; it may be in the middle of a long prompt.
_LAST_WORDS = 0.15


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is about to see, and what of the conversation and the notebook it is not.

    `original` is the code that the answer is meant to change, if it is; `prefill` is put into the
    assistant's mouth (see `openings`); so is `data`, which is not shown.
    `replaces` is the id of the cell that `original` stands in.
    """

    messages: tuple[Message, ...]
    question: str
    left_out: tuple[str, ...] = ()
    original: str = ""
    prefill: str = ""
    data: str = ""
    replaces: str = ""
    language: Language = Language.ENGLISH

    @property
    def beginning(self) -> str:
        """What the model takes for the beginning of its answer."""
        return self.prefill + self.data


@dataclass
class Assistant:
    """Asks the engine and remembers the conversation of one notebook."""

    conversation: Conversation = field(default_factory=Conversation)

    def prompt(self, question: Question, engine: Engine, key: str, max_tokens: int, *, fresh: bool = False) -> Prompt:
        """The prompt of a question that the cell `key` asks. Raises `PromptTooLong`."""
        first = [system_message(question.language)]
        budget = max(engine.context_window - max_tokens, int(engine.context_window * PROMPT_SHARE))
        composed = compose(question, budget, lambda message: engine.count([*first, message]))
        use_history = question.task.history and not fresh
        history = self.conversation.before(key) if use_history else Conversation()
        messages, dropped = history.fit(first, composed.message, budget, engine.count)
        left_out = composed.left_out
        if dropped:
            left_out += (_dropped(dropped)[question.language],)
        context = question.context if question.task.changes else NotebookContext("")
        prefill = opening(question)
        if prefill not in ("", CODE) and engine.count([*messages, Message(Role.ASSISTANT, prefill)]) > budget:
            prefill = CODE
        rows = data(question.context.variables) if prefill == CODE else ""
        if rows and engine.count([*messages, Message(Role.ASSISTANT, rows)]) > budget:
            rows = ""
        return Prompt(
            tuple(messages),
            composed.text,
            left_out,
            original=context.cell,
            prefill=prefill,
            data=rows,
            replaces=context.cell_id,
            language=question.language,
        )

    def answer(
        self,
        prompt: Prompt,
        engine: Engine,
        sampling: Sampling,
        renderer: Renderer,
        key: str,
        reviewed: Callable[[Reply], Reply] = lambda reply: reply,
    ) -> Reply:
        """Stream the answer into the renderer and remember it as the turn of the cell `key`.

        `reviewed` may add to a complete answer before it is kept; what it adds to the text is shown too.
        On `KeyboardInterrupt` the answer ends where it is, is kept like any other, and says so in its usage.
        """
        renderer.start(engine.name)
        text: list[str] = []
        with abandoned_on_error(renderer):
            streaming = _Streaming(engine, prompt, sampling)
            try:
                for piece in _pieces(streaming, prompt):
                    if piece:
                        text.append(piece)
                        renderer.write(piece)
                    else:
                        renderer.progress("")
            except KeyboardInterrupt:
                if last := streaming.stop():
                    text.append(last if text else prompt.prefill + last)
                    renderer.write(text[-1])
            if prompt.prefill and streaming.usage(len(text)).finish is Finish.STOP and _is_open("".join(text)):
                text.append(CLOSING)
                renderer.write(CLOSING)
        reply = Reply(
            "".join(text),
            engine.name,
            sampling.seed,
            streaming.usage(len(text)),
            prompt.left_out,
            replaces=prompt.replaces,
            weights=engine.weights,
            parameters=sampling.parameters,
        )
        if reply.usage.finish is not Finish.INTERRUPTED:
            reply = _completed(reply, renderer, reviewed)
        if reply.code and same(reply.code, prompt.original):
            reply = replace(reply, notes=(*reply.notes, UNCHANGED[prompt.language]))
        if reply.text:
            self.conversation = self.conversation.with_turn(Turn(key, prompt.question, reply.text))
        renderer.finish(reply)
        return reply


def _pieces(streaming: _Streaming, prompt: Prompt) -> Iterator[str]:
    """What the user is to see of an answer, piece by piece; nothing of the data that it seems to begin with."""
    prefill = prompt.prefill
    for piece in streaming:
        # With the first piece, not before it: the time to that one is shown.
        yield prefill + (piece.lstrip("\n") if prompt.data and prefill else piece) if piece else ""
        prefill = "" if piece else prefill


def _is_open(text: str) -> bool:
    blocks = parse_code_blocks(text)
    return bool(blocks) and not blocks[-1].closed


def _dropped(turns: int) -> Words:
    oldest = "The oldest turn" if turns == 1 else f"The {turns} oldest turns"
    return Words(
        f"{oldest} of the conversation did not fit into the context window.",
        f"对话中最早的 {turns} 轮超出了上下文窗口，未包含在内。",
    )


def _completed(reply: Reply, renderer: Renderer, reviewed: Callable[[Reply], Reply]) -> Reply:
    """The answer with what its review added, shown; without, if the review is interrupted."""
    with abandoned_on_error(renderer):
        try:
            complete = reviewed(reply)
            if added := complete.text.removeprefix(reply.text):
                renderer.write(added)
        except KeyboardInterrupt:
            return replace(reply, usage=replace(reply.usage, finish=Finish.INTERRUPTED))
    return complete


def same(code: str, original: str) -> bool:
    """Whether code differs in blank lines and line ends at most."""
    return [line.rstrip() for line in code.splitlines() if line.strip()] == [
        line.rstrip() for line in original.splitlines() if line.strip()
    ]


class _Streaming:
    """An engine at work in a thread of its own, so that the waiting thread can be interrupted at any moment.

    An empty piece says that there is nothing yet.
    """

    def __init__(self, engine: Engine, prompt: Prompt, sampling: Sampling) -> None:
        self._stopped = threading.Event()
        self._said: queue.SimpleQueue[str | Usage | BaseException] = queue.SimpleQueue()
        self._usage: Usage | None = None
        generator = engine.stream(prompt.messages, sampling, prefill=prompt.beginning, stopped=self._stopped.is_set)

        def work() -> None:
            try:
                while True:
                    self._said.put(next(generator))
            except StopIteration as end:
                self._said.put(end.value)
            except BaseException as error:  # noqa: BLE001 # raised again in the thread that waits
                self._said.put(error)

        threading.Thread(target=work, name="qwen_magic answer", daemon=True).start()

    def __iter__(self) -> Iterator[str]:
        while True:
            said = self._next()
            if isinstance(said, BaseException):
                raise said
            if isinstance(said, Usage):
                self._usage = said
                return
            yield said

    def _next(self) -> str | Usage | BaseException:
        try:
            # Without a timeout, Windows does not deliver an interrupt to a waiting thread.
            return self._said.get(timeout=0.1)
        except queue.Empty:
            return ""

    def stop(self) -> str:
        """Let the engine end, waiting for a moment. Gives its last words if it came to the end of the answer anyway."""
        self._stopped.set()
        last = ""
        with suppress(queue.Empty):
            while isinstance(said := self._said.get(timeout=_LAST_WORDS), str):
                last += said
            if isinstance(said, Usage):
                self._usage = said
        complete = self._usage is not None and self._usage.finish is not Finish.INTERRUPTED
        return last if complete else ""

    def usage(self, pieces: int) -> Usage:
        """What the engine reported; after `stop`, what is known without it."""
        return self._usage or Usage(completion_tokens=pieces, finish=Finish.INTERRUPTED)
