"""What a fix did to the code it was made from: nothing, too much, or only hid the error."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from types import BuiltinFunctionType, FunctionType, ModuleType

from qwen_magic.checks import modules, objects
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.outline import Outline
from qwen_magic.language import Words

_DEFINITION = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)", re.MULTILINE)
_BROAD = frozenset({"Exception", "BaseException"})
_TALK = re.compile(r"(\w+\.)*(print|display|log|debug|info|warning|warn|error|exception|print_exc)")
_SAME = 0.7
UNCHANGED = Finding(
    "unchanged", Severity.ERROR, 1, Words("this is the original code, unchanged", "代码与原来相同，没有改动")
)


def check(
    outline: Outline, namespace: Mapping[str, object], original: str, before: Outline | None
) -> Iterator[Finding]:
    """Compare a fix with what it fixes; `before` is None if that does not parse."""
    if _is_unchanged(outline, before):
        yield UNCHANGED
        return
    if before is None:
        yield from _lost_text(outline, original)
        return
    yield from _lost(outline, before, namespace)
    yield from _hidden(outline, before)
    yield from _left_out(outline, before)
    yield from _overwritten(outline, before, namespace)


def _is_unchanged(outline: Outline, before: Outline | None) -> bool:
    # What parses is not the same as what does not, if only by its indentation.
    return before is not None and bool(before.tree.body) and ast.dump(outline.tree) == ast.dump(before.tree)


def _lost_text(outline: Outline, original: str) -> Iterator[Finding]:
    """Definitions that are gone, from an original that does not parse."""
    names = outline.bound()
    for found in _DEFINITION.finditer(original):
        name = found[1] or found[2]
        if name not in names and not any(_is_renamed(name, other) for other in names):
            yield _gone(name)


def _lost(outline: Outline, before: Outline, namespace: Mapping[str, object]) -> Iterator[Finding]:
    kept = outline.bound()
    gained = [name for name in kept - before.bound() if name.isidentifier()]
    lost = [name for name in _given(before) if name not in kept]
    # One name for another is a new name, not a loss.
    renamed = len(lost) == len(gained) == 1 and lost[0] not in outline.loads
    for name in lost:
        if renamed or any(_is_renamed(name, other) for other in gained) or name.startswith("_"):
            continue
        if not all(_is_dispensable(place, name, namespace) for place in before.bindings(name)):
            yield _gone(name)


def _given(outline: Outline) -> Iterator[str]:
    """Names that code leaves behind on purpose, in order: what a loop counts with is not one."""
    seen = set()
    for node in outline.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            inside = [node, *(n for n in ast.walk(node) if isinstance(n, ast.Name))]
            for name in outline.bound():
                if name not in seen and any(place in inside for place in outline.bindings(name)):
                    seen.add(name)
                    yield name


def _is_dispensable(place: ast.AST, name: str, namespace: Mapping[str, object]) -> bool:
    """Whether it is no loss that an import is gone: it has been made already, or could not be."""
    if not isinstance(place, ast.Import | ast.ImportFrom):
        return False
    home = place.module or "" if isinstance(place, ast.ImportFrom) else place.names[0].name
    return name in namespace or not home or not modules.is_installed(home.partition(".")[0])


def _is_renamed(name: str, other: str) -> bool:
    return SequenceMatcher(None, name.lower(), other.lower()).ratio() >= _SAME


def _gone(name: str) -> Finding:
    words = Words(f"`{name}` is no longer defined", f"不再定义 `{name}`")
    return Finding("lost-definition", Severity.WARNING, 1, words)


def _hidden(outline: Outline, before: Outline) -> Iterator[Finding]:
    known = {ast.dump(handler) for handler in before.nodes if isinstance(handler, ast.ExceptHandler)}
    body = [s for s in outline.tree.body if not isinstance(s, ast.Import | ast.ImportFrom | ast.FunctionDef)]
    whole = body[0] if len(body) == 1 and isinstance(body[0], ast.Try) else None
    for node in outline.nodes:
        if isinstance(node, ast.Try | ast.TryStar):
            for handler in node.handlers:
                if ast.dump(handler) not in known and (node is whole or _is_broad(handler)) and _swallows(handler):
                    words = Words("hides the error instead of fixing it", "只是掩盖了错误，并没有修正")
                    yield Finding("hidden-error", Severity.WARNING, handler.lineno, words)
        elif isinstance(node, ast.Call) and _suppresses(node):
            words = Words("hides every error", "会掩盖所有错误")
            yield Finding("hidden-error", Severity.WARNING, node.lineno, words)


def _suppresses(call: ast.Call) -> bool:
    broad = any(isinstance(caught, ast.Name) and caught.id in _BROAD for caught in call.args)
    return broad and ast.unparse(call.func).endswith("suppress")


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _BROAD) for kind in caught)


def _swallows(handler: ast.ExceptHandler) -> bool:
    return all(_is_idle(statement) for statement in handler.body)


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Expr(ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant(value=None)) | ast.Assign(value=ast.Constant(value=None)):
            return True
        case ast.Expr(ast.Call(func=func)):
            return _TALK.fullmatch(ast.unparse(func)) is not None
    return False


def _left_out(outline: Outline, before: Outline) -> Iterator[Finding]:
    """Statements that are gone, where that is all that has happened."""
    old, new = _statements(before), _statements(outline)
    matcher = SequenceMatcher(None, [dump for dump, _ in old], [dump for dump, _ in new], autojunk=False)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if not changes or any(kind != "delete" for kind, *_ in changes):
        return
    for _, start, end, place, _ in changes:
        gone = next((node for _, node in old[start:end] if not isinstance(node, ast.Import | ast.ImportFrom)), None)
        if gone is None:
            continue
        said = ast.unparse(gone).split("\n")[0]
        said = said if len(said) <= 40 else f"{said[:39]}…"
        line = new[min(place, len(new) - 1)][1].lineno if new else 1
        words = Words(f"only leaves out `{said}`", f"只是去掉了 `{said}`")
        yield Finding("left-out", Severity.WARNING, line, words)


def _statements(outline: Outline) -> list[tuple[str, ast.stmt]]:
    """Every statement in order, without those inside it; `pass` in place of one is none."""
    found = sorted((n for n in outline.nodes if isinstance(n, ast.stmt)), key=lambda n: (n.lineno, n.col_offset))
    return [(_head(node), node) for node in found if not isinstance(node, ast.Pass)]


def _head(node: ast.stmt) -> str:
    inner = {"body", "orelse", "handlers", "finalbody", "cases"}
    shown = [type(node).__name__]
    for field, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        shown += (
            [] if field in inner else [ast.dump(part) if isinstance(part, ast.AST) else str(part) for part in parts]
        )
    return " ".join(shown)


def _overwritten(outline: Outline, before: Outline, namespace: Mapping[str, object]) -> Iterator[Finding]:
    for name in sorted(name for name in outline.bound() if not before.binds(name)):
        if name not in namespace or name.startswith("_") or not _is_data(namespace[name]):
            continue
        place = min(outline.bindings(name), key=lambda node: getattr(node, "lineno", 1))
        if isinstance(place, ast.Import | ast.ImportFrom):
            continue
        words = Words(
            f"overwrites `{name}` of the notebook, which the original did not",
            f"会覆盖笔记本里的 `{name}`，原来的代码不会",
        )
        yield Finding("overwritten", Severity.WARNING, getattr(place, "lineno", 1), words)


def _is_data(value: object) -> bool:
    code = type(value) in (FunctionType, BuiltinFunctionType, ModuleType)
    return not code and not objects.is_class(value)
