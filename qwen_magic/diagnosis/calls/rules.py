"""The rules about objects of the user's own, generators, exceptions and context managers, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qwen_magic.diagnosis.calls.construction import base_called_wrongly, chained, class_itself, not_yet_set
from qwen_magic.diagnosis.calls.contexts import enters_with_nothing, narrow_exit, wrong_with
from qwen_magic.diagnosis.calls.exceptions import cannot_catch, error_as_text, nothing_to_raise
from qwen_magic.diagnosis.calls.generating import list_of_generator, not_started, returns_for_yields, yields_for_returns
from qwen_magic.diagnosis.calls.own_items import holds_the_items
from qwen_magic.diagnosis.calls.own_operators import field_is_meant, method_of_value, own_operator, sum_of_own
from qwen_magic.diagnosis.calls.own_positions import own_swapped
from qwen_magic.diagnosis.calls.properties import left_out_of_slots, no_setter
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.snapshot import Diagnosis

OBJECT_RULES: tuple[Callable[[Evidence], Iterable[Diagnosis]], ...] = (
    own_swapped,
    base_called_wrongly,
    not_yet_set,
    chained,
    class_itself,
    no_setter,
    left_out_of_slots,
    list_of_generator,
    yields_for_returns,
    returns_for_yields,
    not_started,
    own_operator,
    sum_of_own,
    field_is_meant,
    method_of_value,
    holds_the_items,
    nothing_to_raise,
    cannot_catch,
    error_as_text,
    wrong_with,
    narrow_exit,
    enters_with_nothing,
)
