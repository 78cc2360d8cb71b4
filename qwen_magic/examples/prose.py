"""Examples in the midst of prose: f(3) returns 9, `f(3)` → `9`, f(3) 返回 9."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qwen_magic.examples.checking import check
from qwen_magic.examples.doctests import exception_name
from qwen_magic.examples.expressions import is_left, is_right, parsed, roots
from qwen_magic.examples.found import Example, Found
from qwen_magic.examples.quoting import Quoted

_SIGN = r"={2,3}>?|={0,2}>|-{1,2}>|[→➞➜⇒⟶⟹]|(?<![<>!=:+\-*/%|&^])=(?!=)"
_ENGLISH = (
    r"(?:(?:then|now|also|always)\s+)?(?:(?:should|must|would|will|shall|has\s+to|is\s+supposed\s+to|is\s+expected\s+to)\s+)?"
    r"(?:returns?|gives?|be|is|equals?(?:\s+to)?|evaluates?\s+to|(?P<out>outputs?|prints?)|produces?|results?\s+in|becomes?"
    r"|(?P<raise>raises?|throws?))(?:\s+(?:equal\s+to|exactly|the\s+(?:value|number|list|string|tuple|dict(?:ionary)?)))?"
)
_CHINESE = (
    r"(?:的)?(?:返回值|返回结果|运行结果|结果|值)?(?:就|应该|应当|应|会|将|必须|需要)*"
    r"(?:返回(?:值)?(?:是|为)?|得到|得出|等于|(?P<out2>输出|打印)(?:结果)?(?:是|为)?|给出|变为|变成|为|是|(?P<raise2>抛出|引发))"
    r"(?:列表|字典|字符串|元组|整数|浮点数|布尔值|一个)?"
)
_MARKER = re.compile(
    rf"(?P<sign>{_SIGN})|(?<![\w.]){_ENGLISH}(?=[\s:(\[{{\"'])|{_CHINESE}|(?P<comment>#)(?:\s*(?:{_SIGN}|(?:returns?|outputs?|"
    r"prints?|output|输出|返回|得到|结果(?:是|为)?)\s*[:：]?))?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[^\S\n]*(?:[-*+•>#]+[^\S\n]+|\(?[0-9a-z][.)、][^\S\n]*)*")
_CUE = re.compile(r"(?:例如|比如|譬如|例|如|即|则|那么|使得|使|调用|函数|变量|因此|所以)\Z")
_CONDITION = re.compile(
    r"\b(?:if|elif|when|where|whenever|while|until|unless|whose|which|having|filter|keep|select|drop|rows?|only)\b"
    r"|如果|若|当|假如|只要|满足|筛选|条件|所有|删除|保留",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"\b(?:def|class|if|elif|while|return|lambda|not|or|in|else|unless|when)\s*\Z|[=<>+*/%&|^@~\\]\s*\Z"
)
_AFTER = re.compile(
    r"[^\S\n]*(?:\Z|[\n,.;:!?)\]}。、\"'#!？！”’…]|\((?!\d)|=\s*[-\d]|(?:and|but|because|since|while|whereas|which|so|for|not|holds?)\b)"
    r"|[^\S\n]*(?:和|而|但|并|且|因|以及|同时|时|吧|呢|即|这|也)"
)
_MORE_VALUES = re.compile(r"[^\S\n]*,[^\S\n]*(?:[-\d\"'(\[{]|(?:True|False|None)\b)")
# What ends a sentence would otherwise be an attribute's dot, or that of a float.
_FULL_STOP = re.compile(r"(?<=[^\d\s])\.(?=\s)|(?<=\d)\.(?=\s+[^\W\d]|\s*\Z)")
_CLAUSE_END = re.compile(r"[.;。；!?\n]\s|\b(?:e\.g\.|i\.e\.|for (?:example|instance)\b)|例如|比如|譬如", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(?:e\.g\.|i\.e\.|ex\.)", re.IGNORECASE)
_LONGEST = 600  # characters of one side
# Two words side by side are no expression, nor is what has neither brackets nor dots, unless it is a name.
_NO_EXPRESSION = re.compile(r"\w+\s+\w|(?!\w+\Z)[^(\[.]*\Z")
# Pasted data may look like a thousand examples that are none.
_BUDGET = 150_000  # characters to look at, again and again


@dataclass(frozen=True, slots=True)
class _Side:
    """An expression, and where in the text it stands."""

    start: int
    end: int
    tree: ast.expr


def find_in_prose(quoted: Quoted, variables: Collection[str]) -> Iterator[Found]:
    """The examples of a text, from its beginning to its end."""
    return _Search(quoted, variables).examples()


# Ideographs can be names: 输入 [1, 2] is no subscript.
_WORDS = {"输入", "传入", "给定", "输出", "参数", "返回", "结果", "列表", "数组", "字典"}


class _Search:
    def __init__(self, quoted: Quoted, variables: Collection[str]) -> None:
        self._quoted = quoted
        text = _ABBREVIATION.sub(lambda found: " " * len(found[0]), quoted.text)
        self._text = _FULL_STOP.sub(lambda found: "." if quoted.quoted(found.start()) else ";", text)
        self._variables = variables
        self._budget = _BUDGET

    def examples(self) -> Iterator[Found]:
        behind = 0
        for marker in _MARKER.finditer(self._text):
            if marker.start() < behind or self._quoted.quoted(marker.start()):
                continue
            left = self._left(marker, behind)
            if left and (found := self._example(left, marker)):
                example, behind = found
                yield Found(left.start, example)

    def _example(self, left: _Side, marker: re.Match[str]) -> tuple[Example, int] | None:
        code = ast.unparse(left.tree)
        if roots(left.tree) & _WORDS:
            return None
        if marker["raise"] or marker["raise2"]:
            named = re.compile(r"\s*(?:an?\s+|一个)?([A-Z]\w*)", re.ASCII).match(self._text, marker.end())
            if named and (name := exception_name(named[1])):
                return Example(self._shown(left.start, named.end()), check(code, raises=name)), named.end()
            return None
        right = self._right(marker)
        if right is None:
            return None
        printed = bool(marker["out"] or marker["out2"] or marker["comment"])
        text = self._text[right.start : right.end].strip() if code.startswith("print(") else ""
        value = ast.unparse(right.tree)
        made = check(code, value, printed=True, text=text) if printed or text else check(code, value)
        return Example(self._shown(left.start, right.end), made, code), right.end

    def _shown(self, start: int, end: int) -> str:
        return " ".join(self._quoted.raw[start:end].replace("`", "").split())

    def _parsed(self, start: int, end: int) -> ast.expr | None:
        self._budget -= end - start
        return parsed(self._text[start:end]) if self._budget > 0 else None

    def _left(self, marker: re.Match[str], behind: int) -> _Side | None:
        """The longest expression that ends where the marker begins."""
        end = marker.start()
        while end > behind and self._text[end - 1] in " \t,:":
            end -= 1
        if end > behind and self._text[end - 1] == "\n" and marker["sign"] and len(marker["sign"]) > 1:
            end -= 1
        level = self._quoted.level(end)
        line = first = _BULLET.match(self._text, self._text.rfind("\n", 0, end) + 1)
        begin = max(behind, first.end() if line and first else 0, end - _LONGEST)
        while begin > behind and self._quoted.level(begin) > level and end - begin < _LONGEST:
            begin = max(behind, self._text.rfind("\n", 0, begin - 1) + 1)
        self._budget -= end - begin
        for start in range(begin, end) if self._budget > 0 else ():
            if not self._begins(start, begin, end) or _NO_EXPRESSION.match(self._text, start, end):
                continue
            if tree := self._parsed(start, end):
                if not is_left(tree, self._variables):
                    continue
                return _Side(start, end, tree) if self._is_told(start, begin, end, tree, marker) else None
        return None

    def _begins(self, start: int, begin: int, end: int) -> bool:
        """Whether an expression may begin here: not within a word, nor within quotes or brackets."""
        if self._quoted.quoted(start) or self._quoted.level(start) != self._quoted.level(end):
            return False
        here, before = self._text[start], self._text[start - 1 : start] if start > begin else ""
        if here.isspace() or here in "+-~":
            return False
        if before.isalnum() or before == "_":
            ideograph = "\u4e00" <= before <= "\u9fff"
            return ideograph and (here.isascii() or bool(_CUE.search(self._text[begin:start])))
        return before != "."

    def _is_told(self, start: int, begin: int, end: int, tree: ast.expr, marker: re.Match[str]) -> bool:
        """Whether the text states it: no condition, no assignment, no definition."""
        before = self._text[begin:start]
        if _NO_VALUE.search(before) or (before.strip() and before.rstrip()[-1] in "-"):
            return False
        rest = self._text[marker.end() :].split("\n", 1)[0]
        whole_line = not before.strip()
        if marker["comment"]:
            return whole_line or before.strip().startswith("`")
        if isinstance(tree, ast.Call | ast.BinOp) and not roots(tree):
            return marker["sign"] != "->" or not (isinstance(tree, ast.Call) and not tree.args and "None" in rest)
        name = next(iter(roots(tree)), "")
        # An example is not part of the condition that it follows.
        clause = _CLAUSE_END.split(self._quoted.text[begin:start])[-1]
        if marker["sign"] == "=" or _CONDITION.search(clause) or re.match(r"\s*的|\s*的?行", rest):
            return False
        if re.search(rf"^\s*{re.escape(name)}\s*=[^=]", self._text, re.MULTILINE):
            return False
        if isinstance(tree, ast.Subscript):
            return True
        mentioned = name in self._variables or re.search(
            rf"(?<![\w.]){re.escape(name)}(?![\w.(\[])", self._text[:start] + self._text[marker.end() :]
        )
        return bool(mentioned) and (not isinstance(tree, ast.Name) or whole_line)

    def _right(self, marker: re.Match[str]) -> _Side | None:
        """The longest value that begins where the marker ends."""
        start = marker.end()
        colon = re.compile(r"\s*:?\s*").match(self._text, start)
        start = colon.end() if colon else start
        level, last = self._quoted.level(start), min(len(self._text), start + _LONGEST)
        ends = []
        for end in range(start + 1, last + 1):
            if self._quoted.level(end) < level:
                break
            if self._ends(end, level):
                ends.append(end)
            if end < len(self._text) and self._text[end] == "\n" and self._quoted.level(end) == level:
                break
        for end in reversed(ends):
            tree = self._parsed(start, end)
            if tree and is_right(tree, self._variables) and not self._bare(tree, start, end):
                closed = self._quoted.raw[end : end + 1] == "`" or _AFTER.match(self._text, end)
                clear = closed and not _MORE_VALUES.match(self._text, end)
                if marker["comment"] and self._text[end:].split("\n", 1)[0].strip(" `.。"):
                    return None
                return _Side(start, end, tree) if clear else None
        return None

    def _ends(self, end: int, level: int) -> bool:
        """Whether a value may end before this character."""
        if self._quoted.level(end) != level or self._text[end - 1] in " \n,.":
            return False
        return (
            end == len(self._text)
            or not (self._quoted.quoted(end) or (self._text[end].isascii() and self._text[end].isalnum()))
            or self._text[end - 1] in "\"')]}"
        )

    def _bare(self, tree: ast.expr, start: int, end: int) -> bool:
        """A tuple without brackets: "returns 9, 16" may be two things."""
        return isinstance(tree, ast.Tuple) and not (self._text[start] == "(" and self._text[end - 1] == ")")
