"""What a code is by its length, and what its parts say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import UsageError
from grids.codes import Level, cut_code, from_community_form, parse_division_code
from grids.coding.forms import FORM_TEXTS, PART_TEXTS, Form, identify
from grids.coding.ranges import COMMUNITY_RANGES, STREET_RANGES, community_range, street_range


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        ("500113001002017", Form.GRID, "500113001002017"),
        (" ５００１１３００１ ００２０１７", Form.GRID, "500113001002017"),
        ("11010801100408", Form.LEGACY_GRID, "110108011004008"),
        ("01010111010801160108", Form.COMMUNITY_GRID, "110108011601008"),
        ("50011300101A", Form.EVALUATION_GRID, "50011300101A"),
        ("50011300101b", Form.EVALUATION_GRID, "50011300101B"),
        ("500113001002", Form.DIVISION, "500113001002"),
        ("500113001000", Form.DIVISION, "500113001"),
        ("500113000000", Form.DIVISION, "500113"),
        ("500100", Form.DIVISION, "5001"),
        ("500000", Form.DIVISION, "50"),
        ("441900", Form.DIVISION, "441900"),
        ("441900000000", Form.DIVISION, "441900"),
        ("441900003", Form.DIVISION, "441900003"),
    ],
)
def test_the_length_says_what_a_code_is(text: str, form: Form, code: str) -> None:
    found = identify(text)
    assert (found.given, found.form, found.code) == (text, form, code)
    assert "".join(part.digits for part in found.parts) in text.upper() or not text.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "500",
        "50011",
        "5001130",
        "500113001002000",
        "50011300100200",
        "5001130010020171",
        "SQ-3",
        "00",
    ],
)
def test_other_texts_are_no_codes(text: str) -> None:
    with pytest.raises(UsageError, match="不是区划代码") as caught:
        identify(text)
    assert "15" in str(caught.value.expected)


def test_sixteen_digits_are_told_to_be_something_else() -> None:
    with pytest.raises(UsageError) as caught:
        identify("5001130101000001")
    assert "部件" in str(caught.value.hint)


def test_the_parts_of_a_community_form_keep_their_order() -> None:
    parts = identify("01010111010801160108").parts
    assert [(part.level, part.digits, part.code) for part in parts] == [
        ("object", "010101", None),
        ("province", "11", "11"),
        ("prefecture", "01", "1101"),
        ("county", "08", "110108"),
        ("street", "011", "110108011"),
        ("community", "601", "110108011601"),
        ("sequence", "08", None),
    ]
    assert str(parts[5].range.kind) == "合并社区（数字社区编号）"
    assert {part.level for part in parts} | {"type"} == set(PART_TEXTS)
    assert set(FORM_TEXTS) == set(Form)


def test_only_twenty_digits_are_a_community_form() -> None:
    assert from_community_form("01010111010801100408") == "110108011004008"
    for text in ("11010801100408", "01010111010801100400", "0101011101080110040８"):
        with pytest.raises(UsageError, match="数字社区"):
            from_community_form(text)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", "街道"),
        ("099", "街道"),
        ("100", "镇"),
        ("199", "镇"),
        ("200", "乡"),
        ("399", "乡"),
        ("400", "政企合一单位"),
        ("599", "政企合一单位"),
    ],
)
def test_the_number_of_a_street_says_its_kind(number: str, kind: str) -> None:
    assert str(street_range(f"500113{number}").kind) == kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", "居民委员会"),
        ("199", "居民委员会"),
        ("200", "村民委员会"),
        ("399", "村民委员会"),
        ("497", "类似居民委员会"),
        ("498", "虚拟社区（无社区的区域）"),
        ("499", "类似居民委员会"),
        ("500", "类似村民委员会"),
        ("598", "虚拟村（无村的区域）"),
        ("601", "合并社区（数字社区编号）"),
    ],
)
def test_the_number_of_a_community_says_its_kind(number: str, kind: str) -> None:
    assert str(community_range(f"500113001{number}").kind) == kind


def test_numbers_outside_the_ranges_have_no_kind() -> None:
    assert street_range("500113000") is street_range("500113600") is None
    assert community_range("500113001000") is community_range("500113001600") is None
    assert all(one.first <= one.last for one in (*STREET_RANGES, *COMMUNITY_RANGES))


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("441900", "441900", Level.COUNTY),
        ("441900003", "441900003", Level.STREET),
        ("441900003000", "441900003", Level.STREET),
        ("620200001002", "620200001002", Level.COMMUNITY),
    ],
)
def test_cities_without_counties_stand_for_their_county(text: str, code: str, level: Level) -> None:
    division = parse_division_code(text)
    assert division is not None
    assert (division.code, division.level) == (code, level)


@given(st.from_regex(r"[0-9]{2,12}", fullmatch=True))
def test_cutting_loses_nothing_but_zeros_and_is_done_once(text: str) -> None:
    cut = cut_code(text)
    if cut is not None:
        assert text.startswith(cut)
        assert set(text[len(cut) :]) <= {"0"}
        assert cut_code(cut) == cut
        assert len(cut) in (2, 4, 6, 9, 12)
