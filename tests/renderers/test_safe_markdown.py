from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from qwen_magic.renderers.markdown import parse, to_html
from qwen_magic.renderers.safe_markdown import escape_text, to_safe_markdown

_RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "pre", "code", "blockquote", "ul", "ol", "li"} | {
    *("table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "a", "span")
}
_HARMLESS = {"span": set(), "a": {"href"}, "ol": {"start"}, "code": {"class"}, "th": {"style"}, "td": {"style"}}

_LURES = [
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b onclick=x&gt;", "&#60;i&#62;", "<!--", "-->"),
    *("[a](javascript:x)", "[a]: javascript:x", "[a]", "![i](http://e/x.png)", "![", "](", "<javascript:x>", "<pre>"),
    *(
        "```",
        "~~~",
        "````",
        "`",
        "``",
        "```py\n",
        "\n```\n",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "***",
    ),
    *("$", "$$", "\\(", "\\)", "\\\\(", "\\[", "\\begin{x}", "\\end{x}", "@@0@@", "{", "}", "~D", "\\", "*", "**", "_"),
    *(
        "| a | b |\n|---|---|\n| c | `x\\|y` |\n",
        "word",
        "__init__",
        "<int>",
        "\xa0",
        "&nbsp;",
        "&#10;",
        "&Tab;",
        "  \n",
    ),
]
hostile = st.lists(st.sampled_from(_LURES) | st.text(max_size=4), max_size=14).map("".join)


class Page(HTMLParser):
    """The tags and the visible text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def assert_harmless(html: str) -> None:
    for tag, attributes in Page(html).tags:
        assert tag in _TAGS, html
        assert set(attributes) <= _HARMLESS.get(tag, set()), html
        assert re.match("https?://|mailto:", attributes.get("href") or "http://", re.IGNORECASE), html
        assert re.fullmatch(r"text-align:\w+|", attributes.get("style") or ""), html


@given(hostile)
def test_no_tag_but_those_of_markdown_itself(text: str) -> None:
    assert_harmless(_RENDERER.render(to_safe_markdown(text)))


@given(hostile)
def test_the_streaming_html_is_as_harmless(text: str) -> None:
    for tag, attributes in Page(to_html(text)).tags:
        assert tag in _TAGS
        assert set(attributes) <= {"href", "target", "rel", "class", "style", "start"}
        assert re.match("https?://|mailto:", attributes.get("href") or "http://", re.IGNORECASE)


@given(hostile)
def test_code_arrives_byte_for_byte(text: str) -> None:
    def blocks(markdown: str) -> list[str]:
        return [token.content for token in _RENDERER.parse(markdown) if token.type in ("fence", "code_block")]

    written = [token.content for token in parse(text) if token.type in ("fence", "code_block")]

    assert blocks(to_safe_markdown(text)) == [code + "\n" if code and code[-1] != "\n" else code for code in written]


@given(hostile)
def test_nbconvert_makes_no_other_tag_of_it_either(text: str) -> None:
    page = Page(markdown2html_mistune(to_safe_markdown(text)))

    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "i", "b", "int", "style"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@given(st.text())
def test_plain_text_shows_as_it_is(text: str) -> None:
    words = " ".join(text.split())
    shown = Page(_RENDERER.renderInline(escape_text(words))).text

    assert shown.split() == words.replace("\0", "\ufffd").split()


def test_every_word_of_an_answer_is_still_there() -> None:
    answer = (
        "# C# 5\n\n1. `a|b` costs $5 or $6\n2. two *and* **three**\n   - x_y\n\n"
        "> said\n> she\n\n| a | b |\n|:-|-:|\n| 1 | `c\\|d` |\n"
    )

    assert Page(_RENDERER.render(to_safe_markdown(answer))).text.split() == unescape(Page(to_html(answer)).text).split()


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("Use <int> & $x$.", "Use &lt;int> &amp; <span>&#36;</span>x<span>&#36;</span>."),
        ("```py\nx = '<b>' # $a$", "```python\nx = '<b>' # $a$\n```"),
        ("~~~\n```\n~~~", "````python\n```\n````"),
        ("Text\n```bash\nls\n```\nmore", "Text\n\n```bash\nls\n```\n\nmore"),
        ("- a\n- b\n  1. c", "- a\n- b\n  1. c"),
        ("1. a\n   ```sql\n   b\n   ```\n2. c", "1. a\n\n   ```sql\n   b\n   ```\n2. c"),
        ("In\n2024. And\n=", "In\n2024\\. And\n\\="),
        ("![cat](https://c.example/(x).png)", "[cat](https://c.example/%28x%29.png)"),
        ("wow![x](https://c.example)!", "wow[x](https://c.example)\\!"),
        (r"\(x\) and \n", "<span>&#92;</span>(x<span>&#92;</span>) and &#92;n"),
        ("call `f(<T>)` and `` `a `` now", "call `f(<T>)` and `` `a `` now"),
    ],
)
def test_what_is_written_instead(written: str, safe: str) -> None:
    assert to_safe_markdown(written) == safe
