from __future__ import annotations

import pytest

from qwen_magic.renderers.markdown import to_html


def test_fenced_code_is_highlighted_with_the_classes_that_jupyterlab_colours() -> None:
    html = to_html("```py\nimport os\n```")

    assert html.startswith('<pre><span class="kn">import</span>')


def test_code_without_a_language_is_python_unless_other_code_says_so() -> None:
    assert 'class="kn"' in to_html("```\nimport os\n```")
    assert to_html("```\nimport os\n```\n```python\n1\n```").count('class="kn"') == 0


def test_code_in_a_language_nobody_knows_is_shown_as_it_is() -> None:
    assert to_html("```klingon\na <b>\n```") == "<pre>a &lt;b&gt;\n</pre>\n"


def test_a_fence_that_is_still_streaming_is_code_already() -> None:
    assert "<pre>" in to_html("Like so:\n```python\nprint(")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("__init__ and _x_", "__init__ and _x_"),
        (r"C:\new \d \(x\) \\", r"C:\new \d \(x\) \\"),
        (r"\*no emphasis\*", "*no emphasis*"),
        ("list<int>", "list&lt;int&gt;"),
        ("Steps:\n-", "Steps:\n-"),
    ],
)
def test_what_models_type_stays_visible(typed: str, shown: str) -> None:
    assert to_html(typed) == f"<p>{shown}</p>\n"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc", "x.ipynb"])
def test_only_web_addresses_become_links(address: str) -> None:
    assert "<a" not in to_html(f"[click]({address}) and ![click]({address}) and <{address}>")


def test_an_image_is_offered_as_a_link_and_not_loaded() -> None:
    link = '<a href="https://a.example/x.png" target="_blank" rel="noopener noreferrer">'

    assert to_html("![a cat](https://a.example/x.png)") == f"<p>{link}a cat</a></p>\n"
    assert to_html("![](https://a.example/x.png)") == f"<p>{link}https://a.example/x.png</a></p>\n"
    assert to_html("[![badge](https://b.example/b.svg)](https://a.example/x.png)") == f"<p>{link}badge</a></p>\n"
