from ranker.engine.supervisor.backoff import Backoff


def test_deaths_in_a_row_double_the_wait_up_to_five_seconds():
    backoff = Backoff()
    assert [backoff.after_death(0.0) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_many_deaths_do_not_overflow():
    assert Backoff(deaths=100_000).after_death(0.0) == 5.0


def test_a_long_run_is_a_new_story():
    backoff = Backoff()
    for _ in range(5):
        backoff.after_death(29.9)
    assert backoff.after_death(30.0) == 0.1
    assert backoff.after_death(1.0) == 0.2


def test_a_repair_forgets_the_deaths():
    backoff = Backoff(deaths=7)
    backoff.reset()
    assert backoff.after_death(0.0) == 0.1
