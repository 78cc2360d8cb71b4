"""What is done to lists, dictionaries and text. The specific stand before the general."""

from __future__ import annotations

from qwen_magic.recipes.recipe import DICT, PLAIN, recipe
from qwen_magic.recipes.words import COUNT, DISTINCT, GROUPS, MEAN, MOST, SORT, SUM

LISTS = (
    recipe(
        PLAIN,
        (r"\b(?:running total|cumulative|so far)\b|累计|累积",),
        "a running total of a list",
        "列表的累计值",
        "list(itertools.accumulate(values))",
    ),
    recipe(
        PLAIN,
        (r"\b(?:lists? of|grouped?|mapped)\b|分组|归类|对应的", r"\b(?:each|every|by|maps?|dict)\b|每|按|字典"),
        "items grouped into lists",
        "按键分组为列表",
        'for item in items: groups.setdefault(item["key"], []).append(item["value"])',
    ),
    recipe(
        PLAIN,
        (SUM, GROUPS),
        "total of each key",
        "每个键的合计",
        'for item in items: totals[item["key"]] = totals.get(item["key"], 0) + item["value"]',
    ),
    recipe(
        (*PLAIN, "str"),
        (rf"{COUNT}|\b(?:frequen\w+|most common)\b|出现",),
        "how often each item occurs",
        "每项出现的次数",
        "collections.Counter(items)",
    ),
    recipe(
        PLAIN,
        (DISTINCT, r"\bcase\b|大小写"),
        "without repeats, whatever the case, in order",
        "忽略大小写去重，保持顺序",
        "list({item.lower(): item for item in reversed(items)}.values())[::-1]",
    ),
    recipe(
        PLAIN,
        (DISTINCT,),
        "without repeats, in order",
        "去重并保持顺序",
        "list(dict.fromkeys(items))",
    ),
    recipe(
        PLAIN,
        (r"\b(?:but not|only in|not in)\b|不在|差集",),
        "in a and not in b",
        "在 a 而不在 b 中",
        "sorted(set(a) - set(b))",
    ),
    recipe(PLAIN, (r"\b(?:both|common)\b|共有|共同|交集",), "in both", "两者共有", "sorted(set(a) & set(b))"),
    recipe(
        PLAIN,
        (r"\b(?:flat\w*|nested)\b|展平|扁平|嵌套",),
        "one list of all items",
        "展开为一个列表",
        "[item for row in rows for item in row]",
    ),
    recipe(
        PLAIN,
        (SORT,),
        "sort by two things",
        "按两项排序",
        'items.sort(key=lambda item: (item["a"], item["b"]))',
    ),
    recipe(
        PLAIN,
        (r"\b(?:raise|increase|update|change|set)\b|涨|增加|修改|改[为成]",),
        "change some of the records",
        "修改部分记录",
        'for item in items:\n    if item["key"] == "a":\n        item["value"] += 1',
    ),
    recipe(
        DICT,
        (r"\b(?:invert|swap|revers\w+)\b|反过来|键和值|对调",),
        "keys and values swapped",
        "交换键和值",
        "{value: key for key, value in d.items()}",
    ),
    recipe(
        DICT,
        (SORT,),
        "keys in the order of their values, sorted names",
        "按值排序，名称排序",
        "sorted(key for key, value in d.items() if value > 0)",
    ),
    recipe(DICT, (MOST,), "the key with the largest value", "值最大的键", "max(d, key=d.get)"),
    recipe(
        DICT,
        (MEAN,),
        "mean of each list",
        "每个列表的平均值",
        "{key: sum(values) / len(values) for key, values in d.items()}",
    ),
    recipe(
        DICT,
        (r"\b(?:any|at least one)\b|至少有?一|任何|任意",),
        "keys with any such value",
        "至少有一个值符合条件的键",
        "[key for key, inner in d.items() if any(value < limit for value in inner.values())]",
    ),
    recipe(
        ("str",),
        (r"\blines?\b|行",),
        "each line of a text",
        "文本的每一行",
        "for line in text.splitlines():",
    ),
)
