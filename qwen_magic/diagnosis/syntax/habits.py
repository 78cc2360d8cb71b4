"""Repairs of habits from other languages and from Python 2, one line at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.syntax.broken import Broken, Repair, replace_code

_TYPES: Final = "int|float|double|long|char|bool|boolean|string|String|str|var|let|const|auto|final|val"
# What was written, what Python has for it, both as shown, and whether it can have meant nothing else.
_HABITS: Final[tuple[tuple[str, str, str, str, bool], ...]] = (
    (r"\belse\s+if\b", "elif", "else if", "elif", True),
    (r"\b(?:elseif|elsif|elsIf|elseIf)\b", "elif", "elseif", "elif", True),
    (r"^(\s*)else\s+(?!if\b)([^:]*[<>=][^:]*):\s*$", r"\1elif \2:", "else with a condition", "elif", True),
    (r"^(\s*)(?!if\b|elif\b|while\b|for\b|else\b|case\b|lambda\b)([\w.\[\]()'\" ]+(?:==|<=|>=|!=|<|>)[^:]+):\s*$",
     r"\1if \2:", "a condition alone", "if", False),
    (r"\blambda\s+([\w, ]*?)\s*:\s*return\b", r"lambda \1:", "lambda x: return", "lambda x: value", True),
    (r"\blambda\s+([\w, ]+?)\s+return\b", r"lambda \1:", "lambda x return", "lambda x: value", True),
    (r",(\s*,)+", ",", ",,", ",", True),
    (r"\s*&&\s*", " and ", "&&", "and", True),
    (r"\s*\|\|\s*", " or ", "||", "or", True),
    (r"!==", "!=", "!==", "!=", True),
    (r"===", "==", "===", "==", True),
    (r"=>", ">=", "=>", ">=", False),
    (r"=<", "<=", "=<", "<=", True),
    (r"<>", "!=", "<>", "!=", True),
    (r"=!(?!=)", "!=", "=!", "!=", True),
    (r"!(?=[\w(])\s*", "not ", "!", "not", True),
    (r"^(\s*)([\w.\[\]'\"]+)\+\+\s*;?$", r"\1\2 += 1", "++", "+= 1", True),
    (r"^(\s*)([\w.\[\]'\"]+)--\s*;?$", r"\1\2 -= 1", "--", "-= 1", True),
    (rf"^(\s*)(?:{_TYPES})\s+(?=\w+\s*(?:=[^=]|$))", r"\1", "a type before the name", "the name alone", True),
    (r"^(\s*)function\s+(\w+)", r"\1def \2", "function", "def", True),
    (r"^(\s*)(?:func|fn|sub)\s+(\w+)", r"\1def \2", "func", "def", True),
    (r"^(\s*)(?:def|function)\s+(\w+)\s*:?\s*$", r"\1def \2():", "def without parentheses", "def name():", True),
    (r"\bnew\s+(?=[A-Z])", "", "new", "the class alone", True),
    (r"\bclass\s+(\w+)\s+extends\s+([\w.]+)", r"class \1(\2)", "extends", "class Name(Base)", True),
    (r"^(\s*)catch\b\s*(?:\(?\s*(\w+)\s+(\w+)\s*\)?)", r"\1except \2 as \3", "catch", "except", True),
    (r"^(\s*)except\s+([A-Z]\w*(?:\s*,\s*[A-Z]\w*)+)(\s+as\s+\w+)?\s*:", r"\1except (\2)\3:", "except A, B",
     "except (A, B)", True),
    (r"^(\s*)except\s+\(?([\w.]+)\s*,\s*([a-z]\w?)\)?\s*:", r"\1except \2 as \3:", "except E, e", "except E as e",
     True),
    (r"^(\s*)raise\s+(\w+)\s*,\s*(.+)$", r"\1raise \2(\3)", "raise E, text", "raise E(text)", True),
    (r"^(\s*)throw\s+(?:new\s+)?", r"\1raise ", "throw", "raise", True),
    (r"\bisnot\b", "is not", "isnot", "is not", True),
    (r"\bnot\s+is\b", "is not", "not is", "is not", True),
    (r"\bis\s+not\s+in\b", "not in", "is not in", "not in", True),
    (r"\bis\s+in\b", "in", "is in", "in", True),
    (r"^(\s*)for\s*\(?\s*(?:\w+\s+)?(\w+)\s*=\s*([^;]+?)\s*;\s*\2\s*<\s*([^;]+?)\s*;\s*(?:\2\+\+|\+\+\2|\2\s*\+=\s*1)\s*\)?",
     r"\1for \2 in range(\3, \4)", "for (i = a; i < b; i++)", "for i in range(a, b)", True),
    (r"^(\s*)for\s*\(?\s*(?:\w+\s+)?(\w+)\s*=\s*([^;]+?)\s*;\s*\2\s*<=\s*([^;]+?)\s*;\s*(?:\2\+\+|\+\+\2|\2\s*\+=\s*1)\s*\)?",
     r"\1for \2 in range(\3, \4 + 1)", "for (i = a; i <= b; i++)", "for i in range(a, b + 1)", True),
    (r"^(\s*)for\s*\(\s*(?:(?:var|let|const)\s+)?(\w+)\s+(?:in|of)\s+(.+)\)\s*(\{|:)?$", r"\1for \2 in \3:",
     "for (x of xs)", "for x in xs:", True),
    (r"^(\s*)(?:foreach|for\s+each)\b", r"\1for", "foreach", "for", True),
    (r"\bfor\s+([\w, ]+?)\s+(?:on|of|from|=|at|to)\s+(?=[\w\[(])", r"for \1 in ", "for x of xs", "for x in xs", True),
    (r"^(\s*)for\s+(\w+)\s*=\s*(\w+)\s*(?:to|:|\.\.)\s*(\w+)", r"\1for \2 in range(\3, \4 + 1)", "for i = a to b",
     "for i in range(a, b + 1)", False),
    (r"\bin\s+(-?\w+)\s*\.\.\s*(\w+)", r"in range(\1, \2 + 1)", "a..b", "range(a, b + 1)", False),
    (r"\bin\s+(\d+)\s*:\s*(\w+)(?=\s*:)", r"in range(\1, \2 + 1)", "a:b", "range(a, b + 1)", False),
    (r"\bin\s+range\s+([\w.()]+)\s*(?=:)", r"in range(\1)", "range n", "range(n)", True),
    (r"\bfor\s+(\w+(?:\s*,\s*\w+)*)\s+(range|enumerate|zip|sorted|reversed)\b", r"for \1 in \2", "for without in",
     "for x in xs", True),
    (r"\bfor\s+(\w+)\s+(?!in\b)(\w[\w.]*(?:\(\))?)\s*(?=:|\])", r"for \1 in \2", "for without in", "for x in xs", True),
    (r"//\s*(?=[^\d\s(].*\s|\S*[\u4e00-\u9fff])(.*)$", r"# \1", "//", "#", True),
    (r"/\*+(.*?)\*/", r"#\1", "/* */", "#", True),
    (r"^(\s*)import\s+([\w.]+)\s+(?:an|ass|sa|a|As|AS|=)\s+(\w+)\s*$", r"\1import \2 as \3", "import x an y",
     "import x as y", True),
    (r"^(\s*)import\s+([\w.]+)\s+(\w+)\s*$", r"\1import \2 as \3", "import x y", "import x as y", True),
    (r"^(\s*)import\s+([\w., ]+)\s+from\s+([\w.]+)\s*$", r"\1from \3 import \2", "import x from y",
     "from y import x", True),
    (r"^(\s*)(?:include|using|require)\s+([\w.]+);?\s*$", r"\1import \2", "include", "import", True),
    (r"^(\s*from\s+[\w.]+\s+import\s+.*\w)\s*,\s*$", r"\1", "a trailing comma", "nothing", True),
    (r"^(\s*)(?:pip3?|conda|mamba)\s+(?=install|uninstall|list|show)", r"%\g<0>", "pip install", "%pip install", True),
    (r"^(?=(?:git|wget|curl|python3?|cat|ls|mkdir|rm|unzip|tar|apt|apt-get|echo|head)\s+[\w./~-])", "!",
     "a shell command", "! before it", True),
    (r"\bthen\s*:?\s*$", ":", "then", ":", True),
    (r"(?<=\S)\s+do\s*:?\s*$", ":", "do", ":", True),
    (r"\)\s*;\s*$", ")", ";", "nothing", True),
    (r"^(\s*(?:if|elif|while|for|else|try|def|class|with|finally|except)\b.*?)\s*\{\s*$", r"\1:", "{", ":", True),
    (r"^(\s*)\}\s*(?=else\b|elif\b|except\b|catch\b|finally\b)", r"\1", "}", "nothing", True),
    (r"^\s*\};?\s*$", "", "}", "nothing", True),
    (r"^\s*(?:end|endif|fi|done|end\s+(?:if|for|while|function))\s*;?\s*$", "", "end", "nothing", True),
    (r"^(\s*)(\w+)\s*:=\s*", r"\1\2 = ", ":=", "=", True),
    (r"(?<=[\w\])])\s*;\s*$", "", ";", "nothing", False),
    (r"(?<![\w.])(\d+)[lL]\b", r"\1", "10L", "10", True),
    (r"\bur(?=[\"'])", "r", "ur", "r", True),
    (r"\$(?=[^\W\d]\w*)", "", "$", "nothing", True),
    (r"^(?!\s*(?:async\s+)?def\b)(.*?\w)(?:->|::)(?=[^\W\d])", r"\1.", "->", ".", True),
    (r"^(?!.*\bin\b)(.*[\w)\]])\.\.(?=[^\W\d])", r"\1.", "..", ".", True),
    (r"([\[({])\s*,\s*(?=[^\s)\]}])", r"\1", "(,", "(", True),
    (r"^(\s*)(\*\w+)\s*=(?!=)", r"\1\2, =", "*a =", "*a, =", True),
    (r"=\s*(\*[\w.\[\],()]+)\s*$", r"= [\1]", "= *a", "= [*a]", False),
    (r"\bin\s+not\b", "not in", "in not", "not in", True),
    (r"([-+*/%])\s+=(?!=)", r"\1=", "+ =", "+=", True),
    (r"^(\s*assert\s+.*[\w)\]\"'])\s+(?=f?[\"'][^\"']*[\"']\s*$)", r"\1, ", "assert x text", "assert x, text", True),
    (r"^(\s*import\s+.*\w)\s*[,.]\s*$", r"\1", "a trailing comma", "nothing", True),
    (r"^(\s*)import\s+from\s+([\w.]+)\s+(?:import\s+)?(\w.*)$", r"\1from \2 import \3", "import from x",
     "from x import y", True),
    (r"^(\s*)from\s+([\w.]+)\s+(?!import\b)(\w[\w, ]*)$", r"\1from \2 import \3", "from x y", "from x import y", True),
    (r"^(\s*(?:import|from)\s+[\w.]*\w)-(?=\w)", r"\1_", "-", "_", False),
    (r"^(\s*with\s+.*\))\s+(\w+)\s*:", r"\1 as \2:", "with x y", "with x as y", True),
    (r"\bb([\"'])([^\"'\n]*[^\x00-\x7f\n][^\"'\n]*)\1", r"\1\2\1.encode()", 'b"文"', '"文".encode()', True),
    (r"\blambda\s+([\w, ]*?)\s*:\s*if\s+([^:]+):\s*([^:]+?)\s+else\s*:?\s*(.+)$", r"lambda \1: \3 if \2 else \4",
     "lambda x: if", "lambda x: a if condition else b", True),
    (r"=\s*if\s+([^:]+):\s*([^:]+?)\s*;?\s*else\s*:?\s*(.+)$", r"= \2 if \1 else \3", "x = if",
     "x = a if condition else b", True),
    (r"(\breturn\s+|=\s*|\()([^=?()]*(?:\([^()]*\)[^=?()]*)*(?:[<>=!]=[^=?()]*)?)(?<!\s)\s*\?\s*([^?:]+?)\s*:\s*([^?:)]+?)(?=\)|$)",
     r"\1\3 if \2 else \4", "a ? b : c", "b if a else c", True),
    (r"\b(\w+)\s+not\s+(?!in\b)(?=[\w\"'])(?=[^:]*:\s*$)", r"\1 != ", "x not y", "x != y", False),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(habit[0]), *habit) for habit in _HABITS)


def habits(broken: Broken) -> Iterator[Repair]:
    """What other languages write, put in Python."""
    for number in broken.near():
        line = broken.lines[number - 1]
        for compiled, pattern, text, wrong, right, obvious in _COMPILED:
            if not compiled.search(line):
                continue
            changed = replace_code(broken, number, pattern, text)
            if changed != line:
                yield _repair(broken.with_line(number, changed), wrong, right, obvious)
    yield from _print(broken)


def _repair(cell: str, wrong: str, right: str, obvious: bool) -> Repair:
    shown = f"`{right}`" if right not in ("nothing", "the name alone", "the class alone", "! before it") else right
    chinese = {
        "nothing": "什么都不写",
        "the name alone": "变量名",
        "the class alone": "类名",
        "! before it": "前面的 `!`",
    }
    words = {
        "a type before the name": "变量名前的类型",
        "a shell command": "shell 命令",
        "a trailing comma": "末尾的逗号",
        "for without in": "没有 in 的 for",
        "else with a condition": "带条件的 else",
        "a condition alone": "单独的条件",
        "def without parentheses": "没有括号的 def",
    }
    plain = wrong in words
    return Repair(
        cell,
        "other-language",
        (f"Python does not know {wrong if plain else f'`{wrong}`'} here.",
         f"Python 不支持{words[wrong] if plain else f' `{wrong}` '}这种写法。"),
        (f"Write {shown} instead.", f"请改成{chinese.get(right, f' `{right}`')}。"),
        obvious,
    )  # fmt: skip


_PRINT: Final = re.compile(r"^(\s*|.*:\s+|.*;\s*)(print|exec)(?:\s+(?![=+\-*/%.,)\]])|(?=[\"']))(.*)$")


def _print(broken: Broken) -> Iterator[Repair]:
    cell_lines = list(broken.lines)
    changed = False
    for number, line in enumerate(cell_lines, 1):
        code = broken.code(number)
        found = _PRINT.match(code)
        if not found or not broken.mask[broken.start(number) + found.start(2)]:
            continue
        given = found[3].rstrip("; ")
        open_end = given.endswith(",")
        given = given.rstrip(", ") + (', end=" "' if open_end else "")
        if given.startswith(">>"):
            continue
        cell_lines[number - 1] = f"{found[1]}{found[2]}({given}){line[len(code) :]}"
        changed = True
    if changed:
        yield Repair(
            "\n".join(cell_lines),
            "print-parentheses",
            ("`print` is a function since Python 3.", "从 Python 3 起 `print` 是函数。"),
            ("Put what is printed in parentheses: `print(...)`.", "把要输出的内容放进括号：`print(...)`。"),
            obvious=True,
        )
