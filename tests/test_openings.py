from __future__ import annotations

import pytest

from qwen_magic.language import Language
from qwen_magic.openings import opening
from qwen_magic.prompt import Question
from qwen_magic.snapshot import NotebookContext
from qwen_magic.tasks import TASKS

CELL = "import math\n\ndef area(r):\n    return math.pi * r ** 2"


@pytest.mark.parametrize(
    ("verb", "beginning"),
    [
        ("ask", ""),
        ("code", "```python\n"),
        ("edit", "```python\n"),
        ("doc", "```python\nimport math\n\ndef area(r:"),
        ("test", "```python\nimport pytest\n\n\ndef test_area_"),
    ],
)
def test_an_answer_begins_as_its_verb_wants_it(verb, beginning):
    assert opening(Question(TASKS[verb], "", Language.ENGLISH, NotebookContext(CELL))) == beginning
