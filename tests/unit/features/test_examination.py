import numpy as np
import pytest

from ranker.features.examination import Examination
from ranker.features.log import Log


def log(*exposures):
    """A log of (device, position, click), each a request of its own."""
    count = len(exposures)
    nothing = np.zeros(count, np.float32)
    return Log(
        queries=[],
        query=np.zeros(count, np.int64),
        user=np.full(count, -1),
        now=np.zeros(count, np.int64),
        day=np.zeros(count, np.int64),
        device=np.array([device for device, _, _ in exposures], object),
        request=np.arange(count),
        video=np.zeros(count, np.int64),
        position=np.array([position for _, position, _ in exposures], np.int64),
        click=np.array([click for _, _, click in exposures], np.float32),
        effective=nothing,
        watch=nothing,
        like=nothing,
        favorite=nothing,
        share=nothing,
    )


def repeated(device, position, clicks, shows):
    return [(device, position, i < clicks) for i in range(shows)]


def test_the_chance_of_a_look_is_the_click_rate_over_the_firsts():
    # (clicks)/(shows + 1): 40/80 at the first position, 20/80 at the second
    examination = Examination.fit(
        log(*repeated("phone", 1, 40, 79), *repeated("phone", 2, 20, 79)), positions=2
    )
    assert examination.of(log(("phone", 1, 0), ("phone", 2, 0))) == pytest.approx([1, 0.5], abs=1e-6)


def test_chances_fall_and_end_with_the_last_position():
    # the third was clicked more than the second, which is the order's doing, and the fourth never
    shown = [*repeated("phone", 1, 40, 79), *repeated("phone", 2, 20, 79), *repeated("phone", 3, 30, 79)]
    examination = Examination.fit(log(*shown, *repeated("phone", 4, 0, 79)), positions=4, strength=0.0)
    chances = examination.of(log(*(("phone", position, 0) for position in (1, 2, 3, 4, 5, 99))))
    assert chances == pytest.approx([1, 0.5, 0.5, 0.02, 0.02, 0.02], abs=0.01)


def test_a_device_is_drawn_to_all_devices_by_its_strength():
    # Together 60/120 and 30/120. With strength 60 the tablet's 10 of 20 and 10 of 20 become
    # (10 + 60·½)/(20 + 60) = ½ and (10 + 60·¼)/80 = 5/16: a chance of 5/8.
    shown = [
        *repeated("phone", 1, 50, 99),
        *repeated("phone", 2, 20, 99),
        *repeated("tablet", 1, 10, 20),
        *repeated("tablet", 2, 10, 20),
    ]
    examination = Examination.fit(log(*shown), positions=2, strength=60.0)
    assert examination.of(log(("tablet", 2, 0), ("watch", 2, 0))) == pytest.approx([5 / 8, 1 / 2], abs=1e-6)
