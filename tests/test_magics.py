from __future__ import annotations

import signal
import threading
from types import SimpleNamespace

import pytest

from qwen_magic.engines.answers import Answers
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.reply import Finish

ANSWER = "Use sum:\n```python\ntotal = sum([1, 2])\n```\nand print it:\n```python\nprint(total)\n```\n"


@pytest.fixture
def engine():
    return ScriptedEngine(ANSWER)


@pytest.fixture
def run(shell, engine, answering, capsys):
    """Runs a cell in a shell where `engine` answers, and gives what it printed."""
    answering(engine)

    def run(cell):
        shell.run_cell(cell, store_history=True)
        return capsys.readouterr().out

    return run


@pytest.fixture
def inserted(shell, monkeypatch):
    """What the shell was asked to put into the notebook: (code, replace)."""
    calls = []
    monkeypatch.setattr(shell, "set_next_input", lambda code, replace=False: calls.append((code, replace)))
    return calls


def asked(engine):
    """The user's message that the model saw last."""
    return engine.prompts[-1][-1].content


def test_a_cell_is_a_question(run, engine):
    printed = run("%%qwen\nHow do I add numbers?")
    assert asked(engine) == "How do I add numbers?"
    assert ANSWER.strip() in printed


def test_words_on_the_line_open_the_question(run, engine):
    run("%%qwen In one sentence:\nwhy?")
    assert asked(engine) == "In one sentence:\n\nwhy?"


def test_doctests_keep_their_prompts(run, engine):
    run("%%qwen code\nWrite total(xs).\n\n>>> total([1, 2])\n3")
    assert ">>> total([1, 2])\n3" in asked(engine)


@pytest.mark.parametrize("line", ["how do I sort a list?", "what is {}?", "what's this?", "why -1 or --user?"])
def test_a_line_is_a_question_as_it_is_typed(run, engine, line):
    run(f"%qwen {line}")
    assert asked(engine) == line


def test_the_answer_is_kept(run, shell):
    run("%%qwen --seed 5 --out answer\nadd")
    reply = shell.user_ns["_qwen"]
    assert reply is shell.user_ns["answer"]
    assert (reply.text, reply.seed, reply.model) == (ANSWER, 5, "scripted")
    assert [b.code for b in reply.code_blocks] == ["total = sum([1, 2])\n", "print(total)\n"]


def test_without_a_seed_one_is_drawn_and_kept(run, shell, engine):
    seeds = []
    for _ in range(2):
        run("%qwen add")
        seeds.append(shell.user_ns["_qwen"].seed)
    assert seeds == [s.seed for s in engine.samplings]
    assert seeds[0] != seeds[1]


def test_options_and_settings_reach_the_engine(run, engine):
    run("%config QwenSettings.top_k = 3")
    run("%%qwen -t 0.7 --max-tokens 9\nadd")
    sampling = engine.samplings[-1]
    assert (sampling.temperature, sampling.max_tokens, sampling.top_k) == (0.7, 9, 3)


def test_several_blocks_become_one_new_cell(run, inserted):
    run("%%qwen --insert\nadd")
    assert inserted == [("total = sum([1, 2])\n\nprint(total)", False)]


def test_replace_takes_the_place_of_the_cell(run, engine, inserted):
    engine._replies = ["```python\ntotal = sum([1, 2])\n```"]
    run("%%qwen fix --replace\ntotal = suum([1, 2])")
    assert inserted == [("total = sum([1, 2])", True)]


def test_a_fix_that_changes_nothing_is_never_put_into_the_notebook(run, engine, inserted):
    engine._replies = ["```python\n1 / 0\n\n```"]
    printed = run("%%qwen fix --plain --replace\n1 / 0")
    assert printed.count("The code is the same as before") == 2
    assert inserted == []


def test_an_answer_without_code_inserts_nothing_and_says_so(run, shell, engine, inserted):
    engine._replies = ["Only words."]
    assert "There is no code in the answer" in run("%%qwen --insert\nhello")
    assert inserted == []
    assert shell.user_ns["_qwen"].text == "Only words."


def test_fix_takes_the_last_failure(run, engine):
    run("ages = ['31']\nages[0] >= 18")
    run("%qwen fix --plain")
    prompt = asked(engine)
    assert "ages[0] >= 18" in prompt
    assert "TypeError: '>=' not supported between instances of 'str' and 'int'" in prompt
    assert "ages: list = ['31']" in prompt


def test_fix_on_top_of_the_failing_cell_finds_its_failure(run, engine):
    run("1 / 0")
    run("x = y")
    run("%%qwen fix --plain\n1 / 0\n")
    assert "ZeroDivisionError" in asked(engine)


def test_fix_of_a_cell_that_never_ran_shows_no_error(run, engine):
    run("x = y")
    run("%%qwen fix --plain\nprint(z)")
    assert "NameError" not in asked(engine)


