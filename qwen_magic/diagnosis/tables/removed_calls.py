"""Calls that an installed library no longer takes: keywords, positions and frequencies, with what to write now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.removed_names import FREQUENCIES, KEYWORDS, STYLES
from qwen_magic.snapshot import Diagnosis

_UNEXPECTED = re.compile(r"(?:(\w+)\.)?(\w+)\(\) got an unexpected keyword argument '(\w+)'")
_PERIODS = {"ME": "M", "QE": "Q", "YE": "Y", "BQE": "BQ", "BYE": "BY"}
_FREQUENCY = re.compile(r"Invalid frequency: ([\w-]+)|'(\w+)' is no longer supported")


def removed_keywords(evidence: Evidence) -> Iterator[Diagnosis]:
    """`line_terminator=`, `fillna(method=)`, `hist(normed=)`: keywords that a function no longer takes."""
    step = evidence.last
    found = _UNEXPECTED.search(evidence.message)
    if not isinstance(evidence.error, (TypeError, AttributeError)) or not found or step is None:
        return
    word = found[3]
    calls = [
        n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and any(k.arg == word for k in n.keywords)
    ]
    if len(calls) != 1:
        return
    call = calls[0]
    function = ast.unparse(call.func).rsplit(".", 1)[-1]
    drafts = Drafts(evidence, step)
    new = _keyword(evidence, drafts, call, function, word)
    if new is None:
        return
    short = new if new and len(new) < 100 else f"{function}(...)"
    yield drafts.diagnosis(
        "removed-keyword",
        (f"`{function}` no longer takes `{word}=`.", f"`{function}` 已不再接受参数 `{word}=`。"),
        (f"Write `{short}`.", f"请改写为 `{short}`。"),
    )


def _keyword(evidence: Evidence, drafts: Drafts, call: ast.Call, function: str, word: str) -> str | None:
    """Propose the call without a keyword; what it then is, or None if nothing is known about the keyword."""
    value = next(k.value for k in call.keywords if k.arg == word)
    plain = drafts.step.value(value)
    special = _special(evidence, drafts, call, function, word, plain)
    if special is not None:
        texts, sure = special
        for text in texts:
            drafts.edit((call, text), certain=sure and text == texts[0])
        return texts[0]
    rule = KEYWORDS.get(word, {})
    entry = rule.get(function, rule.get("*"))
    if entry is None:
        return None
    name, sure = entry.rstrip("!"), entry.endswith("!")
    source = drafts.source(value)
    if not name or (plain is False and name[:1] != "." and "=" in name and word != "error_bad_lines"):
        text = drafts.called(call, drop=(word,))
    elif name.startswith("."):
        behind = name.replace("{v}", source) if plain not in (False, None) else ""
        text = drafts.called(call, drop=(word,)) + behind
    elif "=" in name:
        text = drafts.called(call, drop=(word,), add="" if word == "error_bad_lines" and plain is True else name)
    else:
        text = drafts.called(call, drop=(word,), add=f"{name}={source}")
    drafts.edit((call, text), certain=sure)
    return text


def _special(
    evidence: Evidence, drafts: Drafts, call: ast.Call, function: str, word: str, value: object
) -> tuple[list[str], bool] | None:
    """Keywords whose meaning has moved to another method."""
    if not isinstance(call.func, ast.Attribute):
        return None
    base = drafts.operand(call.func.value)
    rest = drafts.called(ast.Call(func=call.func, args=call.args, keywords=call.keywords), drop=(word,), function="_")[
        2:-1
    ]
    if (function, word) == ("fillna", "method") and type(value) is str:
        name = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}.get(value)
        return ([f"{base}.{name}({rest})"], True) if name else None
    if word == "level" and function in ("sum", "mean", "count", "max", "min", "median", "std", "var", "prod", "first"):
        level = drafts.source(next(k.value for k in call.keywords if k.arg == word))
        return [f"{base}.groupby(level={level}).{function}({rest})"], True
    if (function, word) == ("groupby", "axis"):
        if value in (0, "index"):
            return [f"{base}.groupby({rest})"], True
        return [f"{base}.T.groupby({rest})"], False
    if (function, word) == ("set_axis", "inplace") and value is True:
        return [f"{base} = {base}.set_axis({rest})", f"{base}.set_axis({rest})"], True
    if (function, word) == ("read_csv", "date_parser"):
        return [drafts.called(call, drop=(word,))], False
    return _said_otherwise(drafts, call, rest, word, value)


def _said_otherwise(
    drafts: Drafts, call: ast.Call, rest: str, word: str, value: object
) -> tuple[list[str], bool] | None:
    """Keywords that were never there, but are elsewhere: `resample(how="sum")`, `np.sort(a, reverse=True)`."""
    base, _, function = drafts.source(call.func).rpartition(".")
    if isinstance(call.func, ast.Attribute) and (function, word) == ("gca", "projection"):
        new = "add_subplot" if type(drafts.step.value(call.func.value)).__name__ == "Figure" else "axes"
        return [f"{base}.{new}({drafts.called(call, function='_')[2:-1]})"], True
    if (function, word) == ("resample", "how") and type(value) is str and value.isidentifier():
        return [f"{base}.resample({rest}).{value}()"], True
    if function == "sort" and word in ("reverse", "ascending"):
        return _sorted_array(drafts, call, rest, value is (word == "reverse"))
    if (function, word) == ("mean", "weights"):
        return [drafts.called(call, function=f"{base}.average")], True
    return None


def _sorted_array(drafts: Drafts, call: ast.Call, rest: str, downwards: bool) -> tuple[list[str], bool] | None:
    """`np.sort(a, reverse=True)` of an array, which is turned around by a slice."""
    function = drafts.source(call.func)
    module = function.rpartition(".")[0]
    if getattr(drafts.step.names.get(module), "__name__", "") != "numpy" or len(call.args) != 1:
        return None
    return [f"{function}({rest})[::-1]" if downwards else f"{function}({rest})"], True


def removed_positions(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.drop("x", 1)`, `s.str.replace(a, b, False)`: arguments that must be named now."""
    step = evidence.last
    found = re.match(
        r"(?:\w+\.)?(\w+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+)", evidence.message
    )
    if not isinstance(evidence.error, TypeError) or not found or step is None or not isinstance(step.node, ast.Call):
        return
    call = step.node
    order = {
        "drop": ["labels", "axis"],
        "pivot": ["index", "columns", "values"],
        "replace": ["pat", "repl", "regex"] if isinstance(call.func, ast.Attribute) and _is_str(call.func) else [],
        "split": ["pat", "n", "expand"],
        "sort_values": [] if evidence.message.startswith("Series.") else ["by", "axis", "ascending"],
        "dropna": ["subset" if _is_column(step, call) else "axis", "how"],
        "drop_duplicates": ["subset", "keep"],
        "duplicated": ["subset", "keep"],
        "to_csv": ["path_or_buf", "sep"],
        "read_csv": ["filepath_or_buffer", "sep"],
        "read_excel": ["io", "sheet_name"],
        "fillna": ["value", "method"],
        "set_index": ["keys", "drop"],
        "concat": ["objs", "axis"],
    }.get(found[1], [])
    if len(call.args) > len(order) or not isinstance(call.func, ast.Attribute) or found[1] != call.func.attr:
        return
    free = int(found[2]) - 1 if found[1] not in ("read_csv", "read_excel", "concat") else int(found[2])
    if free < 0 or (found[1] == "concat" and columns.kind(columns.live(step, call.args[1])) != ""):
        return
    drafts = Drafts(evidence, step)
    changes = [(arg, f"{name}={drafts.source(arg)}") for arg, name in zip(call.args[free:], order[free:], strict=False)]
    drafts.edit(*changes, certain=found[1] != "pivot")
    named = ", ".join(f"`{text}`" for _, text in changes)
    if changes:
        yield drafts.diagnosis(
            "must-be-named",
            (f"`{found[1]}` takes only {free} argument(s) by position.", f"`{found[1]}` 只接受 {free} 个位置参数。"),
            (f"Name the others: {named}.", f"其余参数要写出名字：{named}。"),
        )


