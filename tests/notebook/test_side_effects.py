"""What a candidate may not do, and what it may."""

from __future__ import annotations

import os
import sys
from textwrap import dedent

import pytest

from qwen_magic.notebook import confinement
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.trial import Ending

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


_MOVED = """
import os, tempfile
with tempfile.TemporaryDirectory() as d:
    os.mkdir(d + '/sub')
    open(d + '/sub/x', 'w').close()
    os.rename(d + '/sub/x', d + '/y')
os.path.exists(d)
"""


@pytest.fixture
def tried(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trials = ForkedTrials(shell)
    return lambda cell: trials.run(dedent(cell))


@pytest.fixture
def data(tmp_path):
    """A folder of the user's, which must be the same afterwards."""
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "kept.txt").write_text("kept")

    def seen():
        return {str(p): p.read_bytes() if p.is_file() else p.stat().st_mode for p in tmp_path.rglob("*")}

    before = seen()
    yield tmp_path
    after = {path: held for path, held in seen().items() if "profile" not in path}
    assert after == {path: held for path, held in before.items() if "profile" not in path}


@pytest.mark.parametrize(
    ("cell", "english", "chinese"),
    [
        ("open('results.csv', 'w')", "would write results.csv", "会写入文件 results.csv"),
        ("open('data.csv', 'a')", "would write data.csv", "会写入文件 data.csv"),
        ("open('data.csv', 'r+')", "would write data.csv", "会写入文件 data.csv"),
        ("open(b'x', 'xb')", "would write x", "会写入文件 x"),
        (
            "from pathlib import Path\nPath('notes.txt').write_text('hi')",
            "would write notes.txt",
            "会写入文件 notes.txt",
        ),
        ("from pathlib import Path\nPath('empty').touch()", "would write empty", "会写入文件 empty"),
        ("import os\nos.open('data.csv', os.O_RDONLY | os.O_TRUNC)", "would write data.csv", "会写入文件 data.csv"),
        ("import os\nos.remove('data.csv')", "would delete data.csv", "会删除 data.csv"),
        ("import os\nos.unlink('old/kept.txt')", "would delete old/kept.txt", "会删除 old/kept.txt"),
        ("import shutil\nshutil.rmtree('old')", "would delete the folder old", "会删除文件夹 old"),
        ("import os\nos.rename('data.csv', 'b.csv')", "would rename data.csv", "会重命名 data.csv"),
        ("import shutil\nshutil.move('data.csv', 'old')", "would rename data.csv", "会重命名 data.csv"),
        ("import shutil\nshutil.copy('data.csv', 'c.csv')", "would write c.csv", "会写入文件 c.csv"),
        ("import os\nos.makedirs('out/plots')", "would create the folder out", "会新建文件夹 out"),
        ("import os\nos.chmod('data.csv', 0)", "would change data.csv", "会修改 data.csv"),
        ("import os\nos.truncate('data.csv', 0)", "would change data.csv", "会修改 data.csv"),
        ("import os\nos.utime('data.csv')", "would change data.csv", "会修改 data.csv"),
        ("import os\nos.symlink('data.csv', 'd')", "would create the link d", "会新建链接 d"),
        ("import os\nos.link('data.csv', 'd')", "would create the link d", "会新建链接 d"),
        ("import os\nos.system('touch x')", "would run a command: touch x", "会运行命令：touch x"),
        ("import subprocess\nsubprocess.run(['touch', 'x'])", "would run a command: touch x", "会运行命令：touch x"),
        ("import os\nos.execv('/bin/true', ['true'])", "would run a command: true", "会运行命令：true"),
        ("!touch x", "would run a command: touch x", "会运行命令：touch x"),
        ("files = !ls", "would run a command: ls", "会运行命令：ls"),
        ("import os\nos.kill(os.getppid(), 9)", "would send a signal to another process", "会向其他进程发送信号"),
        ("import os\nos.kill(-1, 0)", "would send a signal to another process", "会向其他进程发送信号"),
        ("import ctypes\nctypes.CDLL(None).fork()", "would call the C function fork", "会调用 C 函数 fork"),
        ("input('name? ')", "would ask for input", "会等待键盘输入"),
        ("import sys\nsys.stdin.readline()", "would ask for input", "会等待键盘输入"),
        ("import getpass\ngetpass.getpass()", "would ask for input", "会等待键盘输入"),
        ("breakpoint()", "would ask for input", "会等待键盘输入"),
        ("%load_ext qwen_magic", "would ask the model again", "会再次询问模型"),
        (
            "import urllib.request\nurllib.request.urlopen('http://example.com/a')",
            "would open http://example.com/a",
            "会打开 http://example.com/a",
        ),
        (
            "import socket\nsocket.create_connection(('127.0.0.1', 9))",
            "would connect to 127.0.0.1:9",
            "会连接 127.0.0.1:9",
        ),
        (
            "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
            "would connect to 127.0.0.1:9",
            "会连接 127.0.0.1:9",
        ),
        ("import socket\nsocket.gethostbyname('example.com')", "would connect to example.com", "会连接 example.com"),
        ("import socket\nsocket.socket().bind(('', 0))", "would connect to :0", "会连接 :0"),
        (
            "import os, webbrowser\nos.environ['BROWSER'] = 'true'\nwebbrowser.open('https://example.com')",
            "would open https://example.com",
            "会打开 https://example.com",
        ),
    ],
)
def test_refused(tried, data, cell, english, chinese):
    result = tried(cell)

    assert result.ending is Ending.NOT_TRIED, result
    assert (result.reason.en, result.reason.zh) == (english, chinese)
    assert result.failure is None


