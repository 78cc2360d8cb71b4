"""What is done to arrays. The specific stand before the general."""

from __future__ import annotations

from qwen_magic.recipes.recipe import ARRAY, PLAIN, recipe
from qwen_magic.recipes.words import BETWEEN, MOVING, REPLACE

ARRAYS = (
    recipe(
        (*ARRAY, *PLAIN),
        (MOVING,),
        "a moving average of k values",
        "k 个值的移动平均",
        'np.convolve(a, np.ones(k) / k, mode="valid")',
    ),
    recipe(
        ARRAY,
        (r"\brows?\b|行", r"\b(?:each|every|its|that|the) row|\bper row\b|row's|每一?行|按行|所在行"),
        "with a value of each row",
        "用每行的值计算",
        "a / a.sum(axis=1, keepdims=True)",
    ),
    recipe(
        ARRAY,
        (r"\b(?:each|every|its|that|per) column|每一?列|按列",),
        "with a value of each column",
        "用每列的值计算",
        "a - a.mean(axis=0)",
    ),
    recipe(
        ARRAY,
        (BETWEEN,),
        "how many values lie between two bounds",
        "两个界限之间有几个值",
        "int(((a >= low) & (a <= high)).sum())",
    ),
    recipe(ARRAY, (REPLACE,), "replace where a condition holds", "替换满足条件的值", "np.where(a < 0, 0, a)"),
    recipe(
        ARRAY,
        (r"\b(?:nearest|closest)\b|最接近",),
        "where the nearest value is",
        "最接近的值的位置",
        "int(np.abs(a - value).argmin())",
    ),
    recipe(
        ARRAY,
        (r"\b(?:normali[sz]\w*|scale\w*|rescale\w*)\b|归一化",),
        "scaled to 0 to 1",
        "缩放到 0 到 1",
        "(a - a.min()) / (a.max() - a.min())",
    ),
)
