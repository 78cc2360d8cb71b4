"""English or Chinese: what the user writes, or what the machine is set to."""

from __future__ import annotations

import locale
import os
import re
from dataclasses import dataclass
from enum import StrEnum

# Ideographs without kana nearby: Japanese text has both.
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")


class Language(StrEnum):
    """A language that answers and prompts come in."""

    ENGLISH = "en"
    CHINESE = "zh"


def language_of(text: str) -> Language | None:
    """The language of a text, if it says anything: code without comments in it may not."""
    if _CHINESE.search(text) and not _KANA.search(text):
        return Language.CHINESE
    return Language.ENGLISH if re.search(r"[A-Za-z]{2}", text) else None


def language_of_code(code: str) -> Language | None:
    """The language of its author, if it says anything: comments and names in Chinese do, words of Python do not."""
    return Language.CHINESE if language_of(code) is Language.CHINESE else None


def language_of_locale(name: str) -> Language:
    """The language for a locale such as zh_CN.UTF-8, zh-CN or Chinese_China; English for all others."""
    return Language.CHINESE if name.lower().startswith(("zh", "chinese")) else Language.ENGLISH


def preferred_language() -> Language:
    """The language of the user's environment."""
    name = next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(k))), "")
    return language_of_locale(name or locale.getlocale()[0] or "")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in each language that the interface speaks."""

    en: str
    zh: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language is Language.CHINESE else self.en
