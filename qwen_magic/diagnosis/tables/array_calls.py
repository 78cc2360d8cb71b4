"""Functions of numpy that want one list, one shape or one whole number, and were given something else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_OF_MANY: Final = frozenset({"mean", "median", "std", "var", "sum", "prod", "max", "min", "average", "ptp"})
# Where the shape stands among the arguments.
_SHAPED: Final = {
    "random": 0,
    "random_sample": 0,
    "standard_normal": 0,
    "standard_exponential": 0,
    "resize": 1,
}


def loose_numbers(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.mean(1, 2, 3)`, `np.max(a, b)` of plain numbers; `np.random.random(2, 3)`: one list, one shape."""
    step = evidence.last
    said = (
        r"out of bounds for array of dimension 0|Cannot interpret '\d+' as a data type"
        r"|positional arguments? but|at most \d+ positional argument"
    )
    if step is None or not isinstance(evidence.error, (TypeError, ValueError, IndexError)):
        return
    call = step.node
    if not re.search(said, evidence.message) or not isinstance(call, ast.Call) or not _is_numpy(step, call.func):
        return
    function, drafts = ast.unparse(call.func).rpartition(".")[2], Drafts(evidence, step)
    plain = all(type(columns.live(step, part)).__name__ in ("int", "float", "float64", "int64") for part in call.args)
    if function in _OF_MANY and len(call.args) > 1 and plain:
        given, brackets = call.args, "[]"
    elif function in _SHAPED and len(call.args) > _SHAPED[function] + 1 and plain | (function == "resize"):
        given, brackets = call.args[_SHAPED[function] :], "()"
    else:
        return
    kept = [drafts.source(part) for part in call.args if part not in given]
    kept.append(brackets[0] + ", ".join(drafts.source(part) for part in given) + brackets[1])
    kept += [f"{word.arg}={drafts.source(word.value)}" for word in call.keywords if word.arg]
    text = f"{drafts.source(call.func)}({', '.join(kept)})"
    drafts.edit((call, text), certain=True)
    yield drafts.diagnosis(
        "one-list",
        (f"`{function}` takes these numbers together.", f"`{function}` 要把这些数放在一起。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def step_or_number(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.linspace(0, 1, 0.1)`: the third is a number of points, not a step; `np.eye((3, 3))`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError):
        return
    call, drafts = step.node, Drafts(evidence, step)
    if not isinstance(call, ast.Call) or not _is_numpy(step, call.func):
        return
    cause = ("A whole number is wanted there.", "这里需要整数。")
    if is_call_of(call, "linspace") and "interpreted as an integer" in evidence.message:
        named = {word.arg: word.value for word in call.keywords}
        number = named.get("num") or (call.args[2] if len(call.args) > 2 else None)
        value: Any = step.value(number) if number is not None else MISSING
        if number is None or type(value) is not float:
            return
        drafts.edit(
            (number, str(int(value)) if isinstance(number, ast.Constant) else f"int({drafts.source(number)})"),
            certain=value.is_integer(),
        )
        if not value.is_integer() and number in call.args and isinstance(call.func, ast.Attribute):
            drafts = Drafts(evidence, step)
            drafts.edit((call.func, drafts.renamed(call.func, "arange")))
        cause = (
            "The third argument of `linspace` is the number of points.",
            "`linspace` 的第三个参数是点的个数，不是步长。",
        )
    elif is_call_of(call, "eye", "identity") and len(call.args) == 1 and isinstance(call.args[0], ast.Tuple):
        sides = [drafts.source(part) for part in call.args[0].elts]
        square = sides[0] if len(set(sides)) == 1 else ", ".join(sides)
        drafts.edit((call.args[0], square), certain=len(sides) == 2)
    if drafts.rewrites:
        yield drafts.diagnosis("whole-number", cause, ("Write it as in the suggestion.", "请照建议改写。"))


def range_of_many(evidence: Evidence) -> Iterator[Diagnosis]:
    """`range(m.shape)`, `range(a)`, `range(df)`: the number of rows is meant."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError):
        return
    for call in running_nodes(evidence, step):
        if not is_call_of(call, "range") or not call.args:
            continue
        part, drafts = call.args[-1 if len(call.args) < 3 else 1], Drafts(evidence, step)
        value, source = columns.live(step, part), drafts.source(part)
        if isinstance(part, ast.Attribute) and part.attr == "shape" and type(value) is tuple:
            drafts.edit((part, f"{source}[0]"), certain=len(value) == 1)
            if len(value) > 1:
                drafts.edit((part, f"{source}[1]"))
        elif columns.kind(value) in ("ndarray", "DataFrame", "Series", "Index", "RangeIndex"):
            drafts.edit((part, f"len({source})"), certain=isinstance(part, ast.Name))
        elif type(value).__name__ == "float64" and float(value).is_integer():
            drafts.edit((part, f"int({source})"), certain=True)
        if drafts.rewrites:
            yield drafts.diagnosis(
                "range-of-many",
                (f"`range` takes a whole number, not `{source}`.", f"`range` 要整数，`{source}` 不是。"),
                ("Give it a number of rows.", "给它行数。"),
            )
            return


def _is_numpy(step: Step, func: ast.expr) -> bool:
    """Whether a function is one of numpy's."""
    value = step.value(func)
    owner = step.value(func.value) if isinstance(func, ast.Attribute) else MISSING
    names = (getattr(value, "__module__", None), getattr(owner, "__name__", None), type(owner).__module__)
    return any(type(name) is str and name.split(".")[0] == "numpy" for name in names)
