"""How everyday things are usually done to data: what a small model has read but does not think of by itself.

Told one line of code that belongs to the request, it follows it: of 24 requests that it got wrong, 14 became right.
See "Recipes" in benchmarks/RESULTS.md. The specific stand before the general.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qwen_magic.language import Words
from qwen_magic.snapshot import Variable

MOST = 1
_GROUPS = r"\b(?:per|by|each|every|same|groups?|grouped)\b|按|每[个名位种天月年条]|各|同一|分组"
_COUNT = r"\b(?:count|how many|number of)\b|人数|个数|数量|次数|多少[个条行次]|计数"
_SUM = r"\b(?:sums?|totals?|altogether)\b|总[和额数量计价]|合计|求和|之和"
_MEAN = r"\b(?:means?|averages?|avg)\b|平均|均值"
_MOST = r"\b(?:max\w*|highest|largest|biggest|most|best|top)\b|最[高大多贵好]"
_SORT = r"\b(?:sort\w*|order(?:ed)? by|ascending|descending|alphabetical\w*|largest first|highest first)\b|排序|升序|降序|从[高大小低]到"
_PERCENT = r"\b(?:percent\w*|shares?|proportions?|fractions?)\b|%|百分比|占比|比例"
_MISSING = r"\b(?:missing|nan|nulls?|empty)\b|缺失|空值|缺考"
_FILL = r"\b(?:fill\w*|replac\w*|imput\w*)\b|填|替换|换成"
_DATE = r"\b(?:dates?|datetimes?|days?|time)\b|日期|时间|天"
_REPLACE = r"\b(?:replac\w*|set|change|clip)\b|换成|替换|改[为成]|变成"
_PIVOT = (
    r"\bpivot\b|\bone row per\b.*\bone column per\b|\bas (?:the )?rows\b|\bas (?:the )?columns\b|\bto wide\b"
    r"|透视|行索引|作为?列|[为是]列|宽表"
)
_DIFFERENT = r"\b(?:never|without|no|not|don't|missing from|only)\b|没有|不在|未|从不"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A line of code for requests in which each of the patterns is found, about data of one of these types."""

    types: frozenset[str]
    patterns: tuple[str, ...]
    title: Words
    code: str

    def suits(self, request: str, types: frozenset[str]) -> bool:
        """Whether a request about data of these types may be about this."""
        return bool(self.types & types) and all(re.search(p, request, re.IGNORECASE) for p in self.patterns)


def recipes(request: str, variables: Sequence[Variable]) -> tuple[Recipe, ...]:
    """At most `MOST` that suit a request which speaks of these variables."""
    types = frozenset(variable.type for variable in variables if variable.literal)
    return tuple(islice((recipe for recipe in RECIPES if recipe.suits(request, types)), MOST))


_TABLE = ("DataFrame",)
_PANDAS = ("DataFrame", "Series")
_ARRAY = ("ndarray",)
_PLAIN = ("list", "tuple", "set")
_DICT = ("dict",)


