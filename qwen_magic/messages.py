"""The turns of a chat, as the model sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Other prompts may begin with its first `shared` characters too; what it says does not depend on it."""

    role: Role
    content: str
    shared: int = field(default=0, compare=False)
