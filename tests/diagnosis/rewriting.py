"""What tests of rules ask of a diagnosis."""

from __future__ import annotations


def certain(diagnosis):
    """The one rewrite that is certain."""
    assert diagnosis.rewrites[0].certain, diagnosis
    return diagnosis.rewrites[0].cell


def candidates(diagnosis):
    """The rewrites, none of which is certain."""
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites), diagnosis
    return [rewrite.cell for rewrite in diagnosis.rewrites]
