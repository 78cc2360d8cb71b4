from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_magic.examples import Example, examples

run = exec  # checks are code


def shown(request, variables=()):
    return [example.shown for example in examples(request, variables)]


def problems(request, code):
    """What the checks say to some code."""
    said = []
    for example in examples(request):
        namespace = {}
        run(textwrap.dedent(code), namespace)
        before = set(namespace)
        try:
            run(example.check, namespace)
            said.append("")
        except AssertionError as error:
            said.append(str(error))
        assert set(namespace) == before, "a check leaves names behind"
    return said


@pytest.mark.parametrize(
    "request_",
    [
        "f(3) == 9",
        "Write f, for example f(3) == 9.",
        "Write f so that `f(3) == 9` holds",
        "f(3) ==> 9",
        "f(3) => 9",
        "f(3) -> 9",
        "f(3) --> 9",
        "f(3) → 9",
        "f(3) ➞ 9",
        "f(3) = 9",
        "`f(3)` → `9`",
        "f(3) returns 9",
        "`f(3)` should return `9`.",
        "f(3) must return 9, f(4) something else",
        "f(3) gives 9",
        "f(3) is 9",
        "f(3) should be 9",
        "f(3) equals 9",
        "f(3) evaluates to 9 because 3 * 3 is 9",
        "f(3) outputs 9",
        "f(3)  # 9",
        "f(3)  # => 9",
        "f(3)  # returns 9",
        "print(f(3))  # 9",
        "assert f(3) == 9",
        "assert f(3) == 9, 'squares'",
        "f(3)\n=> 9",
        "f(3) should return\n9",
        "- f(3) == 9",
        "1. `f(3)` returns `9` (three squared)",
        "e.g. f(3) == 9",
        "如f(3)返回9",
        "例如 f(3) 返回 9",
        "例如f（3）返回9。",
        "f(3)得到9，然后……",
        "f(3) 应为 9",
        "f(3) 应该返回 9",
        "f(3)等于9",
        "f(3) 的结果是 9",
        "f(3) 的返回值是 9",
        "f(3)，输出：9",
        "函数f(3)会返回9",
        ">>> f(3)\n9",
        "    >>> f(3)\n    9\n",
        ">>> f(3) == 9",
        ">>> x = 3\n>>> f(x)\n9",
        'def f(x):\n    """Square x.\n\n    >>> f(3)\n    9\n    """\n',
        'def f(x):\n    """Square x.\n    >>> f(3)\n    9"""\n',
    ],
)
def test_every_form_of_an_example(request_):
    assert len(examples(request_)) == 1
    assert problems(request_, "def f(x): return x * x") == [""]
    assert problems(request_, "def f(x): return 8") != [""]


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "if x == 3 return True",
        "the number of n with n == 3",
        "Rows where df['x'] == 3 are dropped",
        "if row['age'] == 3 skip it",
        "keep the rows with df['kind'] == 'a'",
        "删除 df['年龄'] == 3 的行",
        "如果 x == 3 返回 0",
        "is_leap(year) returns True for leap years",
        "is_leap(year)，返回 True 或 False",
        "is_hex(s) is True for strings such as '#fff'",
        "f(3) returns 1 or 2",
        "f(3) returns True if it is odd",
        "f([1, 2]) returns 2 elements",
        "f([1, 2]) 返回 2 个元素",
        "f(3) returns 9%",
        "f(3) returns 9-ish",
        "f(7) returns 3, 1",
        "f([1]) == [1, ...]",
        "f(3) is not 9",
        "f(3) does not return 9",
        "f(3) 不返回 9",
        "f(3) >= 9, f(3) != 9, f(3) <= 9",
        "def f() -> None:",
        "def f(x=3) -> 9",
        "def f(x: int = 3) -> int: ...",
        "x = f(3)  # 9",
        "f(n) = n * f(n - 1)",
        "f(3)  # a comment on 9",
        "sorted([3, 1]) returns [1, 3]",
        "'ab'.upper() is 'AB'",
        "total is 3",
        "s = Stack()\ns.push(3)\nthen s.pop() returns 3",
        "Example - f",
        "f('g(1) == 2')",
        "the text 'g(1) == 2' of a title",
        ">>> f(3)\n",
        ">>> df\n   a\n0  1",
        ">>> df.head()\n   a\n0  1",
        ">>> f(cart)\n3",
        ">>> 1 + 1\n2",
        ">>> import os\n>>> for x in (1, 2):\n...     print(x)\n1\n2",
    ],
)
def test_what_is_none(request_):
    assert shown(request_) == []


