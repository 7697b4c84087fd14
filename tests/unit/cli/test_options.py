import json

import pytest

from ranker.cli import options
from ranker.errors import InvalidInputError
from ranker.settings import COMPOSE_VARIABLES


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


@pytest.mark.parametrize(
    ("name", "near"),
    [("ENCORE_ENGINE_PROT", "ENCORE_ENGINE_PORT"), ("encore_rankers_port", "ENCORE_RANKER_PORT")],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_name(monkeypatch, name, near):
    monkeypatch.setenv(name, "9201")
    with pytest.raises(InvalidInputError) as refusal:
        options.settings()
    assert str(refusal.value) == f"{name} is [9201], and there is no such setting: use {near}, or unset it"


def test_variables_of_the_compose_file_may_be_in_the_shell(monkeypatch):
    for name in COMPOSE_VARIABLES:
        monkeypatch.setenv(name, "given")
    assert options.settings().engine_url is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"engine_url": "https://host:9200", "engine_user": "elastic"},
            "engine_user and engine_password_file go together: set both or neither",
        ),
        ({"ranker_url": "https://host:8400"}, "ranker_url is for the stack of engine_url: set that too"),
    ],
)
def test_half_of_another_stack_is_one_sentence(given, said):
    with pytest.raises(InvalidInputError) as refusal:
        options.settings(**given)
    assert str(refusal.value) == said


def test_an_address_of_another_stack_has_no_path():
    with pytest.raises(InvalidInputError, match=r"ENCORE_ENGINE_URL is \[https://host:9200/videos\]: "):
        options.settings(engine_url="https://host:9200/videos")


def test_apart_from_a_checkout_the_folders_have_to_be_named(monkeypatch, tmp_path):
    monkeypatch.setattr(options, "PROJECT", tmp_path)
    given = {"data": tmp_path / ".encore", "model_repo": tmp_path / "model_repo"}
    with pytest.raises(InvalidInputError) as refusal:
        options.settings(**given)
    assert str(refusal.value) == (
        f"this encore runs from [{tmp_path}], which is no checkout: set ENCORE_DATA and ENCORE_MODEL_REPO, "
        "or install it with `pip install -e .` in a checkout"
    )
    (tmp_path / "pyproject.toml").touch()
    assert options.settings(**given).data == tmp_path / ".encore"


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
