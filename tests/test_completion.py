from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

from qwen_magic.completion import complete


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%qwen fi", ["fix"]),
        ("%%qwen ex", ["explain"]),
        ("%qwen model sm", ["smollm2-135m"]),
        ("%qwen fix -m smo", ["smollm2-135m"]),
        ("%qwen download qwen2.5-0.5b-", ["qwen2.5-0.5b-q8_0"]),
        ("%qwen help st", ["status"]),
        ("%qwen cache ", ["on", "off", "clear", "status"]),
        ("%qwen cache o", ["on", "off"]),
        ("%qwen cache on ", []),
        ("%qwen cache --", ["--help"]),
        ("%%qwen fix --ins", ["--insert"]),
        ("%%qwen --te", ["--temperature"]),
        ("%qwen status --", ["--help"]),
        ("%%qwen fix --insert --ins", []),
        ("%qwen why fi", []),
    ],
)
def test_completes(line, expected):
    assert complete(line) == expected


def test_an_empty_line_offers_every_verb():
    assert {"fix", "explain", "status"} <= set(complete("%qwen "))


@pytest.mark.parametrize(("line", "expected"), [("%qwen fi", "fix"), ("%%qwen fix --te", "--temperature")])
def test_tab_completes_in_ipython(shell, line, expected):
    shell.run_line_magic("load_ext", "qwen_magic")
    with provisionalcompleter():
        offered = [completion.text for completion in shell.Completer.completions(line, len(line))]
    assert expected in offered
