from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import UsageError
from grids.codes import (
    GRID_CODE,
    Level,
    build_grid_code,
    from_legacy,
    lies_within,
    normalise,
    parse_division_code,
    parse_grid_code,
)


def test_a_grid_code_is_taken_apart() -> None:
    code = parse_grid_code("500113001002017")
    assert (code.county, code.street, code.community, code.sequence) == (
        "500113",
        "500113001",
        "500113001002",
        17,
    )


@pytest.mark.parametrize(
    "text",
    [
        "500113001002000",
        "50011300100217",
        "5001130010020170",
        "５００１１３００１００２０１７",
        "50011300100201A",
        "",
        "500113001002017 ",
    ],
)
def test_other_texts_are_not_grid_codes(text: str) -> None:
    with pytest.raises(UsageError, match=r"网格"):
        parse_grid_code(text)


def test_full_width_digits_are_normalised_when_asked() -> None:
    assert normalise(" ５００１１３００１００２０１７") == "500113001002017"


@given(st.from_regex(r"\d{12}", fullmatch=True).filter(str.isascii), st.integers(1, 999))
def test_build_and_parse_are_inverse(community: str, sequence: int) -> None:
    code = parse_grid_code(build_grid_code(community, sequence))
    assert (code.community, code.sequence) == (community, sequence)


def test_building_outside_the_ranges_is_refused() -> None:
    with pytest.raises(UsageError, match="50011300100"):
        build_grid_code("50011300100", 1)
    for sequence in (0, 1000):
        with pytest.raises(UsageError, match=str(sequence)):
            build_grid_code("500113001002", sequence)


def test_a_legacy_code_is_found_again_by_padding_its_sequence() -> None:
    assert from_legacy("11010801100408") == "110108011004008"
    assert GRID_CODE.fullmatch(from_legacy("11010801100408"))
    with pytest.raises(UsageError, match="110108011004008"):
        from_legacy("110108011004008")


@pytest.mark.parametrize(
    ("text", "code", "level", "parent"),
    [
        ("500113", "500113", Level.COUNTY, None),
        ("500113000000", "500113", Level.COUNTY, None),
        ("500113001", "500113001", Level.STREET, "500113"),
        ("330106010000", "330106010", Level.STREET, "330106"),
        ("500113001002", "500113001002", Level.COMMUNITY, "500113001"),
    ],
)
def test_division_codes_are_cut_to_their_level(
    text: str, code: str, level: Level, parent: str | None
) -> None:
    division = parse_division_code(text)
    assert division is not None
    assert (division.code, division.level, division.parent) == (code, level, parent)
    assert len(code) == level.digits


@pytest.mark.parametrize("text", ["SQ-3", "5001", "500100", "330106000012", "50011300", "", "５００１１３"])
def test_other_texts_are_not_division_codes(text: str) -> None:
    assert parse_division_code(text) is None


@pytest.mark.parametrize(
    ("code", "parent", "within"),
    [
        ("330106012003002", "330106012003", True),
        ("330106012003002", "330106012004", False),
        ("SQ-3-2", "SQ-3", True),
        ("SQ-31-2", "SQ-3", False),
        ("SQ-3", "SQ-3", True),
    ],
)
def test_membership_is_read_from_the_form_of_codes(code: str, parent: str, within: bool) -> None:
    assert lies_within(code, parent) is within
