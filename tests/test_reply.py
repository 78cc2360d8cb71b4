from __future__ import annotations

import pytest

from qwen_magic.reply import CodeBlock, Reply, Usage, parse_code_blocks


def test_the_code_of_a_reply_is_its_python_blocks():
    reply = Reply("First:\n```python\nx = 1\n```\nthen\n```py\nprint(x)\n```\nin a shell\n```bash\nls\n```")
    assert reply.code == "x = 1\n\nprint(x)"
    assert [b.language for b in reply.code_blocks] == ["python", "py", "bash"]


def test_a_block_without_a_language_counts_where_no_other_is_python():
    assert Reply("```\nx = 1\n```").code == "x = 1"
    assert Reply("```python\nx = 1\n```\nprints\n```\n1\n```").code == "x = 1"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", ()),
        ("```python\nx = 1", (CodeBlock("python", "x = 1", closed=False),)),
        ("```python\n", (CodeBlock("python", "", closed=False),)),
        ("~~~\na\n~~~", (CodeBlock("", "a\n"),)),
        ("1. first\n   ```python\n   x = 1\n   ```", (CodeBlock("python", "x = 1\n"),)),
        ("````python\n```\n````", (CodeBlock("python", "```\n"),)),
        ("```Python title=x\n1\n```", (CodeBlock("python", "1\n"),)),
        ("```python\ns = '```'\n```", (CodeBlock("python", "s = '```'\n"),)),
    ],
)
def test_code_blocks(text, blocks):
    assert parse_code_blocks(text) == blocks


def test_speed_counts_from_the_first_token():
    usage = Usage(completion_tokens=11, first_token_seconds=1.0, seconds=2.0)
    assert usage.tokens_per_second == pytest.approx(10)
    assert Usage(completion_tokens=1, first_token_seconds=1.0, seconds=1.0).tokens_per_second == 0
    assert Usage(completion_tokens=11, seconds=2.0, cached=True).tokens_per_second == 0
