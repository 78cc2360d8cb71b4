"""Imports of modules that are not there, and of names that are not in them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping

from qwen_magic.checks import modules
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.outline import Outline, Reach
from qwen_magic.checks.spelling import close, hinted
from qwen_magic.language import Words

# Modules that used to be in the standard library, by the version that has them no more.
_REMOVED = {
    "3.12": "asynchat asyncore distutils imp smtpd",
    "3.13": "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr "
    "spwd sunau telnetlib uu xdrlib",
    "3": "ConfigParser Queue StringIO Tkinter cPickle cStringIO urllib2 urlparse commands httplib HTMLParser md5",
    "3.10": "formatter parser symbol",
}
_GONE = {name: version for version, names in _REMOVED.items() for name in names.split()}
# Packages that are installed under another name than they are imported by.
_PACKAGES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "skimage": "scikit-image",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "docx": "python-docx",
    "serial": "pyserial",
}
_POPULAR = ("numpy", "pandas", "matplotlib", "seaborn", "scipy", "sklearn", "torch", "tensorflow", "requests")
_INSTALLS = re.compile(r"^install\b|\b(?:pip3?|conda|mamba|uv|apt|apt-get)\b.*\b(?:install|add)\b")
# Names that moved: where they are now.
_ABSTRACT = re.compile("(Mutable)?(Mapping|Sequence|Set)|Itera(ble|tor)|Callable|Hashable|Sized|Container|Generator")
_MOVED = {
    ("itertools", "izip"): "zip",
    ("itertools", "imap"): "map",
    ("itertools", "ifilter"): "filter",
    ("time", "clock"): "time.perf_counter",
    ("math", "product"): "math.prod",
    ("fractions", "gcd"): "math.gcd",
    ("sklearn.datasets", "load_boston"): "fetch_california_housing",
    ("sklearn", "cross_validation"): "sklearn.model_selection",
    ("scipy", "misc"): "scipy.datasets",
    ("scipy.integrate", "simps"): "scipy.integrate.simpson",
    ("scipy.integrate", "trapz"): "scipy.integrate.trapezoid",
    ("typing", "override"): "typing_extensions.override",
}


def check(outline: Outline, namespace: Mapping[str, object]) -> Iterator[Finding]:
    """What the code imports and cannot."""
    for node in outline.nodes:
        # Who tries an import knows that it may be missing.
        if isinstance(node, ast.Import | ast.ImportFrom) and outline.reach(node) is not Reach.MAYBE:
            yield from _statement(node, outline, namespace)


def successor(module: str, name: str) -> str:
    """Where a name of a module went, if that is known."""
    if module == "collections" and _ABSTRACT.fullmatch(name):
        return f"collections.abc.{name}"
    return _MOVED.get((module, name), "")


def _statement(
    node: ast.Import | ast.ImportFrom, outline: Outline, namespace: Mapping[str, object]
) -> Iterator[Finding]:
    severity = outline.severity(node)
    if isinstance(node, ast.ImportFrom) and node.level:
        if not namespace.get("__package__"):
            words = Words(
                "a notebook has no package to import from with `.`", "笔记本不属于任何包，不能用 `.` 相对导入"
            )
            yield Finding("missing-module", severity, node.lineno, words)
        return
    wanted = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for name in wanted:
        missing = None if _may_come(outline, node) else _missing(name)
        if missing is not None:
            yield Finding("missing-module", severity, node.lineno, missing)
        elif isinstance(node, ast.ImportFrom):
            yield from _members(node, severity)


def _missing(name: str) -> Words | None:
    top, _, rest = name.partition(".")
    if not modules.is_installed(top):
        if top in _GONE:
            version = _GONE[top]
            return Words(f"`{top}` was removed from Python in {version}", f"`{top}` 已在 Python {version} 中移除")
        if top in _PACKAGES:
            package = _PACKAGES[top]
            return Words(
                f"`{top}` is not installed (its package is `{package}`)", f"没有安装 `{top}`（对应的包是 `{package}`）"
            )
        words = Words(f"there is no module `{top}` installed", f"没有安装模块 `{top}`")
        return hinted(words, close(top, [*_POPULAR, *sys.stdlib_module_names]))
    parent = top
    for part in rest.split(".") if rest else ():
        module = modules.loaded(parent)
        # What is not imported yet is not looked into: importing it would run its code.
        if module is None or "__getattr__" in vars(module):
            return None
        if not modules.is_submodule(parent, part):
            words = Words(f"`{parent}` has no module `{part}`", f"`{parent}` 中没有模块 `{part}`")
            return hinted(words, close(part, modules.names(module)))
        parent = f"{parent}.{part}"
    return None


def _members(node: ast.ImportFrom, severity: Severity) -> Iterator[Finding]:
    home = node.module or ""
    if home == "__future__" or (module := modules.loaded(home)) is None:
        return
    for alias in node.names:
        if alias.name != "*" and modules.lacks(module, alias.name):
            words = Words(f"`{home}` has no `{alias.name}` to import", f"`{home}` 中没有可导入的 `{alias.name}`")
            meant = successor(home, alias.name) or close(alias.name, modules.names(module))
            yield Finding("missing-name", severity, alias.lineno or node.lineno, hinted(words, meant))


def _may_come(outline: Outline, node: ast.AST) -> bool:
    """Whether the code installs or writes something first that the import may then find."""
    for other in outline.nodes:
        match other:
            case ast.Constant(value=str() as text) if _INSTALLS.search(text) and outline.before(other, node):
                return True
            case ast.Constant(value="install") | ast.Attribute(attr="meta_path" | "install_aliases"):
                return True
            case ast.Attribute(value=ast.Name(id="sys"), attr="path" | "modules") if outline.before(other, node):
                return True
            case ast.Attribute(attr="chdir") | ast.Constant(value="cd" | "writefile"):
                return True
    return False
