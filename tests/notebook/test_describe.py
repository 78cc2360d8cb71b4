"""What values look like in a prompt, and that nothing of the user's runs to find out."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import functools
import sys
import types
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from qwen_magic.notebook.describe import describe, variable


class Ran(BaseException):
    """Raised by every hostile method: not an Exception, so that describe cannot hide that it was called."""


def boom(*args, **kwargs):
    raise Ran


class HostileMeta(type):
    __hash__ = __eq__ = __repr__ = __getattribute__ = __instancecheck__ = __subclasscheck__ = boom


class Hostile:
    __repr__ = __str__ = __len__ = __iter__ = __hash__ = __eq__ = __bool__ = __format__ = __getattribute__ = boom
    __class__ = property(boom)


def hostile_class():
    # Not at the top, where pytest would look at it.
    class HostileThroughout(Hostile, metaclass=HostileMeta):
        pass

    return HostileThroughout


class HostileDict(dict):
    __repr__ = __len__ = __iter__ = __getitem__ = items = keys = get = boom


class HostileList(list):
    __repr__ = __len__ = __iter__ = __getitem__ = boom


class HostileStr(str):
    __slots__ = ()
    __repr__ = __str__ = __len__ = __iter__ = __getitem__ = __format__ = boom


class FakeFields:
    __dict__ = property(boom)


class Impostor:
    __repr__ = shape = property(boom)


Impostor.__module__ = "numpy"


@dataclasses.dataclass
class Point:
    x: int
    label: str = "a"


class Slotted:
    __slots__ = ("unset", "width")

    def __init__(self):
        self.width = 3


class Account:
    def __init__(self, owner, balance: float = 0.0):
        self._balance = balance
        self.owner = owner

    @property
    def interest(self):
        boom()

    def deposit(self, amount): ...

    @classmethod
    def empty(cls): ...


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


Pair = collections.namedtuple("Pair", "left right")


def text(value, **options):
    return describe(value, **options)[1]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "NoneType", "None"),
        (True, "bool", "True"),
        (-5, "int", "-5"),
        (1.5, "float", "1.5"),
        ("3\n4", "str", r"'3\n4'"),
        (b"ab", "bytes", "b'ab'"),
        (bytearray(10), "bytearray", "10 bytes"),
        (range(3), "range", "range(0, 3)"),
        (slice(1, None), "slice", "slice(1, None, None)"),
        ([1, "2"], "list", "[1, '2']"),
        ((1,), "tuple", "(1,)"),
        ({"b", "a"}, "set", "{'a', 'b'}"),
        (set(), "set", "set()"),
        (frozenset({1}), "frozenset", "frozenset({1})"),
        ({"a": [1]}, "dict", "{'a': [1]}"),
        (collections.Counter("aab"), "Counter", "Counter({'a': 2, 'b': 1})"),
        (collections.deque([1], maxlen=3), "deque", "deque([1])"),
        (Pair(1, "x"), "Pair", "Pair(left=1, right='x')"),
        (Colour.RED, "Colour", "Colour.RED"),
        (datetime.date(2024, 5, 1), "date", "datetime.date(2024, 5, 1)"),
        (Path("/data"), type(Path()).__name__, f"{type(Path()).__name__}('/data')"),
        (types.SimpleNamespace(a=1), "SimpleNamespace", "SimpleNamespace(a=1)"),
        (ValueError("bad", 3), "ValueError", "ValueError('bad', 3)"),
        (Point(1), "Point", "Point(x=1, label='a')"),
        (Slotted(), "Slotted", "Slotted(width=3)"),
        (Account("Ann"), "Account", "Account(_balance=0.0, owner='Ann')"),
        ([Point(1)], "list", "[<Point>]"),
    ],
)
def test_a_value_in_few_words(value, kind, expected):
    assert describe(value) == (kind, expected)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Hostile(), ("Hostile", "")),
        (lambda: object.__new__(hostile_class()), ("HostileThroughout", "")),
        (lambda: Hostile, ("type", "class Hostile")),
        (lambda: hostile_class(), ("HostileMeta", "class HostileThroughout(Hostile)")),
        (lambda: [Hostile(), object.__new__(hostile_class())], ("list", "[<Hostile>, <HostileThroughout>]")),
        (lambda: HostileDict(a=1), ("HostileDict", "HostileDict({'a': 1})")),
        (lambda: HostileList([1]), ("HostileList", "HostileList([1])")),
        (lambda: HostileStr("abc"), ("HostileStr", "'abc'")),
        (lambda: FakeFields(), ("FakeFields", "")),
        (lambda: Impostor(), ("Impostor", "")),
        (lambda: Point(Hostile()), ("Point", "Point(x=<Hostile>, label='a')")),
        (lambda: KeyError(Hostile()), ("KeyError", "KeyError(<Hostile>)")),
        (lambda: mock.MagicMock(), ("MagicMock", "")),
        (lambda: pd.Series([Account("Ann")], dtype=object), ("Series", "1 value, dtype object: [<Account>]")),
    ],
)
def test_no_code_of_the_users_runs(make, expected):
    assert describe(make()) == expected


def test_a_time_does_not_ask_a_hostile_time_zone():
    class Zone(datetime.tzinfo):
        utcoffset = __repr__ = boom

    assert describe(datetime.datetime(2024, 1, 1, tzinfo=Zone())) == ("datetime", "")


def test_iterators_are_not_consumed():
    numbers, letters = iter([1, 2]), (letter for letter in "ab")

    assert describe(numbers) == ("list_iterator", "")
    assert text(letters) == "<genexpr>, not used up"
    assert list(numbers) == [1, 2]
    assert list(letters) == ["a", "b"]
    assert text(letters) == "<genexpr>, used up"


def test_open_files_are_only_looked_at(tmp_path):
    with (tmp_path / "a.txt").open("w") as file:
        assert describe(file) == ("TextIOWrapper", "TextIOWrapper(mode='w')")


def test_values_that_contain_themselves():
    loop: list = []
    loop.append(loop)
    ring: dict = {}
    ring["ring"] = ring

    assert text(loop) == "[[[[…]]]]"
    assert text(ring) == "{'ring': {'ring': {'ring': {…}}}}"


def test_huge_numbers_are_not_converted_to_decimal():
    assert text(10 ** (10**6)) == "about 10**1000000"
    assert text([10**300]) == "[about 10**300]"


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        b"x" * 10**6,
        ["y" * 1000] * 1000,
        dict.fromkeys(range(1000), "z" * 1000),
        list(range(10**5)),
        "\n" * 999,
    ],
    ids=["str", "bytes", "list", "dict", "numbers", "escapes"],
)
@pytest.mark.parametrize("limit", [60, 200])
def test_long_values_say_how_much_is_not_shown(value, limit):
    shown = text(value, limit=limit)

    assert len(shown) <= limit
    assert "…" in shown


def test_a_container_counts_what_it_leaves_out():
    assert text(list(range(1000))).endswith("18, 19, … 980 more]")


def test_functions_as_they_are_defined():
    def f(a, b=2, /, c: int = 3, *rest, d, e=Hostile(), **options) -> str:  # noqa: B008
        return ""

    async def fetch(url): ...

    @functools.wraps(f)
    def wrapper(*args, **kwargs): ...

    assert text(f) == "def f(a, b=2, /, c: int=3, *rest, d, e=<Hostile>, **options) -> str"
    assert text(wrapper) == text(f)
    assert text(fetch) == "async def fetch(url)"
    assert text(lambda x, *, y=1: x) == "lambda x, *, y=1:"
    assert text(Account("Ann").deposit) == "method of Account: def deposit(self, amount)"
    assert text(functools.partial(fetch, 1)) == "partial of async def fetch(url)"
    assert text(print) == "built-in print"


def test_classes_and_modules():
    assert text(Account) == "class Account; __init__(self, owner, balance: float=0.0); methods: deposit, empty"
    assert text(Colour) == "class Colour(Enum); members: RED, BLUE"
    assert text(ZeroDivisionError) == "class ZeroDivisionError(ArithmeticError)"
    assert text(np) == f"numpy {np.__version__}"


def test_data_frames_by_their_columns():
    frame = pd.DataFrame({"name": pd.Series(["Ann", "Bob"], dtype="object"), 2024: [1.5, None]})

    assert describe(frame) == ("DataFrame", "2 rows x 2 columns: 'name': object, 2024: float64")
    assert text(frame.set_index("name")).endswith("; index: Index of object named 'name'")
    assert text(pd.DataFrame(np.zeros((1, 5000)))).endswith("11: float64, … 4,988 more")
    assert text(frame.groupby("name")) == "grouped by 'name'"


def test_series_and_indexes():
    assert text(pd.Series(range(1000), name="q")) == (
        "1,000 values, dtype int64, name 'q': [0, 1, 2, 3, 4, 5] … 994 more"
    )
    assert text(pd.Index([3, 4])) == "2 labels, dtype int64: [3, 4]"
    assert text(pd.MultiIndex.from_tuples([(1, "a")], names=["n", None])) == "1 label, levels ['n', None]: [(1, 'a')]"
    assert describe(pd.Timestamp("2024-05-01")) == ("Timestamp", "Timestamp('2024-05-01 00:00:00')")


def test_a_users_own_kind_of_data_frame_is_not_asked():
    class Sales(pd.DataFrame):
        shape = columns = property(boom)

    assert describe(Sales.__new__(Sales)) == ("Sales", "")


def test_arrays():
    assert describe(np.arange(6).reshape(2, 3)) == ("ndarray", "shape (2, 3), dtype int64: [[0, 1, 2], [3, 4, 5]]")
    # A gigabyte that is never touched.
    assert text(np.zeros((125_000, 1000)).T).startswith("shape (1000, 125000), dtype float64: first values [0.0, 0.0")
    assert describe(np.float64(2.5)) == ("float64", "2.5")
    assert text([np.float64(2.5), np.zeros((3, 4))]) == "[2.5, <ndarray (3, 4)>]"


def test_other_libraries_by_shape_dtype_and_schema(monkeypatch):
    polars = types.ModuleType("polars")

    class DataFrame:
        shape = (2, 1)
        schema = {"age": "Int64"}  # noqa: RUF012
        __repr__ = boom

    class LazyFrame:
        schema = property(boom)

    for cls in (DataFrame, LazyFrame):
        cls.__module__ = "polars"
        setattr(polars, cls.__name__, cls)
    monkeypatch.setitem(sys.modules, "polars", polars)

    assert describe(DataFrame()) == ("DataFrame", "shape (2, 1), columns 'age': Int64")
    assert describe(LazyFrame()) == ("LazyFrame", "")


def test_a_variable_has_a_name():
    assert str(variable("total", "3")) == "total: str = '3'"
