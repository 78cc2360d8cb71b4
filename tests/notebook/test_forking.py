"""Cells that are tried in a forked copy of the notebook."""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from textwrap import dedent

import pytest

from qwen_magic.language import Words
from qwen_magic.notebook import candidate, confinement, forking
from qwen_magic.notebook.failures import FailureLog
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.snapshot import Variable
from qwen_magic.trial import Ending

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


@pytest.fixture
def trials(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return ForkedTrials(shell)


@pytest.fixture
def tried(trials):
    def tried(cell, *checks, seconds=5.0):
        return trials.run(dedent(cell), checks, seconds)

    return tried


def children():
    """The processes that this one has started and not yet waited for; other tests may have some of their own."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path_factory, monkeypatch):
    """No process, no zombie, no descriptor and no folder outlives a trial."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before, others = len(os.listdir("/proc/self/fd")), children()  # noqa: PTH208
    yield
    assert children() <= others
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # noqa: PTH208
    assert not list(folder.iterdir())


# What is seen


def test_a_cell_that_runs(shell, tried):
    shell.run_cell("prices = [3, 4]")
    result = tried("total = sum(prices)\nprint('so:')\ntotal")

    assert result.ran
    assert result.output == "so:\n7\n"
    assert result.variables == (Variable("total", "int", "7"),)
    assert result.reason is None
    assert 0 < result.seconds < 5


def test_a_cell_that_fails_is_described_as_the_notebook_would(shell, tried, capsys):
    shell.run_cell("price = '3'", store_history=True)
    cell = "before = 1\ntotal = price + 4"
    result = tried(cell)

    log = FailureLog(shell)
    shell.events.register("post_run_cell", log.record)
    shell.run_cell(cell, store_history=True)
    assert result.ending is Ending.RAISED
    assert result.failure == log.latest()
    assert result.failure.line == 2
    assert [str(variable) for variable in result.failure.frame.variables] == ["price: str = '3'"]
    assert result.variables == (Variable("before", "int", "1"),)


@pytest.mark.parametrize(
    ("cell", "error", "line"),
    [
        ("x = 1\ndef f(:", "SyntaxError: invalid syntax", 2),
        ("return 1", "SyntaxError: 'return' outside function", 1),
        ("%%time\n1 / 0", "ZeroDivisionError: division by zero", 2),
        ("%nosuchmagic", "UsageError: Line magic function `%nosuchmagic` not found.", 1),
        ("def f():\n    f()\nf()", "RecursionError: maximum recursion depth exceeded", 2),
        ("try:\n    1 / 0\nexcept Exception as e:\n    raise ValueError('no') from e", "ValueError: no", 4),
        ("import asyncio\nawait asyncio.sleep(0)\n[][0]", "IndexError: list index out of range", 3),
    ],
)
def test_failures(tried, capsys, cell, error, line):
    failure = tried(cell).failure

    assert failure.error == error
    assert failure.line == line


@pytest.mark.parametrize(
    ("cell", "output"),
    [
        ("1 + 1", "2\n"),
        ("1 + 1;", ""),
        ("None", ""),
        ("if True:\n    5", ""),
        ("import sys\nprint('out')\nprint('err', file=sys.stderr)", "out\nerr\n"),
        ("from IPython.display import display\ndisplay([1])", "[1]\n"),
        ("import asyncio\nawait asyncio.sleep(0.01)\n'waited'", "'waited'\n"),
        ("import os\nos.write(1, b'to C')\n0", "0\n"),
        ("%%capture seen\nprint('hidden')", ""),
        ("x = 4\n%who_ls int", "['x']\n"),
    ],
)
def test_output(tried, capfd, cell, output):
    result = tried(cell)

    assert result.ran
    assert result.output == output
    assert capfd.readouterr() == ("", "")


def test_loggers_that_hold_the_old_streams_are_captured_too(shell, tried, capsys):
    shell.run_cell("import logging, sys\nhandler = logging.StreamHandler(sys.stderr)")
    result = tried("log = logging.getLogger('trial')\nlog.addHandler(handler)\nlog.warning('careful')")

    assert result.output == "careful\n"
    assert capsys.readouterr() == ("", "")


def test_long_output_is_shortened(tried):
    result = tried("print('first')\nfor n in range(100_000):\n    print('line', n)\nprint('last')")

    assert result.output.startswith("first\nline 0\n")
    assert result.output.endswith("line 99999\nlast\n")
    assert "more characters" in result.output
    assert len(result.output) < 5000


def test_variables_that_a_cell_changes(shell, tried):
    shell.run_cell("import collections\nkept = same = [1]\nsorted_ = [3, 1]\ngone = 1\ncount = 1")
    result = tried("sorted_.sort()\nsame = same\ncount += 1\ndel gone\nnew = {'a': 1}\nlen(kept)")

    assert set(map(str, result.variables)) == {
        "sorted_: list = [1, 3]",
        "count: int = 2",
        "new: dict = {'a': 1}",
        "gone: deleted",
    }


def test_checks_run_after_the_cell_in_the_same_copy(tried):
    checks = (
        "assert total == 6",
        "assert total == 7, 'not\\nseven'",
        "print('noise'); total.nope",
        "oops(",
        "await_me = 1",
    )
    result = tried("total = 6", *checks)

    assert result.ran
    assert result.output == ""
    assert [check.code for check in result.checks] == list(checks)
    assert [check.passed for check in result.checks] == [True, False, False, False, True]
    assert result.checks[1].error == "AssertionError: not seven"
    assert result.checks[2].error == "AttributeError: 'int' object has no attribute 'nope'"
    assert result.checks[3].error.startswith("SyntaxError: ")
    assert "line" not in result.checks[3].error


def test_a_cell_that_fails_is_not_checked(tried):
    assert tried("1 / 0", "assert True").checks == ()


@pytest.mark.parametrize(
    ("check", "error"),
    [
        ("while True: pass", "did not end within 0.3 s"),
        ("import os; os._exit(4)", "ended the kernel (4)"),
        ("open('x.txt', 'w')", "would write x.txt"),
    ],
)
def test_a_check_that_cannot_be_run_does_not_hide_the_result(tried, check, error):
    result = tried("1 + 1", "assert True", check, "assert True", seconds=0.3)

    assert result.ran
    assert result.output == "2\n"
    assert [check.error for check in result.checks] == ["", error, error]


# Nothing comes back


def test_the_notebook_stays_as_it_was(shell, tried, capfd):
    shell.run_cell("numbers = [1]\nimport random\nrandom.seed(3)", store_history=True)
    count, typed, out = shell.execution_count, list(shell.user_ns["In"]), dict(shell.user_ns["Out"])
    namespace = dict(shell.user_ns)
    heard = []
    for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
        shell.events.register(event, lambda *_: heard.append(1))
    result = tried("numbers.append(2)\nimport os\nos.environ['TRIED'] = '1'\nos.chdir('/')\nnumbers")

    assert result.output == "[1, 2]\n"
    assert shell.user_ns["numbers"] == [1]
    assert {name for name in shell.user_ns if shell.user_ns[name] is not namespace.get(name)} == set()
    assert (shell.execution_count, shell.user_ns["In"], shell.user_ns["Out"]) == (count, typed, out)
    assert "TRIED" not in os.environ
    assert heard == []
    assert capfd.readouterr() == ("", "")


def test_a_cell_sees_itself_as_the_next_one(shell, tried):
    shell.run_cell("'earlier'", store_history=True)

    assert tried("In[-1], Out[1], _").output == "('In[-1], Out[1], _', 'earlier', 'earlier')\n"


def test_random_numbers_are_those_that_the_notebook_would_get(tried):
    random.seed(7)
    result = tried("import random\nrandom.random()")

    assert result.output == f"{random.random()!r}\n"  # noqa: S311


def test_what_the_notebook_has_buffered_is_written_once(shell, tried, tmp_path):
    log = (tmp_path / "log.txt").open("w")
    log.write("pending")
    shell.user_ns["log"] = log
    assert tried("log.close()").ran
    assert (tmp_path / "log.txt").read_text() == ""
    log.close()

    assert (tmp_path / "log.txt").read_text() == "pending"


def test_an_open_file_is_read_from_the_same_place_and_left_there(shell, tried, tmp_path):
    (tmp_path / "rows.txt").write_text("a\nb\n" * 10_000)
    with (tmp_path / "rows.txt").open("rb", buffering=0) as rows:
        rows.readline()
        shell.user_ns["rows"] = rows
        assert tried("rows.readline(), len(rows.read())").output == "(b'b\\n', 39996)\n"

        assert rows.tell() == 2


def test_an_open_file_is_not_written(shell, tried, tmp_path):
    with (tmp_path / "both.txt").open("w+") as both, (tmp_path / "log.txt").open("a") as log:
        shell.user_ns.update(both=both, log=log)
        assert tried("both.write('x')\nboth.flush()").reason == Words("would write a file", "会写入文件")
        assert tried("both.read()").output == "''\n"
        assert tried("print('x', file=log, flush=True)").ran

    assert (tmp_path / "both.txt").read_text() == (tmp_path / "log.txt").read_text() == ""


def test_an_open_connection_is_not_used(shell, tried):
    here, there = socket.socketpair()
    with here, there:
        shell.user_ns["here"] = here
        assert tried("here.sendall(b'query')\nhere.recv(10)").reason.en == "would use an open connection"
        there.sendall(b"answer")

        assert here.recv(10) == b"answer"


def test_pipes_of_the_notebook_are_out_of_reach(shell, tried):
    read_end, write_end = os.pipe()
    shell.user_ns.update(read_end=read_end, write_end=write_end)
    os.write(write_end, b"for the notebook")

    assert tried("import os\nos.write(write_end, b'!')\nos.read(read_end, 9)").output == "b''\n"
    assert os.read(read_end, 100) == b"for the notebook"
    os.close(read_end)
    os.close(write_end)


def test_memory_shared_with_a_file_is_not_written(shell, tried, tmp_path):
    numpy = pytest.importorskip("numpy")
    shared = numpy.memmap(tmp_path / "data.bin", dtype="uint8", mode="w+", shape=(5000,))
    shell.user_ns["shared"] = shared

    assert tried("int(shared.sum())").output == "0\n"
    assert tried("shared[3] = 1").reason.en == "would write memory that is shared with a file or a process"
    assert shared.sum() == 0


def test_signal_handlers(shell, tried):
    """Those of the user's cells work in a copy; those of the program around it do not run there."""
    ours = []
    before = signal.signal(signal.SIGUSR1, lambda *_: ours.append(1))
    cell = """
        import os, signal
        def rung(number, frame):
            print('rung')
        signal.signal(signal.SIGALRM, rung)
        """
    shell.run_cell(dedent(cell))
    try:
        assert tried("signal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.pause()").output == "rung\n"
        late = tried("signal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True: pass", seconds=0.3)
        assert late.ending is Ending.TIMEOUT
        assert tried("os.kill(os.getpid(), signal.SIGUSR1)").reason.en == "ended the kernel by SIGUSR1"
        assert ours == []
        assert signal.getsignal(signal.SIGALRM) is shell.user_ns["rung"]
    finally:
        signal.signal(signal.SIGUSR1, before)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


# What ends it


def test_an_endless_loop(tried):
    result = tried("try:\n    while True: pass\nexcept BaseException: pass", seconds=0.3)

    assert result.ending is Ending.TIMEOUT
    assert result.reason == Words("did not end within 0.3 s", "在 0.3 秒内没有结束")
    assert 0.3 <= result.seconds < 2


def test_a_loop_in_c_that_never_looks_up(tried):
    assert tried("10 ** (10 ** 9)", seconds=0.3).ending is Ending.TIMEOUT


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("import os\nos._exit(3)", "ended the kernel (3)"),
        ("import sys\nsys.exit()", "called exit"),
        ("raise SystemExit(1)", "called exit"),
        ("quit()", "called exit"),
        ("import ctypes\nctypes.string_at(0)", "ended the kernel by SIGSEGV"),
        ("import os\nos.abort()", "ended the kernel by SIGABRT"),
        ("import os\nos.closerange(3, 10_000)", "ended the kernel (0)"),
        (
            "import os\nfor n in range(3, 200):\n    try: os.write(n, b'garbage' * 9)\n    except OSError: pass",
            "spoilt",
        ),
    ],
)
def test_a_cell_that_ends_its_process(tried, cell, reason):
    result = tried(cell, "assert True")

    assert result.ending is Ending.EXITED
    assert result.reason.en.startswith(reason)
    assert result.checks == ()


