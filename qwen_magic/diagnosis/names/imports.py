"""ImportError: a module or a name that is called otherwise, has moved, or is not installed."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.names import exports
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.snapshot import Diagnosis

# What must be installed under another name than it is imported by.
DISTRIBUTIONS = {
    "cv2": "opencv-python", "sklearn": "scikit-learn", "PIL": "pillow", "yaml": "pyyaml", "bs4": "beautifulsoup4",
    "dotenv": "python-dotenv", "serial": "pyserial", "Crypto": "pycryptodome", "dateutil": "python-dateutil",
    "skimage": "scikit-image", "fitz": "pymupdf", "docx": "python-docx", "pptx": "python-pptx", "usb": "pyusb",
    "OpenSSL": "pyopenssl", "jwt": "pyjwt", "MySQLdb": "mysqlclient", "psycopg2": "psycopg2-binary",
    "git": "gitpython", "magic": "python-magic", "Bio": "biopython", "wx": "wxpython", "zmq": "pyzmq",
    "attr": "attrs", "jose": "python-jose", "ruamel": "ruamel.yaml", "win32api": "pywin32", "win32com": "pywin32",
    "mpl_toolkits": "matplotlib", "slugify": "python-slugify", "Levenshtein": "levenshtein",
    "community": "python-louvain", "umap": "umap-learn", "faiss": "faiss-cpu",
    "googleapiclient": "google-api-python-client", "telegram": "python-telegram-bot", "discord": "discord.py",
    "snappy": "python-snappy", "ImageHash": "imagehash", "pkg_resources": "setuptools",
    "torch_geometric": "torch-geometric", "sentence_transformers": "sentence-transformers",
    "flask_sqlalchemy": "flask-sqlalchemy", "socks": "pysocks",
}  # fmt: skip
# Modules that Python has renamed or taken out.
MOVED = {
    "urllib2": "urllib.request", "urlparse": "urllib.parse", "ConfigParser": "configparser", "Queue": "queue",
    "cPickle": "pickle", "StringIO": "io", "cStringIO": "io", "Tkinter": "tkinter",
    "tkMessageBox": "tkinter.messagebox", "__builtin__": "builtins", "httplib": "http.client",
    "HTMLParser": "html.parser", "thread": "_thread", "copy_reg": "copyreg", "imp": "importlib",
    "SocketServer": "socketserver", "commands": "subprocess", "sets": "builtins", "xmlrpclib": "xmlrpc.client",
    "dummy_thread": "_dummy_thread", "pipes": "shlex", "md5": "hashlib", "sha": "hashlib",
}  # fmt: skip
# Names that have moved, or are builtin today: "" needs no import.
RENAMED = {
    ("itertools", "izip"): ("", "zip"), ("itertools", "imap"): ("", "map"), ("itertools", "ifilter"): ("", "filter"),
    ("itertools", "izip_longest"): ("itertools", "zip_longest"), ("string", "maketrans"): ("", "str.maketrans"),
    ("urllib", "urlencode"): ("urllib.parse", "urlencode"), ("urllib", "quote"): ("urllib.parse", "quote"),
    ("urllib", "urlopen"): ("urllib.request", "urlopen"), ("fractions", "gcd"): ("math", "gcd"),
    ("time", "clock"): ("time", "perf_counter"), ("inspect", "getargspec"): ("inspect", "getfullargspec"),
    ("sklearn.cross_validation", "train_test_split"): ("sklearn.model_selection", "train_test_split"),
    ("sklearn.externals", "joblib"): ("", "joblib"),
    ("sklearn.preprocessing", "Imputer"): ("sklearn.impute", "SimpleImputer"),
    ("scipy.misc", "imread"): ("imageio", "imread"), ("scipy.misc", "comb"): ("scipy.special", "comb"),
    ("scipy.misc", "factorial"): ("scipy.special", "factorial"),
    ("scipy.integrate", "simps"): ("scipy.integrate", "simpson"),
    ("scipy.integrate", "trapz"): ("scipy.integrate", "trapezoid"),
    ("scipy.integrate", "cumtrapz"): ("scipy.integrate", "cumulative_trapezoid"),
}  # fmt: skip
_KNOWN = ("numpy", "pandas", "matplotlib", "seaborn", "sklearn", "scipy", "requests", "torch", "tensorflow", "plotly")


def _statement(step: Step | None) -> ast.Import | ast.ImportFrom | None:
    statement = step.statement if step is not None else None
    return statement if isinstance(statement, (ast.Import, ast.ImportFrom)) else None


def missing_modules(evidence: Evidence) -> Iterator[Diagnosis]:
    """A module that is misspelt, has moved or is not installed."""
    error, step = evidence.error, evidence.last
    statement = _statement(step)
    if not isinstance(error, ModuleNotFoundError) or step is None or statement is None or not error.name:
        return
    name, top = error.name, error.name.partition(".")[0]
    if isinstance(statement, ast.ImportFrom) and (found := _renamed(evidence, step, statement)):
        yield found
        return
    if name in MOVED and importlib.util.find_spec(MOVED[name].partition(".")[0]):
        yield _said(
            evidence, step, statement, name, [MOVED[name]], certain=MOVED[name] != "builtins" and name[0] != "i"
        )
        return
    if "." in name and top in sys.modules:
        parent = sys.modules.get(name.rpartition(".")[0])
        near = _submodules(parent, name.rpartition(".")[2]) if parent is not None else []
        if near:
            meant = [f"{name.rpartition('.')[0]}.{part}" for part in near]
            yield _said(evidence, step, statement, name, meant, certain=len(near) == 1)
        elif shadow := _shadow(top):
            yield shadow
        return
    near = close(top, _importable(), 5, 0.7) if top not in DISTRIBUTIONS else []
    sure = only_slip(top, near, plural=True)
    if near and (sure or top not in _KNOWN):
        near = [sure, *(other for other in near if other != sure)] if sure else near
        yield _said(evidence, step, statement, top, near[:4], certain=sure in (*_KNOWN, *exports.STANDARD))
    if sure is None:
        yield _install(name, top)


def _install(name: str, top: str) -> Diagnosis:
    package = DISTRIBUTIONS.get(top, top)
    otherwise = f"; its package is called {package}" if package != top else ""
    return diagnosis(
        "import-install",
        (
            f"`{name}` is not installed here{otherwise}.",
            f"这里没有安装 `{name}`{'，它的包名是 ' + package if otherwise else ''}。",
        ),
        (f"Run `%pip install {package}` in a cell of its own.", f"在单独的单元格里运行 `%pip install {package}`。"),
    )


@cache
def _importable() -> tuple[str, ...]:
    """All modules that could be imported."""
    installed = [name for name in packages_distributions() if name.isidentifier()]
    return tuple(name for name in dict.fromkeys([*sys.stdlib_module_names, *installed]) if not name.startswith("_"))


def _submodules(parent: ModuleType, name: str) -> list[str]:
    found = [path for root in list(vars(parent).get("__path__", []))[:1] for path in Path(str(root)).iterdir()]
    names = [path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").is_file()]
    sure = only_slip(name, names)
    return [sure] if sure else close(name, names, 3, 0.6)


def _shadow(top: str) -> Diagnosis | None:
    """A file of the user's that hides a library of the same name."""
    module = sys.modules.get(top)
    file = str(vars(module).get("__file__") or "") if module is not None else ""
    if not file or Path(file).parent != Path.cwd() or (top not in sys.stdlib_module_names and top not in _KNOWN):
        return None
    return diagnosis(
        "import-shadow",
        (
            f"Your own file {Path(file).name} hides the library `{top}`.",
            f"你自己的文件 {Path(file).name} 挡住了库 `{top}`。",
        ),
        (f"Rename {Path(file).name} and restart the kernel.", f"把 {Path(file).name} 改名，然后重启内核。"),
    )


