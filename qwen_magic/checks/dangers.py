"""Calls that do something to the world outside the notebook, or that never end."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qwen_magic.checks import commands, origins
from qwen_magic.checks.commands import Alarm
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.live import Live
from qwen_magic.checks.syntax import Program
from qwen_magic.language import Words

_DELETES = re.compile(
    r"os\.(remove|unlink|rmdir|removedirs|truncate)|shutil\.rmtree|pathlib\.\w+\.(unlink|rmdir)|send2trash.*"
)
_STOPS = re.compile(r"os\.(kill|killpg|abort|_exit)")
_NETWORK = re.compile(
    r"requests\.(get|post|put|patch|delete|head|options|request|Session|session)|urllib\.request\.\w+|httpx\.\w+|"
    r"socket\.(socket|create_connection)|http\.client\.HTTPS?Connection|aiohttp\.(ClientSession|request)|urllib3\.\w+|"
    r"(ftplib|smtplib|paramiko|telnetlib|boto3|websockets?|wget|gdown|yfinance|kagglehub)\.\w+|nltk\.download|"
    r"seaborn\.load_dataset|datasets\.load_dataset|sklearn\.datasets\.fetch_\w+|webbrowser\.open\w*"
)
_RUNS = re.compile(r"os\.(system|popen)|subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)")
_UNPICKLES = re.compile(r"(pickle|cPickle|dill|cloudpickle)\.loads?|joblib\.load|pandas\.read_pickle|shelve\.open")
_PICKLES = re.compile(r"(pickle|cPickle|dill|cloudpickle)\.dumps?|joblib\.dump")
_WRITERS = re.compile(r"to_(csv|excel|json|parquet|pickle|feather|html|hdf|stata|xml|markdown)")
_REMOTE = re.compile(r"(https?|ftps?|s3|gs|sftp)://", re.IGNORECASE)
_ENDING = re.compile(r"(sys\.)?exit|quit|os\._exit")
_SHELL_MAGICS = frozenset({"system", "getoutput", "sx", "sc", "rm", "rmdir", "pip", "conda", "mamba", "uv", "mv"})


def check(program: Program, live: Live) -> Iterator[Finding]:
    """What the code does that one should know of before running it."""
    for number, line in enumerate(program.script.split("\n"), program.first):
        yield from _findings(commands.alarms(line), number)
    pickles = any(_PICKLES.fullmatch(origins.dotted(call.func, live)) for call in live.outline.calls())
    for node in live.outline.nodes:
        if isinstance(node, ast.Call):
            yield from _findings(_of_call(node, live, pickles), node.lineno)
        elif isinstance(node, ast.While) and _is_endless(node):
            words = Words("this loop never ends: it has no `break`", "这个循环不会结束：没有 `break`")
            yield Finding("endless-loop", Severity.WARNING, node.lineno, words)


def _findings(alarms: Iterator[Alarm], line: int) -> Iterator[Finding]:
    return (Finding(rule, severity, line, words) for rule, severity, words in alarms)


def _of_call(call: ast.Call, live: Live, pickles: bool) -> Iterator[Alarm]:
    name = origins.dotted(call.func, live)
    attr = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = call.args[0] if call.args else None
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    if _DELETES.fullmatch(name) or attr in ("unlink", "rmtree"):
        yield "deletes", Severity.DANGER, _about(call, commands.DELETES)
    elif _STOPS.fullmatch(name):
        yield "stops", Severity.DANGER, _about(call, commands.STOPS)
    elif _NETWORK.fullmatch(name) or (attr.startswith("read_") and _REMOTE.match(text)):
        yield "network", Severity.DANGER, _about(call, commands.NETWORK)
    elif _RUNS.fullmatch(name):
        yield from _command(call, first)
    elif name.startswith("get_ipython."):
        yield from _magic(attr, call)
    elif name in ("eval", "exec", "builtins.eval", "builtins.exec") and first is not None:
        yield from _evaluated(name, first)
    elif (_UNPICKLES.fullmatch(name) and not pickles) or _loads_unsafely(name, call):
        words = Words("runs whatever code the file holds", "会执行文件里夹带的任何代码")
        yield "unpickles", Severity.DANGER, _about(call, words)
    elif name in ("input", "builtins.input"):
        yield "waits", Severity.WARNING, _about(call, Words("waits for somebody to type", "会停下来等待键盘输入"))
    elif name in ("exit", "quit"):
        yield "stops", Severity.WARNING, _about(call, Words("ends the kernel", "会结束内核"))
    else:
        yield from _overwritten(name, attr, call)


def _command(call: ast.Call, first: ast.expr | None) -> Iterator[Alarm]:
    parts = first.elts if isinstance(first, ast.List | ast.Tuple) else [first] if first is not None else []
    known = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    yield from commands.alarms(" ".join(known))
    # Of a list, the program is what matters; of text, everything.
    if parts and not (isinstance(parts[0], ast.Constant) and known):
        words = Words("runs a command that is put together as it runs", "会执行运行时才拼出来的命令")
        yield "command", Severity.DANGER, _about(call, words)


def _magic(attr: str, call: ast.Call) -> Iterator[Alarm]:
    texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    # `!ls` has become `get_ipython().system('ls')`, `%pip install x` a magic with its line.
    if attr in ("system", "getoutput"):
        yield from commands.alarms(" ".join(texts))
    elif attr == "run_line_magic" and texts and texts[0] in _SHELL_MAGICS:
        skipped = 1 if texts[0] in ("system", "sx", "sc") else 0
        yield from commands.alarms(" ".join(texts[skipped:]))


def _evaluated(name: str, first: ast.expr) -> Iterator[Alarm]:
    if isinstance(first, ast.Constant):
        return
    called = name.rpartition(".")[2]
    asked = any(isinstance(n, ast.Name) and n.id == "input" for n in ast.walk(first))
    words = (
        Words(f"`{called}` runs whatever is typed in", f"`{called}` 会执行用户输入的任何代码")
        if asked
        else Words(f"`{called}` runs text as code", f"`{called}` 会把文本当作代码执行")
    )
    yield "evaluates", Severity.DANGER, words


def _loads_unsafely(name: str, call: ast.Call) -> bool:
    words = {word.arg: word.value for word in call.keywords}
    match name:
        case "torch.load":
            safe = words.get("weights_only")
            return isinstance(safe, ast.Constant) and safe.value is False
        case "numpy.load":
            allowed = words.get("allow_pickle")
            return isinstance(allowed, ast.Constant) and allowed.value is True
        case "yaml.load" | "yaml.unsafe_load":
            return "Safe" not in ast.unparse(call)
    return False


def _overwritten(name: str, attr: str, call: ast.Call) -> Iterator[Alarm]:
    path = _written(name, attr, call)
    # Existing files only: writing a new one is what was asked for.
    with suppress(OSError, ValueError):
        if path and not _REMOTE.match(path) and Path(path).is_file():
            words = Words(f"overwrites the file `{path}`", f"会覆盖已有文件 `{path}`")
            yield "overwrites", Severity.WARNING, words


def _written(name: str, attr: str, call: ast.Call) -> str:
    given = [part.value if isinstance(part, ast.Constant) else None for part in call.args]
    given += [word.value.value for word in call.keywords if word.arg == "mode" and isinstance(word.value, ast.Constant)]
    texts = [str(part) for part in given if isinstance(part, str)]
    modes = any(re.fullmatch(r"w[bt]?\+?[bt]?", mode) for mode in texts[1:])
    if name in ("open", "io.open", "builtins.open", "codecs.open"):
        return texts[0] if modes and isinstance(given[0], str) else ""
    if _WRITERS.fullmatch(attr):
        return texts[0] if texts and isinstance(given[0], str) and "a" not in texts[1:] else ""
    if attr in ("write_text", "write_bytes"):
        match call.func:
            case ast.Attribute(value=ast.Call(args=[ast.Constant(value=str() as path)])):
                return path
    return ""


def _is_endless(loop: ast.While) -> bool:
    if not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    waiting: list[tuple[ast.AST, bool]] = [(part, True) for part in loop.body]
    while waiting:
        node, own = waiting.pop()
        match node:
            case ast.Return() | ast.Raise() | ast.Yield() | ast.YieldFrom() | ast.Await():
                return False
            case ast.Break() if own:
                return False
            case ast.Call(func=func) if _ENDING.fullmatch(ast.unparse(func)):
                return False
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            # A `break` in an inner loop leaves only that.
            case ast.For() | ast.While() | ast.AsyncFor():
                waiting += [(part, False) for part in node.body] + [(part, own) for part in node.orelse]
                continue
        waiting += [(part, own) for part in ast.iter_child_nodes(node)]
    return True


def _about(call: ast.Call, words: Words) -> Words:
    said = ast.unparse(call.func)
    said = said if len(said) <= 40 else f"…{said[-39:]}"
    return Words(f"`{said}()` {words.en}", f"`{said}()` {words.zh}")
