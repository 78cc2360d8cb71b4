"""One notebook's assistant: its settings, model, failures and conversation, put together."""

from __future__ import annotations

import importlib
import secrets
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qwen_magic.ahead import Ahead, likely
from qwen_magic.assistant import UNCHANGED, Assistant, Prompt
from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.errors import NothingToWorkOn
from qwen_magic.interface import Interface
from qwen_magic.language import Language, language_of, language_of_code, preferred_language
from qwen_magic.models import Models
from qwen_magic.notebook import cells, names
from qwen_magic.notebook.context import capture, capture_mentioned, find_failure, history_cell
from qwen_magic.notebook.failures import FailureLog
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.notebook.substitution import substitute
from qwen_magic.options import Request
from qwen_magic.prompt import CLOSING, Question
from qwen_magic.reply import Finish, Reply
from qwen_magic.settings import QwenSettings
from qwen_magic.snapshot import Failure, NotebookContext
from qwen_magic.tasks import TASKS, Subject, Task

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

    from qwen_magic.checks import Finding
    from qwen_magic.reviewer import Reviewer


class Interrupted(KeyboardInterrupt):
    """The user stopped a question. What there is of the answer is kept; cells that wait behind do not run."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: {self}"]


@dataclass
class Session:
    """Answers the requests of one shell."""

    shell: InteractiveShell
    settings: QwenSettings

    def __post_init__(self) -> None:
        self.interface = Interface(self.shell, self.settings)
        self.failures = FailureLog(self.shell, self._failed)
        self.ahead = Ahead()
        self.assistant = Assistant()
        self.trials = ForkedTrials(self.shell)
        self.models = Models(self.shell, self.settings, lambda: self._language(""))
        self._run: tuple[str, int] | None = None
        self._asked = 0
        self._turns = 0

    def engine(self, model: str) -> Engine:
        """The engine of a model, fetched and loaded if need be. Raises `ModelError`, `DownloadError`."""
        return self.models.engine(model)

    def ask(self, request: Request, cell: str | None, *, turn: bool = False) -> Reply:
        """Answer a request, show the answer, and keep it as `_qwen`. Raises `QwenMagicError`, `Interrupted`.

        `turn`: it is a turn of a chat, and none of those before is asked again by it.
        """
        try:
            return self._ask(request, cell, self._turn_key() if turn else self._key())
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted("the question was stopped before an answer began.") from None

    def _ask(self, request: Request, cell: str | None, key: str) -> Reply:
        options = request.options
        question = self.question(request, cell)
        if not options["plain"] and (failure := self._repairable(question)):
            return self._kept(self._repair(question, failure, options), options)
        engine = self.engine(options["model"] or self.settings.model)
        sampling = self._sampling(options, question.task)
        prompt = self.assistant.prompt(question, engine, key, sampling.max_tokens, fresh=options["fresh"])
        if prompt.data:
            # What the model was given as its own words is to be used: the names of columns, for instance.
            sampling = replace(sampling, repetition_penalty=1.0)
        if options["verbose"]:
            _show(prompt, engine)
        renderer = self.interface.renderer()

        def reviewed(reply: Reply) -> Reply:
            if options["plain"] or not reply.code:
                return reply
            return self._reviewer().reply(reply, question, prompt, engine, renderer.progress)

        return self._kept(self.assistant.answer(prompt, engine, sampling, renderer, key, reviewed), options)

    def _failed(self, failure: Failure) -> None:
        """Show what is known of a failure, and let the model read it before it is asked."""
        self.interface.failed(failure)
        engine = self.models.loader.ready
        if engine is None or not self.settings.ahead or not self.interface.watched:
            return
        # What variables hold is read here: the next cell may be changing them when the thread comes to it.
        context = capture(self.shell, failure.cell, failure)
        language = self._language("", failure.cell)
        self.ahead.start(engine, lambda: likely(failure, context, language, engine))

    def running(self, info: ExecutionInfo) -> None:
        """For IPython's event `pre_run_cell`: leave the cores to the user's code, unless it asks us."""
        if not cells.asks_us(str(info.raw_cell)):
            self.ahead.stop()

    @staticmethod
    def prepare() -> None:
        """Import in the background what a failing cell or an answer would wait for, and loading the extension too."""
        threading.Thread(target=_import_the_rest, name="qwen_magic imports", daemon=True).start()

    def _reviewer(self) -> Reviewer:
        from qwen_magic import checks
        from qwen_magic.reviewer import Reviewer

        def check(code: str) -> tuple[Finding, ...]:
            return checks.check(code, self.shell.user_ns, transform=self.shell.transform_cell)

        def undefined(code: str) -> tuple[str, ...]:
            return names.undefined(self.shell, code)

        return Reviewer(self.trials, check, undefined, names.of_user(self.shell), self.settings.repair_seconds)

    def _repairable(self, question: Question) -> Failure | None:
        """The failure that a search can work on; a cell that nobody has run is tried first."""
        if question.task.verb != "fix" or question.words.strip():
            return None
        return question.context.failure or self.trials.run(question.context.cell).failure

    def _repair(self, question: Question, failure: Failure, options: dict[str, Any]) -> Reply:
        from qwen_magic.repairer import Repairer

        repairer = Repairer(
            self.trials, lambda: self.engine(options["model"] or self.settings.model), self.settings.repair_seconds
        )
        return repairer.answer(question, failure, names.of_user(self.shell), self.interface.renderer())

    def _kept(self, reply: Reply, options: dict[str, Any]) -> Reply:
        """The answer as `_qwen` and where else it was asked for."""
        self.shell.user_ns["_qwen"] = reply
        if options["out"]:
            self.shell.user_ns[options["out"]] = reply
        if reply.usage.finish is Finish.INTERRUPTED:
            raise Interrupted("the answer was stopped; what there is of it is kept.")
        if options["insert"] or options["replace"]:
            if {UNCHANGED.en, UNCHANGED.zh}.intersection(reply.notes):
                raise NothingToWorkOn(UNCHANGED.en, "Ask again, with a hint in your own words or another --seed.")
            if not reply.code:
                raise NothingToWorkOn("There is no code in the answer to put into the notebook.", "Ask for code.")
            cells.put(self.shell, reply.code, replace=options["replace"])
        return reply

    def _key(self) -> str:
        """A name for this question that it has again when its cell is run again."""
        run = (cells.asking_cell(self.shell), self.shell.execution_count)
        self._asked = self._asked + 1 if run == self._run else 0
        self._run = run
        return f"{run[0]}/{self._asked}"

    def _turn_key(self) -> str:
        self._turns += 1
        return f"chat/{self._turns}"

    def question(self, request: Request, cell: str | None) -> Question:
        """What a request asks, with what the notebook says about it. Raises `NothingToWorkOn`."""
        task = TASKS[request.verb.name]
        if task.subject is Subject.QUESTION:
            typed = cells.as_typed(self.failures.running, cell or "")
            words = "\n\n".join(part for part in (request.words, typed) if part and part.strip())
            if not words:
                raise NothingToWorkOn("There is no question.", "Write it below %%qwen, or behind %qwen.")
            words = substitute(words, self.shell.user_ns, self.failures)
            context = NotebookContext("") if request.options["no_context"] else capture_mentioned(self.shell, words)
            if request.options["plain"]:
                context = replace(context, variables=tuple(replace(each, literal="") for each in context.variables))
        else:
            words, context = self._about_code(task.subject, request, cell)
        return Question(task, words, self._language(words, context.cell), context)

    def _about_code(self, subject: Subject, request: Request, cell: str | None) -> tuple[str, NotebookContext]:
        """The words and the code of a request: the cell below, In[n], or what failed last."""
        number, words = _leading_number(request.words) if cell is None else (None, request.words)
        failure, cell_id = None, cells.cell_id(self.shell)
        if cell is not None and cell.strip():
            failure = find_failure(self.failures, cell)
        elif number is not None:
            cell = history_cell(self.shell, number)
            failure = self.failures.get(self.shell.execution_count + number if number < 0 else number)
            cell_id = failure.cell_id if failure else ""
        elif subject is Subject.FAILURE and (failure := self.failures.latest()):
            cell, cell_id = failure.cell, failure.cell_id
        else:
            what = "No cell has failed yet" if subject is Subject.FAILURE else "There is no code to work on"
            verb = request.verb.name
            raise NothingToWorkOn(f"{what}.", f"Put %%qwen {verb} on top of a cell, or name one: %qwen {verb} 3")
        failure = failure if subject is Subject.FAILURE else None
        if failure and request.options["plain"]:
            failure = replace(failure, diagnosis=None)
        context = NotebookContext(cell, failure)
        if not request.options["no_context"]:
            context = capture(self.shell, cell, failure)
        return words, replace(context, cell_id=cell_id)

    def _language(self, words: str, code: str = "") -> Language:
        """The language of an answer: the one that is set, that of the question, or that of the code or the machine."""
        if self.settings.language != "auto":
            return Language(self.settings.language)
        return language_of(words) or language_of_code(code) or preferred_language()

    def _sampling(self, options: dict[str, Any], task: Task) -> Sampling:
        settings = self.settings

        def chosen(name: str) -> Any:
            return getattr(settings, name) if options[name] is None else options[name]

        seed = chosen("seed")
        most = min(settings.max_tokens, task.max_tokens or settings.max_tokens)
        return Sampling(
            temperature=chosen("temperature"),
            top_k=settings.top_k,
            top_p=settings.top_p,
            repetition_penalty=settings.repetition_penalty,
            seed=secrets.randbelow(2**31) if seed < 0 else seed,
            max_tokens=most if options["max_tokens"] is None else options["max_tokens"],
            stop=(CLOSING,) if task.begins_with_code else (),
        )


def _import_the_rest() -> None:
    from qwen_magic.diagnosis.names import exports

    exports.standard()
    for module in ("diagnosis.rules", "renderers.markdown", "repairer", "reviewer"):
        importlib.import_module(f"qwen_magic.{module}")


def _leading_number(words: str) -> tuple[int | None, str]:
    first, _, rest = words.partition(" ")
    try:
        return int(first), rest
    except ValueError:
        return None, words


def _show(prompt: Prompt, engine: Engine) -> None:
    rule = "─" * 8
    print(f"{rule} prompt: {engine.count(prompt.messages):,} tokens {rule}")  # noqa: T201 # what --verbose is for
    print(f"{engine.render(prompt.messages)}{prompt.beginning}\n{rule}")  # noqa: T201
