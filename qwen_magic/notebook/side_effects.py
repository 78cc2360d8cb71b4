"""Code that would do something to the world outside its process: noticed, and ended before it happens."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from qwen_magic.language import Words
from qwen_magic.notebook import databases
from qwen_magic.notebook.describe import clip

_SHOWN = 80
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/full"})
# C functions that nobody needs by name who does not mean to get around the hook.
_NATIVE = frozenset(
    {"fork", "vfork", "system", "popen", "execv", "execve", "kill", "unlink", "remove", "rmdir", "rename"}
)
_COMMANDS = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile")
_PROCESSES = ("os.fork", "os.forkpty", "syslog.syslog", "syslog.openlog")
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_CONNECTIONS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")
_CLIENTS = ("ftplib.connect", "smtplib.connect", "poplib.connect", "imaplib.open", "http.client.connect")

INPUT = Words("would ask for input", "会等待键盘输入")
MODEL = Words("would ask the model again", "会再次询问模型")
PROCESS = Words("would start another process", "会启动另一个进程")
SIGNAL = Words("would send a signal to another process", "会向其他进程发送信号")
NETWORK = Words("would use an open connection", "会使用已打开的连接")
FILE = Words("would write a file", "会写入文件")
GPU = Words("would use the GPU, which a copy cannot", "会使用 GPU，副本中无法使用")


class SideEffects:
    """An audit hook: everything it knows to be harmless passes; else `refuse` is called, which does not return.

    It cannot be taken out again, so it belongs in a process of its own.
    """

    def __init__(self, folder: str, refuse: Callable[[Words], NoReturn], *, sealed: bool) -> None:
        self._folder = os.path.realpath(folder)
        self._caches = _caches()
        self._sealed = sealed
        self._opened = ""
        self._refuse = refuse
        self._judges: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.remove": partial(self._entry, "would delete {}", "会删除 {}", 1),
            "os.rmdir": partial(self._entry, "would delete the folder {}", "会删除文件夹 {}", 1),
            "os.mkdir": partial(self._new, "would create the folder {}", "会新建文件夹 {}", 2),
            "os.symlink": self._link,
            "os.link": self._link,
            "os.rename": self._rename,
            "shutil.rmtree": partial(self._entry, "would delete the folder {}", "会删除文件夹 {}", 1),
            "os.truncate": partial(self._entry, "would change {}", "会修改 {}", None),
            "os.chmod": partial(self._entry, "would change {}", "会修改 {}", 2),
            "os.chown": partial(self._entry, "would change {}", "会修改 {}", 3),
            "os.utime": partial(self._entry, "would change {}", "会修改 {}", 3),
            "os.setxattr": partial(self._entry, "would change {}", "会修改 {}", None),
            "os.removexattr": partial(self._entry, "would change {}", "会修改 {}", None),
            "os.kill": self._kill,
            "os.killpg": self._kill_group,
            "signal.pthread_kill": lambda *_: None,
            "urllib.Request": self._url,
            "webbrowser.open": self._url,
            "ctypes.dlsym": self._native,
            "builtins.input": lambda *_: self._refuse(INPUT),
            "sqlite3.connect": self._database,
            **dict.fromkeys(_COMMANDS, self._command),
            **dict.fromkeys(_PROCESSES, lambda *_: self._refuse(PROCESS)),
            **dict.fromkeys((*_NAMES, *_CONNECTIONS, *_CLIENTS), self._connection),
        }

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if (judge := self._judges.get(event)) is not None:
            judge(*arguments)

    def _say(self, english: str, chinese: str, what: str) -> NoReturn:
        shown = clip(what, _SHOWN)
        self._refuse(Words(english.replace("{}", shown), chinese.replace("{}", shown)))

    def _open(self, path: Any, mode: Any, flags: int) -> None:
        # An open descriptor has been seen to already.
        if flags & _WRITES and not isinstance(path, int):
            self._path("would write {}", "会写入文件 {}", _text(path))

    def _entry(self, english: str, chinese: str, folder_at: int | None, *arguments: Any) -> None:
        """Something that is done to what a path names, if it names anything."""
        path = arguments[0]
        if isinstance(path, int):
            return
        text = _text(path, _at(arguments, folder_at))
        # Python's own error about a missing file is worth more than a refusal.
        if os.path.lexists(text):
            self._path(english, chinese, text)

    def _new(self, english: str, chinese: str, folder_at: int, *arguments: Any) -> None:
        """Something that is made; `makedirs(exist_ok=True)` also asks for what is there."""
        text = _text(arguments[0], _at(arguments, folder_at))
        if not os.path.lexists(text):
            self._path(english, chinese, text)

    def _link(self, source: Any, target: Any, *folders: Any) -> None:
        self._path("would create the link {}", "会新建链接 {}", _text(target, folders[-1] if folders else -1))

    def _rename(self, source: Any, target: Any, source_folder: int = -1, target_folder: int = -1) -> None:
        text = _text(source, source_folder)
        if os.path.lexists(text):
            self._path("would rename {}", "会重命名 {}", text)
            self._path("would write {}", "会写入文件 {}", _text(target, target_folder))

    def _path(self, english: str, chinese: str, path: str) -> None:
        parent = os.path.realpath(os.path.dirname(path) or ".")  # noqa: PTH120  # "x/.." must stay as it is
        real = os.path.join(parent, os.path.basename(path))  # noqa: PTH118, PTH119
        real = os.path.realpath(real) if english.startswith("would write") else real
        if real in _DEVICES or _within(real, self._folder) or not Path(parent).is_dir():
            return
        if any(_within(real, cache) for cache in self._caches) or f"{os.sep}__pycache__{os.sep}" in real:
            # Libraries do without their caches; that is no reason not to try the code that uses them.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        cwd = str(Path.cwd())
        self._say(english, chinese, os.path.relpath(real, cwd) if _within(real, cwd) else real)

    def _kill(self, process: int, number: int) -> None:
        if process != os.getpid():
            self._refuse(SIGNAL)

    def _kill_group(self, group: int, number: int) -> None:
        if group != os.getpgrp():
            self._refuse(SIGNAL)

    def _url(self, url: Any, *_: Any) -> None:
        if not str(url).startswith(("file:", "data:")):
            self._say("would open {}", "会打开 {}", str(url))

    def _native(self, library: object, name: Any) -> None:
        if name in _NATIVE:
            self._say("would call the C function {}", "会调用 C 函数 {}", str(name))

    def _database(self, path: Any, *_: Any) -> None:
        if not databases.on_disk(text := _text(path)):
            return
        file = databases.file(text)
        if not os.path.lexists(file):
            self._path("would write {}", "会写入文件 {}", file)
        elif not self._sealed:
            self._say("would open the database {}", "会打开数据库 {}", file)
        else:
            # The kernel lets SQLite read it and no more.
            self._opened = Path(file).name

    def _command(self, first: Any, arguments: Any = None, *_: Any) -> None:
        given = arguments if isinstance(arguments, list | tuple) else [first]
        self._say("would run a command: {}", "会运行命令：{}", " ".join(_text(part) for part in given))

    def _connection(self, first: Any, second: Any = None, *_: Any) -> None:
        # An address comes after the socket or the client that uses it; a name to look up comes first.
        where = (first, second) if isinstance(first, str | bytes) else first if isinstance(first, tuple) else second
        parts = where[:2] if isinstance(where, tuple) else (where,)
        self._say("would connect to {}", "会连接 {}", ":".join(_text(part) for part in parts if part is not None))

    def blocked(self, error: BaseException) -> Words | None:
        """What an error means that only a copy raises: code in C was kept from doing something."""
        seen: set[int] = set()
        current: BaseException | None = error
        while current is not None and id(current) not in seen:
            seen.add(id(current))
            if self._opened and databases.kept_from_writing(current):
                return databases.would_change(self._opened)
            if isinstance(current, RuntimeError) and "CUDA in forked subprocess" in str(current):
                return GPU
            # A file that was opened before, to read and write, can only be read here.
            if isinstance(current, OSError) and current.errno == errno.EBADF:
                return FILE
            if self._sealed and isinstance(current, PermissionError) and _ours(current):
                return FILE
            current = current.__cause__ or current.__context__
        return None


def _ours(error: PermissionError) -> bool:
    """Whether nothing but the seal explains why a path could not be written."""
    path = error.filename
    if error.errno != errno.EACCES or path is None:
        return error.errno == errno.EACCES
    existing = path if isinstance(path, int) or os.path.lexists(path) else os.path.dirname(path) or "."  # noqa: PTH120
    return os.access(existing, os.W_OK)


def _at(arguments: tuple[Any, ...], position: int | None) -> Any:
    return arguments[position] if position is not None and position < len(arguments) else -1


def _text(path: Any, folder: Any = -1) -> str:
    """A path as text; one that is relative to an open folder, with that folder before it."""
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)
    # -1 and AT_FDCWD both say "none".
    if isinstance(folder, int) and folder >= 0 and not os.path.isabs(text):  # noqa: PTH117
        text = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)  # noqa: PTH115, PTH118
    return text


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _caches() -> tuple[str, ...]:
    """Where libraries keep what they can make again."""
    home = Path("~").expanduser()
    named = [os.environ.get(key) for key in ("XDG_CACHE_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")]
    known = [*(Path(path) for path in named if path), home / ".cache", home / ".config" / "matplotlib"]
    # A cache folder that holds everything would excuse everything.
    temporary = os.path.realpath(tempfile.gettempdir())
    return tuple(real for path in known if (real := os.path.realpath(path)) not in (temporary, "/", str(home)))