def _is_column(step: Step, call: ast.Call) -> bool:
    """Whether the first argument of a method names columns of its frame, one or a list of them."""
    frame = columns.live(step, call.func.value) if isinstance(call.func, ast.Attribute) and call.args else None
    asked = step.value(call.args[0]) if columns.kind(frame) == "DataFrame" else None
    wanted = asked if type(asked) is list else [asked]
    return bool(wanted) and all(type(name) is str and name in columns.names(frame) for name in wanted)


def _is_str(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Attribute) and func.value.attr == "str"


def removed_frequency(evidence: Evidence) -> Iterator[Diagnosis]:
    """`resample("M")`, `freq="2H"`: letters of a frequency that have changed."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or not _FREQUENCY.search(evidence.message):
        return
    if "frequency" not in evidence.message and "offsets" not in evidence.message:
        return
    drafts = Drafts(evidence, step)
    texts = [n for n in running_nodes(evidence, step) if isinstance(n, ast.Constant) and type(n.value) is str]
    for node in texts:
        typed = str(node.value)
        found = re.fullmatch(r"(-?\d*)\s*([A-Za-z]+)(-[A-Z]{3})?", typed)
        new = FREQUENCIES.get(found[2]) if found else None
        told = re.search(r"for Period, please use '(\w+)'", evidence.message)
        if told or (new and _of_periods(step.parents, node)):
            new = told[1] if told else _PERIODS.get(str(new), new)
        if found and new and f"{found[1]}{new}{found[3] or ''}" != typed and typed in evidence.message:
            whole = f"{found[1]}{new}{found[3] or ''}"
            drafts.edit((node, f'"{whole}"'), certain=len(found[2]) <= 3)
            yield drafts.diagnosis(
                "removed-frequency",
                (f'pandas no longer knows the frequency "{typed}".', f'pandas 已不认识频率 "{typed}"。'),
                (f'Write "{whole}".', f'请写 "{whole}"。'),
            )
            return


def _of_periods(parents: dict[ast.AST, ast.AST], node: ast.AST) -> bool:
    """Whether a frequency is that of periods, which have no end: `to_period("M")`."""
    around = parents.get(node)
    around = parents.get(around) if isinstance(around, ast.keyword) else around
    function = ast.unparse(around.func) if isinstance(around, ast.Call) else ""
    return function.endswith((".to_period", ".Period", ".period_range"))


def removed_style(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.style.use("seaborn")`: the styles carry the version they were taken from."""
    step = evidence.last
    if not isinstance(evidence.error, OSError) or step is None or "valid package style" not in evidence.message:
        return
    drafts = Drafts(evidence, step)
    for node in running_nodes(evidence, step):
        if isinstance(node, ast.Constant) and type(node.value) is str and node.value.startswith("seaborn"):
            new = node.value.replace("seaborn", STYLES, 1)
            drafts.edit((node, f'"{new}"'), certain=True)
            yield drafts.diagnosis(
                "removed-style",
                (f'Matplotlib renamed the style "{node.value}".', f'Matplotlib 的样式 "{node.value}" 改了名字。'),
                (f'Write plt.style.use("{new}").', f'请写 plt.style.use("{new}")。'),
            )
            return
