from __future__ import annotations

from rewriting import certain

TIMER = (
    "class Timer:\n    def __enter__(self):\n        return self\n\n    def __exit__(self, *error):\n        pass\n\n"
)
SESSION = TIMER.replace("def __", "async def __a").replace("Timer", "Session")


def test_an_object_is_entered_not_its_class(diagnosed):
    assert certain(diagnosed("with Timer as t:\n    pass", TIMER)) == "with Timer() as t:\n    pass"


def test_what_is_asynchronous_is_entered_with_async(diagnosed):
    cell = "async def main():\n    with Session() as s:\n        return s\n\nawait main()"
    assert certain(diagnosed(cell, SESSION)) == cell.replace("    with", "    async with")
    assert certain(diagnosed("async with Timer():\n    pass", TIMER)) == "with Timer():\n    pass"


def test_a_plain_function_cannot_enter_it(diagnosed):
    found = diagnosed("def main():\n    with Session() as s:\n        return s\n\nmain()", SESSION)
    assert found is None or not found.rewrites


def test_the_exit_is_given_the_error(diagnosed):
    cell = TIMER.replace("(self, *error)", "(self)") + "with Timer():\n    pass"
    assert certain(diagnosed(cell)) == cell.replace("exit__(self)", "exit__(self, exc_type, exc_value, traceback)")


def test_what_is_entered_is_given_back(diagnosed):
    cell = TIMER.replace("return self", "self.start = 3") + "with Timer() as t:\n    print(t.start)"
    assert certain(diagnosed(cell)) == cell.replace("self.start = 3", "self.start = 3\n        return self")
