"""The words that requests are recognised by, English and Chinese: patterns for `re`, whatever the case."""

from __future__ import annotations

GROUPS = r"\b(?:per|by|each|every|same|groups?|grouped)\b|按|每[个名位种天月年条]|各|同一|分组"
COUNT = r"\b(?:count|how many|number of)\b|人数|个数|数量(?!的?[之总合])|次数|多少[个条行次]|计数"
SUM = r"\b(?:sums?|totals?|altogether)\b|总[和额数量计价]|合计|求和|之和"
MEAN = r"\b(?:means?|averages?|avg)\b|平均|均值"
MOST = r"\b(?:max\w*|highest|largest|biggest|most|best|top)\b|最[高大多贵好]"
SORT = (
    r"\b(?:sort\w*|order(?:ed)? by|ascending|descending|alphabetical\w*|largest first|highest first)\b"
    r"|排序|升序|降序|从[高大小低]到"
)
PERCENT = r"\b(?:percent\w*|shares?|proportions?|fractions?)\b|%|百分比|占比|比例"
MISSING = r"\b(?:missing|nan|nulls?|empty)\b|缺失|空值|缺考"
FILL = r"\b(?:fill\w*|replac\w*|imput\w*)\b|填|替换|换成"
DATE = r"\b(?:dates?|datetimes?|days?|time)\b|日期|时间|天"
REPLACE = r"\b(?:replac\w*|set|change|clip)\b|换成|替换|改[为成]|变成"
PIVOT = (
    r"\bpivot\b|\bone row per\b.*\bone column per\b|\bas (?:the )?rows\b|\bas (?:the )?columns\b|\bto wide\b"
    r"|透视|行索引|作为?列|[为是]列|宽表"
)
DIFFERENT = r"\b(?:never|without|no|not|don't|missing from|only)\b|没有|不在|未|从不"
MOVING = r"\b(?:moving|rolling|sliding|running) (?:average|mean)\b|(?:移动|滑动|滚动)平均"
BETWEEN = r"\bbetween\b.*\band\b|之间"
REPEATED = r"\b(?:duplicat\w*|repeat\w*)\b|重复|去重"
DISTINCT = r"\b(?:duplicat\w*|repeat\w*|unique|distinct)\b|重复|去重"
