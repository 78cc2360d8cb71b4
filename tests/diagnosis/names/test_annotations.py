from __future__ import annotations

from rewriting import certain


def test_a_class_in_its_own_annotations_is_written_as_text(diagnosed):
    cell = "class Node:\n    def add(self, other: Node) -> list[Node]:\n        return [other]"
    assert certain(diagnosed(cell)) == cell.replace(": Node", ': "Node"').replace("list[Node]", '"list[Node]"')


def test_a_class_that_is_made_too_early_is_no_annotation(diagnosed):
    found = diagnosed("class Node:\n    first = Node()")
    assert found is None or '"Node"' not in str(found.rewrites)
