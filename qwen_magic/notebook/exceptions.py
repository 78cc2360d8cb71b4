"""What an exception says for itself, as plain bounded text."""

from __future__ import annotations

import re

from qwen_magic.notebook import classes

MESSAGE = 600
_CAUSES = 10
_NOTES = 10
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def name(error: BaseException) -> str:
    """The bare name of the exception's class."""
    return classes.name(type(error))


def message(error: BaseException) -> str:
    """`str(error)` and its notes, without the name of the exception."""
    try:
        said = str.__str__(str(error))
    except BaseException as problem:  # noqa: BLE001  # a __str__ may even raise SystemExit
        said = f"<its __str__ raised {name(problem)}>"
    notes = getattr(error, "__notes__", None)
    added = [note for note in notes[:_NOTES] if type(note) is str] if type(notes) is list else []
    return shorten(_COLOURS.sub("", "\n".join([said, *added])).strip(), MESSAGE)


def headline(error: BaseException) -> str:
    """`Name: message`, as the last line of a traceback says it."""
    said = message(error)
    return f"{name(error)}: {said}" if said else name(error)


def causes(error: BaseException) -> tuple[str, ...]:
    """The members of a group and the chain of exceptions that led to this one, one line each."""
    found = [_line(member) for member in _members(error)]
    seen = {id(error)}
    current = _before(error)
    while current is not None and id(current) not in seen and len(found) < _CAUSES:
        seen.add(id(current))
        found.append(_line(current))
        current = _before(current)
    # pandas raises KeyError: 'x' from KeyError: 'x'; once is enough.
    own = _line(error)
    return tuple(line for line in dict.fromkeys(found) if line != own)[:_CAUSES]


def shorten(text: str, limit: int) -> str:
    """Head and tail of a long text, and how much is missing between them."""
    if len(text) <= limit:
        return text
    # The end of a traceback says more than its beginning.
    head, tail = limit // 3, limit * 2 // 3 - 40
    return f"{text[:head]}\n… {len(text) - head - tail:,} more characters …\n{text[-tail:]}"


def _line(error: BaseException) -> str:
    return " ".join(headline(error).split())[:200]


def _before(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _members(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return []
    found: list[BaseException] = []
    waiting = list(error.exceptions)
    while waiting and len(found) < _CAUSES:
        member = waiting.pop(0)
        if isinstance(member, BaseExceptionGroup):
            waiting.extend(member.exceptions)
        else:
            found.append(member)
    return found
