"""The line under an answer: which model it was, what it cost, why it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qwen_magic.language import Language, Words
from qwen_magic.reply import Finish

if TYPE_CHECKING:
    from qwen_magic.reply import Reply


_ENDED = {
    Finish.INTERRUPTED: Words("interrupted: the answer is incomplete", "已中断：回答不完整"),
    Finish.LENGTH: Words("cut off at the token limit: the answer is incomplete", "达到长度上限而截断：回答不完整"),
    Finish.STOP: Words("", ""),
}
_REPLAYED = Words("replayed from the cache", "由缓存重放")


def status_line(reply: Reply, language: Language) -> str:
    """One line of plain text about a finished answer."""
    usage = reply.usage
    parts = [reply.model, _REPLAYED[language] if usage.cached else "", _ENDED[usage.finish][language]]
    if usage.completion_tokens:
        speed = figures(usage.first_token_seconds, usage.completion_tokens, usage.tokens_per_second)
        parts.append(speed[language])
    elif usage.seconds:
        parts.append(Words(f"{usage.seconds:.2f} s", f"{usage.seconds:.2f} 秒")[language])
    if usage.prompt_tokens:
        reused, prompt = usage.reused_tokens, usage.prompt_tokens
        parts.append(
            Words(f"reused {reused} of {prompt} prompt tokens", f"复用 {reused}/{prompt} 个提示词元")[language]
        )
    if usage.completion_tokens:
        parts.append(Words(f"seed {reply.seed}", f"种子 {reply.seed}")[language])
    return " · ".join(part for part in parts if part)


def figures(first_token_seconds: float, tokens: int, tokens_per_second: float) -> Words:
    """How soon an answer began, how much was written, and how fast if that can be told."""
    first = f"{first_token_seconds:.2f}"
    rate = f" · {tokens_per_second:.1f} " if tokens_per_second > 0 else ""
    amount = "1 token" if tokens == 1 else f"{tokens} tokens"
    return Words(
        f"{first} s to first token{rate and f'{rate}tokens/s'} · {amount}",
        f"首词元 {first} 秒{rate and f'{rate}词元/秒'} · {tokens} 个词元",
    )


def as_metadata(reply: Reply) -> dict[str, Any]:
    """What a saved notebook should remember of how an answer came about."""
    usage = reply.usage
    known: dict[str, Any] = {"sha256": reply.weights, "parameters": dict(reply.parameters), "cached": usage.cached}
    return {
        "model": reply.model,
        **{name: value for name, value in known.items() if value},
        "seed": reply.seed,
        "finish": usage.finish.value,
        "prompt_tokens": usage.prompt_tokens,
        "reused_tokens": usage.reused_tokens,
        "completion_tokens": usage.completion_tokens,
        "first_token_seconds": round(usage.first_token_seconds, 3),
        "tokens_per_second": round(usage.tokens_per_second, 2),
        "seconds": round(usage.seconds, 3),
    }
