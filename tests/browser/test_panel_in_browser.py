"""The panel in a real JupyterLab and Notebook 7: while it streams, when saved, and when reopened."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lab_page import wait_until

if TYPE_CHECKING:
    from lab_page import Frontend, LabPage, LabServer

pytestmark = pytest.mark.browser

ANSWER = """\
Count them with `Counter`, **not** by hand:

```py
from collections import Counter

def count(path: str) -> Counter[str]:
    # one column
    return Counter(line.split(",")[0] for line in open(path))
```

1. It reads line by line.
2. It returns *counts*:
   ```bash
   echo "$HOME and $PATH"
   ```

| name | count |
|------|------:|
| a    |     2 |

It takes 0.1 s. That is all of it.
"""

# Lies in wait for every way out of the text; all of it has to be seen, none of it to run.
HOSTILE = """\
Types: <int> and <think>. Dunder: __init__. Money: $a$ and $b$, then $$c$$. Path: C:\\new\\(x\\) \\begin{x}y\\end{x}.

<script>window.pwned=1</script>

<img src=x onerror="window.pwned=2"> &lt;img src=x onerror="window.pwned=3"&gt;

[click](javascript:window.pwned=4) ![pixel](http://127.0.0.1:9/pixel.png)

- in a list
  ~~~py
  a = "$x$ $$<script>window.pwned=5</script>"
  ~~~

```
$$
<img src=x onerror="window.pwned=6">"""


def asking(answer: str, delay: float = 0.0, then: str = "") -> str:
    """A cell that streams an answer piece by piece, as the assistant will."""
    return f"""\
import re, time
from qwen_magic.renderers import choose
from qwen_magic.reply import Finish, Reply, Usage
answer = {answer!r}
renderer = choose(get_ipython())
renderer.start("qwen2.5-coder-0.5b")
for piece in re.findall(r"\\s*\\S+", answer):
    time.sleep({delay})
    renderer.write(piece)
{then}
usage = Usage(200, 120, 90, 0.31, 2.4, Finish.STOP)
renderer.finish(Reply(answer, "qwen2.5-coder-0.5b", 7, usage, ("Dropped the 2 oldest turns.",)))
"""


@pytest.mark.parametrize("frontend", ["lab", "notebook"])
def test_an_answer_grows_while_it_streams_and_ends_as_static_text(
    lab: LabPage, lab_server: LabServer, frontend: Frontend
) -> None:
    lab_server.write("stream.ipynb", asking(ANSWER, delay=0.05))
    lab.open("stream.ipynb", frontend)

    lab.start(0)
    wait_until(lambda: "Count them" in lab.text(0), "the first words")
    assert "That is all of it" not in lab.text(0)
    assert lab.cell(0).locator("[role=status]").text_content() == "qwen2.5-coder-0.5b is writing …"
    wait_until(lambda: lab.cell(0).locator(".highlight .kn").count(), "highlighted code while it streams")
    lab.wait_done(0)

    assert len(lab.outputs(0)) == 1
    assert "That is all of it" in lab.text(0)
    assert "reused 120 of 200 prompt tokens · seed 7" in lab.text(0)
    assert lab.cell(0).locator(".jp-RenderedMarkdown table").count() == 1
    assert 'echo "$HOME and $PATH"' in lab.text(0)
    assert lab.cell(0).locator(".jupyter-widgets").count() == 0


def test_a_saved_answer_needs_no_widget_and_no_kernel(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("saved.ipynb", asking(ANSWER))
    lab.open("saved.ipynb")
    lab.run(0)

    saved = lab.save()

    (output,) = saved["cells"][0]["outputs"]
    assert set(output["data"]) == {"text/markdown", "text/plain"}
    assert output["metadata"]["qwen_magic"]["seed"] == 7
    assert "widget" not in json.dumps(saved["metadata"])
    lab.reload_with_fresh_kernel()
    assert "That is all of it" in lab.text(0)
    assert "Error displaying widget" not in lab.evaluate("document.body.textContent")


@pytest.mark.parametrize("frontend", ["lab", "notebook"])
def test_nothing_that_a_model_writes_runs_or_is_lost(lab: LabPage, lab_server: LabServer, frontend: Frontend) -> None:
    requests: list[str] = []
    lab.page.on("request", lambda request: requests.append(request.url))
    lab_server.write("hostile.ipynb", asking(HOSTILE, delay=0.1, then="time.sleep(3)"))
    lab.open("hostile.ipynb", frontend)

    lab.start(0)
    wait_until(lambda: "pwned=6" in lab.text(0), "the end of the stream")
    shown_while_streaming = lab.text(0)
    assert lab.cell(0).locator("[role=status]").count() == 1
    lab.wait_done(0)
    lab.page.wait_for_timeout(1000)

    for shown in (shown_while_streaming, lab.text(0)):
        for typed in (
            "<int> and <think>",
            "__init__",
            "$a$ and $b$, then $$c$$",
            r"C:\new\(x\) \begin{x}y\end{x}.",
            "<script>window.pwned=1</script>",
            '<img src=x onerror="window.pwned=2">',
            "javascript:window.pwned=4",
            'a = "$x$ $$<script>window.pwned=5</script>"',
        ):
            assert typed in shown
    assert lab.evaluate("window.pwned") is None
    assert lab.cell(0).locator(".jp-OutputArea-output :is(script, img, mjx-container)").count() == 0
    assert not [url for url in requests if "pixel" in url]


def test_an_abandoned_answer_leaves_nothing(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("abandoned.ipynb", asking("Half an answer", then="renderer.abandon(); raise SystemError('gone')"))
    lab.open("abandoned.ipynb")

    lab.run(0)

    assert "Half an answer" not in lab.text(0)
    assert "SystemError" in lab.text(0)
    assert "Error displaying widget" not in lab.text(0)


def test_nbconvert_shows_the_answer_once(lab_server: LabServer) -> None:
    lab_server.write("export.ipynb", asking(ANSWER))

    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", "--no-input", "export.ipynb"]
    subprocess.run(command, cwd=lab_server.folder, check=True, capture_output=True, timeout=300)

    page = (lab_server.folder / "export.html").read_text()
    assert page.count("That is all of it") == 1
    assert "VBox(" not in page
    assert "jp-RenderedMarkdown jp-OutputArea-output" in page