def test_pandas_writing(tried, data):
    assert tried("import pandas as pd\npd.DataFrame().to_csv('results.csv')").reason.en == "would write results.csv"
    assert tried("import pandas as pd\npd.read_csv('https://example.com/a.csv')").reason.en.startswith(
        "would open http"
    )
    assert tried("import numpy as np\nnp.save('x.npy', np.ones(3))").reason.en == "would write x.npy"


@pytest.mark.parametrize("cell", ["%pip install nothing", "%%bash\ntouch x", "%%writefile x\ntext", "%%script sh\nls"])
def test_magics_that_do_something(tried, data, cell):
    result = tried(cell)

    assert result.ending is Ending.NOT_TRIED, result
    assert result.reason.en.startswith(("would run a command", "would write x"))


@pytest.mark.parametrize("ask", ["%qwen fix", "%%qwen\nwrite it", "get_ipython().run_line_magic('qwen', 'fix')"])
def test_asking_the_model(shell, tried, ask):
    shell.register_magic_function(lambda *_: 1 / 0, "line_cell", "qwen")

    assert tried(ask).reason.en == "would ask the model again"


@pytest.mark.parametrize(
    "cell",
    [
        "try:\n    open('x', 'w')\nexcept BaseException:\n    pass\n1",
        "import contextlib\nwith contextlib.suppress(BaseException):\n    open('x', 'w')",
        "try:\n    open('x', 'w')\nfinally:\n    import os\n    os._exit(0)",
        "import threading\nt = threading.Thread(target=open, args=('x', 'w'))\nt.start()\nt.join()",
        "class A:\n    def __del__(self):\n        open('x', 'w')\nA()\n1",
        "import asyncio\nawait asyncio.gather(asyncio.to_thread(open, 'x', 'w'), return_exceptions=True)",
    ],
)
def test_a_refusal_cannot_be_caught(tried, data, cell):
    assert tried(cell).reason.en == "would write x"


@pytest.mark.parametrize(
    ("cell", "output"),
    [
        ("open('data.csv').read()", "'a,b\\n1,2\\n'\n"),
        ("import os\nos.makedirs('old', exist_ok=True)\nsorted(os.listdir('old'))", "['kept.txt']\n"),
        ("import os\nopen(os.devnull, 'w').write('x')", "1\n"),
        ("import tempfile\nwith tempfile.TemporaryFile() as f: f.write(b'x'); print(f.tell())", "1\n"),
        (_MOVED, "False\n"),
        ("import os, signal\nos.kill(os.getpid(), 0)", ""),
        ("import urllib.request\nurllib.request.urlopen('data:,hi').read()", "b'hi'\n"),
        ("import asyncio\nawait asyncio.to_thread(len, 'abc')", "3\n"),
        ("import colorsys\ncolorsys.ONE_THIRD > 0", "True\n"),
        ("import multiprocessing\nmultiprocessing.Lock().acquire()", "True\n"),
    ],
)
def test_allowed(tried, data, cell, output):
    result = tried(cell)

    assert result.ran, result
    assert result.output == output


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("open('missing/x.csv', 'w')", "FileNotFoundError"),
        ("import os\nos.remove('missing.csv')", "FileNotFoundError"),
        ("import os\nos.mkdir('old')", "FileExistsError"),
    ],
)
def test_an_error_that_python_gives_anyway_is_worth_more_than_a_refusal(tried, data, cell, error):
    assert tried(cell).failure.ename == error


def test_an_existing_link_does_not_lead_out_of_the_temporary_folder(tried, data):
    (data / "link.csv").symlink_to("data.csv")
    try:
        assert tried("open('link.csv', 'w')").reason.en == "would write data.csv"
    finally:
        (data / "link.csv").unlink()


def test_libraries_do_without_their_caches(tried, data, monkeypatch):
    (data / "cache").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(data / "cache"))
    result = tried("try:\n    open('cache/fonts.json', 'w')\nexcept OSError as e:\n    print(type(e).__name__)")
    (data / "cache").rmdir()

    assert result.output == "PermissionError\n"


@pytest.fixture
def sealed():
    """Landlock may be missing from the system's kernel, where the audit hook has to do."""
    child = os.fork()
    if child == 0:
        os._exit(0 if confinement.seal("/tmp") else 1)  # noqa: S108
    if os.waitpid(child, 0)[1]:
        pytest.skip("this system has no Landlock")


def test_code_in_c_cannot_write_either(tried, data, sealed):
    cell = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.creat(b'x.txt', 0o600), ctypes.get_errno(), libc.mkdir(b'dir', 0o700), libc.mkfifo(b'f', 0o600))
        """

    assert tried(cell).output == "-1 13 -1 -1\n"
    assert tried("import os\nos.mkfifo('x')").reason.en == "would write a file"
