"""What is kept of a failed cell."""

from __future__ import annotations

import gc
import sys
import weakref
from types import SimpleNamespace

import pytest

from qwen_magic.errors import NothingToWorkOn, OptionError
from qwen_magic.notebook.failures import KEPT, FailureLog, failure
from qwen_magic.notebook.tracebacks import Cell


@pytest.fixture
def log(shell):
    log = FailureLog(shell)
    shell.events.register("pre_run_cell", log.begin)
    shell.events.register("post_run_cell", log.record)
    return log


@pytest.fixture
def run(shell, log, capsys):
    """Runs a cell as a notebook does and gives its failure."""

    def run(cell):
        count = shell.history_manager.input_hist_raw.__len__()
        shell.run_cell(cell, store_history=True)
        return log.get(count)

    return run


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A working directory with modules of the user's."""
    (tmp_path / "sizes.py").write_text(
        "import json\n\ndef parse(text):\n    size = len(text)\n    return json.loads(text)[size]\n"
    )
    (tmp_path / "broken.py").write_text("x = 1\ndef f(:\n    pass\n")
    (tmp_path / "script.py").write_text("a = 1\nb = a / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("sizes", None)


def variables(failure):
    return [str(variable) for variable in failure.frame.variables]


def test_a_failed_cell(run):
    failure = run('price = "3"\ntotal = price + 4\n')

    assert failure.cell == 'price = "3"\ntotal = price + 4\n'
    assert failure.error == 'TypeError: can only concatenate str (not "int") to str'
    assert failure.execution_count == 1
    assert failure.line == 2
    assert failure.frame.location == "In[1]"
    assert failure.frame.marked() == '      1 price = "3"\n->    2 total = price + 4'
    assert variables(failure) == ["price: str = '3'"]
    assert failure.traceback == (
        "Traceback (most recent call last):\n"
        '  File "In[1]", line 2, in <module>\n'
        "    total = price + 4\n"
        'TypeError: can only concatenate str (not "int") to str'
    )


def test_a_cell_that_runs_leaves_no_failure(run, log):
    assert run("1 + 1") is None
    assert run("!false") is None
    assert repr(log) == "No cell has failed."


def test_a_function_of_an_earlier_cell(run):
    run("import math\ndef share(total, n):\n    each = total\n    return each / n\n")
    failure = run("people = 0\nshare(9, people)\n")

    assert failure.line == 2
    assert (failure.frame.function, failure.frame.location, failure.frame.line) == ("share", "In[1]", 4)
    assert failure.frame.first_line == 2
    assert failure.frame.source[0] == "def share(total, n):"
    assert variables(failure) == ["total: int = 9", "n: int = 0", "each: int = 9"]


def test_a_method_shows_the_fields_of_its_object(run):
    run("class Cart:\n    def __init__(self):\n        self.items = [1]\n    def pay(self):\n        self.cash")
    failure = run("Cart().pay()")

    assert failure.frame.function == "Cart.pay"
    assert variables(failure) == ["self: Cart = Cart(items=[1])"]


def test_long_functions_are_shown_around_the_line(run):
    body = "".join(f"    a{n} = {n}\n" for n in range(30))
    failure = run(f"def f():\n{body}    a0 / 0\n{body}f()")

    assert failure.frame.line == 32
    assert (failure.frame.first_line, len(failure.frame.source)) == (30, 5)
    assert len(failure.frame.variables) == 20


@pytest.mark.parametrize(
    ("cell", "function", "line"),
    [
        ("[1 / n\n for n in (1, 0)]", "<module>", 1),
        ("def f(a):\n    return [a / n for n in (1, 0)]\nf(1)", "f", 2),
        ("x = 1\n(lambda n: n / 0)(3)", "<lambda>", 2),
        ("sorted([1],\n key=lambda n: n / 0)", "<lambda>", 2),
        ("def outer():\n    def inner():\n        1 / 0\n    inner()\nouter()", "outer.inner", 3),
        ("def numbers():\n    yield 1\n    1 / 0\nlist(numbers())", "numbers", 3),
        ("async def go():\n    1 / 0\nawait go()", "go", 2),
        ('exec("1 / 0")', "<module>", 1),
        (
            "def plain(f):\n    def call(): return f()\n    return call\n@plain\ndef late():\n    1 / 0\nlate()",
            "late",
            6,
        ),
        ("import pandas as pd\npd.Series([1]).map(lambda n: n / 0)", "<lambda>", 2),
    ],
)
def test_wherever_in_the_cell_it_happens(run, cell, function, line):
    failure = run(cell)

    assert failure.ename == "ZeroDivisionError"
    assert failure.line == failure.frame.line == line
    assert failure.frame.function == function


def test_an_error_inside_a_library_is_shown_at_the_users_call(run):
    failure = run('import pandas as pd\nsales = pd.DataFrame({"price": [1]})\n\nsales["cost"]')

    assert failure.error == "KeyError: 'cost'"
    assert (failure.line, failure.frame.location) == (4, "In[1]")
    assert variables(failure) == ["sales: DataFrame = 1 row x 1 column: 'price': int64"]
    # pandas raises it from a KeyError that says the same.
    assert failure.causes == ()


def test_an_error_in_a_module_of_the_users(run, project):
    failure = run("import sizes\nsizes.parse('[1]')")

    assert failure.line == 2
    assert (failure.frame.location, failure.frame.function, failure.frame.line) == ("sizes.py", "parse", 5)
    assert variables(failure) == ["text: str = '[1]'", "size: int = 3"]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("\n\n# note\n1/0", 4),
        ("%%time\n\nx = 2\n1/0", 4),
        ("\n%%time\n1/0", 3),
        ("%%timeit -n1 -r1\nx = 1\nx/0", 3),
        ("%%capture out\nq = 5\n\nq/0", 4),
        ("%%prun\n\nx = 1\n1/0", 4),
        ("x = 1\n%matplotlib_of_old", 2),
        ("!true \\\n  b\nz = 1\nz/0", 4),
        (">>> x = 1\n>>> x/0", 2),
    ],
)
def test_line_numbers_are_those_of_the_cell_as_typed(run, log, cell, line):
    failure = run(cell)

    assert failure.cell == cell
    assert failure.line == failure.frame.line == line
    assert failure.frame.source[line - failure.frame.first_line] == cell.splitlines()[line - 1]
    assert list(log) == [failure.execution_count]


