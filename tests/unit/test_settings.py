import pytest
from pydantic import ValidationError

from ranker.settings import Settings


def test_a_child_reads_the_same_settings(monkeypatch, tmp_path):
    settings = Settings(data=tmp_path, engine_port=9321, model_server="in_process")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_the_cache_lies_in_the_data_folder_unless_said_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("ENCORE_CACHE", raising=False)
    assert Settings(data=tmp_path).cache_path == tmp_path / "cache"
    assert Settings(data=tmp_path, cache=tmp_path / "shared").cache_path == tmp_path / "shared"


def test_a_port_out_of_range_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 65535"):
        Settings(engine_port=70_000)


def test_a_relative_path_holds_in_other_folders_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = Settings(data="here", cache="../there")
    assert settings.environment()["ENCORE_DATA"] == str(tmp_path / "here")
    assert settings.cache_path == tmp_path / ".." / "there"
