"""Values of the wrong type given to Python's own functions: `range("5")`, `",".join([1, 2])`, `round("3.14")`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.diagnosis.types.sources import at_the_source
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

_NUMERIC = (
    "range",
    "round",
    "abs",
    "sqrt",
    "floor",
    "ceil",
    "pow",
    "log",
    "exp",
    "sin",
    "cos",
    "timedelta",
    "sleep",
    "chr",
)


def wrong_argument(evidence: Evidence) -> Iterator[Diagnosis]:
    """A builtin function that was given text for a number, a fraction for an integer, or numbers for text."""
    step = evidence.last
    if step is None or step.node is None or not isinstance(evidence.error, (TypeError, ValueError)):
        return
    message = evidence.message
    call = next((node for node in (step.node, *step.around(step.node)) if isinstance(node, ast.Call)), None)
    if isinstance(step.node, ast.For) and isinstance(step.node.iter, ast.Call):
        call = step.node.iter
    if call is None:
        return
    if "expected str instance" in message and is_call_of(call, "join") and call.args:
        yield from _joined(evidence, step, call)
    elif message.startswith("isinstance() arg 2") and len(call.args) == 2:
        yield from _type_as_text(evidence, step, call)
    elif "argument must be a string" in message and is_call_of(call, "int", "float") and call.args:
        yield from _of_several(evidence, step, call)
    elif is_call_of(call, *_NUMERIC):
        yield from _number_wanted(evidence, step, call)


def _joined(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    given = call.args[0]
    text = evidence.source(step, given)
    best = f"map(str, {text})"
    if isinstance(given, (ast.ListComp, ast.GeneratorExp)):
        node, best = given.elt, f"str({evidence.source(step, given.elt)})"
    else:
        node = given
    kind = evidence.message.rpartition(", ")[2].removesuffix(" found")
    yield diagnosis(
        "joined-numbers",
        (f"`join` takes texts, and `{text}` holds a {kind} too.", f"`join` 只能连接文本，而 `{text}` 里有 {kind}。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        [evidence.replaced(step, node, best)],
        certain=kind in ("int", "float") and step.names.get("str") is str,
    )


def _type_as_text(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    name = step.value(call.args[1])
    if type(name) is str and isinstance(getattr(builtins, name, None), type):
        yield diagnosis(
            "type-as-text",
            (f"`isinstance` takes a type, not the text {name!r}.", f"`isinstance` 需要类型，而不是文本 {name!r}。"),
            (f"Write `{name}` without quotes.", f"去掉引号，写成 `{name}`。"),
            [evidence.replaced(step, call.args[1], name)],
            certain=True,
        )


def _of_several(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    value, text = step.value(call.args[0]), evidence.source(step, call.args[0])
    kind = evidence.source(step, call.func)
    listed = type(value) in (list, tuple) or "'list'" in evidence.message
    if listed:
        best = f"[{kind}(x) for x in {text}]"
        one = f"{kind}({operand(text)}[0])"
        yield diagnosis(
            "several-at-once",
            (
                f"`{kind}` converts one value, and `{text}` is a list.",
                f"`{kind}` 一次只转换一个值，而 `{text}` 是列表。",
            ),
            (f"Write `{best}`.", f"请写成 `{best}`。"),
            [evidence.replaced(step, call, other) for other in (best, one)],
        )


def _number_wanted(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    for argument in call.args:
        value = step.value(argument)
        text = evidence.source(step, argument)
        texts = list(_as_number(evidence, step, call, argument, value))
        if not texts:
            continue
        cells = [evidence.replaced(step, argument, other) for other in texts]
        cells += list(at_the_source(evidence, step, argument, texts[0])) if type(value) is str else []
        what = described(value)
        function = evidence.source(step, call.func)
        yield diagnosis(
            "wrong-argument",
            (
                f"`{function}` needs a number of another type: `{text}` is {what[0]}.",
                f"`{function}` 需要数字：`{text}` 是 {what[1]}。",
            ),
            (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
            cells,
            certain=" // " in texts[0],
        )
        return


def _as_number(evidence: Evidence, step: Step, call: ast.Call, argument: ast.expr, value: Any) -> Iterator[str]:
    text = evidence.source(step, argument)
    if value is MISSING or value is None:
        return
    if type(value) is str:
        yield from numerals.reading(value, text, (), operand(text))
    elif type(value) is float and is_call_of(call, "range", "chr") and "interpreted as an integer" in evidence.message:
        if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Div):
            yield f"{evidence.source(step, argument.left)} // {evidence.source(step, argument.right)}"
        yield f"int({text})"
    elif type(value) in (list, tuple, dict, set) and is_call_of(call, "range"):
        yield f"len({text})"
