"""What a real kernel shows to each kind of frontend: requests as JupyterLab, a console and nbclient send them."""

from __future__ import annotations

import pytest
from jupyter_client.manager import start_new_kernel

FAILING = "stock = {'apple': 3}\nstock['aple']"
ASKING = "%qwen write it"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder))
        patch.setenv("QWEN_MAGIC_MODEL", "scripted:```python\nfour = 4\n```")
        patch.setenv("LC_ALL", "C.UTF-8")
        manager, client = start_new_kernel(cwd=str(folder))
    client.execute("%load_ext qwen_magic", reply=True, timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def shown(kernel):
    """Runs a cell as some frontend does, and gives the outputs that this shows."""

    def run(cell, *, cell_id=None, stdin=False):
        message = kernel.session.msg(
            "execute_request",
            {"code": cell, "silent": False, "store_history": True, "allow_stdin": stdin, "stop_on_error": False},
        )
        message["metadata"] = {"cellId": cell_id} if cell_id else {}
        kernel.shell_channel.send(message)
        outputs = []
        while True:
            said = kernel.get_iopub_msg(timeout=60)
            if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                return outputs
            if said["msg_type"] in ("stream", "display_data", "error"):
                outputs.append(said)

    return run


def kinds(outputs):
    return [output["msg_type"] for output in outputs]


class TestAFailure:
    def test_gets_a_line_with_buttons_in_a_page(self, shown):
        error, line = shown(FAILING, cell_id="c1", stdin=True)
        assert error["msg_type"] == "error"
        assert "there is 'apple'" in line["content"]["data"]["text/markdown"]
        assert line["content"]["metadata"]["qwen_magic"]["kind"] == "failure"

    def test_gets_a_line_of_text_in_a_console(self, shown):
        _, line = shown(FAILING, stdin=True)
        assert "there is 'apple'. · %qwen fix" in line["content"]["text"]

    def test_gets_nothing_where_nobody_looks(self, shown):
        assert kinds(shown(FAILING)) == ["error"]

    def test_leaves_other_extensions_their_hooks(self, shown):
        other = "def other(shell, kind, error, trace, tb_offset=None):\n    print('other', kind.__name__)\n"
        shown(f"{other}get_ipython().set_custom_exc((KeyError,), other)", cell_id="c0", stdin=True)
        try:
            theirs, ours = shown(FAILING, cell_id="c1", stdin=True)
            assert theirs["content"]["text"] == "other KeyError\n"
            assert "there is 'apple'" in ours["content"]["data"]["text/markdown"]
        finally:
            shown("get_ipython().set_custom_exc((), None)", cell_id="c0", stdin=True)

    def test_of_ours_gets_nothing(self, shown):
        assert kinds(shown("%qwen fix 999", cell_id="c1", stdin=True)) == ["error"]

    def test_gets_nothing_once_that_is_turned_off(self, shown):
        shown("%qwen auto off", cell_id="c0", stdin=True)
        try:
            assert kinds(shown(FAILING, cell_id="c1", stdin=True)) == ["error"]
        finally:
            shown("%qwen auto on", cell_id="c0", stdin=True)


class TestAnAnswer:
    def test_is_marked_for_buttons_in_a_page(self, shown):
        (answer,) = shown(ASKING, cell_id="c1", stdin=True)
        assert answer["content"]["metadata"]["qwen_magic"]["mark"] in answer["content"]["data"]["text/markdown"]

    def test_is_text_in_a_console(self, shown):
        assert set(kinds(shown(ASKING, stdin=True))) == {"stream"}

    def test_is_one_static_output_where_nobody_looks(self, shown):
        (answer,) = shown(ASKING)
        assert "four = 4" in answer["content"]["data"]["text/markdown"]
        assert "mark" not in answer["content"]["metadata"]["qwen_magic"]
