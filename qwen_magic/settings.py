"""Every setting, once: `%config QwenSettings`, ipython_config.py and the environment read these."""

from __future__ import annotations

import os

from traitlets import Bool, Enum, Float, Int, Unicode, default
from traitlets.config import Configurable

DEFAULT_MODEL = "qwen2.5-coder-0.5b"


class QwenSettings(Configurable):
    """Settings of the %qwen magics."""

    model = Unicode(
        help="Catalogue name, path of a local GGUF or GGML file, or `repo_id:file` on the Hugging Face hub. "
        "The environment variable QWEN_MAGIC_MODEL changes the default."
    ).tag(config=True)
    model_type = Unicode(
        "", help="Architecture of a GGML .bin file, which does not say it itself: gpt2, gptj, starcoder, mpt, …"
    ).tag(config=True)
    temperature = Float(
        0.0, min=0.0, help="Sampling temperature; 0 always takes the likeliest token, and repeats its answers."
    ).tag(config=True)
    top_k = Int(40, min=0, help="Sample from the k likeliest tokens only; 0 is no limit.").tag(config=True)
    top_p = Float(0.95, min=0.0, max=1.0, help="Sample from the likeliest tokens that have this much probability.").tag(
        config=True
    )
    repetition_penalty = Float(1.05, min=0.1, help="Above 1, tokens of the recent text become less likely.").tag(
        config=True
    )
    seed = Int(-1, help="Seed of the sampling; -1 draws a new one for each answer and records it.").tag(config=True)
    max_tokens = Int(768, min=1, help="Most tokens an answer may have.").tag(config=True)
    repair_seconds = Float(
        20.0, min=1.0, help="Seconds that %qwen fix may search for a repair, and other answers for code that works."
    ).tag(config=True)
    context_window = Int(4096, min=256, help="Tokens of prompt and answer together.").tag(config=True)
    threads = Int(0, min=0, help="Threads for the model; 0 takes the cores this process may use.").tag(config=True)
    optimise = Bool(
        True, help="Keep a copy of the model in the layout that this processor evaluates fastest, and load that."
    ).tag(config=True)
    warm_up = Bool(True, help="Load the model in the background as soon as the extension is loaded.").tag(config=True)
    auto = Bool(True, help="Show what is known about the error, and how to mend it, under a cell that failed.").tag(
        config=True
    )
    ahead = Bool(
        True, help="Let the model read a cell as soon as it has failed, so that a fix or an explanation begins at once."
    ).tag(config=True)
    cache = Bool(
        False,
        help="Keep answers on disk, and give the same answer to the same question without asking the model again. "
        "Where the temperature is above 0, only questions with a seed are the same.",
    ).tag(config=True)
    language = Enum(
        ("auto", "en", "zh"),
        "auto",
        help="Language of buttons, and of answers without a question of yours; auto follows what there is to follow.",
    ).tag(config=True)
    renderer = Enum(
        ("auto", "panel", "text"),
        "auto",
        help="Stream into an ipywidgets panel or as plain text; auto picks by frontend.",
    ).tag(config=True)

    @default("model")
    def _default_model(self) -> str:
        return os.environ.get("QWEN_MAGIC_MODEL") or DEFAULT_MODEL
