from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

import qwen_magic
from qwen_magic.documentation import bare, beginning, documented
from qwen_magic.notebook import names
from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch


@pytest.fixture
def merged(shell):
    """The cell with what an answer documents, both written as in a notebook."""

    def merge(cell, answer, **more):
        return documented(cell, dedent(answer).strip("\n"), lambda code: names.undefined(shell, code), **more)

    return merge


def test_docstring_and_hints_are_put_into_the_users_own_code(merged):
    body = "    # the easy way\n    return round(sum(values)/len(values), digits)"
    cell = f"def mean( values,digits=1 ):   # of numbers\n{body}"
    answer = '''
        def mean(values: list[float], digits: int = 1) -> float:
            """The mean.

            Rounded.
            """
            if not values:
                return 0.0
            return round(sum(values) / len(values), digits)
        '''
    assert merged(cell, answer) == (
        "def mean( values: list[float],digits: int = 1 ) -> float:   # of numbers\n"
        f'    """The mean.\n\n    Rounded.\n    """\n{body}'
    )


def test_chinese_names_and_what_stands_before_them(merged):
    cell = "名 = '数'; 数 = [1]\n\ndef 平均(数值, *, 位数 = 1): return round(sum(数值) / len(数值), 位数)   # 平均值"
    answer = 'def 平均(数值: list, *, 位数: int = 1) -> float:\n    """计算平均值。"""\n    return 0'
    assert merged(cell, answer) == (
        "名 = '数'; 数 = [1]\n\ndef 平均(数值: list, *, 位数: int = 1) -> float:\n"
        '    """计算平均值。"""\n    return round(sum(数值) / len(数值), 位数)   # 平均值'
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("def f(x): return x", 'def f(x):\n    "x."\n    return x'),
        ("def f(x): \\\n  return x", 'def f(x):\n    "x."\n    return x'),
        ("def f(\n  x=lambda: 1,\n):\n\tpass", 'def f(\n  x=lambda: 1,\n):\n\t"x."\n\tpass'),
        ("@a\n@b(\n  1)\ndef f():\n  # c\n  pass", '@a\n@b(\n  1)\ndef f():\n  "x."\n  # c\n  pass'),
        ("async def f(): pass", 'async def f():\n    "x."\n    pass'),
        ("class f: x = 1; y = 2", 'class f:\n    "x."\n    x = 1; y = 2'),
        ('def f():\n    """Old."""\n    return 1', 'def f():\n    "x."\n    return 1'),
        ("def f(): 'old'; return 1", 'def f(): "x."; return 1'),
        ("%matplotlib inline\nx = !ls a\ndef f():\n  !ls", '%matplotlib inline\nx = !ls a\ndef f():\n  "x."\n  !ls'),
        ("%%time\ndef f():\n    return 1", '%%time\ndef f():\n    "x."\n    return 1'),
    ],
)
def test_wherever_a_docstring_belongs(merged, cell, expected):
    assert merged(cell, 'def f():\n    "x."\n    ...') == expected


def test_methods_nested_functions_and_a_property_with_its_setter(merged):
    cell = dedent("""
        class A:
            @property
            def x(self):
                return self._x

            @x.setter
            def x(self, value):
                def check(v):
                    return v
                self._x = check(value)
        """)
    answer = '''
        class A:
            """An A."""
            @property
            def x(self) -> int:
                """Get."""
                return self._x
            @x.setter
            def x(self: "A", value: int) -> None:
                """Set."""
                def check(v: int) -> int:
                    """Check."""
                    return v
        '''
    found = merged(cell, answer)
    assert bare(found) == bare(cell)
    for line in (
        '    """An A."""',
        "    def x(self) -> int:",
        '        """Get."""',
        "    def x(self, value: int) -> None:",
    ):
        assert line in found.split("\n")
    assert '        """Set."""\n        def check(v: int) -> int:\n            """Check."""\n' in found


