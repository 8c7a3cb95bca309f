from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.identifiers import ComponentId, build_component_id, parse_component_id
from gis.errors import UsageError


def test_identifiers_of_both_lengths_are_taken_apart() -> None:
    assert parse_component_id("3205080101000001") == ComponentId("320508", "0101", 1)
    assert parse_component_id("50011301001000001") == ComponentId("500113", "01001", 1)
    assert parse_component_id("3205080101000001").legacy
    assert not parse_component_id("50011301001000001").legacy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "320508010100000",
        "500113010010000011",
        "3205080101000000",
        "320508010100000A",
        "３205080101000001",
    ],
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert parse_component_id(text) is None


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{4,5}", fullmatch=True),
    st.integers(1, 999_999),
)
def test_build_and_parse_are_inverse(county: str, class_code: str, sequence: int) -> None:
    identifier = build_component_id(county, class_code, sequence)
    parsed = parse_component_id(identifier)
    assert parsed == ComponentId(county, class_code, sequence)
    assert str(parsed) == identifier


@pytest.mark.parametrize(
    ("county", "class_code", "sequence"),
    [("50011", "0101", 1), ("500113", "010", 1), ("500113", "0101", 0), ("500113", "0101", 1_000_000)],
)
def test_parts_out_of_range_are_refused(county: str, class_code: str, sequence: int) -> None:
    with pytest.raises(UsageError):
        build_component_id(county, class_code, sequence)
