from __future__ import annotations

import pytest

from qwen_magic.checks import Severity, check


@pytest.fixture
def found():
    """What is found in code, as (rule, line) or with all of it."""

    def look(code, namespace=None, **given):
        return [(each.rule, each.line) for each in check(code, namespace or {}, **given)]

    return look


@pytest.fixture
def said():
    """What is said about code, in English."""

    def look(code, namespace=None, **given):
        return [each.message.en for each in check(code, namespace or {}, **given)]

    return look


@pytest.fixture
def errors():
    """The rules of what is certain to fail."""

    def look(code, namespace=None, **given):
        return [each.rule for each in check(code, namespace or {}, **given) if each.severity is Severity.ERROR]

    return look


class Trap:
    """Every look at it that could run somebody's code is a failure."""

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")

    def __repr__(self):
        raise AssertionError("asked for its repr")

    def __eq__(self, other):
        raise AssertionError("compared")

    def __hash__(self):
        raise AssertionError("hashed")

    @property
    def danger(self):
        raise AssertionError("property read")

    @property
    def __class__(self):
        raise AssertionError("asked for its class")


@pytest.fixture
def trap():
    return Trap()