def test_several_in_a_sentence():
    assert shown("f(3) returns 9 and f(4) returns 16") == ["f(3) returns 9", "f(4) returns 16"]
    assert shown("f(2)=4, f(3)=9; f(n)=n*n") == ["f(2)=4", "f(3)=9"]
    assert shown("is_leap(2000) == True，is_leap(1900) == False") == ["is_leap(2000) == True", "is_leap(1900) == False"]
    assert shown("ignore case. count('Apple') == 2. Return it") == ["count('Apple') == 2"]


def test_an_example_is_counted_once():
    assert len(examples("f(3) == 9. Again: f(3) -> 9\n>>> f(4)\n16\n")) == 2


@pytest.mark.parametrize(
    "value", ["True", "None", "[1, 2]", '{"a": 1}', "(1, 2)", "-1.5", "'a, b == c'", "{1, 2}", "[]"]
)
def test_values(value):
    request = f"f(3) returns {value} and so on"
    assert shown(request) == [f"f(3) returns {value}"]
    assert problems(request, f"def f(x): return {value}") == [""]


def test_variables_of_the_code():
    assert shown("Make totals, e.g. totals['north'] == 3") == ["totals['north'] == 3"]
    assert shown("Put the number into `count`.\n\ncount == 3") == ["count == 3"]
    assert shown("Put it into `table`: table.shape == (3, 2)") == ["table.shape == (3, 2)"]
    assert shown("f(cart) == 3") == []
    assert shown("f(cart) == 3", variables={"cart"}) == ["f(cart) == 3"]


def test_values_over_several_lines():
    request = "f([[1, 2],\n   [3, 4]]) returns\n[[1, 3],\n [2, 4]]"
    assert problems(request, "def f(m): return [list(x) for x in zip(*m)]") == [""]


def test_full_width_punctuation_is_only_changed_outside_of_strings():
    request = "例如 f（“你好，世界”，2）返回“你好，”。"
    assert problems(request, "def f(text, n): return text[:n + 1]") == [""]
    assert shown(request) == ["f（“你好，世界”，2）返回“你好，”"]


def test_operators_of_classes():
    request = "class Vector with +. Vector(1, 2) + Vector(3, 4) == Vector(4, 6)"
    assert shown(request) == ["Vector(1, 2) + Vector(3, 4) == Vector(4, 6)"]
    assert problems(request, "from collections import namedtuple\nVector = namedtuple('Vector', 'x y')")[0].startswith(
        "Vector(1, 2) + Vector(3, 4) gave (1, 2, 3, 4), not"
    )


def test_doctests_share_what_they_set_up():
    request = (
        ">>> s = Stack()\n>>> s.push(4)\n>>> s.pop()\n4\n>>> s.pop()\nTraceback (most recent call last):\nIndexError"
    )
    stack = "class Stack(list):\n    push = list.append"
    assert shown(request) == ["s.pop() == 4", "s.pop() raises IndexError"]
    assert problems(request, stack) == ["", ""]
    assert problems(request, "class Stack(list):\n    def push(self, x): pass")[0].startswith(
        "s.pop() raised IndexError"
    )


def test_doctests_on_variables():
    assert shown(">>> totals['north']\n3") == ["totals['north'] == 3"]
    assert shown(">>> totals['north']\n3", variables={"totals"}) == []
    assert shown(">>> f(cart)\n3", variables={"cart"}) == ["f(cart) == 3"]