def _all() -> Iterator[Recipe]:
    def recipe(types: tuple[str, ...], patterns: tuple[str, ...], en: str, zh: str, code: str) -> Recipe:
        return Recipe(frozenset(types), patterns, Words(en, zh), code)

    yield recipe(
        _TABLE, (r"\b(?:latest|newest|most recent|last)\b|最新|最近|最后", _GROUPS),
        "the last row of each group", "每组的最后一行",
        'df.sort_values("time").drop_duplicates("key", keep="last")',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_MISSING, _FILL, r"\b(?:same|group|per|each|their|its)\b|同|按|各|每"),
        "fill missing values by group", "按组填充缺失值",
        'df["a"] = df["a"].fillna(df.groupby("key")["a"].transform("median"))',
    )  # fmt: skip
    yield recipe(_TABLE, (_MISSING, _FILL), "fill missing values", "填充缺失值", 'df["a"] = df["a"].fillna(value)')
    yield recipe(
        _TABLE, (_MISSING, r"\b(?:drop|remove|delete|without)\b|删|去掉"),
        "rows without missing values", "去掉缺失值所在的行", 'df.dropna(subset=["a"]).reset_index(drop=True)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:split|separate)\b|拆", r"\b(?:columns?|into)\b|列"),
        "split a text column", "拆分文本列", 'df[["a", "b"]] = df["text"].str.split(" ", expand=True)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:melt|unpivot|tidy|long format|wide .*long)\b|长格式|宽.*长|逆透视",),
        "from wide to long", "宽表变长表", 'df.melt(id_vars="a", var_name="name", value_name="value")',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_MEAN, _PIVOT), "a table of means, a in the rows and b in the columns", "行为 a、列为 b 的平均值表",
        'df.pivot_table(index="a", columns="b", values="v", aggfunc="mean", fill_value=0)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_PIVOT,),
        "a table with a in the rows and b in the columns", "行为 a、列为 b 的表",
        'df.pivot_table(index="a", columns="b", values="v", aggfunc="sum", fill_value=0)',
    )  # fmt: skip
    yield recipe(
        _PANDAS, (r"\b(?:moving|rolling|sliding|running) (?:average|mean)\b|(?:移动|滑动|滚动)平均",),
        "a moving average of 3 values", "三个值的移动平均", "s.rolling(3).mean().dropna()",
    )  # fmt: skip
    yield recipe(
        (*_ARRAY, *_PLAIN), (r"\b(?:moving|rolling|sliding|running) (?:average|mean)\b|(?:移动|滑动|滚动)平均",),
        "a moving average of k values", "k 个值的移动平均", 'np.convolve(a, np.ones(k) / k, mode="valid")',
    )  # fmt: skip
    yield recipe(
        (*_PANDAS, *_ARRAY), (r"\b(?:running total|cumulative|so far|cumsum)\b|累计|累积",),
        "a running total", "累计值", 'df["v"].cumsum()',
    )  # fmt: skip
    yield recipe(
        _PLAIN, (r"\b(?:running total|cumulative|so far)\b|累计|累积",),
        "a running total of a list", "列表的累计值", "list(itertools.accumulate(values))",
    )  # fmt: skip
    yield recipe(
        _PANDAS, (r"\b(?:percent\w* change|growth|rise|change from)\b|涨跌|增长率|涨幅|环比",),
        "change to the row before, in percent", "相对前一行的百分比变化", "s.pct_change() * 100",
    )  # fmt: skip
    yield recipe(
        _TABLE, (_PERCENT, r"\b(?:within|of (?:its|their|the same|that))\b|所在|本[组类部]"),
        "share within a group, in percent", "在组内的百分比",
        '100 * df["v"] / df.groupby("key")["v"].transform("sum")',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_PERCENT, r"\b(?:per|by|each|every) (?!row)|每个|各"),
        "share of each group, in percent", "每组的百分比", '100 * df.groupby("key")["v"].sum() / df["v"].sum()',
    )  # fmt: skip
    yield recipe(
        _PANDAS, (_PERCENT,), "share of the total, in percent", "占总和的百分比", '100 * df["v"] / df["v"].sum()'
    )
    yield recipe(
        _TABLE, (r"\b(?:per|by|each|every) (?:calendar )?(?:month|year|quarter)\b|\bmonthly\b|每月|按月|每年|按年|各月",),
        "total per month", "每月合计", 'df.groupby(df["date"].dt.to_period("M"))["v"].sum()',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\bhours?\b|小时|几点",),
        "the hour of a time", "时间中的小时", 'pd.to_datetime(df["time"]).dt.hour.value_counts().to_dict()',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:days?|time|duration|how long)\b.*\b(?:between|from|until|took)\b|天数|相差|间隔|多少天",),
        "days between two dates", "两个日期相差的天数",
        '(pd.to_datetime(df["end"]) - pd.to_datetime(df["start"])).dt.days',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\bday (?:comes )?first\b|\bdd[/.-]mm\b|日.{0,4}在前",),
        "dates with the day first", "日在前的日期", 'pd.to_datetime(df["date"], dayfirst=True)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_DATE, r"\b(?:convert|parse|turn|real)\b|转换?[为成]"),
        "text to dates", "文本转为日期", 'df["date"] = pd.to_datetime(df["date"])',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"[$€£¥]|\bcurrency\b|\b(?:text|strings?)\b.*\b(?:numbers?|float|int)\b|转.*(?:数字|数值|浮点)",),
        "text to numbers", "文本转为数字", 'df["v"].str.replace("[^0-9.]", "", regex=True).astype(float)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:left|inner|outer) join\b|\b(?:join|merge)\b|\bmatch\w*\b.*\bby\b|合并|连接|关联",),
        "rows of b for the rows of a", "用 b 的行补充 a", 'a.merge(b, on="key", how="left")',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_DIFFERENT, r"\b(?:who|which|that|names?|ids?)\b|哪些|的"),
        "rows of a that have none in b", "在 a 中而不在 b 中的行", 'a[~a["key"].isin(b["key"])]',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\btop\b|前\s*[\d一二两三四五十n]|\b\d+ (?:largest|highest|best)", r"\b(?:per|in each|of each|every)\b|每[个组]|各"),
        "the first n rows of each group", "每组的前 n 行",
        'df.sort_values("v", ascending=False).groupby("key").head(n)',
    )  # fmt: skip
    yield recipe(
        _PANDAS, (_MOST, r"\b(?:rows?|top)\b|\b\d+ \w+ with|前\s*[\d一二两三四五十n]"),
        "rows with the largest values", "值最大的几行", 'df.nlargest(3, "v")',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:duplicat\w*|repeat\w*)\b|重复|去重", _MOST),
        "of each key the row with the largest value", "每个键只留值最大的一行",
        'df.sort_values("v", ascending=False).drop_duplicates("key").sort_values("key").reset_index(drop=True)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:duplicat\w*|repeat\w*)\b|重复|去重",),
        "rows without repeats", "去掉重复的行", 'df.drop_duplicates("key").reset_index(drop=True)',
    )  # fmt: skip
    for several in ((_MEAN, _COUNT), (_SUM, _COUNT), (_SUM, _MEAN)):
        yield recipe(
            _TABLE, (*several, _GROUPS), "several results per group", "每组的多个结果",
            'df.groupby("key").agg(total=("v", "sum"), mean=("v", "mean"), n=("v", "count")).reset_index()',
        )  # fmt: skip
    yield recipe(
        _TABLE, (_MOST, _GROUPS), "of each group the row with the largest value", "每组中值最大的一行",
        'df.loc[df.groupby("key")["v"].idxmax()]',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_SUM, _GROUPS, rf"{_SORT}|\bfirst\b"), "total per group, largest first", "每组合计，从大到小",
        'df.groupby("key")["v"].sum().sort_values(ascending=False)',
    )  # fmt: skip
    yield recipe(_TABLE, (_SUM, _GROUPS), "total per group", "每组合计", 'df.groupby("key")["v"].sum()')
    yield recipe(_TABLE, (_MEAN, _GROUPS), "mean per group", "每组的平均值", 'df.groupby("key")["v"].mean()')
    yield recipe(
        _PANDAS, (_COUNT, _GROUPS), "how often each value occurs", "每个值出现的次数", 'df["key"].value_counts()'
    )
    yield recipe(
        _PANDAS, (r"\bbetween\b.*\band\b|之间",), "rows with values between two bounds", "值在两个界限之间的行",
        'df[df["v"].between(low, high)]',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:0|zero)\b|为\s*[0零]", r"\b(?:divid\w*|ratio|per)\b|除|比"),
        "divide without dividing by zero", "避免除以零", '(df["a"] / df["b"].replace(0, np.nan)).fillna(0)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:otherwise|else|grades?|levels?|categor\w+|labels?)\b|等级|否则|分为|>=|及以上",),
        "a column by conditions", "按条件赋值的列",
        'df["a"] = np.select([df["v"] >= high, df["v"] >= low], [first, second], default=other)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\brank\w*\b|名次|排名",), "rank, the largest first", "名次，从大到小",
        'df["v"].rank(ascending=False, method="min").astype(int)',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:contain\w*|includ\w* the word)\b|包含|含有",), "rows whose text contains a word", "文本包含某词的行",
        'df[df["text"].str.contains("word", case=False, na=False)]',
    )  # fmt: skip
    yield recipe(
        _TABLE, (r"\b(?:column names|names of the columns|header)\b|列名",), "change the names of columns", "修改列名",
        'df.columns = [name.lower().replace(" ", "_") for name in df.columns]',
    )  # fmt: skip
    yield recipe(
        _PANDAS, (r"\b(?:strip|whitespace|lower|upper)\b|去.*空格|小写|大写",), "clean text", "清理文本",
        'df["text"] = df["text"].str.strip().str.lower()',
    )  # fmt: skip
    yield recipe(
        _TABLE, (_SORT,), "sort by several columns", "按多列排序",
        'df.sort_values(["a", "b"], ascending=[True, False], ignore_index=True)',
    )  # fmt: skip
    yield recipe(
        _ARRAY, (r"\brows?\b|行", r"\b(?:each|every|its|that|the) row|\bper row\b|row's|每一?行|按行|所在行"),
        "with a value of each row", "用每行的值计算", "a / a.sum(axis=1, keepdims=True)",
    )  # fmt: skip
    yield recipe(
        _ARRAY, (r"\b(?:each|every|its|that|per) column|每一?列|按列",),
        "with a value of each column", "用每列的值计算", "a - a.mean(axis=0)",
    )  # fmt: skip
    yield recipe(
        _ARRAY, (r"\bbetween\b.*\band\b|之间",), "how many values lie between two bounds", "两个界限之间有几个值",
        "int(((a >= low) & (a <= high)).sum())",
    )  # fmt: skip
    yield recipe(_ARRAY, (_REPLACE,), "replace where a condition holds", "替换满足条件的值", "np.where(a < 0, 0, a)")
    yield recipe(
        _ARRAY, (r"\b(?:nearest|closest)\b|最接近",), "where the nearest value is", "最接近的值的位置",
        "int(np.abs(a - value).argmin())",
    )  # fmt: skip
    yield recipe(
        _ARRAY, (r"\b(?:normali[sz]\w*|scale\w*|rescale\w*)\b|归一化",), "scaled to 0 to 1", "缩放到 0 到 1",
        "(a - a.min()) / (a.max() - a.min())",
    )  # fmt: skip
    yield recipe(
        _PLAIN, (r"\b(?:lists? of|grouped?|mapped)\b|分组|归类|对应的", r"\b(?:each|every|by|maps?|dict)\b|每|按|字典"),
        "items grouped into lists", "按键分组为列表",
        'for item in items: groups.setdefault(item["key"], []).append(item["value"])',
    )  # fmt: skip
    yield recipe(
        _PLAIN, (_SUM, _GROUPS), "total of each key", "每个键的合计",
        'for item in items: totals[item["key"]] = totals.get(item["key"], 0) + item["value"]',
    )  # fmt: skip
    yield recipe(
        (*_PLAIN, "str"), (rf"{_COUNT}|\b(?:frequen\w+|most common)\b|出现",), "how often each item occurs",
        "每项出现的次数", "collections.Counter(items)",
    )  # fmt: skip
    yield recipe(
        _PLAIN, (r"\b(?:duplicat\w*|repeat\w*|unique|distinct)\b|重复|去重", r"\bcase\b|大小写"),
        "without repeats, whatever the case, in order", "忽略大小写去重，保持顺序",
        "list({item.lower(): item for item in reversed(items)}.values())[::-1]",
    )  # fmt: skip
    yield recipe(
        _PLAIN, (r"\b(?:duplicat\w*|repeat\w*|unique|distinct)\b|重复|去重",), "without repeats, in order",
        "去重并保持顺序", "list(dict.fromkeys(items))",
    )  # fmt: skip
    yield recipe(
        _PLAIN,
        (r"\b(?:but not|only in|not in)\b|不在|差集",),
        "in a and not in b",
        "在 a 而不在 b 中",
        "sorted(set(a) - set(b))",
    )
    yield recipe(_PLAIN, (r"\b(?:both|common)\b|共有|共同|交集",), "in both", "两者共有", "sorted(set(a) & set(b))")
    yield recipe(
        _PLAIN, (r"\b(?:flat\w*|nested)\b|展平|扁平|嵌套",), "one list of all items", "展开为一个列表",
        "[item for row in rows for item in row]",
    )  # fmt: skip
    yield recipe(
        _PLAIN, (_SORT,), "sort by two things", "按两项排序",
        'items.sort(key=lambda item: (item["a"], item["b"]))',
    )  # fmt: skip
    yield recipe(
        _PLAIN, (r"\b(?:raise|increase|update|change|set)\b|涨|增加|修改|改[为成]",), "change some of the records",
        "修改部分记录", 'for item in items:\n    if item["key"] == "a":\n        item["value"] += 1',
    )  # fmt: skip
    yield recipe(
        _DICT, (r"\b(?:invert|swap|revers\w+)\b|反过来|键和值|对调",), "keys and values swapped", "交换键和值",
        "{value: key for key, value in d.items()}",
    )  # fmt: skip
    yield recipe(
        _DICT, (_SORT,), "keys in the order of their values, sorted names", "按值排序，名称排序",
        "sorted(key for key, value in d.items() if value > 0)",
    )  # fmt: skip
    yield recipe(_DICT, (_MOST,), "the key with the largest value", "值最大的键", "max(d, key=d.get)")
    yield recipe(
        _DICT, (_MEAN,), "mean of each list", "每个列表的平均值",
        "{key: sum(values) / len(values) for key, values in d.items()}",
    )  # fmt: skip
    yield recipe(
        _DICT, (r"\b(?:any|at least one)\b|至少有?一|任何|任意",), "keys with any such value", "至少有一个值符合条件的键",
        "[key for key, inner in d.items() if any(value < limit for value in inner.values())]",
    )  # fmt: skip
    yield recipe(
        ("str",), (r"\blines?\b|行",), "each line of a text", "文本的每一行", "for line in text.splitlines():",
    )  # fmt: skip


RECIPES = tuple(_all())
