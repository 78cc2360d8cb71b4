"""Which files are the user's own, and which came with Python or with a package."""

from __future__ import annotations

import os
import sysconfig
from functools import lru_cache
from pathlib import Path

import IPython

_IPYTHON = str(Path(IPython.__file__).parent) + os.sep
_PACKAGES = frozenset({"site-packages", "dist-packages"})


@lru_cache(maxsize=1)
def _others() -> tuple[str, ...]:
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    # Both may be installed in editable mode, outside of any site-packages.
    packages = (_IPYTHON, str(Path(__file__).parent))
    return tuple(os.path.realpath(path) + os.sep for path in (*standard, *packages))


@lru_cache(maxsize=1024)
def users_file(filename: str) -> bool:
    """Whether this is a Python file that the user can be expected to have written."""
    # "<string>" and "<frozen importlib>" are no files; Cython's .pyx paths lead nowhere.
    if not filename.endswith((".py", ".pyw", ".ipynb", ".ipy")) or not Path(filename).is_file():
        return False
    path = os.path.realpath(filename)
    return not path.startswith(_others()) and not _PACKAGES.intersection(Path(path).parts)


def plumbing(filename: str) -> bool:
    """Whether code of this file only runs other code, so that a traceback is clearer without it."""
    return filename.startswith((_IPYTHON, "<frozen importlib"))
