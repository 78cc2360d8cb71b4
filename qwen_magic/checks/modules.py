"""Modules that are there, without importing any that might do something."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import sysconfig
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType

# Importing these opens a window, a browser or a test suite.
_NOISY = frozenset({"antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo", "__main__"})
# Their own `__getattr__` may be asked: it is quick and does nothing to the user's data.
_TRUSTED = frozenset({"numpy", "pandas", "scipy", "matplotlib"})


def is_installed(name: str) -> bool:
    """Whether `import name` finds something; `name` has no dots in it."""
    if name in sys.modules or name in sys.builtin_module_names:
        return sys.modules.get(name, True) is not None
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:  # noqa: BLE001  # a finder of somebody's has broken: it may as well have found it
        return True


def is_submodule(package: str, name: str) -> bool:
    """Whether an imported package has such a module, imported or not."""
    known = sys.modules.get(package)
    if f"{package}.{name}" in sys.modules:
        return True
    if known is None or "__path__" not in vars(known):
        return False
    try:
        return importlib.util.find_spec(f"{package}.{name}") is not None
    except Exception:  # noqa: BLE001  # the same
        return True


def loaded(name: str) -> ModuleType | None:
    """A module to look into: imported already, or of the standard library."""
    found = sys.modules.get(name)
    if found is None and name.partition(".")[0] in sys.stdlib_module_names and _is_standard(name):
        with suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = importlib.import_module(name)
    # Lazy modules are of classes of their own, and import things when asked.
    return found if type(found) is ModuleType else None


def lacks(module: ModuleType, name: str) -> bool:
    """Whether a module certainly has no such name."""
    held = vars(module)
    called = held.get("__name__")
    if name in held or type(called) is not str or called == "__main__":
        return False
    top = called.partition(".")[0]
    if is_submodule(called, name) or (not _is_library(module) and "IPython.extensions.autoreload" in sys.modules):
        return False
    if "__getattr__" not in held:
        # `__class__`, `__dict__` and their like are the module type's.
        return not (name.startswith("__") and name.endswith("__"))
    if top not in _TRUSTED and top not in sys.stdlib_module_names:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            getattr(module, name)
        except AttributeError:
            return True
        except Exception:  # noqa: BLE001  # it knows the name and could not get it
            return False
    return False


def names(module: ModuleType) -> list[str]:
    """The public names in a module."""
    return [name for name in vars(module) if type(name) is str and not name.startswith("_")]


def _is_library(module: ModuleType) -> bool:
    file = vars(module).get("__file__")
    if type(file) is not str:
        return True
    places = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return "site-packages" in file or file.startswith(places)


def _is_standard(name: str) -> bool:
    """Whether a name is the standard library's and not a file of the user's that is called the same."""
    top = name.partition(".")[0]
    if top in _NOISY:
        return False
    with suppress(Exception):
        spec = importlib.util.find_spec(top)
        if spec is not None and spec.origin is not None:
            homes = (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("platstdlib")))
            place = Path(spec.origin)
            inside = any(home in place.parents for home in homes) and "site-packages" not in place.parts
            return spec.origin in ("built-in", "frozen") or inside
    return False
