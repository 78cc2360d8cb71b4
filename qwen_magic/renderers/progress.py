"""How a download reaches the user's eyes: a line of text, or a bar in a notebook."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, Self, TextIO

if TYPE_CHECKING:
    from types import TracebackType

    from qwen_magic.weights.catalogue import ModelSpec, Progress

BAR = 24
QUARTERS = 4


class ProgressDisplay(Protocol):
    """A context manager to hand to `fetch`; it shows nothing at all if nothing has to be downloaded."""

    def __enter__(self) -> Self: ...
    def __call__(self, progress: Progress) -> None: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class TextProgress:
    """One line that updates itself on a terminal, a line for each quarter elsewhere."""

    def __init__(self, spec: ModelSpec, stream: TextIO | None = None) -> None:
        self._spec = spec
        self._stream = stream or sys.stderr
        self._last: Progress | None = None
        self._shown: tuple[str, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, progress: Progress) -> None:
        if self._last is None:
            self._write(headline(self._spec, progress) + "\n")
        self._last = progress
        terminal = self._stream.isatty()
        step = (progress.source, _share(progress, 1000 if terminal else QUARTERS))
        if step != self._shown:
            self._shown = step
            self._write(f"\r{_bar(progress)} {state(progress)}\x1b[K" if terminal else f"  {state(progress)}\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._last is not None:
            self._write(("\n" if self._stream.isatty() else "") + outcome(self._spec, self._last, kind is None) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class PanelProgress:
    """An ipywidgets bar; when the download ends, a line of plain text takes its place in the notebook."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._last: Progress | None = None
        self._bar: Any = None
        self._label: Any = None
        self._panel: Any = None
        self._display: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, progress: Progress) -> None:
        if self._panel is None:
            self._open(progress)
        self._last = progress
        self._bar.value = progress.done
        self._label.value = state(progress)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._panel is None or self._last is None:
            return
        self._display.update({"text/plain": outcome(self._spec, self._last, kind is None)}, raw=True)
        for widget in (*self._panel.children, self._panel):
            for part in (getattr(widget, "style", None), widget.layout, widget):
                if part is not None:
                    part.close()

    def _open(self, progress: Progress) -> None:
        import ipywidgets
        from IPython import display as notebook

        title = ipywidgets.Label(headline(self._spec, progress))
        self._bar = ipywidgets.FloatProgress(min=0, max=progress.total, layout={"width": "100%"})
        self._label = ipywidgets.Label(state(progress))
        self._panel = ipywidgets.VBox([title, self._bar, self._label])
        show: Any = notebook.display  # IPython leaves it without types
        self._display = show(self._panel, display_id=True)


def headline(spec: ModelSpec, progress: Progress) -> str:
    """What is about to be downloaded: name, size and licence."""
    kept = f", {_size(progress.done)} of it are here" if progress.done else ""
    return f"Downloading {spec.name}: {_size(progress.total)}{kept}; licence: {spec.licence or 'see its page'}"


def state(progress: Progress) -> str:
    """How far it is, and from where."""
    percent = _share(progress, 100)
    return f"{percent:3d} %, {_size(progress.done)} of {_size(progress.total)} ({progress.source})"


def outcome(spec: ModelSpec, progress: Progress, finished: bool) -> str:
    """What remains to be read when the download has ended."""
    if finished:
        return f"{spec.name} is here: {_size(progress.total)}, checked; licence: {spec.licence or 'see its page'}"
    return f"{spec.name} is not here yet: the download stopped, and goes on from there next time."


def _share(progress: Progress, of: int) -> int:
    return of * progress.done // progress.total if progress.total else 0


def _bar(progress: Progress) -> str:
    return "█" * _share(progress, BAR) + "░" * (BAR - _share(progress, BAR))


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
