"""What can go wrong, in words for the user.

QwenMagicError
├── OptionError          the magic line or the command line cannot be understood
├── NothingToWorkOn      no traceback, cell or answer that the request could be about
├── PromptTooLong        the question alone does not fit into the context window
├── ModelError
│   ├── UnknownModel     no such catalogue entry, file or hub repository
│   ├── BrokenModel      not a model file, truncated, or of an unknown architecture
│   └── EvaluationFailed the engine gave up in the middle of an answer
└── DownloadError
    ├── NotEnoughSpace   the disk cannot hold the file; nothing was started
    ├── ChecksumMismatch the bytes are not the pinned ones; they were thrown away
    └── NoSource         every source was tried, or all were out of reach
"""

from __future__ import annotations


class QwenMagicError(Exception):
    """An error that the user can act on: what happened, and what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """IPython asks for this instead of printing our frames to a user who cannot mend them."""
        return [f"{type(self).__name__}: {self.message}", *([self.hint] if self.hint else [])]


class OptionError(QwenMagicError):
    """The magic line or the command line cannot be understood."""


class NothingToWorkOn(QwenMagicError):
    """No traceback, cell or answer that the request could be about."""


class PromptTooLong(QwenMagicError):
    """The question alone does not fit into the context window."""


class ModelError(QwenMagicError):
    """A model cannot be found, loaded or run."""


class UnknownModel(ModelError):
    """No such catalogue entry, file or hub repository."""


class BrokenModel(ModelError):
    """Not a model file, truncated, or of an unknown architecture."""


class EvaluationFailed(ModelError):
    """The engine gave up in the middle of an answer."""


class DownloadError(QwenMagicError):
    """Weights could not be fetched; what was fetched so far is kept for the next try."""


class NotEnoughSpace(DownloadError):
    """The disk cannot hold the file; nothing was started."""


class ChecksumMismatch(DownloadError):
    """The bytes are not the pinned ones; they were thrown away."""


class NoSource(DownloadError):
    """Every source was tried, or all were out of reach."""