def _said(
    evidence: Evidence, step: Step, node: ast.Import | ast.ImportFrom, name: str, meant: list[str], *, certain: bool
) -> Diagnosis:
    text = evidence.source(step, node)
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    bare = isinstance(node, ast.Import) and any(alias.name == name and not alias.asname for alias in node.names)
    cells = []
    for other in meant:
        # The rest of the cell goes on using the name that it was imported by.
        instead = f"{other} as {name}" if bare and (other.startswith(("urllib.", "io")) or "." in other) else other
        uses: list[tuple[ast.AST, str]] = []
        if bare and instead == other:
            named = (part for part in ast.walk(step.tree) if isinstance(part, ast.Name) and part.id == name)
            uses = [(part, other) for part in named]
        cells.append(changed(evidence, step, [(node, word.sub(instead, text, count=1)), *uses]))
    choices = " / ".join(f"`{other}`" for other in meant[:3])
    cause = (f"There is no module `{name}`; it is called {choices}.", f"没有模块 `{name}`，正确的名字是 {choices}。")
    if not certain:
        cause = (
            f"There is no module `{name}`; close names are {choices}.",
            f"没有模块 `{name}`，相近的名字有 {choices}。",
        )
    hint = (f"Import {choices} instead of `{name}`.", f"把 `{name}` 改成 {choices}。")
    return diagnosis("import-name", cause, hint, cells, certain=certain)


