from __future__ import annotations

from pathlib import Path

import pytest

from gis.errors import UsageError
from responsibility.settings import ResolveSettings, load_settings


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_every_setting_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANGGE_CONFIG", raising=False)

    assert load_settings() == ResolveSettings()


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WANGGE_CONFIG", str(write(tmp_path / "city.toml", "[resolve]\nsnap_m = 2.5\n")))

    assert load_settings().snap_m == 2.5


def test_a_table_in_the_file_completes_the_defaults(tmp_path: Path) -> None:
    path = write(tmp_path / "city.toml", "[resolve.source_accuracy_m]\ngps = 3.0\n")

    settings = load_settings(path)

    assert settings.source_accuracy_m["gps"] == 3.0
    assert settings.source_accuracy_m["hotline"] == 50.0


def test_a_calendar_is_read_beside_the_file(tmp_path: Path) -> None:
    write(
        tmp_path / "days.csv",
        "first,last,workday,name\n2027-01-01,2027-01-03,0,元旦\n2027-10-01,2027-10-07,0,国庆节\n",
    )
    path = write(tmp_path / "city.toml", '[resolve]\ncalendar = "days.csv"\n')

    assert load_settings(path).calendar.years == {2027}


def test_the_hash_is_that_of_the_values() -> None:
    assert ResolveSettings().hash == ResolveSettings().hash
    assert ResolveSettings().hash != ResolveSettings(snap_m=4.0).hash
    assert ResolveSettings().hash.startswith("sha256:")


@pytest.mark.parametrize(
    "text",
    [
        "[resolve]\nsnap_metres = 5\n",
        "[resolve]\nsnap_m = -1\n",
        '[resolve]\nsnap_m = "five"\n',
        '[resolve]\nstandard = "2020"\n',
        "[resolve.source_accuracy_m]\nsatellite = 3\n",
        "[resolve.class_accuracy_m]\nA = -0.5\n",
        '[resolve]\nwork_hours = [["12:00", "08:30"]]\n',
        '[resolve]\nwork_hours = ["08:30"]\n',
        '[resolve]\ncalendar = "missing.csv"\n',
        "[resolve\n",
    ],
)
def test_an_impossible_setting_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(write(tmp_path / "city.toml", text))

    assert caught.value.field
    assert caught.value.expected


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml")
