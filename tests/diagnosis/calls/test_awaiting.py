from __future__ import annotations

import pytest
from rewriting import certain

NUMBERS = "async def numbers():\n    for i in range(3):\n        yield i"
DOUBLE = "import asyncio\nasync def double(n):\n    return 2 * n"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("xs = [x for x in numbers()]", "xs = [x async for x in numbers()]"),
        ("for x in numbers():\n    print(x)", "async for x in numbers():\n    print(x)"),
        ("async for x in await numbers():\n    print(x)", "async for x in numbers():\n    print(x)"),
    ],
)
def test_an_asynchronous_generator_has_its_own_loop(diagnosed, cell, wanted):
    assert certain(diagnosed(cell, NUMBERS)) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("x = await asyncio.gather(double(1), double(2))[0]", "x = (await asyncio.gather(double(1), double(2)))[0]"),
        ("x = await asyncio.wait_for(double, 3)", "x = await asyncio.wait_for(double(), 3)"),
        ("x = await len('tea')", "x = len('tea')"),
    ],
)
def test_what_is_awaited_is_a_coroutine(diagnosed, cell, wanted):
    assert certain(diagnosed(cell, DOUBLE)) == wanted