@pytest.mark.parametrize("path", sorted(Path(qwen_magic.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_a_whole_module_gets_back_the_documentation_that_was_taken_from_it(merged, path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    stripped = ast.unparse(tree)
    found = merged(stripped, source)
    assert bare(found) == bare(stripped)
    assert [ast.get_docstring(node) for node in documentable(found)] == [
        ast.get_docstring(node) for node in documentable(source)
    ]


def documentable(code):
    return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)]


def test_hints_of_the_user_stay(merged):
    answer = 'def f(x: int, y: str) -> float:\n    """One."""'
    assert merged("def f(x: 'float', y) -> int:\n    pass", answer).startswith("def f(x: 'float', y: str) -> int:\n")


def test_hints_can_be_left_out(merged):
    assert merged("def f(x): pass", 'def f(x: int):\n    "x."', hints=False) == 'def f(x):\n    "x."\n    pass'


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("# my functions\ndef f(x): pass", 0),
        ("%%time\n# my functions\ndef f(x): pass", 1),
        ("# my functions\nimport os\ndef f(x): pass", 1),
        ('"""Mine."""\nfrom __future__ import annotations\nimport os\ndef f(x): pass', 2),
        ('"""Mine."""\ndef f(x): pass', 1),
    ],
)
def test_what_hints_need_is_imported_where_imports_stand(merged, cell, line):
    found = merged(cell, "def f(x: Any) -> Iterator[int]: ...").split("\n")
    assert found[line : line + 2] == ["from collections.abc import Iterator", "from typing import Any"]


def test_hints_that_mean_nothing_here_are_dropped(merged, shell):
    answer = 'def f(x: pd.DataFrame, y: any, z: Frame) -> "Late":\n    """x."""'
    cell = "def f(x, y, z): pass\nclass Late: pass"
    assert merged(cell, answer).startswith("def f(x, y, z) -> 'Late':\n")
    shell.run_cell("import pandas as pd")
    assert merged(cell, answer).startswith("def f(x: pd.DataFrame, y, z) -> 'Late':\n")


def test_a_module_may_have_a_docstring_too(merged):
    assert merged("# first\nx = 1", '"""One x."""\nx = 2') == '"""One x."""\n# first\nx = 1'


@pytest.mark.parametrize(
    "answer",
    [
        "# 单元格：\n# 单元格：",
        "def other():\n    '''Something.'''",
        "def f():\n    return 2",
        "def f():\n    '''It goes on and on\n    and on",
        "def f():\n    '''The cell:'''",
        "def f():\n    '''return 1'''",
        "no code",
    ],
)
def test_an_answer_with_nothing_to_add_leaves_the_cell_as_it_is(merged, answer):
    cell = "def f():\n    return 1"
    assert merged(cell, answer, prompt=["The cell:"]) == cell


def test_of_an_answer_that_was_cut_off_what_is_complete_is_taken(merged):
    answer = "def f():\n    '''One.'''\n    return (\n"
    assert merged("def f():\n    return 1", answer) == "def f():\n    '''One.'''\n    return 1"


def test_a_cell_that_does_not_parse_is_left_alone(merged):
    assert merged("def f(:\n    pass", "def f():\n    '''One.'''") == "def f(:\n    pass"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("x = 1\ndef f(a, b): pass", "x = 1\ndef f(a:"),
        ("class A:\n    def f(self, 值=1):\n        pass", "class A:\n    def f(self, 值:"),
        ("def f(a: int, *, b=2): pass", "def f(a: int, *, b:"),
        ("def f(a: int): pass", ""),
        ("x = 1", ""),
        ("no code", ""),
    ],
)
def test_an_answer_begins_with_the_cell_up_to_its_first_hint(cell, expected):
    assert beginning(cell) == expected


CELLS = {
    "en": (
        "def fahrenheit(celsius):\n    # from the physics class\n    return celsius * 9 / 5 + 32",
        "def clamp(x, low=0, high=1): return max(low, min(high, x))",
        "%matplotlib inline\n\ndef mean(values):\n    return sum(values) / len(values)\n\nmean([1, 2])",
    ),
    "zh": (
        "def 平均(数值):\n    return sum(数值) / len(数值)",
        "def reverse(s): return s[::-1]   # 反转字符串",
        "def grade(score):\n    # 按分数给出等级\n    if score >= 60:\n        return '及格'\n    return '不及格'",
    ),
}


@pytest.mark.model
@pytest.mark.parametrize("language", CELLS)
def test_the_real_model_documents_and_never_changes_code(shell, language):
    fetch(resolve(DEFAULT_MODEL))
    shell.run_line_magic("load_ext", "qwen_magic")
    shell.run_line_magic("config", f"QwenSettings.language = '{language}'")
    for cell in CELLS[language]:
        shell.run_cell(f"%%qwen doc\n{cell}")
        code = shell.user_ns["_qwen"].code
        assert bare(code) == bare(cell)
        assert '"""' in code
    shell.run_line_magic("unload_ext", "qwen_magic")
