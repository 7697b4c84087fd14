import json

import pytest

from ranker.cli import options
from ranker.errors import InvalidInputError


def test_an_option_that_was_given_comes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ENCORE_DATA", str(tmp_path))
    monkeypatch.setenv("ENCORE_MODEL_SERVER", "in_process")
    assert options.settings().model_server == "in_process"
    assert options.settings(model_server="triton", engine=None).model_server == "triton"
    assert options.settings(engine=None).data == tmp_path


def test_a_wrong_value_is_one_sentence_with_the_variables_name(monkeypatch):
    monkeypatch.setenv("ENCORE_ENGINE_PORT", "70000")
    with pytest.raises(InvalidInputError) as refusal:
        options.settings()
    assert str(refusal.value) == (
        "ENCORE_ENGINE_PORT is [70000]: input should be less than or equal to 65535; "
        "correct the variable or the option"
    )


def test_an_unknown_model_server_is_one_sentence():
    with pytest.raises(InvalidInputError) as refusal:
        options.settings(model_server="tensorflow")
    assert str(refusal.value) == (
        "ENCORE_MODEL_SERVER is [tensorflow]: input should be 'triton' or 'in_process'; "
        "correct the variable or the option"
    )


def test_json_keeps_chinese_as_it_is(capsys):
    options.print_json({"title": "晴天"})
    out = capsys.readouterr().out
    assert "晴天" in out
    assert json.loads(out) == {"title": "晴天"}


def test_in_a_pipe_each_step_is_a_line_once_on_standard_error(capsys):
    with options.spinner("first") as say:
        say("second")
        say("second")
        say("third")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == ["first", "second", "third"]
