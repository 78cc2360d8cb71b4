"""What %qwen status and %qwen models say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qwen_magic.engines.threads import usable_cores
from qwen_magic.weights.catalogue import CATALOGUE
from qwen_magic.weights.storage import cached, megabytes

if TYPE_CHECKING:
    from qwen_magic.engines.answers import Answers
    from qwen_magic.session import Session


def describe_status(session: Session) -> str:
    """The model and its state, the settings that matter, and how long the conversation is."""
    settings, last = session.settings, session.shell.user_ns.get("_qwen")
    rows = {
        "model": settings.model,
        "state": session.models.loader.state,
        "weights": session.models.weights,
        "threads": str(settings.threads or usable_cores()),
        "context window": f"{settings.context_window:,} tokens",
        "conversation": turns(len(session.assistant.conversation)),
    }
    if settings.cache:
        rows["cache"] = _kept(session.models.answers)
    usage = getattr(last, "usage", None)
    if usage is not None and usage.tokens_per_second:
        rows["last answer"] = f"{usage.completion_tokens} tokens at {usage.tokens_per_second:.1f}/s"
    return _table(rows)


def describe_models(current: str) -> str:
    """The catalogue: size, licence, whether it is on this machine, and which one is in use."""
    rows = {
        f"{'* ' if spec.name == current else '  '}{spec.name}": (
            f"{megabytes(spec.size):>8}  {spec.licence:<10}  {'here' if cached(spec) else '    '}  {spec.description}"
        )
        for spec in CATALOGUE.values()
    }
    return _table(rows) + "\n\nAlso any local .gguf file, and any `owner/repository:file` on the Hugging Face hub."


def describe_cache(answers: Answers) -> str:
    """How many answers are kept, where, and why none can be if that is so."""
    return _table({"kept": _kept(answers), "place": str(answers.path)})


def _kept(answers: Answers) -> str:
    contents = answers.contents()
    said = f"{contents.entries:,} result{'s' * (contents.entries != 1)}, {megabytes(contents.size)}"
    return f"{said}; last trouble: {answers.trouble}" if answers.trouble else said


def turns(count: int) -> str:
    """So many turns, in words."""
    return f"{count} turn" if count == 1 else f"{count} turns"


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())
