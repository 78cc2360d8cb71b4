import pytest
from weights_server import serving

from qwen_magic.weights.catalogue import ModelSpec
from qwen_magic.weights.sources import Hub, ModelScope, SourceError

CONTENT = b"weights " * 1000


@pytest.fixture
def server(monkeypatch):
    with serving(CONTENT) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", server.url)
        yield server


@pytest.fixture
def storage(server):
    """Another host that the hub redirects to, as the real one does."""
    with serving(CONTENT) as storage:
        yield storage


@pytest.mark.parametrize("source", [Hub(), ModelScope()], ids=lambda source: source.name)
def test_a_source_tells_size_and_sha256(source, server):
    found = source.identify(ModelSpec("mine", "me/mine", "main", "mine.gguf"))
    assert (found.size, found.sha256) == (len(CONTENT), server.sha256)


def test_a_file_without_a_sha256_is_not_believed(server):
    server.sha256 = "abc"
    with pytest.raises(SourceError, match="no sha256"):
        Hub().identify(ModelSpec("mine", "me/mine", "main", "mine.gguf"))


def test_an_impossible_repository_is_a_reason_not_a_crash(server):
    with pytest.raises(SourceError):
        Hub().identify(ModelSpec("mine", "me/mine--..", "main", "mine.gguf"))


def test_the_token_goes_to_the_hub_and_not_to_where_it_redirects(server, storage, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server.redirect = storage.url
    spec = ModelSpec("mine", "me/mine", "main", "mine.gguf", len(CONTENT), server.sha256)
    (tmp_path / "partial").write_bytes(CONTENT[:100])
    Hub().append(spec, tmp_path / "partial", lambda done: None)
    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert server.tokens == {"Bearer hf_secret"}
    assert storage.tokens == {None}
    assert storage.bodies[0][2] == "bytes=100-"


@pytest.mark.parametrize("source", [Hub(), ModelScope()], ids=lambda source: source.name)
@pytest.mark.parametrize(
    ("endpoint", "told"), [("http://no-such-host.invalid", "host not found"), ("http://127.0.0.1:9", "refused")]
)
def test_a_source_out_of_reach_is_told_in_a_few_words(source, endpoint, told, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", endpoint)
    with pytest.raises(SourceError, match=told):
        source.identify(ModelSpec("mine", "me/mine", "main", "mine.gguf"))


def test_secure_addresses_are_trusted_by_this_system_and_by_the_users_own_certificates(monkeypatch, tmp_path):
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "https://127.0.0.1:9")
    with pytest.raises(SourceError, match="refused"):
        ModelScope().identify(ModelSpec("mine", "me/mine", "main", "mine.gguf"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(SourceError, match="No such file"):
        ModelScope().identify(ModelSpec("mine", "me/mine", "main", "mine.gguf"))


def test_only_web_addresses_are_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "file:///etc")
    with pytest.raises(SourceError, match="no web address"):
        ModelScope().append(ModelSpec("mine", "me/mine", "main", "mine.gguf", 5), tmp_path / "partial", print)
