"""What a shell command does that cannot be taken back, or that leaves this machine."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from qwen_magic.checks.finding import Severity
from qwen_magic.language import Words

Alarm = tuple[str, Severity, Words]
"""A rule, how bad it is, and what to say."""

_PARTS = re.compile(r"\|\||&&|[;|&\n`]|\$\(")
_WRAPPERS = frozenset({"sudo", "nohup", "time", "exec", "env", "xargs", "command", "do", "then"})
_DELETES = re.compile(r"rm|rmdir|shred|unlink|truncate|mkfs(\.\w+)?|wipefs|del|rd|erase|Remove-Item", re.IGNORECASE)
_NETWORK = re.compile(r"curl|wget|scp|sftp|ftp|ssh|rsync|nc|ncat|telnet|aria2c|kaggle")
_STOPS = re.compile(r"shutdown|reboot|halt|poweroff|kill|killall|pkill")
_INSTALLERS = re.compile(r"pip3?|conda|mamba|uv|apt|apt-get|brew|npm|yum|dnf")

DELETES = Words("deletes files", "会删除文件")
NETWORK = Words("goes to the network", "会访问网络")
STOPS = Words("stops other programs", "会终止其他程序")
INSTALLS = Words("installs packages", "会安装软件包")


def alarms(command: str) -> Iterator[Alarm]:
    """What to know before a command is run."""
    for part in _PARTS.split(command):
        words = _split(part)
        while words and (words[0] in _WRAPPERS or "=" in words[0].partition("/")[0]):
            words = words[1:]
        if words:
            yield from _of(words)


def _of(words: list[str]) -> Iterator[Alarm]:
    name, rest = words[0].rpartition("/")[2], words[1:]
    said = " ".join(words)
    said = said if len(said) <= 40 else f"{said[:39]}…"
    if rest[:1] == ["-m"] and name.startswith("python") and len(rest) > 1:
        name, rest = rest[1], rest[2:]
    if name in ("bash", "sh", "zsh") and rest[:1] == ["-c"] and len(rest) > 1:
        yield from alarms(rest[1])
    if _DELETES.fullmatch(name) or _deletes_by_option(name, rest):
        yield "deletes", Severity.DANGER, _about(said, DELETES)
    elif _NETWORK.fullmatch(name) or (name == "git" and {*rest[:1]} & {"clone", "push", "pull", "fetch"}):
        yield "network", Severity.DANGER, _about(said, NETWORK)
    elif _STOPS.fullmatch(name):
        yield "stops", Severity.DANGER, _about(said, STOPS)
    elif _INSTALLERS.fullmatch(name) and {*rest[:2]} & {"install", "add", "uninstall", "remove"}:
        yield "installs", Severity.WARNING, _about(said, INSTALLS)


def _deletes_by_option(name: str, rest: list[str]) -> bool:
    match name:
        case "find":
            return "-delete" in rest or "rm" in rest
        case "git":
            return rest[:1] == ["clean"] or (rest[:1] == ["reset"] and "--hard" in rest)
        case "dd":
            return any(word.startswith("of=") for word in rest)
    return False


def _split(part: str) -> list[str]:
    try:
        return shlex.split(part, comments=True)
    except ValueError:  # quotes that another part closes
        return part.split()


def _about(command: str, words: Words) -> Words:
    return Words(f"`{command}` {words.en}", f"`{command}` {words.zh}")
