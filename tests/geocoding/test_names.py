"""Names in one cell, their dates, types of places, limits, and parts of addresses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geocoding.addresses import compose
from geocoding.checks.limits import PlaceLimits, limits_of, load_limits
from geocoding.checks.texts import agrees
from geocoding.names import Name, parse_names, read_names, write_names
from geocoding.place_types import place_type
from geocoding.validity import is_retired
from gis.errors import UsageError


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, []),
        ("老街", [Name("老街")]),
        ("老街、老街，云渡路", [Name("老街"), Name("云渡路")]),
        ("老街（1990-2005年）", [Name("老街", "1990", "2005")]),
        ("老街(1990年5月1日至2005-6-7)", [Name("老街", "19900501", "20050607")]),
        ("老街(-2005)", [Name("老街", None, "2005")]),
        ("老街（1990—）", [Name("老街", "1990", None)]),
        ("百货大楼（东）", [Name("百货大楼（东）")]),
        ("一号院(-)", [Name("一号院(-)")]),
    ],
)
def test_names_are_read_with_their_dates_and_stay_what_they_are(text: str | None, names: list[Name]) -> None:
    assert parse_names(text) == names
    assert read_names(write_names(names)) == names


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("门 牌", "门（楼）牌"),
        ("ＰＯＩ", "兴趣点"),
        ("居住小区", "区片"),
        ("门(楼)牌", "门（楼）牌"),
        ("学校", None),
    ],
)
def test_types_are_known_by_what_people_call_them(word: str, kind: str | None) -> None:
    assert place_type(word) == kind


@pytest.mark.parametrize(
    ("state", "until", "retired"),
    [
        (None, None, False),
        ("active", None, False),
        ("closed", None, True),
        (None, "20191231", True),
        (None, "20200101", False),
        ("active", "not a date", False),
    ],
)
def test_what_is_closed_or_over_is_retired(state: str | None, until: str | None, retired: bool) -> None:
    assert is_retired(state, until, date(2020, 1, 1)) is retired


@pytest.mark.parametrize(
    ("address", "street", "number", "fits"),
    [
        ("尚文大道13号", "尚文大道", "13号", True),
        ("尚文大道13号", "尚文大道", "3号", False),
        ("尚文大道13号", "尚文大道", "1", False),
        ("尚文大道131号", "尚文大道", "13", False),
        ("尚文大道１３号", "尚文大道", "13", True),
        ("尚文大道十三号", "尚文大道", "13号", True),
        ("尚文大道12-14号", "尚文大道", "12-14", True),
        ("尚文大道13号", "飞虹路", None, False),
        ("尚文大道13号", "J0007", None, True),
        ("103国道5号", "103国道", "5号", True),
        (None, "飞虹路", "1号", True),
    ],
)
def test_an_address_agrees_with_its_parts(
    address: str | None, street: str, number: str | None, fits: bool
) -> None:
    assert agrees(address, street, number) is fits


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        (
            ("云渡区", "云岚街道", "尚文大道", "12", "柳荫小区", "3栋"),
            "云渡区云岚街道尚文大道12号柳荫小区3栋",
        ),
        ((None, None, "尚文大道", "12号院", None, None), "尚文大道12号院"),
        ((None, None, "尚文大道", "380A", None, None), "尚文大道380A号"),
        (("云渡区", None, None, None, "柳荫小区", "3栋"), "云渡区柳荫小区3栋"),
        (("云渡区", None, "尚文大道", None, None, None), None),
        (("云渡区", None, None, "12", None, None), None),
    ],
)
def test_an_address_is_written_only_when_its_parts_lead_to_a_door(
    parts: tuple[str | None, ...], address: str | None
) -> None:
    assert compose(*parts) == address


def test_limits_come_from_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANGGE_CONFIG", raising=False)
    assert load_limits() == PlaceLimits()
    path = tmp_path / "wangge.toml"
    path.write_text("[places]\noff_street_m = 40\n", "utf-8")
    monkeypatch.setenv("WANGGE_CONFIG", str(path))
    assert load_limits() == PlaceLimits(off_street_m=40)
    path.write_text("[places", "utf-8")
    with pytest.raises(UsageError):
        load_limits()


@pytest.mark.parametrize(
    ("name", "value"),
    [("off_road_m", 3), ("off_street_m", 0), ("off_street_m", "far"), ("boundary_m", float("nan"))],
)
def test_limits_that_nothing_can_be_held_to_are_refused(name: str, value: object) -> None:
    with pytest.raises(UsageError) as refused:
        limits_of({name: value})
    assert refused.value.field == name
