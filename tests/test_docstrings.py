from __future__ import annotations

import ast

import pytest

from qwen_magic.docstrings import docstring


def written(code, repeated=lambda line: False):
    return docstring(ast.parse(code).body[0], code, repeated)


def test_a_docstring_moves_with_its_indentation():
    found = written('def f():\n    """One.\n\n    Two:\n        three\n    """')
    assert found.text == "One.\n\nTwo:\n    three"
    assert found.indented("\t\t") == '"""One.\n\n\t\tTwo:\n\t\t    three\n\t\t"""'


@pytest.mark.parametrize("literal", ['"One."', "'''One.'''", 'r"""\\d"""'])
def test_a_docstring_is_quoted_as_it_was(literal):
    assert written(f"def f():\n  {literal}").indented("    ") == literal


@pytest.mark.parametrize("said", ['ends in "', 'three """ in it', "a \\ back", "two\nlines \\d"])
def test_what_was_not_written_as_one_literal_is_quoted_anew(said):
    found = written(f"def f():\n    ({said[:3]!r}\n      {said[3:]!r})")
    assert ast.literal_eval(found.indented("")).strip() == said


def test_lines_that_are_repeated_from_somewhere_are_left_out():
    code = 'def f():\n    """The cell:\n    Returns one.\n    """'
    assert written(code, lambda line: line == "The cell:").indented("    ") == '"""Returns one."""'
    assert written(code, lambda line: True) is None
    assert written('def f():\n    """  """') is None
    assert written("def f():\n    return 1") is None
