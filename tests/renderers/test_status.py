from __future__ import annotations

import json

from qwen_magic.engines.base import Sampling
from qwen_magic.renderers.status import as_metadata
from qwen_magic.reply import Finish, Reply, Usage


def test_a_saved_notebook_says_which_weights_answered_and_how_they_were_sampled() -> None:
    sampling = Sampling(temperature=0.7, top_k=3, max_tokens=9)
    metadata = as_metadata(
        Reply("x", "tiny", 7, Usage(finish=Finish.LENGTH), weights="ab12", parameters=sampling.parameters)
    )
    assert metadata["sha256"] == "ab12"
    assert metadata["parameters"] == {
        "temperature": 0.7,
        "top_k": 3,
        "top_p": 0.95,
        "repetition_penalty": 1.05,
        "max_tokens": 9,
    }
    assert (metadata["model"], metadata["seed"], metadata["finish"]) == ("tiny", 7, "length")
    assert json.loads(json.dumps(metadata)) == metadata


def test_where_no_model_was_asked_nothing_is_said_of_one() -> None:
    assert not {"sha256", "parameters", "cached"} & set(as_metadata(Reply("x", "diagnosis, no model")))


def test_an_answer_from_the_cache_says_so() -> None:
    assert as_metadata(Reply("x", usage=Usage(cached=True)))["cached"] is True
