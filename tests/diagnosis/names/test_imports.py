from __future__ import annotations

import sys

import pytest
from rewriting import certain


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("import numpi as np", "import numpy as np"),
        ("import panda as pd\npd.DataFrame()", "import pandas as pd\npd.DataFrame()"),
        ("import maths\nprint(maths.sqrt(4))", "import math\nprint(math.sqrt(4))"),
        ("from colections import Counter", "from collections import Counter"),
        ("import Queue\nq = Queue.Queue()", "import queue\nq = queue.Queue()"),
        ("import urllib2\nurllib2.urlopen", "import urllib.request as urllib2\nurllib2.urlopen"),
        ("from itertools import izip\nizip([1], [2])", "izip = zip\nizip([1], [2])"),
        ("from collections import Mapping", "from collections.abc import Mapping"),
        ("from math import mean", "from statistics import mean"),
        ("from collections import counter\ncounter('a')", "from collections import Counter\nCounter('a')"),
        ("from random import randInt, choice", "from random import randint, choice"),
        ("from fractions import gcd", "from math import gcd"),
    ],
)
def test_modules_and_names_that_are_called_otherwise(diagnosed, cell, meant):
    diagnosis = diagnosed(cell)
    assert certain(diagnosis) == meant
    assert diagnosis.rule.startswith("import-")


@pytest.mark.parametrize(
    ("module", "package"), [("cv2", "opencv-python"), ("fitz", "pymupdf"), ("MySQLdb", "mysqlclient")]
)
def test_what_to_install_for_a_module(diagnosed, monkeypatch, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    diagnosis = diagnosed(f"import {module}")
    assert diagnosis.rewrites == ()
    assert f"%pip install {package}" in diagnosis.hint.en
    assert package in diagnosis.cause.zh


def test_an_unknown_module_is_installed_under_its_own_name(diagnosed):
    diagnosis = diagnosed("import some_company_lib")
    assert diagnosis.rewrites == ()
    assert "%pip install some_company_lib" in diagnosis.hint.en


def test_a_file_of_the_users_that_hides_a_library(diagnosed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    (tmp_path / "colorsys.py").write_text("x = 1\n")
    diagnosis = diagnosed("from colorsys import rgb_to_hsv")
    sys.modules.pop("colorsys", None)
    assert "colorsys.py hides the library" in diagnosis.cause.en
    assert "Rename colorsys.py" in diagnosis.hint.en


def test_a_name_that_nothing_has(diagnosed):
    assert diagnosed("from math import fetch_all_pages") is None