def _renamed(evidence: Evidence, step: Step, node: ast.ImportFrom) -> Diagnosis | None:
    """An import of names that are known to have moved."""
    known = [RENAMED.get((node.module or "", alias.name)) for alias in node.names]
    if len(known) != 1 or known[0] is None:
        return None
    (module, name), alias = known[0], node.names[0]
    bound = alias.asname or alias.name
    statement = f"from {module} import {name}" if module else ""
    if module and name != bound:
        statement += f" as {bound}"
    elif not module:
        statement = f"import {name}" if name == "joblib" else f"{bound} = {name}"
    cause = (f"`{alias.name}` is no longer in `{node.module}`.", f"`{alias.name}` 已经不在 `{node.module}` 里了。")
    hint = (f"Write `{statement}`.", f"写成 `{statement}`。")
    return diagnosis("import-moved", cause, hint, [evidence.replaced(step, node, statement)], certain=True)


def missing_names(evidence: Evidence) -> Iterator[Diagnosis]:
    """`from module import name` of a name that it does not have."""
    error, step = evidence.error, evidence.last
    node = _statement(step)
    found = re.match(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'", evidence.message)
    if step is None or not isinstance(error, ImportError) or not isinstance(node, ast.ImportFrom) or not found:
        return
    name, module = found[1], sys.modules.get(found[2])
    if shadow := _shadow(found[2].partition(".")[0]):
        yield shadow
        return
    if renamed := _renamed(evidence, step, node):
        yield renamed
        return
    held: dict[str, Any] = vars(module) if module is not None else {}
    names = [other for other in held if not other.startswith("_")]
    with suppress(OSError):
        names += _submodules(module, name) if module is not None else []
    sure = only_slip(name, names)
    text = evidence.source(step, node)
    word = re.compile(rf"(?<![\w.]){name}(?!\w)(?!.*\bimport\b)", re.DOTALL)
    others = exports.standard().get(name, ()) or exports.packaged(name)
    elsewhere = [origin.module for origin in others if origin.module != node.module] if sure is None else []
    near = [sure] if sure else [] if elsewhere else close(name, names, 4, 0.6)
    uses = [part for part in ast.walk(step.tree) if isinstance(part, ast.Name) and part.id == name]
    renaming = not any(alias.asname for alias in node.names if alias.name == name)
    cells = [
        changed(evidence, step, [(node, word.sub(other, text)), *((use, other) for use in uses if renaming)])
        for other in near
    ]
    if elsewhere and len(node.names) == 1:
        cells += [evidence.replaced(step, node, text.replace(str(node.module), other, 1)) for other in elsewhere[:3]]
    if near or elsewhere:
        choices = " / ".join(
            f"`{other}`" for other in (near or [f"from {other} import {name}" for other in elsewhere])[:3]
        )
        cause = (f"`{found[2]}` has no `{name}`.", f"`{found[2]}` 里没有 `{name}`。")
        hint = (f"Import {choices} instead.", f"改为导入 {choices}。")
        certain = sure is not None or len(elsewhere) == 1
        yield diagnosis("import-member", cause, hint, cells, certain=certain)
