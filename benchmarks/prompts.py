"""The questions of speed.py: seven about nothing in the notebook, and edits and documents of whole cells."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_magic.engines.base import Engine
from qwen_magic.language import language_of
from qwen_magic.messages import Message
from qwen_magic.openings import opening
from qwen_magic.prompt import CLOSING, Question, messages_for
from qwen_magic.snapshot import NotebookContext
from qwen_magic.tasks import EN, TASKS

SALES = """import pandas as pd

def load_sales(path):
    df = pd.read_csv(path)
    df["date"] = pd.to_datetime(df["date"])
    df["total"] = df["price"] * df["quantity"]
    return df

def monthly(df):
    grouped = df.groupby(df["date"].dt.to_period("M"))
    return grouped["total"].sum()

def best_month(df):
    totals = monthly(df)
    return totals.idxmax(), totals.max()
"""
STACK = """class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("pop from empty stack")
        return self.items.pop()

    def peek(self):
        return self.items[-1]

    def size(self):
        return len(self.items)
"""
PLOT = """import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 10, 200)
fig, axes = plt.subplots(1, 2, figsize=(10, 4))
axes[0].plot(x, np.sin(x), color="blue")
axes[0].set_title("sine")
axes[1].plot(x, np.cos(x), color="red")
axes[1].set_title("cosine")
for axis in axes:
    axis.set_xlabel("x")
    axis.set_ylabel("y")
plt.show()
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: a verb, words, and the cell that it is about, if it is about one."""

    verb: str
    words: str
    cell: str = ""

    def prompt(self, engine: Engine) -> tuple[tuple[Message, ...], str, tuple[str, ...]]:
        """Messages, what the answer begins with, and where it ends, as the magic asks."""
        language = language_of(self.words) or EN
        question = Question(TASKS[self.verb], self.words, language, NotebookContext(self.cell))
        stop = (CLOSING,) if question.task.begins_with_code else ()
        return messages_for(question, engine), opening(question), stop


FREE = (
    Asked("ask", "What is a decorator in Python, and when would I use one?"),
    Asked("ask", "Explain the difference between a list and a tuple, with an example of each."),
    Asked("ask", "How does gradient descent work?"),
    Asked("ask", "用中文解释什么是递归，并举一个例子。"),
    Asked("ask", "Write a poem about a snake that learns to program."),
    Asked("code", "Write a function that merges two sorted lists without using sort, and one that finds the median."),
    Asked("code", "写一个函数，读取一个 CSV 文件并统计某一列中不同值的个数。"),
)
EDITS = (
    Asked("edit", "rename total to revenue", SALES),
    Asked("edit", "add a method is_empty", STACK),
    Asked("edit", "add a legend to both plots", PLOT),
    Asked("edit", "把蓝色改成绿色", PLOT),
    Asked("doc", "", SALES),
    Asked("doc", "", STACK),
    Asked("fix", "", STACK),
)