@pytest.mark.parametrize(
    "cell", ["held = bytearray(8 * 2**30)", "held = []\nwhile True: held.append(bytearray(2**24))"]
)
def test_too_much_memory(tried, cell, monkeypatch):
    monkeypatch.setattr(confinement, "MEMORY", 2**28)
    result = tried(cell)

    assert result.ending is Ending.MEMORY
    assert result.failure.ename == "MemoryError"


def test_a_copy_that_is_killed_for_memory(tried):
    # As the kernel's killer does; nothing else kills it so.
    result = tried("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    assert result.ending is Ending.MEMORY


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nwhile True: os.fork()",
        "import os\nwhile True:\n    try: os.fork()\n    except BaseException: pass",
        "import multiprocessing\nmultiprocessing.get_context('spawn').Process(target=print).start()",
        "import multiprocessing\nmultiprocessing.Pool(2)",
        "from concurrent.futures import ProcessPoolExecutor\nlist(ProcessPoolExecutor(2).map(abs, [1]))",
    ],
)
def test_a_fork_bomb(tried, cell):
    result = tried(cell)

    assert result.ending is Ending.NOT_TRIED
    assert result.reason == Words("would start another process", "会启动另一个进程")


def test_a_bomb_of_threads(tried):
    cell = "import threading\ndef more():\n    while True: threading.Thread(target=more).start()\nmore()"

    assert tried(cell, seconds=0.3).ending in (Ending.TIMEOUT, Ending.RAISED, Ending.MEMORY)


