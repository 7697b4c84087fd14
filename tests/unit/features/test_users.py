import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.features.users import AGE_BANDS, UserColumns, write_users
from tests.unit.features.small_catalogue import DAY, NOW, USERS


def opened(users, folder):
    write_users(users, folder)
    return UserColumns.open(folder)


def values(users, row):
    return [users.value(name, row) for name in ("age_band", "city_tier", "signup_at")]


def test_what_the_site_knows_of_a_listener_is_kept(users):
    assert (users.count, users.ids) == (2, ["u1", "u2"])
    assert values(users, users.row("u1")) == [AGE_BANDS.index("18-24") + 1, 1, NOW - 7 * DAY]
    assert values(users, users.row("u2")) == [0, 3, NOW - DAY]  # no age band told


@pytest.mark.parametrize("stranger", [None, "", "u9", "陌生人"])
def test_a_stranger_has_no_row_and_blank_values(users, stranger):
    assert users.row(stranger) == -1
    assert values(users, -1) == [0, 0, 0]


def test_rows_of_many(users):
    assert users.rows(["u2", "u9", "u1"]).tolist() == [1, -1, 0]


def test_a_catalogue_without_listeners_knows_nobody(tmp_path):
    assert UserColumns.open(tmp_path).row("u1") == -1
    users = opened(None, tmp_path)
    assert (users.count, users.row("u1")) == (0, -1)


def test_ids_alone_are_enough(tmp_path):
    users = opened(USERS.select("user_id"), tmp_path)
    assert values(users, users.row("u1")) == [0, 0, 0]


def test_what_is_unknown_of_some_listeners_is_blank(tmp_path):
    table = USERS.with_columns(
        pl.Series("city_tier", [None, 99]), pl.Series("signup_at", [None, -5]), age_band=pl.lit("unheard of")
    )
    users = opened(table, tmp_path)
    assert [values(users, row) for row in (0, 1)] == [[0, 0, 0], [0, 9, 0]]


def test_a_listener_twice_is_refused(tmp_path):
    with pytest.raises(InvalidInputError) as error:
        write_users(pl.concat([USERS, USERS[:1]]), tmp_path)
    assert str(error.value) == "user_id [u1] occurs twice; merge its rows first"