@pytest.mark.parametrize("verb", ["fix", "explain"])
def test_a_cell_can_be_named_by_its_number(run, engine, verb):
    run("first = 1 / 0")
    run("second = y")
    run(f"%qwen {verb} --plain 1")
    assert "ZeroDivisionError" in asked(engine)


def test_explain_of_a_cell_that_did_not_fail_explains_its_code(run, engine):
    run("x = 1")
    run("%qwen explain 1")
    assert "x = 1" in asked(engine)
    assert "error" not in asked(engine)


def test_a_syntax_error_can_be_fixed(run, engine):
    run("for i in range(3)\n    print(i)")
    run("%qwen fix --plain")
    assert "SyntaxError: expected ':'" in asked(engine)
    assert "Line 1: for i in range(3)" in asked(engine)


def test_fix_of_a_certain_failure_needs_no_model(run, engine, inserted):
    run("stock = {'apple': 3}")
    run("price = stock['aple']")
    printed = run("%qwen fix --replace")
    assert inserted == [("price = stock['apple']", True)]
    assert "certain" in printed
    assert engine.prompts == []


def test_fix_on_top_of_a_cell_that_never_ran_tries_it_in_a_copy(run, shell, inserted):
    run("stock = {'apple': 3}\nsold = []")
    run("%%qwen fix --replace\nsold.append(stock['aple'])")
    assert inserted == [("sold.append(stock['apple'])", True)]
    assert shell.user_ns["sold"] == []


def test_a_fix_that_does_not_work_is_never_put_into_the_notebook(run, engine, inserted):
    engine._replies = ["No idea."]
    run("raise RuntimeError('why not')")
    assert "There is no code in the answer" in run("%qwen fix --insert")
    assert inserted == []


def test_code_is_tried_with_the_examples_of_the_request(run, engine, shell):
    engine._replies = ["```python\ndef half(x):\n    return x / 2\n```"]
    assert "3 of 3 examples hold" in run("%%qwen code\nhalf(3) == 1.5, half(4) == 2, half(0) == 0")
    assert shell.user_ns["_qwen"].badge == "verified"
    assert "half" not in shell.user_ns


def test_plain_answers_are_neither_checked_nor_tried(run, engine, shell):
    engine._replies = ["```python\nnonsense(\n```"]
    printed = run("%%qwen code --plain\nhalf(3) == 1.5")
    assert "line 1" not in printed
    assert shell.user_ns["_qwen"].badge is None


def test_doc_puts_documentation_into_the_cell_and_nothing_else(run, engine, inserted):
    engine._replies = ['```python\ndef half(x: float) -> float:\n    """Half of x."""\n    return 0\n```\n']
    printed = run("%%qwen doc --replace\ndef half(x):\n    return x / 2   # exactly")
    assert inserted == [('def half(x: float) -> float:\n    """Half of x."""\n    return x / 2   # exactly', True)]
    assert "The cell with this documentation" in printed
    assert printed.count("return 0") == 1  # what was streamed is not shown again


def test_doc_that_has_nothing_to_add_is_never_put_into_the_notebook(run, engine, inserted):
    engine._replies = ["```python\ndef half(x: nothing):\n    return 0\n```"]
    assert run("%%qwen doc --replace\ndef half(x):\n    return x / 2").count("The code is the same as before") == 2
    assert inserted == []


def test_tests_are_few_and_those_of_the_answer_are_run(run, engine, shell):
    engine._replies = ["```python\nimport pytest\n\n\ndef test_half_of_three():\n    assert half(3) == 1.5\n```"]
    assert "1 of 1 tests pass" in run("%%qwen test\ndef half(x):\n    return x / 2")
    assert engine.samplings[-1].max_tokens == 256
    run("%%qwen test --max-tokens 500\ndef half(x):\n    return x / 2")
    assert engine.samplings[-1].max_tokens == 500


def test_edit_says_what_to_change(run, engine):
    run('%%qwen edit "call it add"\ndef f(a, b): return a + b')
    first = engine.prompts[0][-1].content
    assert "def f(a, b)" in first
    assert first.endswith("call it add")


def test_braces(run, engine):
    run("name = 'Ada'")
    run("1 / 0")
    run("%%qwen\nhello {name}, {In[1]}, {nobody}, {}, {'a': 1}, f'{x!r}'")
    assert "hello Ada, name = 'Ada'" in asked(engine)
    assert ", {nobody}, {}, {'a': 1}, f'{x!r}'" in asked(engine)
    run("%%qwen\nwhat is {Err[2]}")
    assert "ZeroDivisionError: division by zero" in asked(engine)


def test_no_context_tells_nothing_about_the_notebook(run, engine):
    run("secret = 42")
    run("%%qwen --no-context\nwhat is secret")
    assert asked(engine) == "what is secret"
    run("%%qwen\nwhat is secret")
    assert "secret: int = 42" in asked(engine)


