"""How fast other programs answer the same prompts on this computer, for the table of speed.py.

    python benchmarks/peers.py NAME --gguf FILE --prompts FILE.json [--tokens N] [--threads N] [--rounds N] [--show]

The prompts are a JSON list of texts in which the chat template is already rendered. They are answered one after the
other, greedily, each without what was computed for the ones before it; a short answer that is not counted goes first.
For each there is one JSON object a line, with the seconds until the first token and until the end of the answer; the
token that ends an answer is counted, as it costs as much as the others. The last line is about the program: the
seconds from importing it until it can answer, the memory that is resident in the end, and the medians over all answers
of the tokens a second while reading the prompt and while writing.

The programs are not installed with the project, but with `pip install '.[peers]'`; the CPU build of torch will do.
One that is missing, or does not load the weights, says so on standard error. Linux only.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, Protocol

CONTEXT = 4096  # tokens, where a program wants to know before it loads

Tick = Callable[[], None]


class Answer(NamedTuple):
    """What a program wrote; the token that ends it is one of its tokens."""

    prompt_tokens: int
    tokens: int
    text: str


class Peer(Protocol):
    """A program with its model loaded."""

    def answer(self, prompt: str, limit: int, tick: Tick) -> Answer:
        """At most so many tokens for a prompt that it has not seen; `tick` is called whenever some have come."""


class LlamaCppPython:
    """llama-cpp-python through the class that its users know."""

    def __init__(self, gguf: Path, threads: int) -> None:
        from llama_cpp import Llama

        # Its annotations do not say that the answer is a stream.
        self._llama: Any = Llama(str(gguf), n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)

    def answer(self, prompt: str, limit: int, tick: Tick) -> Answer:
        # It would go on from the longest beginning that this prompt shares with the one before.
        self._llama.reset()
        text = ""
        for chunk in self._llama.create_completion(prompt, max_tokens=limit, temperature=0.0, stream=True):
            tick()
            text += chunk["choices"][0]["text"]
        prompt_tokens = len(self._llama.tokenize(prompt.encode(), special=True))
        # The last token was drawn and not read.
        return Answer(prompt_tokens, self._llama.n_tokens - prompt_tokens + 1, text)


class XllamaCpp:
    """xllamacpp: the server of llama.cpp, in this process, without HTTP."""

    def __init__(self, gguf: Path, threads: int, *, drafts: bool = False) -> None:
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(gguf)
        parameters.n_ctx = CONTEXT
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        parameters.cache_ram_mib = parameters.verbosity = 0
        if drafts:
            # Of its ways to draft without a model, one that remembers no earlier answers. With its defaults, matches
            # of 12 tokens and drafts of 48, short answers have few drafts and those are wrong.
            parameters.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
            parameters.speculative.ngram_simple.size_n = 4
            parameters.speculative.ngram_simple.size_m = 8
        self._server = xllamacpp.Server(parameters)

    def answer(self, prompt: str, limit: int, tick: Tick) -> Answer:
        chunks: list[dict[str, Any]] = []

        def came(chunk: dict[str, Any]) -> None:
            tick()
            chunks.append(chunk)

        request = {"prompt": prompt, "max_tokens": limit, "temperature": 0, "cache_prompt": False, "stream": True}
        self._server.handle_completions({**request, "stream_options": {"include_usage": True}}, came)
        usage = chunks[-1]["usage"]
        texts = (chunk["choices"][0]["text"] for chunk in chunks)
        return Answer(usage["prompt_tokens"], usage["completion_tokens"], "".join(texts))


class Transformers:
    """transformers, with the weights unpacked to one of torch's types."""

    def __init__(self, gguf: Path, threads: int, *, dtype: str) -> None:
        import torch
        import transformers

        torch.set_num_threads(threads)
        named: dict[str, Any] = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name}
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(**named)
        # Its kernels for packed weights are for GPUs: a CPU would unpack the weights for every token.
        named["quantization_config"] = transformers.GgufConfig(dequantize=True)
        self._model = transformers.AutoModelForCausalLM.from_pretrained(**named, dtype=getattr(torch, dtype))

    def answer(self, prompt: str, limit: int, tick: Tick) -> Answer:
        given = self._tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
        prompt_tokens = given["input_ids"].shape[1]

        class Streamer:
            def put(self, tokens: Any) -> None:
                # It is told the prompt first, which alone comes as a batch.
                if tokens.ndim == 1:
                    tick()

            def end(self) -> None:
                pass

        output = self._model.generate(**given, max_new_tokens=limit, do_sample=False, streamer=Streamer())
        tokens = output[0][prompt_tokens:]
        return Answer(prompt_tokens, len(tokens), self._tokenizer.decode(tokens, skip_special_tokens=True))


