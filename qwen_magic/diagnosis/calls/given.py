"""TypeError of a call that gives one thing where its parts are wanted, or gives an argument twice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.calls import earlier
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import arguments, is_call_of
from qwen_magic.snapshot import Diagnosis


def given_twice(evidence: Evidence) -> Iterator[Diagnosis]:
    """`label(10, text="tea")`, where the first parameter is `text`: what stands without a name is another one."""
    said = re.search(r"(\w+)\(\) got multiple values for argument '(\w+)'", evidence.message)
    step = evidence.last
    call = step.node if step else None
    if step is None or said is None or not isinstance(call, ast.Call):
        return
    function = earlier.definition(step, call.func)
    if function is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    named = [argument.arg for argument in earlier.parameters(function)]
    named = named[1:] if named[:1] in (["self"], ["cls"]) else named
    taken = {word.arg for word in call.keywords}
    free = [name for name in named if name not in taken]
    if len(free) < len(call.args):
        return
    placed = [f"{name}={evidence.source(step, value)}" for name, value in zip(free, call.args, strict=False)]
    words = [evidence.source(step, word) for word in call.keywords]
    texts = [f"{evidence.source(step, call.func)}({', '.join([*placed, *words])})"]
    # The value may also have been given twice, once with its name.
    kept = [evidence.source(step, value) for value in call.args]
    others = [text for text, word in zip(words, call.keywords, strict=True) if word.arg != said[2]]
    texts.append(f"{evidence.source(step, call.func)}({', '.join([*kept, *others])})")
    yield diagnosis(
        "argument-twice",
        (f"`{said[2]}` gets a value by its place and another one by its name.",
         f"`{said[2]}` 既按位置又按名字得到了值。"),
        (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。"),
        [evidence.replaced(step, call, text) for text in texts],
    )  # fmt: skip


def not_spread(evidence: Evidence) -> Iterator[Diagnosis]:
    """`area(size)` where `size` is a pair and `area` takes two: `area(*size)`; `gather(tasks)` likewise."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, TypeError):
        return
    if is_call_of(call, "gather") and len(call.args) == 1 and not isinstance(call.args[0], ast.Starred):
        if re.search(r"unhashable type: '(?:list|set)'|coroutine or an awaitable is required", evidence.message):
            yield _spread(evidence, step, call, call.args[0], "*", certain=True)
        return
    missing = re.search(r"missing (\d+) required positional argument", evidence.message)
    function = earlier.definition(step, call.func)
    if not missing or len(call.args) != 1 or function is None:
        return
    value = step.value(call.args[0])
    named = [name for name in earlier.required(function) if name not in ("self", "cls")]
    wanted = [name for name in named if name not in {word.arg for word in call.keywords}]
    if type(value) in (tuple, list) and len(value) == len(wanted):
        yield _spread(evidence, step, call, call.args[0], "*", certain=type(value) is tuple)
    elif type(value) is dict and set(wanted) <= set(value):
        yield _spread(evidence, step, call, call.args[0], "**", certain=set(wanted) == set(value))


def _spread(
    evidence: Evidence, step: Step, call: ast.Call, argument: ast.expr, stars: str, *, certain: bool
) -> Diagnosis:
    text, function = evidence.source(step, argument), evidence.source(step, call.func)
    return diagnosis(
        "argument-spread",
        (f"`{function}` takes several values, and `{text}` is one that holds them.",
         f"`{function}` 需要多个值，而 `{text}` 是装着它们的一个值。"),
        (f"Write `{stars}{text}`.", f"写成 `{stars}{text}`。"),
        [evidence.replaced(step, argument, stars + text)],
        certain=certain,
    )  # fmt: skip


def called_too_early(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.apply(bmi(), axis=1)`, `sorted(xs, key=length())`: the function itself is wanted, not its result."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or arguments(evidence, step, call):
        return
    around = step.parents.get(call)
    keyword = isinstance(around, ast.keyword) and around.arg in ("key", "target", "default_factory", "aggfunc", "func")
    outer = step.parents.get(around) if isinstance(around, ast.keyword) else around
    taking = is_call_of(outer, "map", "filter", "apply", "applymap", "transform", "agg", "pipe", "reduce", "submit",
                        "defaultdict", "assign", "starmap", "accumulate", "partial")  # fmt: skip
    if "missing" not in evidence.message or not (keyword or (taking and call is not getattr(outer, "func", None))):
        return
    text = evidence.source(step, call.func)
    yield diagnosis(
        "called-too-early",
        (f"`{text}()` calls the function before it is handed over.", f"`{text}()` 在传递之前就调用了函数。"),
        (f"Write `{text}` without parentheses.", f"去掉括号，写成 `{text}`。"),
        [evidence.replaced(step, call, text)],
        certain=True,
    )


def used_up(evidence: Evidence) -> Iterator[Diagnosis]:
    """A generator, `map`, `zip` or `filter` that an earlier line has gone through already."""
    step = evidence.last
    if step is None or step.node is None:
        return
    said = re.search(r"empty|at least (?:one|two|1|2) |division by zero|not enough values", evidence.message)
    if not said and not isinstance(evidence.error, StopIteration):
        return
    lazy = ("generator", "map", "filter", "zip", "enumerate", "reversed", "csv_reader", "reader")
    names = [node for node in ast.walk(step.statement or step.node) if isinstance(node, ast.Name)]
    for name in names:
        value = step.value(name)
        made = binding(step, name) if type(value).__name__ in lazy else None
        if not isinstance(made, ast.Assign) or not _used_between(step, made, name):
            continue
        source = evidence.source(step, made.value)
        text = f"[{source[1:-1]}]" if isinstance(made.value, ast.GeneratorExp) else f"list({source})"
        yield diagnosis(
            "used-up",
            (f"`{name.id}` can be gone through only once, and an earlier line did.",
             f"`{name.id}` 只能遍历一次，前面已经用完了。"),
            (f"Keep its values in a list: `{name.id} = {text}`.", f"把它的值存成列表：`{name.id} = {text}`。"),
            [evidence.replaced(step, made.value, text)],
            certain=True,
        )  # fmt: skip
        return


def _used_between(step: Step, made: ast.Assign, name: ast.Name) -> bool:
    reads = (node for node in ast.walk(step.tree) if isinstance(node, ast.Name) and node.id == name.id)
    return any(
        isinstance(node.ctx, ast.Load) and made.lineno < node.lineno <= name.lineno and node is not name
        for node in reads
    )