def test_an_error_that_a_magic_shows_and_swallows(run, log, project):
    failure = run("%run script.py")

    assert failure.error == "ZeroDivisionError: division by zero"
    assert (failure.frame.location, failure.frame.line, failure.line) == ("script.py", 2, None)
    assert run("1 + 1") is None


def test_an_error_shown_between_cells_is_not_the_next_cells(run, shell):
    try:
        raise ValueError("from a button")
    except ValueError:
        shell.showtraceback()

    assert run("1 + 1") is None


@pytest.mark.parametrize(
    ("cell", "ename", "message", "line"),
    [
        ("x = 1\ny = = 2", "SyntaxError", "invalid syntax", 2),
        ("\n\nif True:\nprint(1)", "IndentationError", "expected an indented block after 'if' statement on line 3", 4),
        ("total = (1,\nn = 2", "SyntaxError", "'(' was never closed", 1),
        ("%%time\nx = 1\ny = = 2", "SyntaxError", "invalid syntax", 3),
        ("%%capture\nx = 1\ny = = 2", "SyntaxError", "invalid syntax", 3),
    ],
)
def test_a_cell_that_is_not_python(run, cell, ename, message, line):
    failure = run(cell)

    assert (failure.ename, failure.evalue, failure.line, failure.cell) == (ename, message, line, cell)
    assert (failure.frame.location, failure.frame.line, failure.frame.variables) == ("In[1]", line, ())
    assert failure.traceback.startswith(f'  File "In[1]", line {line}\n    {cell.splitlines()[line - 1]}')
    assert failure.traceback.endswith(f"{ename}: {message}")


@pytest.mark.parametrize("cell", ['text = "1 +"\neval(text)', '%%time\neval("1 +")', 'import ast\nast.parse("1 +")'])
def test_a_syntax_error_in_other_text_is_not_the_cells(run, cell):
    failure = run(cell)

    assert failure.ename == "SyntaxError"
    assert "line 1)" in failure.evalue
    assert failure.line == failure.frame.line == 2


def test_a_syntax_error_in_an_imported_file(run, project):
    failure = run("x = 1\nimport broken")

    assert failure.line == 2
    assert (failure.frame.location, failure.frame.line) == ("broken.py", 2)
    assert "->    2 def f(:" in failure.frame.marked()


def test_causes_and_notes(run):
    failure = run(
        "try:\n    {}['port']\nexcept KeyError as e:\n"
        "    new = ValueError('no port')\n    new.add_note('see the manual')\n    raise new from e"
    )

    assert failure.evalue == "no port\nsee the manual"
    assert failure.causes == ("KeyError: 'port'",)


def test_suppressed_causes_are_not_told(run):
    assert run("try:\n    1/0\nexcept Exception:\n    raise ValueError('v') from None").causes == ()


