"""Writes a tiny GPT-2 in the GGML format of 2023: a thousand random weights that a library can load."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import Path

END = "<|endoftext|>"


@dataclass(frozen=True)
class TinyGPT2:
    """Its vocabulary is every byte, a few words and the end of a text."""

    context: int = 256
    embedding: int = 16
    heads: int = 2
    layers: int = 2
    words: tuple[str, ...] = ("def", " return", "print")

    @property
    def vocabulary(self) -> list[bytes]:
        return [bytes([i]) for i in range(256)] + [word.encode() for word in (*self.words, END)]

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Shapes by name, the fastest dimension first."""
        n = self.embedding
        shapes: dict[str, tuple[int, ...]] = {
            "model/ln_f/g": (n,),
            "model/ln_f/b": (n,),
            "model/wte": (n, len(self.vocabulary)),
            "model/wpe": (n, self.context),
        }
        for i in range(self.layers):
            shapes |= {f"model/h{i}/{norm}/{part}": (n,) for norm in ("ln_1", "ln_2") for part in "gb"}
            for name, rows, columns in (
                ("attn/c_attn", n, 3 * n),
                ("attn/c_proj", n, n),
                ("mlp/c_fc", n, 4 * n),
                ("mlp/c_proj", 4 * n, n),
            ):
                shapes |= {f"model/h{i}/{name}/w": (rows, columns), f"model/h{i}/{name}/b": (columns,)}
        return shapes

    def header(self) -> bytes:
        numbers = (len(self.vocabulary), self.context, self.embedding, self.heads, self.layers, 0)
        texts = b"".join(struct.pack("<I", len(text)) + text for text in self.vocabulary)
        return b"lmgg" + struct.pack("<7i", *numbers, len(self.vocabulary)) + texts

    def write(self, path: Path) -> Path:
        dice = random.Random(0)  # noqa: S311 # noise, no secret
        with path.open("wb") as file:
            file.write(self.header())
            for name, shape in self.tensors().items():
                count = shape[0] * (shape[1] if len(shape) == 2 else 1)
                # Norms multiply by 1, everything else is noise.
                values = [1.0] * count if name.endswith("/g") else [dice.gauss(0, 0.5) for _ in range(count)]
                file.write(struct.pack(f"<3i{len(shape)}i", len(shape), len(name), 0, *shape) + name.encode())
                file.write(struct.pack(f"<{count}f", *values))
        return path
