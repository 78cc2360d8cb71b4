"""%qwen and %%qwen: parse, delegate, show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

from qwen_magic import __version__, options
from qwen_magic.chat import Chat
from qwen_magic.completion import completer
from qwen_magic.conversation import Conversation
from qwen_magic.errors import OptionError
from qwen_magic.models import SCRIPTED
from qwen_magic.options import VERBS, Request
from qwen_magic.session import Session
from qwen_magic.settings import QwenSettings
from qwen_magic.status import describe_cache, describe_models, describe_status, turns
from qwen_magic.tasks import TASKS
from qwen_magic.weights.catalogue import resolve

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class QwenMagics(Magics):
    """The magics of one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.settings = QwenSettings(parent=shell)
        self.session = Session(shell, self.settings)
        self.chat = Chat(self.session)

    @line_cell_magic
    def qwen(self, line: str, cell: str | None = None) -> None:
        """Ask the assistant; `%qwen help` shows how."""
        prefix = "%qwen" if cell is None else "%%qwen"
        request = options.parse(line if cell is not None or line.strip() else "help", prefix)
        if request.help:
            self._print(options.parser(request.verb, prefix).format_help())
        elif request.verb.name in TASKS:
            self.session.ask(request, cell)
        elif request.verb.name == "chat" and cell is not None and cell.strip():
            self.chat.say(cell)
        elif cell is not None and cell.strip():
            raise OptionError(f"%%qwen {request.verb.name} takes no cell.", f"On a line of its own: %qwen {line}")
        else:
            verb: Callable[[Request], None] = getattr(self, f"_{request.verb.name}")
            verb(request)

    def _chat(self, request: Request) -> None:
        self.chat.open()

    def _auto(self, request: Request) -> None:
        if request.words:
            self.settings.auto = request.words == "on"
        self._print(f"Help under failed cells is {'on' if self.settings.auto else 'off'}.")

    def _status(self, request: Request) -> None:
        self._print(describe_status(self.session))

    def _models(self, request: Request) -> None:
        self._print(describe_models(self.settings.model))

    def _model(self, request: Request) -> None:
        if not request.words:
            self._print(self.settings.model)
            return
        if not request.words.startswith(SCRIPTED):
            resolve(request.words)
        self.settings.model = request.words
        self.session.models.warm_up()
        self._print(f"Answers come from {request.words} from now on.")

    def _download(self, request: Request) -> None:
        path = self.session.models.fetch(request.words or self.settings.model)
        self._print(str(path))

    def _cache(self, request: Request) -> None:
        if request.words in ("on", "off"):
            self.settings.cache = request.words == "on"
        elif request.words == "clear":
            self.session.models.answers.clear()
        state = f"The cache is {'on' if self.settings.cache else 'off'}."
        self._print(f"{state}\n\n{describe_cache(self.session.models.answers)}")

    def _reset(self, request: Request) -> None:
        forgotten = len(self.session.assistant.conversation)
        self.session.assistant.conversation = Conversation()
        self._print(f"Forgot {turns(forgotten)}.")

    def _help(self, request: Request) -> None:
        if request.words and request.words not in VERBS:
            raise OptionError(f"There is no verb {request.words!r}.", f"There are {', '.join(VERBS)}.")
        verb = VERBS.get(request.words)
        self._print(options.parser(verb, "%qwen").format_help() if verb else options.overview("%qwen"))

    def _version(self, request: Request) -> None:
        self._print(f"qwen_magic {__version__}")

    @staticmethod
    def _print(text: str) -> None:
        print(text)  # noqa: T201 # the output of these verbs


def keep_question_marks(lines: list[str]) -> list[str]:
    """`%qwen how do I sort a list?` is a question; IPython would show the help of `list`."""
    if lines and lines[0].startswith("%%"):
        return lines
    asked = [re.fullmatch(r"%qwen\s+(.*\?)\s*", line) for line in lines]
    return [
        f"get_ipython().run_line_magic('qwen', {match[1]!r})\n" if match else line
        for line, match in zip(lines, asked, strict=True)
    ]


def load(shell: InteractiveShell) -> QwenMagics:
    """Register the magics, their settings, completion and the log of failures with a shell."""
    magics = QwenMagics(shell)
    shell.register_magics(magics)
    shell.configurables.append(magics.settings)  # type: ignore[arg-type] # IPython declares the wrong type
    shell.user_ns["Err"] = magics.session.failures
    for event, callback in _callbacks(magics.session):
        shell.events.register(event, callback)
    shell.input_transformers_cleanup.append(keep_question_marks)
    for name in ("%qwen", "%%qwen"):
        shell.set_hook("complete_command", completer, str_key=name)  # type: ignore[no-untyped-call]
    magics.session.prepare()
    if magics.settings.warm_up:
        magics.session.models.warm_up()
    return magics


def unload(magics: QwenMagics) -> None:
    """Take back all that `load` did."""
    shell: Any = magics.shell
    magics.session.ahead.stop()
    magics.session.models.loader.close()
    magics.session.interface.close()
    for event, callback in _callbacks(magics.session):
        shell.events.unregister(event, callback)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("qwen", None)
    shell.input_transformers_cleanup.remove(keep_question_marks)
    shell.configurables.remove(magics.settings)
    if shell.user_ns.get("Err") is magics.session.failures:
        del shell.user_ns["Err"]


def _callbacks(session: Session) -> list[tuple[str, Callable[..., None]]]:
    return [
        ("pre_run_cell", session.failures.begin),
        ("pre_run_cell", session.running),
        ("post_run_cell", session.interface.open_page),
        ("post_run_cell", session.failures.record),
    ]
