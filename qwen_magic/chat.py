"""`%qwen chat`: one question after the other in the output of one cell, or at the prompt of a terminal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from IPython.core.error import StdinNotImplementedError

from qwen_magic import options
from qwen_magic.errors import NothingToWorkOn
from qwen_magic.language import Words
from qwen_magic.models import SCRIPTED
from qwen_magic.renderers import static
from qwen_magic.renderers.safe_markdown import quoted, small
from qwen_magic.session import Interrupted

if TYPE_CHECKING:
    from qwen_magic.session import Session

_OPENING = Words(
    "A conversation with {model}, which remembers what was asked in this notebook. %qwen reset forgets it.",
    "与 {model} 的对话，它记得本笔记本中问过的内容。%qwen reset 清空对话。",
)
_ELSEWHERE = Words("Ask with %%qwen chat and a question below it.", "请用 %%qwen chat 并在下面写问题来提问。")
_NOBODY = "There is nobody here to type a question."
_PROMPT = Words("you> ", "您> ")
_LEAVING = Words("An empty line ends the conversation.", "输入空行结束对话。")


class Chat:
    """The conversation of a session, for people who talk to it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self) -> None:
        """Begin: in a page, what the form for questions is put below; elsewhere, questions are read here.

        Raises `NothingToWorkOn` where neither can be.
        """
        session = self._session
        language, model = session.interface.language, session.settings.model
        opening = _OPENING[language].replace("{model}", "scripted" if model.startswith(SCRIPTED) else model)
        page = session.interface.page
        if page is None:
            self._read(opening)
            return
        marked = page.mark("chat")
        elsewhere = _ELSEWHERE[language]
        static.show(f"{small(opening)}\n\n{small(elsewhere, marked['mark'])}", f"{opening}\n{elsewhere}", marked)

    def say(self, question: str) -> None:
        """One question of a conversation in a page: shown as asked, then answered."""
        plain = "\n".join(f"> {line}" for line in question.strip().splitlines())
        static.show(quoted(question), plain, {"kind": "question"})
        self._ask(question)

    def _read(self, opening: str) -> None:
        language = self._session.interface.language
        print(f"{opening} {_LEAVING[language]}")  # noqa: T201 # what it says in a terminal
        while True:
            try:
                question = input(_PROMPT[language])
            except (EOFError, KeyboardInterrupt):
                return
            except StdinNotImplementedError:
                raise NothingToWorkOn(_NOBODY, "Ask with %qwen and a question.") from None
            if not question.strip():
                return
            if question.startswith("%"):
                self._session.shell.run_cell(question)  # type: ignore[no-untyped-call]  # IPython's
                continue
            with suppress(Interrupted):
                self._ask(question)

    def _ask(self, question: str) -> None:
        request = replace(options.parse("ask", "%qwen"), words=question)
        self._session.ask(request, None, turn=True)