def test_interrupting_the_notebook_ends_the_trial(trials):
    pid = os.getpid()
    timer = threading.Timer(0.3, os.kill, (pid, signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        trials.run("while True: pass", seconds=20)

    assert time.monotonic() - began < 5
    timer.join()


def test_a_copy_does_not_outlive_the_notebook(tmp_path):
    program = """
        import os, threading
        from IPython.core.interactiveshell import InteractiveShell
        from qwen_magic.notebook.forking import ForkedTrials
        shell = InteractiveShell()
        shell.user_ns['at'], shell.user_ns['parent'] = os.pipe()
        threading.Timer(1, os._exit, (0,)).start()
        cell = "import os\\nprint(os.getpid())\\nwhile True: pass"
        ForkedTrials(shell).run(cell, seconds=60)
        """
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", dedent(program)], env=environment)
    children = set()
    while parent.poll() is None:
        children |= set(Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split())
        time.sleep(0.05)
    time.sleep(0.1)

    assert children
    # Whoever inherits it may leave it a zombie.
    states = [Path(f"/proc/{child}/stat") for child in children]
    assert not [state for state in states if state.exists() and state.read_text().split()[2] != "Z"]


# Where there can be no copy


def test_other_systems(tried, monkeypatch):
    monkeypatch.setattr(forking.sys, "platform", "win32")
    result = tried("1 + 1")

    assert result.ending is Ending.NOT_TRIED
    assert result.reason.en == "a copy of the notebook can only be made on Linux"


def test_a_system_that_allows_no_more_processes(tried, monkeypatch):
    def refused():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(forking, "_fork", refused)
    assert tried("1 + 1").reason.en == "the system allows no copy of the notebook"


def test_a_copy_that_hangs_before_it_begins(tried, monkeypatch):
    monkeypatch.setattr(forking, "_START", 0.3)
    monkeypatch.setattr(candidate.gc, "freeze", lambda: time.sleep(9))
    result = tried("1 + 1")

    assert result.ending is Ending.NOT_TRIED
    assert result.reason.en == "a copy of the notebook does not start: a thread keeps it from it"


def test_a_lock_that_only_a_thread_of_the_notebook_can_release(shell, tried):
    shell.user_ns["lock"] = threading.Lock()
    with shell.user_ns["lock"]:
        result = tried("with lock:\n    1 + 1", seconds=0.3)

    assert result.ending is Ending.NOT_TRIED
    assert result.reason.en == "it waits for another thread of the notebook, which a copy does not have"


# Among other things


def test_while_threads_are_running(shell, tried):
    cell = """
        import threading, time
        going = True
        counts = [0, 0]
        def count(n):
            while going:
                counts[n] += 1
                time.sleep(0.0001)
        threads = [threading.Thread(target=count, args=(n,)) for n in range(2)]
        for thread in threads: thread.start()
        """
    shell.run_cell(dedent(cell))
    try:
        for _ in range(20):
            assert tried("sum(counts) >= 0").output == "True\n"
        assert tried("t = threading.Thread(target=lambda: print('ran'))\nt.start()\nt.join()").output == "ran\n"
        before = sum(shell.user_ns["counts"])
        time.sleep(0.05)
        assert sum(shell.user_ns["counts"]) > before
    finally:
        shell.run_cell("going = False\nfor thread in threads: thread.join()")


def test_while_the_history_is_being_saved(shell, tried):
    with shell.history_manager.db_input_cache_lock:
        assert tried("1 + 1", seconds=0.5).output == "2\n"


def test_from_a_worker_thread(shell, trials):
    results = []
    shell.run_cell("x = 20")
    cell = """
        import asyncio, signal
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        print(x)
        await asyncio.sleep(0)
        1 / 0
        """
    worker = threading.Thread(target=lambda: results.append(trials.run(dedent(cell))))
    worker.start()
    worker.join()

    assert results[0].output == "20\n"
    assert results[0].failure.ename == "ZeroDivisionError"


def test_two_at_once(trials):
    results = []
    workers = [
        threading.Thread(target=lambda n=n: results.append(trials.run(f"import time\ntime.sleep(0.2)\n{n}").output))
        for n in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(results) == ["0\n", "1\n", "2\n", "3\n"]


def test_numpy_and_pandas(shell, tried):
    shell.run_cell("import numpy as np, pandas as pd\nm = np.ones((400, 400))\nm @ m\ndf = pd.DataFrame({'a': [1, 2]})")
    result = tried("df['b'] = df['a'] * 2\n(m @ m).sum(), df['b'].sum()")

    assert result.output == "(np.float64(64000000.0), np.int64(6))\n"
    assert [str(v) for v in result.variables] == ["df: DataFrame = 2 rows x 2 columns: 'a': int64, 'b': int64"]
    assert list(shell.user_ns["df"]) == ["a"]
    assert tried("df['c']").failure.error == "KeyError: 'c'"
    assert tried("df").output.splitlines()[0].split() == ["a"]


@pytest.mark.parametrize("backend", ["agg", "tkagg", "module://matplotlib_inline.backend_inline"])
def test_matplotlib(shell, tried, backend):
    shell.run_cell("import matplotlib\nimport matplotlib.pyplot as plt")
    matplotlib = shell.user_ns["matplotlib"]
    before = matplotlib.rcParams["backend"]
    matplotlib.rcParams["backend"] = backend
    try:
        assert tried("fig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()").ran
        assert tried("plt.plot([1, 2], [1])").failure.ename == "ValueError"
        assert tried("import io\nplt.savefig(io.BytesIO())").ran
        assert tried("plt.savefig('plot.png')").reason.en == "would write plot.png"
        assert shell.user_ns["plt"].get_fignums() == []
    finally:
        matplotlib.rcParams["backend"] = before


def test_an_open_database(shell, tried, tmp_path):
    db = sqlite3.connect(tmp_path / "shop.db")
    db.execute("create table sales (price)")
    db.execute("insert into sales values (3)")
    db.commit()
    db.execute("insert into sales values (4)")
    journal = tmp_path / "shop.db-journal"
    assert journal.exists()
    shell.user_ns.update(db=db, cursor=db.cursor())
    try:
        assert tried("db.execute('select sum(price) from sales').fetchone()").output == "(7,)\n"
        assert (
            tried("db.execute('create temp table t (a)')\ncursor.execute('select 1').fetchall()").output == "[(1,)]\n"
        )
        for write in (
            "db.execute('insert into sales values (5)')",
            "cursor.execute('drop table sales')",
            "db.commit()",
        ):
            assert tried(write).reason == Words("would change the database shop.db", "会修改数据库 shop.db")
        tried("db.close()")
        assert journal.exists()
        db.rollback()
        assert db.execute("select * from sales").fetchall() == [(3,)]
    finally:
        db.close()


def test_a_database_that_the_cell_opens(tried, tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute("create table sales (price)")
    db.close()

    def opened(name, then):
        return tried(f"import sqlite3\ndb = sqlite3.connect({name!r})\n{then}")

    assert opened("shop.db", "db.execute('select * from sales').fetchall()").output == "[]\n"
    assert opened("shop.db", "db.execute('select * from nothing')").failure.ename == "OperationalError"
    changed = opened("shop.db", "db.execute('insert into sales values (1)')")
    assert changed.reason.en == "would change the database shop.db"
    assert opened("new.db", "").reason.en == "would write new.db"
    assert opened(":memory:", "db.execute('create table t (a)')\ndb.commit()").ran
    assert not (tmp_path / "new.db").exists()


def test_a_gigabyte_of_data(shell, trials):
    numpy = pytest.importorskip("numpy")
    shell.user_ns["big"] = numpy.ones(2**27)
    trials.run("0")
    quickest = min(trials.run("big[0]").seconds for _ in range(5))

    # Copied, it would take a second.
    assert quickest < 0.2
    del shell.user_ns["big"]


def test_an_ipython_with_events_and_a_namespace_of_ten_thousand_names(shell, trials):
    shell.user_ns.update({f"name_{n}": n for n in range(10_000)})

    assert min(trials.run("name_7").seconds for _ in range(3)) < 0.2
