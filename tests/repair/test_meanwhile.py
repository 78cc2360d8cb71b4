from __future__ import annotations

import threading

import pytest

from qwen_magic.repair.meanwhile import meanwhile


def test_items_come_in_order():
    assert list(meanwhile(iter([1, 2, 3]), threading.Event())) == [1, 2, 3]


def test_the_next_one_is_made_while_the_last_is_worked_on():
    begun = threading.Event()

    def make():
        yield 1
        begun.set()
        yield 2

    items = meanwhile(make(), threading.Event())
    assert next(items) == 1
    assert begun.wait(10)
    items.close()


def test_what_making_them_raises_is_raised():
    def make():
        yield 1
        raise ValueError("no more")

    items = meanwhile(make(), threading.Event())
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)


def test_nothing_is_made_that_nobody_wants():
    over, made = threading.Event(), []

    def make():
        while not over.is_set():
            made.append(len(made))
            yield made[-1]

    items = meanwhile(make(), over)
    next(items)
    items.close()
    count = len(made)
    assert over.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "qwen_magic proposals"]
    assert len(made) == count
