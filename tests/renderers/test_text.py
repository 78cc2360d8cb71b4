from __future__ import annotations

import io

import pytest

from qwen_magic.renderers.text import TextRenderer
from qwen_magic.reply import Finish, Reply, Usage

REPLY = Reply("Use sets.", "tiny", 7, Usage(120, 80, 101, 0.5, 2.5), ("Dropped the 2 oldest turns.",))
COST = "tiny · 0.50 s to first token · 50.0 tokens/s · 101 tokens · reused 80 of 120 prompt tokens · seed 7"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def answer(stream: io.StringIO, *pieces: str, reply: Reply = REPLY) -> str:
    renderer = TextRenderer(stream)
    renderer.start("tiny")
    for piece in pieces:
        renderer.write(piece)
    renderer.finish(reply)
    return stream.getvalue()


def test_text_comes_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    renderer = TextRenderer()
    renderer.start("tiny")
    renderer.write("Use ")
    assert capsys.readouterr().out == "Use "

    renderer.write("sets.")
    assert capsys.readouterr().out == "sets."


def test_notes_and_cost_follow_without_colours_in_a_file() -> None:
    assert answer(io.StringIO(), "Use ", "sets.") == f"Use sets.\nDropped the 2 oldest turns.\n{COST}\n"


def test_on_a_terminal_they_are_dim() -> None:
    assert answer(Terminal(), "Use sets.\n").endswith(
        f"sets.\n\x1b[2mDropped the 2 oldest turns.\x1b[0m\n\x1b[2m{COST}\x1b[0m\n"
    )


@pytest.mark.parametrize(
    ("finish", "said"), [(Finish.INTERRUPTED, "interrupted"), (Finish.LENGTH, "cut off at the token limit")]
)
def test_an_unfinished_answer_says_so(finish: Finish, said: str) -> None:
    assert f"tiny · {said}: the answer is incomplete" in answer(
        io.StringIO(), "Use", reply=Reply("Use", "tiny", usage=Usage(finish=finish))
    )


def test_a_model_commands_no_terminal() -> None:
    said = answer(Terminal(), "\x1b]52;c;cm0gLXJm\x07 \x9b2J\rok\ttab\r\n", reply=Reply("", "ti\x1bny"))

    assert said.startswith("␛]52;c;cm0gLXJm␇ \ufffd2J␍ok\ttab\n")
    assert "ti␛ny" in said


def test_an_error_starts_on_a_line_of_its_own() -> None:
    stream = io.StringIO()
    renderer = TextRenderer(stream)
    renderer.start("tiny")
    renderer.write("Half an ans")
    renderer.abandon()
    renderer.abandon()

    assert stream.getvalue() == "Half an ans\n"
