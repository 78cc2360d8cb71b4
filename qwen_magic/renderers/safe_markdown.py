"""A model's Markdown, written anew from its syntax tree so that every frontend reads the same and runs nothing.

JupyterLab executes HTML in the Markdown output of a cell that was just run, and turns the text between two
dollars into a formula, GitHub does the latter. Frontends also disagree on where code ends, so the text is not
patched: it is parsed once, and only structure that we write ourselves is left in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.tree import SyntaxTreeNode

_ESCAPES = {character: "\\" + character for character in "*[]~|#_!"} | {
    "\n": " ",  # only an entity puts a line break into a text
    "\r": " ",
    "<": "&lt;",
    "&": "&amp;",
    "`": "&#96;",
    "\\": "&#92;",
    # JupyterLab looks for pairs of dollars in the source, MathJax in the page within one element:
    # only an entity in an element of its own escapes both, and it is GitHub's documented way too.
    "$": "<span>&#36;</span>",
}
_SPECIAL = re.compile(r"[*\[\]~|#<&`$\\]|(?<![^\W_])_|_(?![^\W_])|!$|[\n\r]")
_MATH_BACKSLASH = re.compile(r"\\(?=[()\[\]]|begin|end)")
_BLOCK_START = re.compile(r"([-+=>:]|\d{1,9}(?=[.)]))")
_ALIGNMENT = {"left": ":---", "center": ":---:", "right": "---:"}


def to_safe_markdown(text: str) -> str:
    """Markdown that shows what the model wrote, its code byte for byte, in any renderer that allows HTML."""
    # Parsers take a third of the time in which the extension loads, and answers come later.
    from markdown_it.tree import SyntaxTreeNode

    from qwen_magic.renderers.markdown import parse

    return _blocks(SyntaxTreeNode(parse(text)).children)


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows exactly this text."""
    parts = []
    end = 0
    for match in _SPECIAL.finditer(text):
        escaped = _ESCAPES[match.group()]
        if _MATH_BACKSLASH.match(text, match.start()):
            escaped = f"<span>{escaped}</span>"
        parts += [text[end : match.start()], escaped]
        end = match.end()
    return "".join(parts) + text[end:]


def quoted(text: str) -> str:
    """Plain text as a Markdown quotation that shows exactly these lines."""
    return "\n".join(f"> {_unlike_a_block(escape_text(line.strip()))}  " for line in text.strip().splitlines())


def small(line: str, mark: str = "") -> str:
    """A line of plain text in the small print; by its `mark`, the page finds the output that it is part of."""
    marked = f' class="{mark}"' if mark else ""
    return f'<small{marked} style="color:var(--jp-ui-font-color2)">{escape_text(line)}</small>'


def _blocks(nodes: list[SyntaxTreeNode], separator: str = "\n\n") -> str:
    return separator.join(_BLOCKS[node.type](node) for node in nodes)


def _inline(nodes: list[SyntaxTreeNode]) -> str:
    return "".join(_INLINE[node.type](node) for node in nodes)


def _content(node: SyntaxTreeNode) -> str:
    """What a paragraph, heading or table cell says."""
    return "".join(_inline(inline.children) for inline in node.children)


def _paragraph(node: SyntaxTreeNode) -> str:
    lines = (line.strip(" \t") for line in _content(node).split("\n"))
    return "\n".join(_unlike_a_block(line) for line in lines)


def _unlike_a_block(line: str) -> str:
    match = _BLOCK_START.match(line)
    if match is None:
        return line
    marker = match.group()
    return f"{marker}\\{line[len(marker) :]}" if marker.isdigit() else f"\\{line}"


def _heading(node: SyntaxTreeNode) -> str:
    return f"{node.markup} {_content(node)}".strip()


def _rule(node: SyntaxTreeNode) -> str:
    # Dashes would make a heading of the line above, and asterisks a list of asterisks.
    return "___"


def _code(node: SyntaxTreeNode) -> str:
    fence = "`" * max(3, 1 + _longest_run_of_backticks(node.content))
    code = node.content if not node.content or node.content.endswith("\n") else node.content + "\n"
    return f"{fence}{node.info}\n{code}{fence}"


def _longest_run_of_backticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _quote(node: SyntaxTreeNode) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in _blocks(node.children).split("\n"))


def _list(node: SyntaxTreeNode) -> str:
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if ordered else 0
    tight = all(child.hidden or child.type != "paragraph" for item in node.children for child in item.children)
    items = []
    for number, item in enumerate(node.children, first):
        marker = f"{number}{node.markup} " if ordered else f"{node.markup} "
        items.append((marker + _indented(_item(item), " " * len(marker))).rstrip(" "))
    return ("\n" if tight else "\n\n").join(items)


def _item(item: SyntaxTreeNode) -> str:
    text = ""
    for child in item.children:
        # Code keeps its blank lines: JupyterLab's search for formulas stops at them.
        nested = child.type in ("bullet_list", "ordered_list") and child.attrs.get("start", 1) == 1
        tight = nested and child.previous_sibling is not None and child.previous_sibling.hidden
        text += ("" if not text else "\n" if tight else "\n\n") + _BLOCKS[child.type](child)
    return text


def _indented(text: str, indent: str) -> str:
    return "\n".join(f"{indent}{line}" if line and at else line for at, line in enumerate(text.split("\n")))


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for section in node.children for row in section.children]
    styles = (str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children)
    lines = [[_content(cell) for cell in row.children] for row in rows]
    lines.insert(1, [_ALIGNMENT.get(style, "---") for style in styles])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _code_span(node: SyntaxTreeNode) -> str:
    code = node.content
    mark = "`" * (1 + _longest_run_of_backticks(code))
    if code.strip(" ") and (code[0] in " `" or code[-1] in " `"):
        code = f" {code} "
    ancestor = node
    while ancestor.parent is not None and ancestor.type != "table":
        ancestor = ancestor.parent
    return f"{mark}{code.replace('|', chr(92) + '|') if ancestor.type == 'table' else code}{mark}"


def _link(node: SyntaxTreeNode) -> str:
    address = quote(str(node.attrs["href"]), safe="%:/?#@!,;=+&-._~").replace("&", "&amp;")
    return f"[{_inline(node.children)}]({address})"


_BLOCKS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "hr": _rule,
    "fence": _code,
    "code_block": _code,
    "blockquote": _quote,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
}
_INLINE: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "text": lambda node: escape_text(node.content),
    "softbreak": lambda node: "\n",
    "hardbreak": lambda node: "\\\n",
    "code_inline": _code_span,
    "em": lambda node: f"*{_inline(node.children)}*",
    "strong": lambda node: f"**{_inline(node.children)}**",
    "s": lambda node: f"~~{_inline(node.children)}~~",
    "link": _link,
}
