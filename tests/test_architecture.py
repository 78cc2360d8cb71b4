"""The lines that the design draws: which way imports run, how light they are, what is public."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qwen_magic

PACKAGE = Path(qwen_magic.__file__).parent

# What may import what: a layer sees itself and the layers before it, domain and adapters only as said.
DOMAIN = {
    *("settings", "messages", "language", "snapshot", "reply", "chat_template", "tasks", "conversation", "prompt"),
    *("edits", "examples", "frontend", "recipes", "trial"),
}
PACKAGES = ("errors", "diagnosis", "checks", "notebook", "weights", "engines", "page", "renderers", "repair")
USE_CASES = (
    *("assistant", "openings", "repairer", "review", "reviewer", "revision", "targets", "wanted"),
    *("cases", "docstrings", "documentation", "salvage", "suite", "type_hints"),
)
ALLOWED = {
    "errors": set(),
    "domain": {"errors"},
    "diagnosis": {"errors", "domain"},
    "checks": {"errors", "domain", "diagnosis"},
    "notebook": {"errors", "domain", "diagnosis"},
    "weights": {"errors", "domain"},
    "engines": {"errors", "domain"},
    "page": {"errors", "domain"},
    "renderers": {"errors", "domain", "weights", "page"},
    "repair": {"errors", "domain", "engines"},
    "use case": {"errors", "domain", "diagnosis", "checks", "engines", "renderers", "repair"},
    "faces": {"domain", "use case", *PACKAGES},
}
HEAVY = {
    "anywidget",
    "ipywidgets",
    "llama_cpp",
    "ctransformers",
    "numpy",
    "huggingface_hub",
    "jinja2",
    "pandas",
    "httpx",
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def layer(module):
    top = module.split(".")[0]
    if top in PACKAGES:
        return top
    if top in USE_CASES:
        return "use case"
    return "domain" if top in DOMAIN else "faces"


def imports(module):
    """The modules of ours that one imports, also inside functions and for type checking."""
    path = PACKAGE / (module.replace(".", "/") + ".py")
    path = path if path.exists() else PACKAGE / module.replace(".", "/") / "__init__.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qwen_magic"):
            base = (node.module or "").removeprefix("qwen_magic").lstrip(".")
            for alias in node.names:
                name = f"{base}.{alias.name}".lstrip(".")
                if name in ALL:
                    yield name
                elif base:
                    yield base


ALL = set(modules())


@pytest.mark.parametrize("module", sorted(ALL - {"__init__"}))
def test_imports_run_one_way(module):
    own = layer(module)
    wrong = {name for name in imports(module) if layer(name) not in ALLOWED[own] | {own}}
    assert not wrong, f"{module} ({own}) may not import {sorted(wrong)}"


def test_engines_do_not_import_each_other():
    engines = {f"engines.{name}" for name in ("llamacpp", "bundled", "local", "recorded", "scripted")}
    for engine in engines:
        assert not (set(imports(engine)) & engines - {engine}), engine


@pytest.mark.parametrize("statement", ["import qwen_magic", "import qwen_magic.magics"])
def test_loading_the_extension_loads_no_engine_and_no_widgets(statement):
    code = f"import sys, IPython\nbefore = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "qwen_magic" in loaded
    assert not HEAVY & {name.split(".")[0] for name in loaded}


def test_the_public_names():
    assert qwen_magic.__all__ == ["__version__", "load_ipython_extension", "unload_ipython_extension"]


def test_modules_and_functions_stay_small():
    for module in ALL - {"__init__"}:
        path = PACKAGE / (module.replace(".", "/") + ".py")
        path = path if path.exists() else PACKAGE / module.replace(".", "/") / "__init__.py"
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= 280, module
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, f"{module}.{node.name}"
