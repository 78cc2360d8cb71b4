"""The options and verbs of %qwen, %%qwen and qwen-magic: declared here and nowhere else."""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

from qwen_magic.errors import OptionError
from qwen_magic.tasks import TASKS, Subject


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `settings` go to argparse."""

    flags: tuple[str, ...]
    settings: dict[str, Any]


def _number(kind: type[int] | type[float], least: float) -> Any:
    def parse(text: str) -> float:
        value = kind(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return value

    parse.__name__ = "number" if kind is float else "whole number"
    return parse


def _name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is no Python name")
    return text


def _option(*flags: str, **settings: Any) -> Option:
    return Option(flags, settings)


ASKING = (
    _option("-m", "--model", metavar="NAME", help="ask this model instead (catalogue name, path or repo_id:file)"),
    _option("-t", "--temperature", type=_number(float, 0), metavar="T", help="sampling temperature; 0 is greedy"),
    _option("--max-tokens", type=_number(int, 1), metavar="N", help="most tokens of the answer"),
    _option("--seed", type=_number(int, 0), metavar="N", help="the same seed gives the same answer"),
    _option("--fresh", action="store_true", help="ask without the conversation so far"),
    _option("--no-context", action="store_true", help="do not tell the model about the notebook's variables"),
    _option("--insert", action="store_true", help="put the code of the answer into a new cell below"),
    _option("--replace", action="store_true", help="put the code of the answer in the place of this cell"),
    _option("--out", type=_name, metavar="NAME", help="also keep the answer in this variable"),
    _option("--plain", action="store_true", help="only what the model answers: nothing diagnosed, nothing tried"),
    _option("--verbose", action="store_true", help="show the exact prompt and its token count"),
)
HELP = _option("-h", "--help", action="store_true", help="show this help")


@dataclass(frozen=True, slots=True)
class Verb:
    """A word that may follow %qwen. `words` names what follows it (`a|b`: one of these), `note` ends its help."""

    name: str
    summary: str
    words: str = ""
    options: tuple[Option, ...] = ()
    note: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(flag for option in (*self.options, HELP) for flag in option.flags)

    @property
    def choices(self) -> tuple[str, ...]:
        """The only words that may follow; empty where any may, or none."""
        return tuple(self.words.split("|")) if "|" in self.words else ()


_TEXT = "\0"
_TEXT_WORDS = "text"
_WORDS = {Subject.QUESTION: _TEXT_WORDS, Subject.CODE: _TEXT_WORDS, Subject.FAILURE: "n"}
_NOTES = {
    "fix": "Changes are tried in a copy of the notebook. n is a cell, In[n]; words behind it are a hint, and the model "
    "answers that instead of searching. -t, --max-tokens, --seed, --fresh and --verbose count for such answers and for "
    "--plain, not for the search.",
    "test": "The tests are run in a copy of the notebook.",
}

VERBS = MappingProxyType(
    {
        verb.name: verb
        for verb in (
            *(Verb(t.verb, t.summary, _WORDS[t.subject], ASKING, _NOTES.get(t.verb, "")) for t in TASKS.values()),
            Verb("chat", "open a conversation below, or at the prompt of a terminal"),
            Verb("auto", "show help under every failed cell, or do not", "on|off"),
            Verb("status", "show the model, its state and the conversation"),
            Verb("models", "list the models of the catalogue"),
            Verb("model", "use another model from now on", "NAME"),
            Verb("download", "fetch a model ahead of its first use", "NAME"),
            Verb("cache", "keep answers on disk and replay them", "on|off|clear|status"),
            Verb("reset", "forget the conversation"),
            Verb("help", "show help, also of one verb", "verb"),
            Verb("version", "show the version"),
        )
    }
)

# What a shell can ask for too.
COMMANDS = MappingProxyType(
    {
        "download": VERBS["download"],
        "optimise": Verb("optimise", "make the copy of a model that this processor evaluates fastest", "NAME"),
        "models": VERBS["models"],
        "cache": Verb("cache", "show how many answers are kept, or forget them", "status|clear"),
        **{name: VERBS[name] for name in ("help", "version")},
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed line: the verb, the words behind it, and the options as given."""

    verb: Verb
    words: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    help: bool = False


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message[0].upper()}{message[1:]}.", f"`{self.prog} --help` shows the options.")


def parser(verb: Verb, prefix: str) -> argparse.ArgumentParser:
    """The parser of one verb; `prefix` is what stands before the verb: %qwen, %%qwen or qwen-magic."""
    made = _Parser(
        prog=f"{prefix} {verb.name}", description=verb.summary, epilog=verb.note, add_help=False, allow_abbrev=False
    )
    # A verb that takes no words must say so itself, not let argparse speak of unrecognised arguments.
    made.add_argument("words", nargs="*", metavar=verb.words or "words", help=None if verb.words else argparse.SUPPRESS)
    for option in (*verb.options, HELP):
        made.add_argument(*option.flags, **option.settings)
    return made


def parse(line: str, prefix: str) -> Request:
    """Parse what stands behind %qwen or %%qwen. Without a known verb in front, it is a question.

    Raises `OptionError`.
    """
    return parse_words(split(line), prefix, VERBS)


def parse_words(words: list[str], prefix: str, verbs: Mapping[str, Verb]) -> Request:
    """The same for words that a shell has split, with the verbs that can be asked for there."""
    if words[:1] in (["--help"], ["-h"]):
        return Request(verbs["help"])
    verb = verbs.get(words[0]) if words else None
    given = words[1:] if verb else words
    verb = verb or verbs.get("ask")
    if verb is None:
        close = difflib.get_close_matches(words[0], verbs, 1)
        hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(verbs)}."
        raise OptionError(f"There is no command {words[0]!r}.", hint)
    options = vars(parser(verb, prefix).parse_intermixed_args(_marked(given, verb)))
    text, wants_help = " ".join(options.pop("words")).replace(_TEXT, ""), options.pop("help")
    if text and not verb.words:
        raise OptionError(
            f"{prefix} {verb.name} takes no {text!r}.", f"To ask about it: {prefix} ask {verb.name} {text}"
        )
    if text and verb.choices and text not in verb.choices:
        raise OptionError(f"There is no {prefix} {verb.name} {text}.", f"There are {', '.join(verb.choices)}.")
    return Request(verb, text, options, wants_help)


def _marked(words: list[str], verb: Verb) -> list[str]:
    """Words with a mark before those that only look like options: a question may speak of `pip --user`."""
    marked: list[str] = []
    for word in words:
        flag = word.partition("=")[0]
        if word.startswith("-") and not _is_number(word) and flag not in verb.flags:
            if close := difflib.get_close_matches(flag, verb.flags, 1, cutoff=0.75):
                raise OptionError(f"There is no option {flag}.", f"Did you mean {close[0]}?")
            if verb.words == _TEXT_WORDS and any(not before.startswith("-") for before in marked):
                word = f"{_TEXT}{word}"
        marked.append(word)
    return marked


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-\d+(\.\d+)?", word) is not None


def split(line: str) -> list[str]:
    """The words of a line as a shell splits them; a lone apostrophe, as in what's, is an apostrophe."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def overview(prefix: str, verbs: Mapping[str, Verb] = VERBS) -> str:
    """All verbs with their summaries."""
    width = max(map(len, verbs))
    return "\n".join(
        [
            f"{prefix} [verb] [options] [text]",
            "",
            *(f"  {verb.name:<{width}}  {verb.summary}" for verb in verbs.values()),
            "",
            f"Options of a verb: {prefix} {next(iter(verbs))} --help",
        ]
    )
