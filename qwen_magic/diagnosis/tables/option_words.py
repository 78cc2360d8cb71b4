"""Arguments that are one of a few words: how libraries say that a word is none of them, and its other names: data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_AGGREGATES = (
    "mean sum count size min max median std var sem first last nunique prod any all quantile cumsum cumcount cummax "
    "cummin cumprod rank diff shift pct_change idxmax idxmin skew kurt mode unique ffill bfill nth ngroup"
)
_LEGEND = (
    "best", "upper right", "upper left", "lower left", "lower right", "right", "center left", "center right",
    "lower center", "upper center", "center",
)  # fmt: skip
_DTYPES = "int float str bool object category string boolean number int64 float64 int32 float32 Int64 datetime64[ns]"


@dataclass(frozen=True)
class Saying:
    """A message about a word that is not taken: `typed` and `listed` are groups of it, where it names them.

    `words` are those that are taken, if the message does not list them; `keywords` the arguments that it may be about.
    """

    pattern: re.Pattern[str]
    words: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def _saying(pattern: str, words: str | tuple[str, ...] = (), *keywords: str) -> Saying:
    return Saying(re.compile(pattern, re.DOTALL), tuple(words.split()) if isinstance(words, str) else words, keywords)


SAYINGS: Final = (
    _saying(r"^'(?P<typed>[^']*)' is not a valid Merge type: (?P<listed>.*)"),
    _saying(r"Only can inner \(intersect\) or outer", "inner outer", "join"),
    _saying(r"^No axis named (?P<typed>[\w ]+) for object type", "index columns"),
    _saying(r"^orient '(?P<typed>.*)' not understood", "dict list series split tight records index", "orient"),
    _saying(r"^Invalid value '(?P<typed>.*)' for option 'orient'", "split records index columns values table"),
    _saying(r"^invalid how option: (?P<typed>.*)", "any all"),
    _saying(r'^keep must be either (?P<listed>"first".*)', (), "keep"),
    _saying(r"^invalid na_position: (?P<typed>.*)", "first last"),
    _saying(r"^(?P<typed>[\w ]+) is not a valid plot kind Valid plot kinds: (?P<listed>.*)"),
    _saying(r"^'PlotAccessor' object has no attribute '(?P<typed>\w+)'", "line bar barh hist box kde area pie scatter"),
    _saying(r"^'(?P<typed>\w+)' is not a valid function (?:name )?for", _AGGREGATES),
    _saying(r"^'(?:Series|DataFrame)GroupBy' object has no attribute '(?P<typed>\w+)'", _AGGREGATES),
    _saying(r"^'(?:Rolling|Expanding|\w*Resampler)' object has no attribute '(?P<typed>\w+)'", _AGGREGATES),
    _saying(r"^Transform function failed", _AGGREGATES, "func"),
    _saying(r"^method must be either (?P<listed>'pearson'.*?), or a callable, '(?P<typed>.*)' was supplied"),
    _saying(r"^Can not interpolate with method=(?P<typed>.*)\.$", "linear time index nearest quadratic cubic spline"),
    _saying(r"^Invalid fill method\. .*Got (?P<typed>\w+)$", "ffill bfill nearest"),
    _saying(r"^invalid value for result_type, must be one of (?P<listed>.*)", (), "result_type"),
    _saying(r"^invalid error value specified|^errors must be one of 'raise'", "coerce raise", "errors"),
    _saying(r"^data type '(?P<typed>.*)' not understood", _DTYPES),
    _saying(r"^invalid unit abbreviation: (?P<typed>\w+)|metadata string \"\[(?P<unit>\w+)\]\"", "W D h m s ms us ns"),
    _saying(r'^"(?P<typed>.*?)" is not a valid argument\. Valid arguments are:(?P<listed>.*)'),
    _saying(r"^mode '(?P<typed>\w+)' is not supported", "constant edge linear_ramp maximum mean minimum reflect wrap"),
    _saying(r"^Use one of (?P<listed>'valid'.*) for convolve", (), "mode"),
    _saying(r"^'(?P<typed>\w+)' is not a valid method\. Use one of: (?P<listed>.*)"),
    _saying(r"^'(?P<typed>\w+)' is not a valid estimator for `bins`", "auto fd doane scott stone rice sturges sqrt"),
    _saying(r"^Valid values for `indexing` are (?P<listed>.*)", (), "indexing"),
    _saying(r"must be (?:one of )?(?P<listed>'\w+'[^()]* or '\w+') \(got '(?P<typed>\w+)'\)"),
    _saying(r"^'(?P<typed>.*?)' is not a valid value for (?:scale|xscale|yscale)\b", "linear log symlog logit"),
    _saying(r"^'(?P<typed>.*?)' is not a valid value for loc\. Did you", _LEGEND),
    _saying(r"^'(?P<typed>.*?)' is not a valid value for \w+\. Supported values are (?P<listed>.*)"),
    _saying(
        r"^'(?P<typed>.*?)' is not a valid value for (?:rcParam|colormap|interpolation|projection)\. "
        r"Did you mean(?: one of)?: (?P<listed>.*?)\?"
    ),
    _saying(r"^Unrecognized string '(?P<typed>.*)' to axis", "on off equal tight scaled auto image square"),
    _saying(r"^rotation must be (?P<listed>'vertical', 'horizontal') or a number, not (?P<typed>\w+)"),
    _saying(
        r"^Size is invalid\. Valid font size are",
        "xx-small x-small small medium large x-large xx-large larger smaller",
        "size",
        "fontsize",
    ),
    _saying(r"^Format '(?P<typed>\w+)' is not supported \(supported formats: (?P<listed>.*)\)"),
    _saying(r"^'(?P<typed>[\w-]+)' is not a valid package style"),
    _saying(r"^Unknown engine: (?P<typed>\w+) ", "c python pyarrow"),
)

# What people write for a word, in the order of what they mean; without quotes where it is no text.
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "avg": ("mean",),
    "average": ("mean",),
    "stdev": ("std",),
    "stddev": ("std",),
    "sd": ("std",),
    "variance": ("var",),
    "total": ("sum",),
    "maximum": ("max",),
    "minimum": ("min",),
    "length": ("size",),
    "len": ("size",),
    "distinct": ("nunique",),
    "count_distinct": ("nunique",),
    "full": ("outer",),
    "union": ("outer",),
    "intersection": ("inner",),
    "col": ("columns", "col"),
    "cols": ("columns", "col"),
    "column": ("columns", "col", "bar"),
    "columns": ("col", "bar"),
    "row": ("index", "row", "records", "columns"),
    "rows": ("records", "row", "index"),
    "top": ("upper", "first", "top"),
    "bottom": ("lower", "last", "bottom"),
    "upper": ("top",),
    "lower": ("bottom",),
    "up": ("upper", "top"),
    "down": ("lower", "bottom"),
    "middle": ("center", "mid"),
    "centre": ("center", "mid"),
    "center": ("mid",),
    "mid": ("center",),
    "barchart": ("bar",),
    "boxplot": ("box",),
    "linechart": ("line",),
    "piechart": ("pie",),
    "histogram": ("hist",),
    "scatterplot": ("scatter",),
    "logarithmic": ("log",),
    "log10": ("log",),
    "ln": ("log",),
    "integer": ("int",),
    "text": ("str",),
    "categorical": ("category",),
    "factor": ("category",),
    "numeric": ("number", "float"),
    "decimal": ("float",),
    "date": ("datetime64[ns]",),
    "datetime": ("datetime64[ns]",),
    "timestamp": ("datetime64[ns]",),
    "before": ("pre",),
    "after": ("post",),
    "inside": ("in",),
    "outside": ("out",),
    "all": ("both",),
    "zero": ("constant",),
    "zeros": ("constant",),
    "mirror": ("reflect",),
    "replicate": ("edge",),
    "ignore": ("coerce",),
    "filled": ("stepfilled",),
    "sec": ("s",),
    "second": ("s",),
    "seconds": ("s",),
    "minute": ("m",),
    "minutes": ("m",),
    "hour": ("h",),
    "hours": ("h",),
    "day": ("D",),
    "days": ("D",),
    "week": ("W",),
    "weeks": ("W",),
    "millisecond": ("ms",),
    "milliseconds": ("ms",),
    "msec": ("ms",),
    "1:many": ("1:m",),
    "many:1": ("m:1",),
    "one-to-one": ("one_to_one",),
    "one-to-many": ("one_to_many",),
    "many-to-one": ("many_to_one",),
}
# What may be meant in two ways, although only one of them is taken.
UNSURE: Final = frozenset({
    "row", "rows", "ignore", "all", "top", "bottom", "date", "numeric", "number", "outside", "fill", "mirror",
    "distinct", "length", "len", "total",
})  # fmt: skip
