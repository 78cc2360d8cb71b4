"""qwen-magic on the command line: fetch, list and optimise models, forget answers. Questions belong in a notebook."""

from __future__ import annotations

import sys
from pathlib import Path

from qwen_magic import __version__, options
from qwen_magic.engines.answers import Answers
from qwen_magic.errors import ModelError, OptionError, QwenMagicError
from qwen_magic.frontend import Frontend
from qwen_magic.options import COMMANDS, Request
from qwen_magic.renderers import progress_for
from qwen_magic.settings import QwenSettings
from qwen_magic.status import describe_cache, describe_models
from qwen_magic.weights.catalogue import ModelSpec, resolve
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import answers_place, optimised_place

PROGRAM = "qwen-magic"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 if it failed, 2 if it was not understood, 130 after Ctrl-C."""
    try:
        print(answer(sys.argv[1:] if arguments is None else arguments))  # noqa: T201 # the command's output
    except QwenMagicError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, OptionError) else 1
    except KeyboardInterrupt:
        print(f"{PROGRAM}: stopped; the next try goes on from here.", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def answer(arguments: list[str]) -> str:
    """What a command prints. Raises `QwenMagicError`."""
    request = options.parse_words(arguments or ["help"], PROGRAM, COMMANDS)
    if request.help:
        return options.parser(request.verb, PROGRAM).format_help()
    commands = {
        "download": _download,
        "optimise": _optimise,
        "models": _models,
        "cache": _cache,
        "version": _version,
        "help": _help,
    }
    return commands[request.verb.name](request)


def _download(request: Request) -> str:
    return str(_fetched(request))


def _fetched(request: Request) -> Path:
    found = resolve(request.words or QwenSettings().model)
    if not isinstance(found, ModelSpec):
        return found
    with progress_for(Frontend.CONSOLE, found) as progress:
        return fetch(found, progress)


def _optimise(request: Request) -> str:
    from qwen_magic.engines.priority import give_way
    from qwen_magic.engines.quantisation import optimised

    source = _fetched(request)
    give_way()
    print("Looking for what this processor evaluates fastest: up to a minute …", file=sys.stderr)  # noqa: T201
    try:
        copy = optimised(source, optimised_place(source))
    except OSError as error:
        raise ModelError(f"The copy could not be written: {error.strerror or error}.") from error
    return str(copy) if copy != source else f"{source}\nThis processor would evaluate no copy faster."


def _models(request: Request) -> str:
    return describe_models(QwenSettings().model)


def _cache(request: Request) -> str:
    answers = Answers(answers_place())
    if request.words == "clear":
        answers.clear()
    return describe_cache(answers)


def _version(request: Request) -> str:
    return f"{PROGRAM} {__version__}"


def _help(request: Request) -> str:
    return options.overview(PROGRAM, COMMANDS)