class OpenVino:
    """OpenVINO GenAI. It does not know every type of weights in .gguf files: Q5_0 for one."""

    def __init__(self, gguf: Path, threads: int) -> None:
        from openvino_genai import LLMPipeline, SchedulerConfig

        scheduler = SchedulerConfig()
        scheduler.enable_prefix_caching = False
        self._pipeline = LLMPipeline(str(gguf), "CPU", scheduler_config=scheduler, INFERENCE_NUM_THREADS=threads)

    def answer(self, prompt: str, limit: int, tick: Tick) -> Answer:
        from openvino_genai import StreamerBase, StreamingStatus

        # A function that is given texts would be called a few tokens late.
        class Streamer(StreamerBase):  # type: ignore[misc]
            def write(self, _tokens: object) -> Any:
                tick()
                return StreamingStatus.RUNNING

            def end(self) -> None:
                pass

        tokenizer = self._pipeline.get_tokenizer()
        given = tokenizer.encode(prompt, add_special_tokens=False)
        output = self._pipeline.generate(given, max_new_tokens=limit, do_sample=False, streamer=Streamer())
        tokens = output.tokens[0]
        return Answer(given.input_ids.shape[1], len(tokens), tokenizer.decode(tokens))


class Program(NamedTuple):
    """How a program is loaded, and the packages it is installed with."""

    load: Callable[[Path, int], Peer]
    packages: tuple[str, ...]


TRANSFORMERS = ("transformers", "torch", "gguf")
PROGRAMS = {
    "llama-cpp-python": Program(LlamaCppPython, ("llama-cpp-python",)),
    "xllamacpp": Program(XllamaCpp, ("xllamacpp",)),
    "xllamacpp-ngram": Program(partial(XllamaCpp, drafts=True), ("xllamacpp",)),
    "transformers-bf16": Program(partial(Transformers, dtype="bfloat16"), TRANSFORMERS),
    "transformers-fp32": Program(partial(Transformers, dtype="float32"), TRANSFORMERS),
    "openvino": Program(OpenVino, ("openvino-genai",)),
}


def measure(peer: Peer, prompt: str, limit: int) -> tuple[dict[str, float], str]:
    """One answer: the figures, and the text."""
    ticks: list[float] = []
    start = time.perf_counter()
    answer = peer.answer(prompt, limit, lambda: ticks.append(time.perf_counter()))
    seconds = time.perf_counter() - start
    figures = {
        "prompt_tokens": answer.prompt_tokens,
        "first_token_s": round(ticks[0] - start, 4),
        "tokens": answer.tokens,
        "seconds": round(seconds, 4),
    }
    return figures, answer.text


def resident_mb() -> float:
    """The resident memory of this process; a MB is 10^6 bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def main() -> None:
    """Load, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("name", choices=PROGRAMS, metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--gguf", type=Path, required=True, metavar="FILE", help="the weights")
    parser.add_argument("--prompts", type=Path, required=True, metavar="FILE.json", help="a JSON list of texts")
    parser.add_argument("--tokens", type=int, default=96, help="the most an answer may have")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1, help="how often to ask everything")
    parser.add_argument("--show", action="store_true", help="also the answers, on standard error")
    given = parser.parse_args()
    program = PROGRAMS[given.name]
    try:
        version = ", ".join(f"{package} {metadata.version(package)}" for package in program.packages)
    except metadata.PackageNotFoundError as missing:
        sys.exit(f"{given.name}: {missing.name} is not installed: pip install {' '.join(program.packages)}")
    try:
        prompts = json.loads(given.prompts.read_text(encoding="utf-8"))
        given.gguf.stat()  # not every program says that there is no such file
        start = time.perf_counter()
        peer = program.load(given.gguf, given.threads)
        load_s = time.perf_counter() - start
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"{given.name}, {given.gguf.name}: {' '.join(str(error).split())}")
    peer.answer("Hello", 2, lambda: None)
    measured = []
    for number, prompt in [*enumerate(prompts)] * given.rounds:
        one, text = measure(peer, prompt, given.tokens)
        measured.append(one)
        print(json.dumps({"peer": given.name, "prompt": number, **one}), flush=True)
        if given.show:
            print(text, file=sys.stderr)
    decode = [(one["tokens"] - 1) / (one["seconds"] - one["first_token_s"]) for one in measured if one["tokens"] > 1]
    prefill = [one["prompt_tokens"] / one["first_token_s"] for one in measured]
    figures = {
        "peer": given.name,
        "version": version,
        "load_s": round(load_s, 2),
        "rss_mb": resident_mb(),
        "decode_tokens_per_s": round(statistics.median(decode or [0.0]), 2),
        "prefill_tokens_per_s": round(statistics.median(prefill or [0.0]), 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
