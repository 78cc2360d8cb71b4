"""NameError: what was meant by a name that is not there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from qwen_magic.diagnosis.cells import with_parameter
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.names import exports, older, uses
from qwen_magic.diagnosis.names import missing_imports as imports
from qwen_magic.diagnosis.names.quotes import forgotten_quotes
from qwen_magic.diagnosis.names.scopes import defined_later, local_elsewhere, never_started
from qwen_magic.diagnosis.names.similarity import close, only_slip, similarity
from qwen_magic.diagnosis.names.unknown import Unknown, unknown
from qwen_magic.snapshot import Diagnosis

_LITERALS = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None", "undefined": "None"}
_LITERALS |= {"nan": 'float("nan")', "NaN": 'float("nan")', "inf": 'float("inf")', "Infinity": 'float("inf")'}
_IPYTHON = frozenset({"In", "Out", "exit", "quit", "get_ipython", "display"})


def unknown_names(evidence: Evidence) -> Iterator[Diagnosis]:
    """What a name that is not defined may have been meant to be; what is certain is said first."""
    parts = (
        literal, of_python_2, attribute_of_self, defined_later, never_imported, local_elsewhere, never_started,
        close_name, forgotten_quotes,
    )  # fmt: skip
    found = [diagnosis for part in parts for diagnosis in part(evidence)]
    yield from sorted(found, key=lambda diagnosis: not any(rewrite.certain for rewrite in diagnosis.rewrites))


def literal(evidence: Evidence) -> Iterator[Diagnosis]:
    """`true`, `null` and others, as other languages write them."""
    missing = unknown(evidence)
    if missing is None or not missing.use.only_read:
        return
    meant = _LITERALS.get(missing.name) or _LITERALS.get(missing.name.lower() if missing.name.isupper() else "")
    if meant is not None:
        yield _said(
            "name-literal",
            missing.name,
            meant,
            f"Python has no `{missing.name}`.",
            f"Python 里没有 `{missing.name}`。",
            [missing.renamed(meant)],
            certain=missing.name.lower() in ("true", "false", "null", "none"),
        )


def of_python_2(evidence: Evidence) -> Iterator[Diagnosis]:
    """`raw_input`, `unicode`, `xrange`, `execfile("a.py")`."""
    missing = unknown(evidence)
    if missing is None or missing.name not in older.BUILTINS:
        return
    known = older.BUILTINS[missing.name]
    sure, meant = known.endswith("!"), known.rstrip("!")
    step = missing.step
    call = step.parents.get(missing.node)
    typed = any(is_call_of(outer, "isinstance", "map") for outer in step.around(missing.node, ast.Call))
    if not typed and not (isinstance(call, ast.Call) and call.func is missing.node):
        # `long` and `file` are words that people call their values by.
        return
    cells = [missing.renamed(meant)] if "{" not in meant else []
    if "{" in meant and isinstance(call, ast.Call) and call.func is missing.node:
        meant = older.filled(meant, [evidence.source(step, node) for node in call.args]) or ""
        cells = [evidence.replaced(step, call, meant)] if meant else []
    if meant:
        en, zh = f"`{missing.name}` was Python 2's.", f"`{missing.name}` 是 Python 2 的写法。"
        yield _said("name-python-2", missing.name, meant, en, zh, cells, certain=sure)


def attribute_of_self(evidence: Evidence) -> Iterator[Diagnosis]:
    """A method that reads an attribute of its object without `self`."""
    missing = unknown(evidence)
    if missing is None:
        return
    step = missing.step
    function = next(step.around(missing.node, ast.FunctionDef), None)
    if function is None or not isinstance(step.parents.get(function), ast.ClassDef):
        return
    if not function.args.args:
        if missing.name == "self":
            yield _said(
                "name-self",
                f"{function.name}()",
                f"{function.name}(self)",
                f"The method `{function.name}` has no parameter `self`.",
                f"方法 `{function.name}` 没有参数 `self`。",
                [with_parameter(evidence, step, function)],
            )
        return
    first = function.args.args[0].arg
    if missing.name == "self":
        en, zh = f"The method's first parameter is `{first}`.", f"这个方法的第一个参数叫 `{first}`。"
        yield _said("name-self", "self", first, en, zh, [missing.renamed(first, function)])
        return
    owner = step.names.get(first, MISSING)
    if owner is MISSING or not uses.has(owner, missing.name):
        return
    meant = f"{first}.{missing.name}"
    en = f"`{missing.name}` is an attribute of the object, so a method reads it as `{meant}`."
    zh = f"`{missing.name}` 是对象的属性，在方法里要写成 `{meant}`。"
    yield _said("name-self", missing.name, meant, en, zh, [missing.renamed(meant, function)], certain=True)


def never_imported(evidence: Evidence) -> Iterator[Diagnosis]:
    """A module, or a name of one, that was not imported."""
    missing = unknown(evidence)
    if missing is None:
        return
    name = missing.name
    bound = [
        (alias, origin) for alias, origin in exports.held(evidence.namespace, name) if missing.use.fits(origin.value)
    ]
    modules = {origin.module for _, origin in bound}
    others = [origin for origin in imports.origins_of(missing) if origin.module not in modules]
    texts = [(f"{alias}.{name}", missing.renamed(f"{alias}.{name}")) for alias, _ in bound[:3]]
    texts += [(origin.statement, imports.added(missing, origin)) for origin in others]
    if not texts:
        yield from _not_installed(missing)
        return
    sure = len(texts) == 1 and missing.step.in_cell and imports.unmistakable(missing, *(o for _, o in bound), *others)
    choices = " / ".join(f"`{text}`" for text, _ in texts[:3])
    hint = (
        (f"Write {choices}.", f"写成 {choices}。") if bound else (f"Add {choices} on top.", f"在最前面加上 {choices}。")
    )
    cause = (f"`{name}` is used but was never imported.", f"`{name}` 用到了，却没有导入。")
    yield diagnosis("name-import", cause, hint, [text for _, text in texts], certain=sure)


def _not_installed(missing: Unknown) -> Iterator[Diagnosis]:
    module = exports.ALIASES.get(missing.name)
    if module and missing.use.attributes and not exports.installed(module):
        package = module.partition(".")[0]
        cause = f"`{missing.name}` usually stands for `{module}`, which is not installed."
        hint = f"Run `%pip install {package}`, then `import {module} as {missing.name}`."
        zh = f"`{missing.name}` 通常指 `{module}`，但它没有安装。"
        yield diagnosis(
            "name-import",
            (cause, zh),
            (hint, f"先运行 `%pip install {package}`，再 `import {module} as {missing.name}`。"),
        )


def close_name(evidence: Evidence) -> Iterator[Diagnosis]:
    """A name that is typed like another one that is there."""
    missing = unknown(evidence)
    if missing is None:
        return
    name, names = missing.name, missing.step.names
    visible = [other for other in names if not other.startswith("_") and other not in _IPYTHON]
    visible = [other for other in visible if other.isidentifier() and not _unlikely(name, other)] + ["True", "False"]
    near = close(name, visible, 12)
    fitting = [other for other in near if other not in names or missing.use.fits(names[other])]
    sure = only_slip(name, visible)
    sure = sure if sure in fitting and not _said_otherwise(missing, sure) else None
    idle = [other for other in _idle(missing) if other not in fitting]
    ranked = ([sure] if sure else []) + [other for other in idle + fitting if other != sure]
    if not ranked or (len(name) < 2 and not idle):
        return
    ranked = ranked[:6]
    cells = [missing.renamed(other) for other in ranked]
    meant = ranked[0]
    if sure is None and meant not in idle and len(ranked) > 1:
        choices = " / ".join(f"`{other}`" for other in ranked[:3])
        cause = (f"`{name}` is not defined; close names are {choices}.", f"`{name}` 没有定义；相近的名字有 {choices}。")
        hint = (f"Write the one that is meant: {choices}.", f"改成你想用的那个：{choices}。")
        yield diagnosis("name-close", cause, hint, cells)
        return
    yield _said(
        "name-close",
        name,
        meant,
        f"`{name}` is not defined, but `{meant}` is.",
        f"`{name}` 没有定义，有定义的是 `{meant}`。",
        cells,
        certain=sure is not None,
    )


def _unlikely(name: str, other: str) -> bool:
    """Builtins are everywhere: only a slip, or another case, can mean one."""
    if not hasattr(builtins, other):
        return False
    value = getattr(builtins, other)
    error = isinstance(value, type) and issubclass(value, BaseException)
    return (error and not name[:1].isupper()) or similarity(name, other) < 0.7 or min(len(name), len(other)) < 3


def _said_otherwise(missing: Unknown, sure: str) -> bool:
    """Whether a builtin is close, but something else is as likely: a short word, a name that can be imported."""
    if not hasattr(builtins, sure):
        return False
    defined = {node.name for node in ast.walk(missing.step.tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    same = sure.casefold() == missing.name.casefold()
    return missing.name in defined or bool(imports.origins_of(missing)) or not (same or len(sure) > 4)


def _idle(missing: Unknown) -> list[str]:
    """Loop variables and parameters around the name that nothing reads: one of them is meant."""
    found: list[str] = []
    kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.For, ast.FunctionDef, ast.Lambda)
    for node in missing.step.around(missing.node):
        if not isinstance(node, kinds):
            continue
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            near = [argument.arg for argument in node.args.args]
        else:
            targets = [node.target] if isinstance(node, ast.For) else [part.target for part in node.generators]
            near = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
        found += [
            name for name in near if name not in read and name not in ("self", "cls") and not name.startswith("_")
        ]
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            break
    return found


def _said(
    rule: str, name: str, meant: str, en: str, zh: str, cells: list[str | None], *, certain: bool = False
) -> Diagnosis:
    hint = (f"Write `{meant}` instead of `{name}`.", f"把 `{name}` 改成 `{meant}`。")
    return diagnosis(rule, (en, zh), hint, cells, certain=certain)