def test_backslashes_in_docstrings():
    request = 'def f(s):\n    """\n    >>> f("a\\nb")\n    \'a\'\n    >>> f("c\\\\nd")\n    \'c\'\n    """\n'
    assert problems(request, "def f(s): return s.splitlines()[0]") == ["", ""]


def test_what_doctests_print():
    request = ">>> table(2)\n1 2\n2 4\n>>> name()\nQwen\n>>> print(name())\nQwen"
    code = """
        def table(n):
            for i in (1, 2):
                print(*(i * j for j in range(1, n + 1)))
        def name():
            return type("Named", (), {"__repr__": lambda self: "Qwen"})()
    """
    assert problems(request, code) == ["", "", ""]
    assert problems(request, code.replace("i * j", "i + j"))[0] == "table(2) printed 2 3 3 4, not 1 2 2 4"


def test_spaces_within_a_string_count():
    assert problems(">>> f('a')\n'a b'", "def f(s): return 'a  b'") == ["f('a') gave 'a  b', not 'a b'"]


def test_exceptions_in_prose():
    request = "f(-1) raises ValueError，f(-2) 应该抛出 ValueError"
    assert problems(request, "def f(x): raise ValueError(x)") == ["", ""]
    assert problems(request, "def f(x): return x")[0] == "f(-1) gave -1, and did not raise ValueError"
    assert problems(request, "def f(x): raise KeyError(x)")[0] == "f(-1) raised KeyError: -1"


def test_other_asserts():
    request = (
        "s = make()\ns.append(1)\nassert s == [1]\nassert is_even(2)\nassert not is_even(3)\nassert unknown(thing)"
    )
    code = "def make(): return []\ndef is_even(n): return n % 2 == 0"
    assert shown(request) == ["s == [1]", "is_even(2)", "not is_even(3)"]
    assert problems(request, code) == ["", "", ""]
    assert problems(request, code.replace("== 0", "== 1"))[1] == "is_even(2) gave False, not True"


@pytest.mark.parametrize(
    ("value", "result", "passes"),
    [
        ("0.3", "0.1 + 0.2", True),
        ("[0.3, {'a': (0.3,)}]", "[0.1 + 0.2, {'a': (0.1 + 0.2,)}]", True),
        ("0.3", "0.301", False),
        ("[1, 2]", "(1, 2)", False),
        ("12345678901", "12345678902", False),
        ("212", "212.0", True),
        ("float('nan')", "float('nan')", True),
        ("[0.5, 1.0]", "__import__('numpy').array([0.5, 1.0])", True),
        ("array([0. , 0.5])", "__import__('numpy').array([0, 0.5])", True),
        ("3", "__import__('numpy').int64(3)", True),
        ("True", "__import__('numpy').bool_(False)", False),
        ("0.5", "__import__('decimal').Decimal('0.5')", True),
        ("'9'", "9", False),
        ("{1: 2}", "__import__('collections').Counter({1: 2})", True),
    ],
)
def test_what_is_equal(value, result, passes):
    [said] = problems(f"f() returns {value}", f"def f(): return {result}")
    assert (said == "") is passes


def test_frames_and_series():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2]})
    for value in ("{'a': [1, 2]}", "[{'a': 1}, {'a': 2}]", "[[1], [2]]"):
        [example] = examples(f"f() == {value}")
        run(example.check, {"f": lambda: frame})
    for value in ("[1, 2]", "{0: 1, 1: 2}", "pd.Series([1, 2])"):
        [example] = examples(f"f() == {value}")
        run(example.check, {"f": lambda: frame["a"]})


