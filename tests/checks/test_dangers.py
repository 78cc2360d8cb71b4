"""What code does to the world outside."""

from __future__ import annotations

import os

import pytest

from qwen_magic.checks import Severity, check

DANGERS = [
    ("!rm -rf data", "deletes"),
    ("!sudo rm x", "deletes"),
    ("files = !find . -name x -delete", "deletes"),
    ("!ls && rm x", "deletes"),
    ("!git clean -fd", "deletes"),
    ("%rm x", "deletes"),
    ("%%bash\nls\nrm -r x", "deletes"),
    ("import os\nos.remove('x')", "deletes"),
    ("import os\nos.system('rm -rf /')", "deletes"),
    ("from os import remove as r\nr('x')", "deletes"),
    ("import shutil\nshutil.rmtree('x')", "deletes"),
    ("__import__('os').remove('x')", "deletes"),
    ("from pathlib import Path\nPath('x').unlink()", "deletes"),
    ("import subprocess\nsubprocess.run(['rm', '-rf', 'x'])", "deletes"),
    ("import subprocess\nsubprocess.run(command, shell=True)", "command"),
    ("import os\nos.system(f'ls {command}')", "command"),
    ("eval(input())", "evaluates"),
    ("exec(command)", "evaluates"),
    ("import requests\nrequests.get('http://x')", "network"),
    ("from urllib.request import urlopen\nurlopen('http://x')", "network"),
    ("import socket\nsocket.socket()", "network"),
    ("!curl -O http://x", "network"),
    ("!git clone http://x", "network"),
    ("pandas.read_csv('https://x/y.csv')", "network"),
    ("import pickle\npickle.load(open('x', 'rb'))", "unpickles"),
    ("import os\nos._exit(1)", "stops"),
    ("unlink_it('x')", "deletes"),
]


@pytest.mark.parametrize(("code", "rule"), DANGERS)
def test_dangers(code, rule):
    names = {"command": "ls", "pandas": None, "unlink_it": os.unlink}
    findings = [each for each in check(code, names) if each.severity is Severity.DANGER]
    assert rule in {each.rule for each in findings}
    assert all(each.message.en and each.message.zh for each in findings)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("%pip install x", "installs"),
        ("!pip install x", "installs"),
        ("!python -m pip install x", "installs"),
        ("name = input('? ')", "waits"),
        ("while True:\n    print(1)", "endless-loop"),
        ("while True:\n    for x in []:\n        break", "endless-loop"),
        ("exit()", "stops"),
    ],
)
def test_warnings(code, rule):
    assert [(each.rule, each.severity) for each in check(code, {})] == [(rule, Severity.WARNING)]


@pytest.mark.parametrize(
    "code",
    [
        "!ls -la",
        "%matplotlib inline",
        "%%bash\necho rm",
        "items.remove(1)",
        "import os\nos.listdir('.'), os.path.exists('x')",
        "eval('1 + 1')",
        "import ast\nast.literal_eval(text)",
        "import pickle\npickle.loads(pickle.dumps(1))",
        "import subprocess\nsubprocess.run(['ls', text])",
        "while True:\n    break",
        "def f():\n    while True:\n        yield 1",
        "while True:\n    if text:\n        raise ValueError",
        "while text:\n    pass",
        "open('does not exist yet', 'w')",
        "remove(1)",
        "{}.get('requests')",
    ],
)
def test_what_is_harmless(code, found):
    assert found(code, {"items": [1], "text": "x", "remove": print}) == []


class Table:
    def to_csv(self, path):
        raise AssertionError("called")


def test_files_that_are_there_are_overwritten(found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").touch()
    for code in (
        "open('there.csv', 'w')",
        "open('there.csv', mode='w')",
        "frame.to_csv('there.csv')",
        "import pathlib\npathlib.Path('there.csv').write_text('x')",
    ):
        assert [rule for rule, _ in found(code, {"frame": Table()})] == ["overwrites"]
    for code in ("open('there.csv')", "open('there.csv', 'a')", "open('there.csv', 'r')", "open('new.csv', 'w')"):
        assert found(code) == []


def test_the_line_in_a_shell_script(found):
    assert found("%%bash\nls\n\nrm x") == [("deletes", 4)]
