"""Which parts of the prompt for a repair help the model: its first answer, with and without each of them.

    python benchmarks/prompt_rate.py [--cases FILE.jsonl] [--every N] [--engine MODEL]

Every N-th of the cases of `fix_rate.py` is run up to its failing cell, in one process. Then the model is asked for the
whole cell, greedily, with the prompt as it is and with one part left out of it; an answer counts if it and then the
check run in a forked copy. It prints a line for each prompt, with its length. What the diagnosis and the search make of
such answers is not looked at: this is for choosing words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from diagnosis_rate import Notebook
from table import read

from qwen_magic.engines.loading import EngineSpec, load
from qwen_magic.language import Language
from qwen_magic.notebook.context import capture
from qwen_magic.prompt import Question, messages_for, system_message
from qwen_magic.repair.proposals import ModelProposals
from qwen_magic.snapshot import Failure, NotebookContext
from qwen_magic.tasks import TASKS
from qwen_magic.weights.catalogue import CATALOGUE
from qwen_magic.weights.download import fetch

Prompt = Callable[[NotebookContext, Failure], tuple[NotebookContext, Failure]]

PROMPTS: dict[str, Prompt] = {
    "as it is": lambda context, failure: (context, failure),
    "without variables": lambda context, failure: (replace(context, variables=()), failure),
    "without the hint": lambda context, failure: (context, replace(failure, diagnosis=None)),
    "without the line": lambda context, failure: (context, replace(failure, line=None)),
    "the error alone": lambda context, failure: (
        replace(context, variables=()),
        replace(failure, diagnosis=None, line=None, frame=None),
    ),
}


def main() -> None:
    """Ask and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl", metavar="FILE")
    parser.add_argument("--every", type=int, default=10, help="only every N-th case")
    parser.add_argument("--engine", default="qwen2.5-coder-0.5b", choices=CATALOGUE, help="a model of the catalogue")
    given = parser.parse_args()
    notebook = Notebook()
    path = fetch(CATALOGUE[given.engine])
    engine = load(EngineSpec(given.engine, path, 4096), [system_message(Language.ENGLISH)])
    right, tokens = dict.fromkeys(PROMPTS, 0), dict.fromkeys(PROMPTS, 0)
    cases = list(read(given.cases))[:: given.every]
    for case in cases:
        known = notebook.failed(case)
        language = Language.CHINESE if case["lang"] == "zh" else Language.ENGLISH
        for name, prompt in PROMPTS.items():
            context, failure = prompt(capture(notebook.shell, case["cell"], known), known)
            question = Question(TASKS["fix"], "", language, replace(context, failure=failure))
            answer = ModelProposals(question, lambda: engine, lambda: False).answer(failure)
            tokens[name] += engine.count(messages_for(question, engine))
            right[name] += bool(answer) and notebook.right(answer, case)
    for name, count in right.items():
        print(f"{name:<20} {count} of {len(cases)} right, {tokens[name] / len(cases):.0f} tokens")
    engine.close()


if __name__ == "__main__":
    main()
