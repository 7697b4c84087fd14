import os
import subprocess
import sys
from datetime import date

import pytest

from ranker.errors import EncoreError, InvalidInputError
from ranker.features.daily.output import Manifest, days, folder_of, replaced, scratch

DAY = date(2026, 5, 31)


def write(statistics, text, day=DAY):
    with replaced(statistics, day) as folder:
        (folder / "video.parquet").write_text(text)
        Manifest(str(day), "duckdb", {"video": 1}, {"events": 2, "requests": 3}, 0.5).save(folder)


def left(statistics):
    """Folders behind the days' links."""
    return len(list((statistics / ".made").iterdir()))


def test_a_day_that_runs_again_is_replaced(tmp_path):
    write(tmp_path, "old")
    write(tmp_path, "of another day", date(2026, 5, 30))
    write(tmp_path, "new")
    assert (folder_of(tmp_path, DAY) / "video.parquet").read_text() == "new"
    assert days(tmp_path) == ["2026-05-30", "2026-05-31"]
    assert left(tmp_path) == 2


def test_a_run_that_fails_leaves_what_was_there(tmp_path):
    write(tmp_path, "old")
    with pytest.raises(ZeroDivisionError), replaced(tmp_path, DAY) as folder:
        (folder / "video.parquet").write_text("half")
        raise ZeroDivisionError
    assert (folder_of(tmp_path, DAY) / "video.parquet").read_text() == "old"
    assert left(tmp_path) == 1


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path):
    write(tmp_path, "old")
    killed = tmp_path / ".made" / "2026-05-31.dead"
    killed.mkdir()
    (killed / "video.parquet").write_text("half")
    (tmp_path / ".made" / "2026-05-31.dead.link").symlink_to("2026-05-31.dead")
    assert (folder_of(tmp_path, DAY) / "video.parquet").read_text() == "old"
    write(tmp_path, "new")
    assert not killed.exists()
    assert left(tmp_path) == 1


def test_a_data_folder_may_be_moved(tmp_path):
    write(tmp_path / "here", "old")
    (tmp_path / "here").rename(tmp_path / "there")
    assert (folder_of(tmp_path / "there", DAY) / "video.parquet").read_text() == "old"


def test_two_runs_at_once_are_refused(tmp_path):
    with replaced(tmp_path, DAY), pytest.raises(EncoreError) as refusal, replaced(tmp_path, DAY):
        pass
    assert str(refusal.value) == (
        f"another run writes statistics in [{tmp_path}]; wait for it, then run again"
    )


def test_a_manifest_says_what_the_run_was(tmp_path):
    write(tmp_path, "old")
    assert Manifest.load(folder_of(tmp_path, DAY)) == Manifest(
        "2026-05-31", "duckdb", {"video": 1}, {"events": 2, "requests": 3}, 0.5
    )


def test_a_day_without_statistics_says_how_to_make_them(tmp_path):
    folder = folder_of(tmp_path, DAY)
    with pytest.raises(InvalidInputError) as refusal:
        Manifest.load(folder)
    assert str(refusal.value) == (
        f"there are no statistics in [{folder}]; make them with: encore statistics run --day 2026-05-31"
    )


def test_a_later_schema_is_refused_with_its_number(tmp_path):
    write(tmp_path, "old")
    file = folder_of(tmp_path, DAY) / "manifest.json"
    file.write_text(file.read_text().replace('"schema": 1', '"schema": 9'))
    with pytest.raises(InvalidInputError) as refusal:
        Manifest.load(folder_of(tmp_path, DAY))
    assert str(refusal.value) == (
        f"the statistics in [{folder_of(tmp_path, DAY)}] have schema [9], this program reads [1]; run the day"
        " again"
    )


def test_what_a_killed_run_spilled_goes_with_the_next_and_a_living_runs_stays(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    killed, living = tmp_path / f".scratch.{dead.pid}.x", tmp_path / f".scratch.{os.getpid()}.x"
    for folder in (killed, living):
        (folder / "spill").mkdir(parents=True)
    with scratch(tmp_path) as folder:
        (folder / "spill").mkdir()
        assert not killed.exists()
        assert living.is_dir()
    assert not folder.exists()
