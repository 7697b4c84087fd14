import pytest

from ranker.errors import InvalidInputError
from ranker.serving.doors import Door
from ranker.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.3.2.1"])
def test_loopback_needs_nothing(host):
    assert Door.of(Settings(ranker_host=host), 8400) == Door(host, 8400, None, None, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "ranker.example", "::"])
def test_any_other_address_needs_token_and_tls(host, tmp_path):
    (tmp_path / "token").write_text("secret\n")
    files = {name: tmp_path / name for name in ("certificate", "key")}
    tls = {"ranker_tls_certificate": files["certificate"], "ranker_tls_key": files["key"]}
    for settings in (
        Settings(ranker_host=host),
        Settings(ranker_host=host, ranker_token_file=tmp_path / "token"),
        Settings(ranker_host=host, **tls),
    ):
        with pytest.raises(InvalidInputError) as error:
            Door.of(settings, 8400)
        assert str(error.value) == (
            f"ranker_host [{host}] is not loopback;"
            " set ranker_token_file, ranker_tls_certificate and ranker_tls_key, or listen on [127.0.0.1]"
        )
    door = Door.of(Settings(ranker_host=host, ranker_token_file=tmp_path / "token", **tls), 8400)
    assert door.token == "secret"


def test_half_of_tls_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="TLS needs both files"):
        Door.of(Settings(ranker_tls_key=tmp_path / "key"), 8400)


def test_a_token_file_must_hold_a_token(tmp_path):
    with pytest.raises(InvalidInputError, match=r"can't be read: \[No such file or directory\]"):
        Door.of(Settings(ranker_token_file=tmp_path / "none"), 8400)
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InvalidInputError, match="is empty; write one line into it"):
        Door.of(Settings(ranker_token_file=tmp_path / "empty"), 8400)
