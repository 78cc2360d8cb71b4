"""The code that tells whether an example holds, to be run in the notebook's own namespace."""

from __future__ import annotations

import functools
import inspect

import qwen_magic.examples.verify


def check(left: str, right: str = "", **more: str | bool | tuple[tuple[str, bool], ...]) -> str:
    """Code that raises if `left` does not give what `right` does; `more` are arguments of `verify`.

    The texts of the user come into it as literals only. It needs nothing of this package, leaves no
    names behind, and does not mind that a notebook calls its variables `list` or `sum`.
    """
    given = {"left": left, "right": right, **more}
    return (
        f"__import__('builtins').exec({_source()!r}, {{'given': {given!r}, 'user': __import__('builtins').globals()}})"
    )


@functools.cache
def _source() -> str:
    return f"{inspect.getsource(qwen_magic.examples.verify)}\nverify(user, **given)"
