"""The next items are made while the last ones are worked on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def meanwhile(items: Iterator[T], over: threading.Event) -> Generator[T, None, None]:
    """The same items, made in a thread of their own. Raises what making them raises.

    `over` is set as soon as nobody wants more of them, and whoever makes them has to look at it.
    """
    made: queue.SimpleQueue[T | _End] = queue.SimpleQueue()

    def work() -> None:
        try:
            for item in items:
                made.put(item)
            made.put(_End())
        except BaseException as error:  # noqa: BLE001 # raised again in the thread that waits
            made.put(_End(error))

    worker = threading.Thread(target=work, name="qwen_magic proposals", daemon=True)
    worker.start()
    try:
        while True:
            with suppress(queue.Empty):
                # Without a timeout, Windows does not deliver an interrupt to a waiting thread.
                item = made.get(timeout=0.1)
                if isinstance(item, _End):
                    if item.error is not None:
                        raise item.error
                    return
                yield item
    finally:
        over.set()
        worker.join()
