"""The line under an answer: which model it was, what it cost, why it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qwen_magic.reply import Finish

if TYPE_CHECKING:
    from qwen_magic.reply import Reply


def status_line(reply: Reply) -> str:
    """One line of plain text about a finished answer."""
    usage = reply.usage
    parts = [reply.model, _why_it_ended(reply)]
    if usage.completion_tokens:
        parts.append(f"{usage.first_token_seconds:.2f} s to first token")
        parts.append(speed(usage.completion_tokens, usage.tokens_per_second))
    elif usage.seconds:
        parts.append(f"{usage.seconds:.2f} s")
    if usage.prompt_tokens:
        parts.append(f"reused {usage.reused_tokens} of {usage.prompt_tokens} prompt tokens")
    if usage.completion_tokens:
        parts.append(f"seed {reply.seed}")
    return " · ".join(part for part in parts if part)


def speed(tokens: int, tokens_per_second: float) -> str:
    """How much was written, and how fast if that can be told."""
    amount = "1 token" if tokens == 1 else f"{tokens} tokens"
    return f"{tokens_per_second:.1f} tokens/s · {amount}" if tokens_per_second > 0 else amount


def as_metadata(reply: Reply) -> dict[str, Any]:
    """What a saved notebook should remember of how an answer came about."""
    usage = reply.usage
    return {
        "model": reply.model,
        "seed": reply.seed,
        "finish": usage.finish.value,
        "prompt_tokens": usage.prompt_tokens,
        "reused_tokens": usage.reused_tokens,
        "completion_tokens": usage.completion_tokens,
        "first_token_seconds": round(usage.first_token_seconds, 3),
        "tokens_per_second": round(usage.tokens_per_second, 2),
        "seconds": round(usage.seconds, 3),
    }


def _why_it_ended(reply: Reply) -> str:
    match reply.usage.finish:
        case Finish.INTERRUPTED:
            return "interrupted: the answer is incomplete"
        case Finish.LENGTH:
            return "cut off at the token limit: the answer is incomplete"
        case Finish.STOP:
            return ""
