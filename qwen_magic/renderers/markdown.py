"""Markdown as language models write it: parsed so that nothing in it can run, load or hide.

The dialect is CommonMark with tables and strikethrough, less what bites in an answer about code: raw HTML is
text, `__init__` is not bold, a backslash that escapes nothing special stays, a `-` under a line that is still
streaming makes no heading of it, and only web and mail addresses are links.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from qwen_magic.reply import PYTHON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.utils import EnvType, OptionsDict

_WEB = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w.+#-]{1,30}", re.ASCII)
_ESCAPABLE = frozenset("*_`~#<>|$")


def parse(text: str) -> list[Token]:
    """The tokens of a model's Markdown; every fence has a normalised language in `info`."""
    return _PARSER.parse(text)


def to_html(text: str) -> str:
    """A model's Markdown as HTML without any tag of the model's own; code has Pygments' classes."""
    return str(_PARSER.render(text))


def is_web_address(url: str) -> bool:
    """Whether a link may lead there; a relative one would name a file of the notebook server."""
    return _WEB.match(url) is not None


def _literal_underscore(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "_":
        return False
    if not silent:
        state.pending += "_"
    state.pos += 1
    return True


def _literal_backslash(state: StateInline, silent: bool) -> bool:
    following = state.src[state.pos + 1 : state.pos + 2]
    if state.src[state.pos] != "\\" or following in _ESCAPABLE:
        return False
    if not silent:
        state.pending += "\\"
    state.pos += 1
    return True


def _name_languages(state: StateCore) -> None:
    fences = [token for token in state.tokens if token.type == "fence"]
    for token in fences:
        word = token.info.strip().split(maxsplit=1)[0].lower() if token.info.strip() else ""
        token.info = "python" if word in PYTHON else word if _LANGUAGE.fullmatch(word) else ""
    # Reply.code takes fences without a language for Python only where there are no Python ones.
    if not any(token.info == "python" for token in fences):
        for token in fences:
            token.info = token.info or "python"


def _link_images(state: StateCore) -> None:
    """An image would be fetched the moment it is shown, and tell a stranger so; offer the link instead."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _without_images(token.children)


def _without_images(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    in_link = False
    for token in tokens:
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        if token.type != "image":
            kept.append(token)
            continue
        url = str(token.attrGet("src"))
        words = Token("text", "", 0, content=token.content.strip() or url)
        link = [Token("link_open", "a", 1, attrs={"href": url}), words, Token("link_close", "a", -1)]
        kept.extend([words] if in_link else link)
    return kept


# Both take longer to make than to use, many times a second while an answer streams.
_FORMATTER = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=16)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=64)
def _highlighted(code: str, language: str) -> str:
    lexer = _lexer(language)
    if lexer is None:
        return escape(code)
    return str(highlight(code, lexer, _FORMATTER))


def _render_code(
    renderer: RendererHTML, tokens: Sequence[Token], position: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[position]
    return f"<pre>{_highlighted(token.content, token.info)}</pre>\n"


def _render_link(
    renderer: RendererHTML, tokens: Sequence[Token], position: int, options: OptionsDict, env: EnvType
) -> str:
    href = escape(str(tokens[position].attrGet("href")))
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer">'


def _render_table(
    renderer: RendererHTML, tokens: Sequence[Token], position: int, options: OptionsDict, env: EnvType
) -> str:
    # JupyterLab centres tables except in its own Markdown outputs: it would jump when the answer is complete.
    return '<table style="margin-left:0">\n'


def _build_parser() -> MarkdownIt:
    # The preset's limit of 20 nested blocks drops what lies deeper; nothing of an answer may vanish.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.enable(["table", "strikethrough"]).disable(["lheading", "html_block", "html_inline"])
    parser.inline.ruler.before("escape", "literal_backslash", _literal_backslash)
    parser.inline.ruler.before("emphasis", "literal_underscore", _literal_underscore)
    parser.core.ruler.push("name_languages", _name_languages)
    parser.core.ruler.push("link_images", _link_images)
    parser.validateLink = is_web_address  # type: ignore[method-assign]  # the documented way to set it
    for kind in ("fence", "code_block"):
        parser.add_render_rule(kind, _render_code)
    parser.add_render_rule("link_open", _render_link)
    parser.add_render_rule("table_open", _render_table)
    return parser


_PARSER = _build_parser()