def test_messages_are_short():
    assert problems("f(3) == 9", "def f(x): return 8") == ["f(3) gave 8, not 9"]
    assert problems("f(3) == 9", "def f(x): print(9)") == ["f(3) printed 9, not 9"]
    assert problems("f(3) == 9", "def f(x): return 1 / 0") == ["f(3) raised ZeroDivisionError: division by zero"]
    [said] = problems("f(3) == 9", "def f(x): return 'x' * 10_000")
    assert len(said) < 200


def test_checks_do_not_mind_what_a_notebook_calls_its_variables():
    code = "def f(x): return 9\nlist = dict = str = len = map = sum = repr = isinstance = globals = exec = print = 0"
    assert problems("f(3) == 9", code) == [""]


def test_checks_need_nothing_of_this_package():
    [example] = examples("f(3) == 9")
    program = f"def f(x): return 9\n{example.check}"
    subprocess.run([sys.executable, "-I", "-c", program], check=True)
    assert "qwen" not in example.check


def test_the_text_of_an_example_stays_text():
    [example] = examples("""f('"); import os; os.abort() #') == '{}{0}%s\\\\'""")
    run(example.check, {"f": lambda text: "{}{0}%s\\"})


PIECES = st.sampled_from(
    [
        *(
            "f(3)",
            "f('a')",
            "x",
            "totals['n']",
            "9",
            "[1, 2]",
            "'b'",
            "“好”",
            "True",
            "f（1，2）",
            "例如",
            "返回",
            "应为",
        ),
        *(
            " == ",
            " -> ",
            "=",
            " returns ",
            " is ",
            " should be ",
            "#",
            ">>> ",
            "... ",
            "\n",
            "\n\n",
            " ",
            "`",
            "```\n",
        ),
        *(
            '"""',
            "'",
            '"',
            "(",
            ")",
            "[",
            "{",
            "}",
            ",",
            ".",
            "，",
            "。",
            "assert ",
            "Traceback",
            "ValueError",
            "\\",
            "\r",
        ),
        *(" raises ", "print(", "def f():\n", "    ", "lambda", "await g(1)", "(yield)", "\0", "\x0c", "e.g.", "- "),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_will_do(text):
    for example in examples(text):
        assert isinstance(example, Example)
        assert example.shown
        compile(example.check, "<check>", "exec")
        # It says nothing that is not in the language of checks: one call.
        [statement] = ast.parse(example.check).body
        assert isinstance(statement, ast.Expr)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("f([1, 2, 3], 'abc') == [3, 2, 1] and then some words\n" * 300, 1),
        ("f(" * 5_000 + " == 9", 0),
        ("x == " * 3_000, 0),
        ("".join(f"f({n}) == {n}\n" for n in range(500)), 20),
    ],
)
def test_pasted_data_takes_no_time(text, count):
    started = time.process_time()
    assert len(examples(text)) == count
    assert time.process_time() - started < 5


def test_an_example_says_what_it_runs():
    assert examples("total([1]) == 1")[0].code == "total([1])"
    assert examples(">>> s = Stack()\n>>> s.size()\n0")[0].code == "s = Stack()\ns.size()"
    assert examples("root(-1) raises ValueError")[0].code == ""


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("写函数 `biggest(nums)`。输入 [5, 3] 应得到 5。", ["biggest([5, 3]) == 5"]),
        (
            "Write two_sum(nums, target).\nInput: nums = [3, 3], target = 6\nOutput: [0, 1]",
            ["two_sum(nums=[3, 3], target=6) == [0, 1]"],
        ),
        ("Write mean(xs). For the input [1, 2] the result is 1.5.", ["mean([1, 2]) == 1.5"]),
        ("写 is_even(n)：输入 4 返回 True，输入 3 返回 False。", ["is_even(4) == True", "is_even(3) == False"]),
        ("Write parse(text): the input is a text, the output a list.", []),
        ("写函数 f(s)，输入一个字符串，返回它的长度", []),
        ("Write f(x) and g(x). Input: 3, output: 4", []),
    ],
)
def test_what_goes_in_and_what_comes_out(request_, expected):
    assert [example.shown for example in examples(request_)] == expected
