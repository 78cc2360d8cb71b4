import io

import IPython.display
import pytest

from qwen_magic.renderers.progress import PanelProgress, TextProgress
from qwen_magic.weights.catalogue import ModelSpec, Progress

SPEC = ModelSpec("tiny", "me/tiny", "main", "tiny.gguf", 200_000_000, licence="MIT")
STEPS = [Progress("hub", done, 200_000_000) for done in range(0, 200_000_001, 10_000_000)]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_text_tells_name_size_and_licence_first_and_then_a_few_lines():
    stream = io.StringIO()
    with TextProgress(SPEC, stream) as show:
        for step in STEPS:
            show(step)
    assert stream.getvalue().splitlines() == [
        "Downloading tiny: 200.0 MB; licence: MIT",
        "    0 %, 0.0 MB of 200.0 MB (hub)",
        "   25 %, 50.0 MB of 200.0 MB (hub)",
        "   50 %, 100.0 MB of 200.0 MB (hub)",
        "   75 %, 150.0 MB of 200.0 MB (hub)",
        "  100 %, 200.0 MB of 200.0 MB (hub)",
        "tiny is here: 200.0 MB, checked; licence: MIT",
    ]


def test_a_terminal_has_one_line_that_changes():
    stream = Terminal()
    with TextProgress(SPEC, stream) as show:
        for step in STEPS:
            show(step)
    assert stream.getvalue().count("\n") == 3
    assert stream.getvalue().count("\r") == len(STEPS)


@pytest.mark.parametrize("display", [TextProgress, PanelProgress])
def test_nothing_is_shown_where_nothing_happens(display, capsys):
    with display(SPEC):
        pass
    assert capsys.readouterr() == ("", "")


def test_an_interruption_is_told_and_passed_on():
    stream = io.StringIO()

    def download():
        with TextProgress(SPEC, stream) as show:
            show(STEPS[3])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download()
    assert "30.0 MB of it are here" in stream.getvalue()
    assert stream.getvalue().endswith("goes on from there next time.\n")


def test_a_panel_leaves_a_plain_line_and_no_widget(monkeypatch):
    shown, left = [], []

    class Handle:
        def update(self, data, raw):
            left.append(data)

    def display(panel, display_id):
        shown.append(panel)
        return Handle()

    monkeypatch.setattr(IPython.display, "display", display)
    with PanelProgress(SPEC) as show:
        for step in STEPS:
            show(step)
        title, bar, label = shown[0].children
        assert title.value == "Downloading tiny: 200.0 MB; licence: MIT"
        assert bar.value == bar.max == 200_000_000
        assert label.value.startswith("100 %")
    assert left == [{"text/plain": "tiny is here: 200.0 MB, checked; licence: MIT"}]
    assert all(widget.comm is None for widget in (shown[0], title, bar, label, bar.style, bar.layout))
