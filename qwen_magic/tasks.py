"""What can be asked for: one record a verb, with the words that a small model needs to hear."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from qwen_magic.language import Language

EN, ZH = Language.ENGLISH, Language.CHINESE


class Subject(StrEnum):
    """What a request is about."""

    QUESTION = "question"  # the user's own words
    CODE = "code"  # the cell's code
    FAILURE = "failure"  # a cell that raised


@dataclass(frozen=True, slots=True)
class Task:
    """A verb of %qwen. `history`: earlier turns of the notebook belong into its prompt.

    `changes`: its code takes the place of the cell's code. `begins_with_code`: the answer does.
    `max_tokens`: what its answers need; 0 where that depends.
    """

    verb: str
    subject: Subject
    summary: str
    instruction: MappingProxyType[Language, str]
    history: bool = False
    changes: bool = False
    begins_with_code: bool = False
    max_tokens: int = 0


def _task(verb: str, subject: Subject, summary: str, en: str, zh: str, **more: Any) -> Task:
    return Task(verb, subject, summary, MappingProxyType({EN: en, ZH: zh}), **more)


TASKS = MappingProxyType(
    {
        task.verb: task
        for task in (
            _task("ask", Subject.QUESTION, "answer a question", "", "", history=True),
            _task(
                "code",
                Subject.QUESTION,
                "write code for a description",
                "Write Python code for this. Answer with one ```python block and nothing else.",
                "请为下面的需求编写 Python 代码。只回答一个 ```python 代码块，不要解释。",
                history=True,
                begins_with_code=True,
            ),
            _task(
                "fix",
                Subject.FAILURE,
                "repair a cell that failed",
                "Write the whole cell again with the error corrected. Change as little as possible. "
                "Answer with one ```python block and nothing else.",
                "请重写整个单元格并改正错误，改动越少越好。只回答一个 ```python 代码块，不要解释。",
                changes=True,
                begins_with_code=True,
            ),
            _task(
                "explain",
                Subject.FAILURE,
                "explain an error, or code that did not fail",
                "Explain in a few sentences, for a student, why this error happens and how to correct it.",
                "请用几句话向学生解释为什么会出现这个错误，以及如何改正。用中文回答。",
            ),
            _task(
                "test",
                Subject.CODE,
                "write tests for code, and run them",
                "Write at most four short pytest functions that test this code, with one assert in each, "
                "edge cases included. Answer with one ```python block and nothing else; do not repeat the code.",
                "请为这段代码编写最多四个简短的 pytest 测试函数，每个函数只用一个 assert，包括边界情况。"
                "只回答一个 ```python 代码块，不要重复原代码。",
                begins_with_code=True,
                max_tokens=256,  # four short tests take half of it
            ),
            _task(
                "doc",
                Subject.CODE,
                "add docstrings and type hints",
                "Write this code again with docstrings and type hints added and nothing else changed. "
                "Answer with one ```python block and nothing else.",
                "请重写这段代码，只添加中文文档字符串和类型注解，其他都不要改。只回答一个 ```python 代码块。",
                changes=True,
                begins_with_code=True,
            ),
            _task(
                "edit",
                Subject.CODE,
                "change code as told",
                "Write this code again, changed as asked. Answer with one ```python block and nothing else.",
                "请按要求修改并重写这段代码。只回答一个 ```python 代码块，不要解释。",
                changes=True,
                begins_with_code=True,
            ),
        )
    }
)

# `explain` for code that did not fail.
EXPLAIN_CODE = MappingProxyType(
    {
        EN: "Explain in a few sentences, for a student, what this code does.",
        ZH: "请用几句话向学生解释这段代码做了什么。用中文回答。",
    }
)

SYSTEM = MappingProxyType(
    {
        EN: "You are a helpful coding assistant in a Jupyter notebook. Answer briefly. "
        "Write complete Python code in ```python blocks.",
        ZH: "你是 Jupyter 笔记本中的编程助手。请用中文简短地回答，并在 ```python 代码块中写出完整的 Python 代码。",
    }
)
