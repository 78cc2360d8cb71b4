"""The examples that a request for code carries, as code that raises if one of them fails."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from qwen_magic.examples.asserts import take_asserts
from qwen_magic.examples.doctests import take_doctests, unescaped
from qwen_magic.examples.found import Example
from qwen_magic.examples.inputs import find_inputs
from qwen_magic.examples.prose import find_in_prose
from qwen_magic.examples.quoting import Quoted

__all__ = ["Example", "examples"]

# More of them take long to run and tell little.
_MOST = 20
# What a person writes; beyond it lies pasted data.
_LONGEST = 20_000


def examples(request: str, variables: Collection[str] = ()) -> tuple[Example, ...]:
    """The examples of a request in its order; `variables` of the notebook may be arguments in them."""
    text = unescaped(request[:_LONGEST])
    found, text = take_doctests(text, variables)
    more, text = take_asserts(text, variables)
    quoted = Quoted(text)
    found += [*more, *islice(find_in_prose(quoted, variables), _MOST), *islice(find_inputs(quoted, variables), _MOST)]
    distinct = {item.example.check: item for item in sorted(found, key=lambda item: -item.position)}
    ordered = sorted(distinct.values(), key=lambda item: item.position)
    return tuple(item.example for item in ordered[:_MOST])
