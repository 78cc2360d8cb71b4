"""The options and verbs of %qwen, %%qwen and qwen-magic: declared here and nowhere else."""

from __future__ import annotations

import argparse
import difflib
import shlex
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
    _option("--verbose", action="store_true", help="show the exact prompt and its token count"),
)
HELP = _option("-h", "--help", action="store_true", help="show this help")


@dataclass(frozen=True, slots=True)
class Verb:
    """A word that may follow %qwen. `words` names what follows it, for help texts."""

    name: str
    summary: str
    words: str = ""
    options: tuple[Option, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(flag for option in (*self.options, HELP) for flag in option.flags)


_WORDS = {Subject.QUESTION: "text", Subject.CODE: "text", Subject.FAILURE: "n"}

VERBS = MappingProxyType(
    {
        verb.name: verb
        for verb in (
            *(Verb(t.verb, t.summary, _WORDS[t.subject], ASKING) for t in TASKS.values()),
            Verb("status", "show the model, its state and the conversation"),
            Verb("models", "list the models of the catalogue"),
            Verb("model", "use another model from now on", "NAME"),
            Verb("download", "fetch a model ahead of its first use", "NAME"),
            Verb("reset", "forget the conversation"),
            Verb("help", "show help, also of one verb", "verb"),
            Verb("version", "show the version"),
        )
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
        known = [flag for action in self._actions for flag in action.option_strings]
        wrong = next((word for word in message.split() if word.startswith("-") and word not in known), "")
        close = difflib.get_close_matches(wrong, known, 1)
        hint = f"Did you mean {close[0]}?" if close else f"See {self.prog} --help."
        raise OptionError(f"{self.prog}: {message}", hint)


def parser(verb: Verb, prefix: str) -> argparse.ArgumentParser:
    """The parser of one verb; `prefix` is what stands before the verb: %qwen, %%qwen or qwen-magic."""
    made = _Parser(prog=f"{prefix} {verb.name}", description=verb.summary, add_help=False, allow_abbrev=False)
    made.add_argument("words", nargs="*", metavar=verb.words or "text", help=argparse.SUPPRESS)
    for option in (*verb.options, HELP):
        made.add_argument(*option.flags, **option.settings)
    return made


def parse(line: str, prefix: str, default: str = "ask") -> Request:
    """Parse what stands behind %qwen or %%qwen. Without a known verb in front, it is `default`.

    Raises `OptionError`.
    """
    return parse_words(split(line), prefix, default)


def parse_words(words: list[str], prefix: str, default: str = "ask") -> Request:
    """The same for a line that a shell has split already."""
    if words[:1] == ["--help"] or words[:1] == ["-h"]:
        return Request(VERBS["help"])
    verb = VERBS.get(words[0]) if words else None
    given = words[1:] if verb else words
    verb = verb or VERBS[default]
    options = vars(parser(verb, prefix).parse_intermixed_args(given))
    text, wants_help = " ".join(options.pop("words")), options.pop("help")
    if text and not verb.words:
        raise OptionError(
            f"{prefix} {verb.name} takes no {text!r}.", f"To ask about it: {prefix} ask {verb.name} {text}"
        )
    return Request(verb, text, options, wants_help)


def split(line: str) -> list[str]:
    """The words of a line as a shell splits them; a lone apostrophe, as in what's, is an apostrophe."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def overview(prefix: str) -> str:
    """All verbs with their summaries."""
    width = max(map(len, VERBS))
    return "\n".join(
        [
            f"{prefix} [verb] [options] [text]",
            "",
            *(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS.values()),
            "",
            f"Options of a verb: {prefix} fix --help",
        ]
    )
