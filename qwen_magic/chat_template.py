"""Messages to a prompt, with what the template wrote kept apart from what people wrote.

A chat template is a Jinja program inside the model file, so it is rendered in a sandbox. What users
and notebooks say never goes through it: a placeholder does, and the text takes its place afterwards.
So nobody can close their turn by typing `<|im_end|>`, nor run Jinja by typing braces.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from qwen_magic.errors import BrokenModel
from qwen_magic.messages import Message, Role

# https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CHATML_STOP = ("<|im_end|>", "<|im_start|>")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt. Only in template text may special tokens be recognised."""

    text: str
    template: bool


class ChatTemplate:
    """A model's chat template; ChatML where the model brings none.

    Raises `BrokenModel` if the template is not valid Jinja, or asks for what the sandbox forbids.
    """

    def __init__(self, source: str | None, *, bos: str = "", eos: str = "") -> None:
        # Jinja takes a tenth of a second to import: only whoever renders a prompt pays for it.
        from jinja2 import TemplateError
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = _refuse
        self._special = {"bos_token": bos, "eos_token": eos}
        self.stop = () if source else CHATML_STOP
        try:
            self._template = environment.from_string(source or CHATML)
        except TemplateError as error:
            raise _unusable(error) from None

    def render(self, messages: Sequence[Message], prefill: str = "") -> list[Segment]:
        """The prompt up to where the assistant's answer begins, or goes on after `prefill`."""
        merged = list(messages)
        try:
            segments = self._render(merged)
        except BrokenModel:
            # Some templates (Gemma's) know no system role; its text then opens the first question.
            if [m.role for m in merged[:2]] != [Role.SYSTEM, Role.USER]:
                raise
            merged[:2] = [Message(Role.USER, f"{merged[0].content}\n\n{merged[1].content}")]
            segments = self._render(merged)
        return [*segments, Segment(prefill, template=False)] if prefill else segments

    def _render(self, messages: Sequence[Message]) -> list[Segment]:
        key = secrets.token_hex(8)
        standins = [{"role": str(m.role), "content": f"{key}x{i}x"} for i, m in enumerate(messages)]
        try:
            text = self._template.render(messages=standins, add_generation_prompt=True, **self._special)
        except Exception as error:  # noqa: BLE001 # a template is a program: it may raise anything
            raise _unusable(error) from None
        pieces = re.split(f"{key}x([0-9]+)x", text)
        if sorted(map(int, pieces[1::2])) != list(range(len(messages))):
            raise BrokenModel("The chat template of this model leaves messages out.", "Choose another: %qwen models.")
        segments: list[Segment] = []
        for i, piece in enumerate(pieces):
            segments += _said(messages[int(piece)]) if i % 2 else [Segment(piece, template=True)]
        return [s for s in segments if s.text]


def _said(message: Message) -> list[Segment]:
    """What was said, in two pieces where other prompts may share the first."""
    parts = message.content[: message.shared], message.content[message.shared :]
    return [Segment(part, template=False) for part in parts]


def _refuse(message: str) -> None:
    from jinja2 import TemplateError

    raise TemplateError(message)


def _unusable(error: Exception) -> BrokenModel:
    reason = " ".join(str(error).split()) or type(error).__name__
    return BrokenModel(f"The chat template of this model does not work: {reason}", "Choose another: %qwen models.")
