"""All rules, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qwen_magic.diagnosis.calls.arguments import lacking_self, missing_arguments, wrong_keyword
from qwen_magic.diagnosis.calls.awaiting import awaited_for_nothing, never_awaited
from qwen_magic.diagnosis.calls.calling import not_callable, not_called, wrong_brackets
from qwen_magic.diagnosis.calls.classes import base_not_made, mutable_default, objects_compared
from qwen_magic.diagnosis.calls.decorators import narrow_wrapper, not_a_context
from qwen_magic.diagnosis.calls.enums import member_of_enum, members_compared
from qwen_magic.diagnosis.calls.given import called_too_early, given_twice, not_spread, used_up
from qwen_magic.diagnosis.calls.handed_over import inner_not_returned, list_for_cache, result_for_function
from qwen_magic.diagnosis.calls.inheritance import (
    left_abstract,
    method_of_the_class,
    module_as_base,
    order_of_bases,
    private_name,
)
from qwen_magic.diagnosis.calls.kinds_of_parameters import by_name_or_position, list_as_one_of_many
from qwen_magic.diagnosis.calls.lambdas import called_before_handed_over, lambda_without_parameter, pair_in_two
from qwen_magic.diagnosis.calls.matching import pattern_without_names
from qwen_magic.diagnosis.calls.nothing import unexpected_none
from qwen_magic.diagnosis.calls.older import (
    compared_by_function,
    flag_without_value,
    one_binding,
    several_separators,
    super_not_called,
)
from qwen_magic.diagnosis.calls.passed import wrong_argument
from qwen_magic.diagnosis.calls.positions import one_list, swapped
from qwen_magic.diagnosis.calls.protocols import (
    equal_to_others,
    init_returns,
    next_without_end,
    not_hashable_any_more,
    not_ordered_enough,
    wrong_result,
)
from qwen_magic.diagnosis.calls.records import defaults_first, frozen_field, keyword_as_field
from qwen_magic.diagnosis.calls.records_made import (
    dataclass_in_set,
    frozen_in_method,
    named_tuple_badly_named,
    no_dataclass_yet,
    record_of_one,
)
from qwen_magic.diagnosis.calls.recursion import endless_recursion
from qwen_magic.diagnosis.calls.results import decorated_with_nothing, nothing_under_key, returns_nothing
from qwen_magic.diagnosis.calls.rules import OBJECT_RULES
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.annotations import own_class_in_annotation
from qwen_magic.diagnosis.names.attributes import unknown_attributes
from qwen_magic.diagnosis.names.class_scope import counted_in_class, in_class_body, not_global
from qwen_magic.diagnosis.names.imports import missing_modules, missing_names
from qwen_magic.diagnosis.names.modules import module_attributes, module_called
from qwen_magic.diagnosis.names.names import unknown_names
from qwen_magic.diagnosis.names.scopes import unbound_local
from qwen_magic.diagnosis.syntax import not_python
from qwen_magic.diagnosis.syntax.scopes import case_takes_all, global_too_late, rest_above_others, wrong_declaration
from qwen_magic.diagnosis.tables.labels import wrong_labels
from qwen_magic.diagnosis.tables.merges import merge_on_one_side
from qwen_magic.diagnosis.tables.rules import TABLE_RULES
from qwen_magic.diagnosis.texts.braces import literal_braces
from qwen_magic.diagnosis.texts.conversions import not_a_number
from qwen_magic.diagnosis.texts.dates import another_class, made_of_text, months_and_days
from qwen_magic.diagnosis.texts.encoded import text_for_bytes
from qwen_magic.diagnosis.texts.encoding import byte_order_mark, not_text
from qwen_magic.diagnosis.texts.files import closed_file, no_such_file, wrong_mode
from qwen_magic.diagnosis.texts.handles import dump_and_dumps, path_for_a_file, rows_of_a_table
from qwen_magic.diagnosis.texts.lines import odd_line
from qwen_magic.diagnosis.texts.matches import found_text, no_such_group
from qwen_magic.diagnosis.texts.paths import joined_path, opened_to_read
from qwen_magic.diagnosis.texts.percents import percent_format
from qwen_magic.diagnosis.texts.quantities import dates_and_decimals, format_sign
from qwen_magic.diagnosis.texts.serialised import broken_json, no_match
from qwen_magic.diagnosis.texts.specs import wrong_spec
from qwen_magic.diagnosis.texts.strptime import date_format
from qwen_magic.diagnosis.types.aggregates import aggregate_of_mixed
from qwen_magic.diagnosis.types.containers import mixed_collections
from qwen_magic.diagnosis.types.dicts import default_factory, environment, first_time, nothing_to_remove, one_level_down
from qwen_magic.diagnosis.types.drawing import drawn_at_random
from qwen_magic.diagnosis.types.empties import divided_by_zero, not_in_list, nothing_left
from qwen_magic.diagnosis.types.factories import other_factory
from qwen_magic.diagnosis.types.frozen import no_item_assignment
from qwen_magic.diagnosis.types.hashing import unhashable
from qwen_magic.diagnosis.types.indexing import index_out_of_range
from qwen_magic.diagnosis.types.items import not_subscriptable
from qwen_magic.diagnosis.types.iteration import changed_in_loop, no_length, not_an_iterator, not_iterable
from qwen_magic.diagnosis.types.keys import close_keys, unknown_keys
from qwen_magic.diagnosis.types.limits import no_such_day, out_of_domain, wrong_pattern
from qwen_magic.diagnosis.types.operands import text_and_number, two_texts
from qwen_magic.diagnosis.types.pairs import letters_for_pairs, tuple_of_list
from qwen_magic.diagnosis.types.refused import refused, sought_in_text
from qwen_magic.diagnosis.types.shapes import command_line, not_pairs, type_as_option
from qwen_magic.diagnosis.types.subscripts import wrong_index
from qwen_magic.diagnosis.types.unpacking import wrong_count
from qwen_magic.snapshot import Diagnosis

Rule = Callable[[Evidence], Iterable[Diagnosis]]

RULES: tuple[Rule, ...] = (
    *TABLE_RULES,
    own_class_in_annotation,
    in_class_body,
    flag_without_value,
    counted_in_class,
    not_global,
    unknown_names,
    unbound_local,
    no_match,
    path_for_a_file,
    dump_and_dumps,
    rows_of_a_table,
    broken_json,
    base_not_made,
    defaults_first,
    keyword_as_field,
    frozen_field,
    frozen_in_method,
    no_dataclass_yet,
    record_of_one,
    named_tuple_badly_named,
    order_of_bases,
    left_abstract,
    wrong_result,
    init_returns,
    not_ordered_enough,
    equal_to_others,
    next_without_end,
    member_of_enum,
    members_compared,
    private_name,
    *OBJECT_RULES,
    found_text,
    other_factory,
    module_attributes,
    module_called,
    unknown_attributes,
    missing_modules,
    missing_names,
    pair_in_two,
    lambda_without_parameter,
    called_before_handed_over,
    called_too_early,
    not_spread,
    given_twice,
    mutable_default,
    literal_braces,
    letters_for_pairs,
    used_up,
    compared_by_function,
    super_not_called,
    several_separators,
    one_binding,
    list_as_one_of_many,
    result_for_function,
    inner_not_returned,
    list_for_cache,
    module_as_base,
    pattern_without_names,
    narrow_wrapper,
    method_of_the_class,
    wrong_keyword,
    by_name_or_position,
    missing_arguments,
    lacking_self,
    one_list,
    swapped,
    wrong_labels,
    merge_on_one_side,
    byte_order_mark,
    default_factory,
    not_pairs,
    type_as_option,
    command_line,
    first_time,
    one_level_down,
    close_keys,
    nothing_to_remove,
    environment,
    unknown_keys,
    nothing_under_key,
    joined_path,
    objects_compared,
    sought_in_text,
    text_and_number,
    two_texts,
    mixed_collections,
    aggregate_of_mixed,
    decorated_with_nothing,
    unexpected_none,
    returns_nothing,
    awaited_for_nothing,
    never_awaited,
    not_callable,
    wrong_brackets,
    not_called,
    drawn_at_random,
    not_subscriptable,
    wrong_index,
    tuple_of_list,
    no_item_assignment,
    odd_line,
    wrong_count,
    not_iterable,
    no_length,
    changed_in_loop,
    not_an_iterator,
    not_hashable_any_more,
    dataclass_in_set,
    unhashable,
    index_out_of_range,
    nothing_left,
    divided_by_zero,
    not_in_list,
    not_a_number,
    refused,
    wrong_argument,
    made_of_text,
    another_class,
    months_and_days,
    date_format,
    out_of_domain,
    no_such_day,
    no_such_group,
    wrong_pattern,
    opened_to_read,
    no_such_file,
    wrong_mode,
    closed_file,
    not_text,
    text_for_bytes,
    endless_recursion,
    dates_and_decimals,
    percent_format,
    wrong_spec,
    format_sign,
    not_a_context,
    global_too_late,
    case_takes_all,
    rest_above_others,
    wrong_declaration,
    not_python,
)
