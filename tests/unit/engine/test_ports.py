import socket
import subprocess
import sys

import pytest

from ranker.engine import ports
from ranker.errors import MissingPartError


@pytest.fixture
def listener():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_with_a_listener_is_taken(listener):
    assert not ports.is_free(listener)
    assert ports.is_free(ports.any_free())


def test_a_wanted_port_that_is_taken_is_one_sentence(listener):
    with pytest.raises(MissingPartError) as refusal:
        ports.choose(listener, 9200, "ENCORE_ENGINE_PORT")
    assert str(refusal.value) == (
        f"port [{listener}] on 127.0.0.1 is taken by another program: "
        f"stop that program, or set ENCORE_ENGINE_PORT to another port (0 picks a free one)"
    )


def test_a_free_wish_is_granted():
    port = ports.any_free()
    assert ports.choose(port, 1, "X") == port


def test_without_a_wish_the_usual_port_if_it_is_free(listener):
    usual = ports.any_free()
    assert ports.choose(0, usual, "X") == usual
    other = ports.choose(0, listener, "X")
    assert other != listener
    assert ports.is_free(other)


def test_two_choices_differ(listener):
    chosen = [ports.choose(0, listener, "X") for _ in range(2)]
    assert len(set(chosen)) == 2


def test_what_another_process_chose_is_not_chosen_again_before_it_listens():
    usual = ports.any_free()
    program = f"from ranker.engine import ports; print(ports.choose(0, {usual}, 'X'), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == f"{usual}\n"
        assert ports.is_free(usual)
        assert ports.choose(0, usual, "X") != usual
        other.communicate("\n")
    assert ports.choose(0, usual, "X") == usual
