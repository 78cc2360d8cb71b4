"""Which braces of a question mean something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_magic.notebook.substitution import substitute
from qwen_magic.snapshot import Failure

FAILURES = {3: Failure(3, "1/0", "ZeroDivisionError", "division by zero", "Traceback …"), -1: None}
NAMESPACE = {
    "In": ["", "x = 1", "df.head()"],
    "Out": {2: [1, 2]},
    "name": "Ann",
    "rows": [1, 2],
    "_": 42,
    "值": "你好",
    "sneaky": "{name} {In[1]}",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("explain {In[1]}", "explain x = 1"),
        ("{In[-1]} again", "df.head() again"),
        ("why {Out[2]}?", "why [1, 2]?"),
        ("mend {Err[3]}", "mend Traceback …"),
        ("greet {name} with {rows}", "greet Ann with [1, 2]"),
        ("{name}{name}", "AnnAnn"),
        ("last was {_}", "last was 42"),
        ("打印{值}", "打印你好"),
        ("{sneaky}", "{name} {In[1]}"),
    ],
)
def test_what_exists_is_put_in(text, expected):
    assert substitute(text, NAMESPACE, FAILURES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{ }",
        "{0}",
        "{nothing}",
        "{name!r}",
        "{name:>10}",
        "{name.upper}",
        "{rows[0]}",
        "{ name }",
        "{{name}}",
        "f'{{{name}}}'",
        '{"name": "Ann", "rows": {"a": 1}}',
        "{In[0]}",
        "{In[9]}",
        "{In[-9]}",
        "{Out[1]}",
        "{Out[-2]}",
        "{Err[4]}",
        "{Err[3]",
        "{In[1].x}",
        "{In[x]}",
        "{" * 1000,
        "%s %(name)s $name",
    ],
)
def test_every_other_brace_stays(text):
    assert substitute(text, NAMESPACE, FAILURES) == text


@given(st.text(alphabet=st.sampled_from("{}[]()!:.%$InOutErr013-_ name\n\"'\\")))
def test_text_without_existing_names_comes_back_unchanged(text):
    assert substitute(text, {}, {}) == text


@given(st.text(), st.text())
def test_what_surrounds_a_name_comes_back_unchanged(before, after):
    before, after = before.rstrip("{"), after.lstrip("}")

    assert substitute(f"{before}{{qwen_value}}{after}", {"qwen_value": "{In[1]}"}, {}) == f"{before}{{In[1]}}{after}"


def test_long_values_are_cut_visibly():
    assert substitute("{text}", {"text": "x" * 5000}, {}) == "x" * 4000 + "… 1,000 more characters"
    assert len(substitute("{numbers}", {"numbers": list(range(10**6))}, {})) <= 400


def test_a_value_that_cannot_be_shown_is_named_by_its_type():
    class Hostile:
        def __repr__(self):
            raise SystemExit

        __str__ = __format__ = __repr__

    assert substitute("what is {it}?", {"it": Hostile()}, {}) == "what is <Hostile>?"


def test_ipythons_own_history_and_failures(shell, capsys):
    from qwen_magic.notebook.failures import FailureLog

    log = FailureLog(shell)
    shell.events.register("post_run_cell", log.record)
    shell.run_cell("6 * 7", store_history=True)
    shell.run_cell("1/0", store_history=True)

    answer = substitute("{In[1]} = {Out[1]} = {_}, then {Err[2]} = {Err[-1]}; {Err[1]}", shell.user_ns, log)

    assert answer == f"6 * 7 = 42 = 42, then {log[2]} = {log[2]}; {{Err[1]}}"
