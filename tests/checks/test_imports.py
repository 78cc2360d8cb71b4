"""Imports that cannot work."""

from __future__ import annotations

import subprocess
import sys

import pytest

FINE = [
    "import os, sys, json",
    "import os.path",
    "import xml.etree.ElementTree as ET",
    "from concurrent.futures import ThreadPoolExecutor",
    "from collections import Counter, OrderedDict",
    "from os import path",
    "from email import mime",
    "import numpy.linalg",
    "from numpy import array, linalg",
    "from pandas import DataFrame",
    "from pandas.api import types",
    "try:\n    import nothing_like_it\nexcept ImportError:\n    pass",
    "import sys\nsys.path.append('lib')\nimport nothing_like_it",
    "from __future__ import annotations",
    "if known:\n    import nothing_like_it",
]


@pytest.mark.parametrize("code", FINE)
def test_imports_that_work_or_may(code, found):
    assert found(code, {"known": 1}) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import maths", "there is no module `maths` installed, did you mean `math`?"),
        ("import panda as pd", "did you mean `pandas`?"),
        ("import nothing_like_it.at_all", "there is no module `nothing_like_it` installed"),
        ("import urllib2", "`urllib2` was removed from Python in 3"),
        ("import os.pth", "`os` has no module `pth`, did you mean `path`?"),
        ("from . import helper", "a notebook has no package to import from with `.`"),
        ("from math import sqroot", "`math` has no `sqroot` to import, did you mean `sqrt`?"),
        ("from collections import Mapping", "did you mean `collections.abc.Mapping`?"),
        ("from numpy import arrray", "`numpy` has no `arrray` to import, did you mean `array`?"),
        ("from pandas import Dataframe", "did you mean `DataFrame`?"),
    ],
)
def test_imports_that_do_not(code, words, said, errors):
    import numpy  # noqa: F401  # looked into because it is imported
    import pandas  # noqa: F401

    assert len(said(code)) == 1
    assert words in said(code)[0]
    assert errors(code)


@pytest.mark.parametrize("install", ["%pip", "!pip", "!python -m pip"])
def test_what_the_code_installs_may_be_there(install, found):
    assert found(f"{install} install nothing_like_it\nimport nothing_like_it") == [("installs", 1)]


def test_an_import_in_a_function_is_a_warning(found, errors):
    code = "def f():\n    import nothing_like_it"
    assert found(code) == [("missing-module", 2)]
    assert errors(code) == []


def test_files_beside_the_notebook_count_and_are_not_run(found, tmp_path, monkeypatch):
    (tmp_path / "own_tools.py").write_text("raise SystemExit('this ran')")
    monkeypatch.syspath_prepend(tmp_path)
    assert found("import own_tools\nfrom own_tools import thing") == []
    assert "own_tools" not in sys.modules


def test_a_finder_that_breaks_is_no_finding(found, monkeypatch):
    class Broken:
        @staticmethod
        def find_spec(*_):
            raise KeyError

    monkeypatch.setattr(sys, "meta_path", [Broken, *sys.meta_path])
    assert found("import nothing_like_it") == []


def test_importing_the_checks_imports_nothing_heavy():
    code = "import sys, qwen_magic.checks\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pyflakes", "pandas", "numpy", "IPython"} & set(loaded)
