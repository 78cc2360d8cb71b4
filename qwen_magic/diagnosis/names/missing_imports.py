"""Which import would bring a name that is not defined, and whether any other could be meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import MISSING
from qwen_magic.diagnosis.names import exports, uses
from qwen_magic.diagnosis.names.exports import Origin
from qwen_magic.diagnosis.names.unknown import Unknown

# Words that anybody may have meant as a function of their own.
_EVERYBODYS = frozenset({"count", "product", "repeat", "cycle", "chain", "name", "match", "search", "split", "sub"})
_CERTAIN = frozenset({
    "collections", "math", "random", "datetime", "itertools", "functools", "dataclasses", "pathlib", "statistics",
    "decimal", "fractions", "enum", "copy", "heapq", "bisect", "contextlib", "pprint", "abc", "time", "typing",
    "collections.abc", "string",
})  # fmt: skip


def likely(missing: Unknown) -> bool:
    """Whether the name is used like something imported: variables and columns have the same names."""
    return not missing.use.only_read or missing.name[:1].isupper() or missing.name == "pi" or "_" in missing.name


def origins_of(missing: Unknown) -> list[Origin]:
    """What the name could be imported from, the likeliest first."""
    name = missing.name
    found = exports.origins(name, missing.use.fits)
    if not likely(missing):
        # A function may be handed over without being called: map(sqrt, numbers).
        handed = isinstance(missing.step.parents.get(missing.node), ast.Call)
        found = [origin for origin in found if handed and origin.module in _CERTAIN and callable(origin.value)]
    elif not found and len(name) > 3:
        found = [origin for origin in exports.packaged(name) if missing.use.fits(origin.value)]
    # time() is rather time.time than datetime.time.
    return sorted(found, key=lambda origin: origin.module != name)


def unmistakable(missing: Unknown, origin: Origin) -> bool:
    """Whether a name that is used like this can only come from there."""
    name, module = missing.name, origin.module
    if exports.ALIASES.get(name) == module or module == name or module.endswith(f".{name}"):
        return bool(missing.use.attributes) or (module == name and missing.use.called)
    if name == "pi":
        return True
    spelled = name[:1].isupper() or "_" in name
    known = module in _CERTAIN and name not in _EVERYBODYS and len(name) > 2
    used = missing.use.called or missing.use.subscripted or bool(missing.use.attributes)
    return (known and (used or spelled)) or (spelled and len(name) > 3 and used)


def added(missing: Unknown, origin: Origin) -> str:
    """The cell with the import, and those of other names that it lacks as clearly."""
    wanted = {origin.statement: origin}
    for other in _others(missing):
        found = origins_of(other)
        if len(found) == 1 and unmistakable(other, found[0]):
            wanted[found[0].statement] = found[0]
    return edits.add_import(missing.evidence.cell, "\n".join(_joined(list(wanted))))


def _joined(statements: list[str]) -> Iterator[str]:
    """Names from one module share one line."""
    modules: dict[str, list[str]] = {}
    for statement in statements:
        head, _, name = statement.partition(" import ")
        modules.setdefault(head if name else statement, []).extend([name] if name else [])
    for head, names in modules.items():
        yield f"{head} import {', '.join(names)}" if names else head


def _others(missing: Unknown) -> Iterator[Unknown]:
    """The other names that the cell reads, and that nothing defines."""
    step = missing.step
    names = [node for node in ast.walk(step.tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if not isinstance(node.ctx, ast.Load)} | {missing.name}
    for node in ast.walk(step.tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            stored.add(node.name)
        elif isinstance(node, ast.arg):
            stored.add(node.arg)
        elif isinstance(node, ast.alias):
            stored.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            stored.add(node.name)
    for node in names:
        if node.id not in stored and step.names.get(node.id, MISSING) is MISSING:
            stored.add(node.id)
            yield replace(missing, name=node.id, node=node, use=uses.use(step, node.id))
