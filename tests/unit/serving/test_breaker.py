from ranker.serving.breaker import Breaker


def test_opens_after_failures_in_a_row_and_tries_again_later():
    now = [100.0]
    breaker = Breaker(failures_to_open=3, retry_seconds=1, clock=lambda: now[0])
    breaker.failed()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert breaker.is_open
    assert not breaker.allows()
    now[0] = 101.0
    assert breaker.allows()
    assert not breaker.allows(), "one call is on trial, not two"
    breaker.failed()
    now[0] = 101.5
    assert not breaker.allows()
    now[0] = 102.0
    assert breaker.allows()
    breaker.succeeded()
    assert not breaker.is_open
    assert breaker.allows()


def test_a_success_between_failures_keeps_it_closed():
    breaker = Breaker(failures_to_open=2, retry_seconds=1)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert not breaker.is_open
