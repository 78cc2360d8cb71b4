from __future__ import annotations

import pytest

from qwen_magic import options
from qwen_magic.errors import OptionError
from qwen_magic.options import COMMANDS, VERBS
from qwen_magic.tasks import TASKS


def parse(line):
    return options.parse(line, "%qwen")


def test_a_line_without_a_verb_is_a_question():
    request = parse("why is the sky blue")
    assert (request.verb.name, request.words) == ("ask", "why is the sky blue")


def test_every_task_is_a_verb_with_the_same_options():
    assert all(VERBS[verb].options == options.ASKING for verb in TASKS)


def test_options_stand_before_between_and_behind_the_words():
    for line in ("fix 3 -t 0.5 --seed 7", "fix -t 0.5 --seed 7 3", "fix -t 0.5 3 --seed=7"):
        request = parse(line)
        assert (request.words, request.options["temperature"], request.options["seed"]) == ("3", 0.5, 7)


def test_options_that_are_not_given_are_left_to_the_settings():
    given = parse("hello").options
    assert given["temperature"] is given["max_tokens"] is given["seed"] is given["model"] is given["out"] is None
    assert not any(given[flag] for flag in ("fresh", "no_context", "insert", "replace", "verbose"))


def test_quotes_group_words_and_a_lone_apostrophe_is_text():
    assert parse('edit "use  two spaces"').words == "use  two spaces"
    assert parse("what's wrong here").words == "what's wrong here"


def test_a_question_may_speak_of_other_programs_options():
    assert parse("what does pip install --user -U do").words == "what does pip install --user -U do"
    assert parse("why is x -1 here").words == "why is x -1 here"


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("hi --temprature 3", "no option --temprature", "--temperature"),
        ("fix --wrong", "--wrong", "%qwen fix --help"),
        ("-t -3 hi", "-3 is less than 0", "--help"),
        ("-t warm hi", "invalid number value: 'warm'", "--help"),
        ("--max-tokens 0 hi", "0 is less than 1", "--help"),
        ("--out 1x hi", "'1x' is no Python name", "--help"),
        ("hi --seed", "expected one argument", "--help"),
        ("status quo", "takes no 'quo'", "ask status quo"),
        ("cache of", "There is no %qwen cache of", "on, off, clear, status"),
    ],
)
def test_a_mistake_is_named_with_what_to_do_instead(line, message, hint):
    with pytest.raises(OptionError) as caught:
        parse(line)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_every_verb_has_help():
    for verb in VERBS.values():
        assert parse(f"{verb.name} --help").help
        assert verb.summary in options.parser(verb, "%qwen").format_help()
        assert f"  {verb.name} " in options.overview("%qwen")


def test_the_shell_knows_only_its_own_commands():
    assert options.parse_words(["download", "smollm2-135m"], "qwen-magic", COMMANDS).words == "smollm2-135m"
    with pytest.raises(OptionError, match="donwload"):
        options.parse_words(["donwload"], "qwen-magic", COMMANDS)
