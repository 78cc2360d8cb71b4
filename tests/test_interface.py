from __future__ import annotations

import pytest

from qwen_magic.interface import Interface
from qwen_magic.language import Language
from qwen_magic.settings import QwenSettings
from qwen_magic.snapshot import Failure

FAILURE = Failure(3, "1/0", "ZeroDivisionError", "division by zero", "")


class Kernel:
    """A kernel that runs a cell, of which the frontend may tell the id, and for which somebody may be there to type."""

    def __init__(self, cell_id=None, stdin=False):
        self.cell_id = cell_id
        self.stdin = stdin

    def get_parent(self):
        metadata = {"cellId": self.cell_id} if self.cell_id else {}
        return {"metadata": metadata, "content": {"allow_stdin": self.stdin}}


class Shell:
    def __init__(self, kernel):
        if kernel is not None:
            self.kernel = kernel
        self.user_ns = {}


@pytest.fixture
def settings():
    return QwenSettings()


@pytest.fixture
def interface(settings):
    """The interface of a shell with a kernel or without."""
    made = []

    def make(kernel=None):
        made.append(Interface(Shell(kernel), settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


def test_a_page_is_there_where_the_frontend_names_its_cells(interface):
    assert interface(Kernel("c1")).page is not None
    assert interface(Kernel()).page is None, "nbclient"
    assert interface().page is None, "a terminal"


def test_there_is_one_page_for_all_cells(interface):
    kernel = Kernel("c1")
    shown = interface(kernel)
    first = shown.page
    kernel.cell_id = "c2"
    assert shown.page is first


class TestLanguage:
    def test_is_that_of_the_environment_without_a_page(self, interface, chinese):
        assert interface().language is Language.CHINESE

    def test_is_that_of_the_page_as_soon_as_it_says(self, interface, english):
        shown = interface(Kernel("c1"))
        assert shown.page
        assert shown.language is Language.ENGLISH
        shown.page.locale = "zh-CN"
        assert shown.language is Language.CHINESE

    def test_is_the_one_that_was_chosen(self, interface, settings, english):
        settings.language = "zh"
        shown = interface(Kernel("c1"))
        assert shown.language is Language.CHINESE
        assert shown.page.language == "zh"

    def test_can_be_chosen_while_the_page_is_open(self, interface, settings):
        page = interface(Kernel("c1")).page
        settings.language = "zh"
        assert page.language == "zh"
        settings.language = "auto"
        assert page.language == ""


class TestFailed:
    @pytest.fixture
    def shown(self, monkeypatch):
        """What was shown, and in which language."""
        shown = []
        face = "qwen_magic.renderers.failure_line"
        monkeypatch.setattr(f"{face}.show_in_page", lambda failure, language, page: shown.append(("page", language)))
        monkeypatch.setattr(f"{face}.show_in_terminal", lambda failure, language: shown.append(("terminal", language)))
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        return shown

    def test_a_page_shows_it(self, interface, shown, english):
        interface(Kernel("c1")).failed(FAILURE)
        assert shown == [("page", Language.ENGLISH)]

    def test_a_terminal_shows_it(self, interface, shown, english):
        interface().failed(FAILURE)
        assert shown == [("terminal", Language.ENGLISH)]

    def test_a_jupyter_console_shows_it(self, interface, shown, english, monkeypatch):
        monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
        interface(Kernel(stdin=True)).failed(FAILURE)
        assert shown == [("terminal", Language.ENGLISH)]

    def test_where_nobody_looks_it_is_not_shown(self, interface, shown, monkeypatch):
        interface(Kernel()).failed(FAILURE)
        monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
        interface().failed(FAILURE)
        assert not shown

    def test_it_can_be_turned_off(self, interface, shown, settings):
        settings.auto = False
        interface(Kernel("c1")).failed(FAILURE)
        assert not shown

    def test_a_comment_in_chinese_is_answered_in_chinese(self, interface, shown, english):
        interface().failed(Failure(3, "1/0  # 平均数", "ZeroDivisionError", "", ""))
        assert shown == [("terminal", Language.CHINESE)]
