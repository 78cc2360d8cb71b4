"""Where a name comes from: the modules that have it, without running anything of the user's."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING

# The modules of the standard library that notebooks use; where two have a name, the likelier one comes first.
STANDARD = [
    "collections", "math", "random", "datetime", "time", "itertools", "functools", "dataclasses", "pathlib",
    "statistics", "decimal", "fractions", "enum", "copy", "heapq", "bisect", "contextlib", "string", "pprint",
    "json", "re", "os", "os.path", "glob", "shutil", "csv", "io", "operator", "abc", "collections.abc",
    "typing", "sys", "textwrap", "types", "calendar", "tempfile", "pickle", "zipfile", "logging", "inspect",
    "timeit", "sqlite3", "struct", "numbers", "cmath", "array", "queue", "unicodedata", "html", "base64",
    "gzip", "zlib", "configparser", "argparse", "platform", "getpass", "locale", "difflib", "warnings",
    "traceback", "threading", "subprocess", "concurrent.futures", "urllib.request", "urllib.parse",
    "urllib.error", "uuid", "secrets", "hashlib", "asyncio", "xml.etree.ElementTree", "importlib.metadata",
]  # fmt: skip
# Names that are everybody's for one thing, and what is called otherwise when it is imported.
ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "sp": "scipy",
    "sm": "statsmodels.api",
    "smf": "statsmodels.formula.api",
    "tf": "tensorflow",
    "pl": "polars",
    "px": "plotly.express",
    "go": "plotly.graph_objects",
    "nx": "networkx",
    "xr": "xarray",
    "dd": "dask.dataframe",
    "st": "streamlit",
    "cv": "cv2",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "ET": "xml.etree.ElementTree",
    "dt": "datetime",
    "mp": "multiprocessing",
}
# Where two modules have a name, these are only asked if no other has it: their names are everybody's words, or copies.
_LAST = frozenset({
    "typing", "collections.abc", "asyncio", "operator", "os", "sys", "cmath", "types", "array", "secrets",
    "zipfile", "logging", "shutil", "html", "unicodedata", "inspect", "numbers", "platform", "locale",
})  # fmt: skip
_THIRD_PARTY = ("numpy", "pandas", "matplotlib", "seaborn", "sklearn", "scipy", "bs4", "PIL", "tqdm", "requests")
_FILES = 80


@dataclass(frozen=True, slots=True)
class Origin:
    """A module, or a name in one, and the import that makes a name of it."""

    statement: str
    module: str
    value: Any = MISSING


def installed(module: str) -> bool:
    """Whether it could be imported."""
    if module in sys.modules:
        return sys.modules[module] is not None
    with suppress(ImportError, ValueError, AttributeError):
        # find_spec("a.b") imports a.
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    return False


def public(module: ModuleType) -> dict[str, Any]:
    """What a module is there for, without the modules it happens to import."""
    held = vars(module)
    names = held.get("__all__")
    names = names if isinstance(names, (list, tuple)) else [name for name in held if not name.startswith("_")]
    # typing and others make some of their names when they are asked for.
    found = {name: held[name] if name in held else getattr(module, name, MISSING) for name in names}
    return {name: value for name, value in found.items() if not isinstance(value, ModuleType)}


@cache
def standard() -> Mapping[str, tuple[Origin, ...]]:
    """Every public name of the standard modules, with its origins."""
    index: dict[str, list[Origin]] = {}
    for name in STANDARD:
        with suppress(ImportError):
            for key, value in public(import_module(name)).items():
                known = index.setdefault(key, [])
                if all(origin.value is not value for origin in known):
                    known.append(Origin(f"from {name} import {key}", name, value))
    for key, origins in index.items():
        first = [origin for origin in origins if origin.module not in _LAST]
        index[key] = first or origins[:1]
    return {key: tuple(origins) for key, origins in index.items()}


def alias_import(name: str) -> str:
    """The import that everybody writes for a name like `np`; empty for other names."""
    package, _, last = ALIASES.get(name, "").rpartition(".")
    if last and last == name:
        return f"from {package} import {last}"
    return f"import {ALIASES[name]} as {name}" if last else ""


def origins(name: str, fits: Callable[[Any], bool]) -> list[Origin]:
    """What a name could be imported from so that it can be used as it is used."""
    found: list[Origin] = []
    alias = ALIASES.get(name, "")
    if alias and installed(alias):
        return [Origin(alias_import(name), alias, sys.modules.get(alias, MISSING))]
    if name in STANDARD or name in sys.stdlib_module_names or (name in _THIRD_PARTY and installed(name)):
        module = _module(name)
        if module is not MISSING and fits(module):
            found.append(Origin(f"import {name}", name, module))
    for package, _, last in (module.rpartition(".") for module in STANDARD):
        if package and last == name and fits(module := _module(f"{package}.{name}")):
            found.append(Origin(f"from {package} import {name}", f"{package}.{name}", module))
    found += [origin for origin in standard().get(name, ()) if origin.value is MISSING or fits(origin.value)]
    return found


def _module(name: str) -> Any:
    if name not in STANDARD:
        return sys.modules.get(name, MISSING)
    with suppress(ImportError):
        return import_module(name)
    return MISSING


def held(namespace: Mapping[str, Any], name: str) -> Iterator[tuple[str, Origin]]:
    """The modules that the notebook has imported which have the name, and what the notebook calls them."""
    for alias, module in list(namespace.items()):
        if type(module) is ModuleType and not alias.startswith("_") and name in vars(module):
            yield alias, Origin(f"import {module.__name__} as {alias}", module.__name__, vars(module)[name])


@cache
def packaged(name: str) -> tuple[Origin, ...]:
    """Where installed libraries of data science have a name: read from their files, which costs no import."""
    found = []
    for package in _THIRD_PARTY:
        module = sys.modules.get(package)
        # Everybody's words are in some library, too.
        spelled = name[:1].isupper() or "_" in name or name == package
        if module is not None and name in vars(module) and not isinstance(vars(module)[name], ModuleType):
            found.append(Origin(f"from {package} import {name}", package, vars(module)[name]))
        elif spelled and package in ("sklearn", "scipy", "bs4", "PIL", "tqdm", "seaborn"):
            found += [Origin(f"from {where} import {name}", where) for where in _files_with(package, name)]
    return tuple(found)


def _files_with(package: str, name: str) -> Iterator[str]:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return
    root = Path(next(iter(spec.submodule_search_locations)))
    if package == "PIL":
        # Its modules are called like the class that is in them.
        yield from ([package] if (root / f"{name}.py").is_file() and name[:1].isupper() else [])
        return
    word = re.compile(rf"^[^#\n]*?(?:import\b.*\b|[\"'\s,]){name}\b", re.MULTILINE)
    for path in [root / "__init__.py", *sorted(root.glob("[!_]*/__init__.py"))[:_FILES]]:
        with suppress(OSError, UnicodeError, SyntaxError):
            text = path.read_text(encoding="utf-8")
            if name in text and word.search(text) and name in _declared(text):
                yield package if path.parent == root else f"{package}.{path.parent.name}"


def _declared(text: str) -> set[str]:
    """The names that a module's `__all__` says it has, or that it imports from its own files."""
    names: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.List, ast.Tuple)):
            constants = (element for element in node.value.elts if isinstance(element, ast.Constant))
            names |= {str(element.value) for element in constants}
    return names