def test_verbose_shows_the_exact_prompt_and_its_size(run, engine):
    printed = run("%%qwen --verbose\nhello there")
    assert engine.render(engine.prompts[-1]) in printed
    assert f"{engine.count(engine.prompts[-1])} tokens" in printed


def test_asking_again_from_the_same_cell_replaces_the_turn(run, shell, monkeypatch):
    run("%config QwenSettings.renderer = 'text'")
    cell = {"cellId": "a"}
    monkeypatch.setattr(shell, "kernel", SimpleNamespace(get_parent=lambda: {"metadata": cell}), raising=False)
    run("%qwen one")
    run("%qwen one, in other words")
    assert "1 turn" in run("%qwen status")
    cell["cellId"] = "b"
    run("%qwen two")
    assert "2 turns" in run("%qwen status")
    assert "Forgot 2 turns" in run("%qwen reset")
    assert "0 turns" in run("%qwen status")


def test_two_questions_in_one_cell_are_two_turns(run, engine):
    run("%qwen one\n%qwen two")
    assert "2 turns" in run("%qwen status")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%qwen fix", "No cell has failed yet"),
        ("%qwen doc", "There is no code to work on"),
        ("%%qwen\n \n", "There is no question"),
        ("%qwen fix 99", "There is no In[99]"),
        ("%qwen --wrong hi", "Unrecognized arguments: --wrong"),
        ("%%qwen status\nhello", "takes no cell"),
        ("%qwen model nowhere", "No model is called 'nowhere'"),
        ("%qwen help me", "There is no verb 'me'"),
        ("%qwen cache empty", "There is no %qwen cache empty"),
    ],
)
def test_errors_are_two_lines_without_a_traceback(run, shell, cell, said):
    printed = run(cell)
    assert said in printed
    assert "Traceback" not in printed
    assert len(printed.strip().splitlines()) <= 2


def test_an_error_of_ours_is_no_failure_to_fix(run):
    run("%qwen fix 99")
    assert "No cell has failed yet" in run("%qwen fix")


def test_help(run):
    assert "repair a cell that failed" in run("%qwen")
    assert "--max-tokens" in run("%qwen fix --help")
    assert "--max-tokens" in run("%%qwen explain --help\nx")
    assert "qwen_magic 0" in run("%qwen version")
    assert "smollm2-135m" in run("%qwen models")


def test_an_interrupt_keeps_the_answer_and_stops_the_cell(run, shell, engine, monkeypatch):
    monkeypatch.setattr(engine, "delay", 0.02)
    engine._replies = ["word " * 1000]
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    printed = run("%qwen go on\nreached = True")
    timer.join()
    assert "the answer was stopped" in printed
    assert "reached" not in shell.user_ns
    assert shell.user_ns["_qwen"].text.startswith("word")
    assert shell.user_ns["_qwen"].usage.finish is Finish.INTERRUPTED


def test_an_interrupt_while_the_model_loads_has_no_traceback(run, shell):
    def load(model):
        raise KeyboardInterrupt

    shell.find_line_magic("qwen").__self__.session.engine = load
    printed = run("%qwen go on")
    assert "KeyboardInterrupt: the question was stopped" in printed
    assert "Traceback" not in printed


def test_the_cache_is_switched_emptied_and_looked_at(run, shell, tmp_path):
    answers = Answers(tmp_path / "answers.sqlite3")
    magics = shell.find_line_magic("qwen").__self__
    magics.session.models.answers = answers
    answers.put("a", 1)
    assert "cache" not in run("%qwen status")
    assert "The cache is off." in run("%qwen cache")
    printed = run("%qwen cache on")
    assert magics.settings.cache
    assert "The cache is on." in printed
    assert "1 result, 0.0 MB" in printed
    assert str(answers.path) in printed
    assert "1 result, 0.0 MB" in run("%qwen status")
    assert "0 results" in run("%qwen cache clear")
    answers.path.write_bytes(b"no database" * 1000)
    assert "last trouble: file is not a database" in run("%qwen cache status")
    run("%qwen cache off")
    assert not magics.settings.cache


def test_unloading_takes_everything_back(shell, monkeypatch):
    monkeypatch.setenv("QWEN_MAGIC_MODEL", "scripted:")
    before = [len(callbacks) for callbacks in shell.events.callbacks.values()]
    shell.run_line_magic("load_ext", "qwen_magic")
    assert "Err" in shell.user_ns
    shell.run_line_magic("unload_ext", "qwen_magic")
    assert "Err" not in shell.user_ns
    assert shell.find_line_magic("qwen") is None
    assert [len(callbacks) for callbacks in shell.events.callbacks.values()] == before
    assert not any(type(c).__name__ == "QwenSettings" for c in shell.configurables)