def test_groups_name_their_members(run):
    failure = run("raise ExceptionGroup('many', [ValueError('a'), ExceptionGroup('in', [TypeError('b')])])")

    assert failure.causes == ("ValueError: a", "TypeError: b")


def test_exceptions_that_cause_each_other(run):
    failure = run("a, b = ValueError('a'), TypeError('b')\na.__cause__, b.__cause__ = b, a\nraise a")

    assert failure.causes == ("TypeError: b",)


@pytest.mark.parametrize("problem", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_hostile_message(shell, problem):
    class Bad(Exception):
        def __str__(self):
            raise problem

    failed = failure(shell, Bad(), Cell("raise Bad", 1))

    assert failed.error == f"Bad: <its __str__ raised {problem.__name__}>"


def test_an_error_that_ipython_itself_cannot_show(run):
    failure = run("class Bad(Exception):\n    def __str__(self):\n        raise SystemExit\nraise Bad")

    assert (failure.ename, failure.line) == ("Bad", 4)


def test_long_messages_and_tracebacks_keep_both_ends(run, shell):
    # IPython would spend seconds on showing all of it.
    shell.InteractiveTB.set_mode("Minimal")
    failure = run("def down(n):\n    return up(n)\ndef up(n):\n    return down(n + 1)\ndown(0)")
    assert failure.line in (2, 4)
    assert "more frames …" in failure.traceback

    failure = run("raise ValueError('<' + 'x' * 10_000 + '>')")
    assert failure.evalue.startswith("<x")
    assert failure.evalue.endswith("x>")
    assert len(failure.evalue) <= 620
    assert len(failure.traceback) <= 4000


def test_colours_are_taken_out_of_messages(run):
    assert run(r"raise ValueError('\x1b[31mred\x1b[0m')").error == "ValueError: red"


def test_a_comprehension_sees_the_function_around_it(run):
    failure = run("def f(a):\n    return [a / n for n in (1, 0)]\nf(1)")

    assert variables(failure) == ["a: int = 1", "n: int = 0"]


def test_what_is_not_a_failure(run, shell, log):
    shell.user_ns["OptionError"] = OptionError

    assert run("raise KeyboardInterrupt") is None
    assert run("raise OptionError('unknown option')") is None
    assert run("import sys; sys.exit(3)").error == "SystemExit: 3"
    log.record(None)


def test_no_object_of_the_notebook_is_kept_alive(run, shell, log):
    run("class Big(Exception): pass\nmade = []\ndef f():\n    big = Big('x')\n    made.append(big)\n    raise big\nf()")
    kept = weakref.ref(shell.user_ns["made"].pop())
    assert kept() is not None

    # IPython itself keeps the last error.
    shell.last_execution_result = None
    sys.last_value = sys.last_traceback = sys.last_exc = None
    shell.InteractiveTB.tb = None
    shell.InteractiveTB.pdb = None
    gc.collect()

    assert kept() is None
    assert log[1].ename == "Big"


def test_a_broken_recorder_does_not_reach_the_user(run, log, monkeypatch, capsys):
    monkeypatch.setattr("qwen_magic.notebook.failures.failure", lambda *a, **k: 1 / 0)

    run("1/0")

    assert "qwen_magic" not in capsys.readouterr().out
    assert len(log) == 0


def test_the_log_is_a_mapping(run, log):
    run("1/0")
    run("1 + 1")
    run("nowhere")

    assert list(log) == [1, 3]
    assert 1 in log
    assert 2 not in log
    assert log[-1] is log.latest() is log[3]
    assert str(log[3]) == log[3].traceback
    assert repr(log) == "Err[1] ZeroDivisionError: division by zero\nErr[3] NameError: name 'nowhere' is not defined"


def test_looking_for_a_failure_that_is_not_there(run, log):
    with pytest.raises(KeyError, match="No cell has failed yet"):
        log[-1]
    run("1/0")
    with pytest.raises(NothingToWorkOn) as caught:
        log[2]

    assert caught.value.message == "There is no Err[2]."
    assert caught.value.hint == "There are Err[1]."


def test_only_the_last_failures_are_kept(shell, log):
    for count in range(1, KEPT + 6):
        info = SimpleNamespace(raw_cell="1/0", store_history=True)
        result = SimpleNamespace(
            info=info, execution_count=count, error_before_exec=None, error_in_exec=ZeroDivisionError()
        )
        log.record(result)

    assert list(log) == list(range(6, KEPT + 6))


def test_a_wrong_call_of_our_own_magic_is_no_failure(run, log):
    run("%%qwen fix")
    run("%qwen")
    assert len(log) == 0
