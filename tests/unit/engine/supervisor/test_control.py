import asyncio
import json
import socket

import pytest

from ranker.engine.supervisor import control
from ranker.errors import EncoreError, InvalidInputError
from ranker.settings import Settings


async def handler(request):
    if request.get("do") == "fail":
        raise InvalidInputError("cannot do [fail]: choose another")
    return {"got": request}


def during(settings, use):
    """What `use`, run in a thread, returns while the door is open."""
    settings.run.mkdir(parents=True, exist_ok=True)

    async def run():
        door = await control.serve(settings.run, handler)
        try:
            return await asyncio.to_thread(use)
        finally:
            door.close()

    return asyncio.run(run())


def raw(settings, *lines: bytes) -> list:
    """The answers to lines sent on one connection."""
    with socket.socket(socket.AF_UNIX) as connection, control._short_path(settings.run) as path:
        connection.settimeout(10)
        connection.connect(path)
        with connection.makefile("rwb") as stream:
            answers = []
            for line in lines:
                stream.write(line)
                stream.flush()
                answers.append(stream.readline())
    return [json.loads(answer) if answer else None for answer in answers]


def test_a_request_is_answered(tmp_path):
    settings = Settings(data=tmp_path)
    assert during(settings, lambda: control.ask(settings, {"do": "x"})) == {"got": {"do": "x"}}


def test_only_the_owner_may_use_the_door(tmp_path):
    settings = Settings(data=tmp_path)
    assert during(settings, lambda: (settings.run / control.FILE).stat().st_mode & 0o777) == 0o600


def test_a_refusal_is_an_error_with_the_same_sentence(tmp_path):
    settings = Settings(data=tmp_path)
    with pytest.raises(EncoreError) as refusal:
        during(settings, lambda: control.ask(settings, {"do": "fail"}))
    assert str(refusal.value) == "cannot do [fail]: choose another"


def test_a_folder_deeper_than_a_socket_address_works(tmp_path):
    settings = Settings(data=tmp_path / ("d" * 100) / ("e" * 100))
    assert during(settings, lambda: control.ask(settings, {})) == {"got": {}}


def test_lines_on_one_connection_are_answered_in_order_and_wrong_ones_said(tmp_path):
    settings = Settings(data=tmp_path)
    answers = during(settings, lambda: raw(settings, b'{"do": 1}\n', b"hello\n", b"[1]\n", b'{"do": 2}\n'))
    assert answers == [
        {"got": {"do": 1}},
        {"error": "[hello] is not JSON: send one object a line"},
        {"error": '[[1]] is not an object: send {"do": "status"}'},
        {"got": {"do": 2}},
    ]


def test_a_line_without_end_closes_the_connection_and_nothing_else(tmp_path):
    settings = Settings(data=tmp_path)

    def use():
        endless = raw(settings, b"x" * (control.MOST_BYTES * 3) + b"\n")
        return endless, control.ask(settings, {"do": "x"})

    assert during(settings, use) == ([None], {"got": {"do": "x"}})


@pytest.mark.parametrize("socket_left", [False, True])
def test_nothing_runs(tmp_path, socket_left):
    settings = Settings(data=tmp_path)
    if socket_left:
        during(settings, lambda: None)
        assert (settings.run / control.FILE).exists()
    with pytest.raises(EncoreError) as refusal:
        control.ask(settings, {"do": "status"})
    assert str(refusal.value) == f"nothing runs in [{tmp_path}]: start it with 'encore up'"


def test_a_socket_that_a_kill_left_is_replaced(tmp_path):
    settings = Settings(data=tmp_path)
    during(settings, lambda: None)
    assert during(settings, lambda: control.ask(settings, {})) == {"got": {}}
