from __future__ import annotations

import pytest

from qwen_magic.salvage import salvaged


def test_code_that_parses_stays_as_it_is():
    code = "%matplotlib inline\n\ndef f():\n    return 1\n"
    assert salvaged(code) == code


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("x = 1\n\ndef f(x):\n    assert x\n    assert (x,", "x = 1\n\ndef f(x):\n    assert x"),
        ("def f(x):\n    return x\n\ndef g(x):\n    '''It", "def f(x):\n    return x\n"),
        ("import os\ndef f(", "import os"),
        ("import os\n@decorated(\n    1,\n)", "import os"),
        ("def f(:\n    pass\n\ndef g():\n    pass", "def g():\n    pass"),
        ("def f(x):\n    return not x y\n@a\n@b(\n1)\ndef g(): pass", "@a\n@b(\n1)\ndef g(): pass"),
        ("if x:\n    y = 1\nelse:\n    y = 2\nz = (", "if x:\n    y = 1\nelse:\n    y = 2"),
        ("no code at all", ""),
    ],
)
def test_what_does_not_parse_is_left_out(code, kept):
    assert salvaged(code) == kept
