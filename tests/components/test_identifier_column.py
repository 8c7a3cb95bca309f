"""Identifiers as numbers against identifiers as texts."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.identifier_column import IdentifierColumn, group_of
from components.identifiers import parse_component_id
from gis.texts import Plain, coded_from_arrow

COUNTIES = st.sampled_from(["500113", "000000", "999999"])
CLASSES = st.sampled_from(["0101", "9999", "01001", "0000"])
WHOLE = st.builds("{}{}{:06d}".format, COUNTIES, CLASSES, st.sampled_from([0, 1, 2, 999_999]))
STRANGE = st.sampled_from(
    ["", "x", "5001130101", "50011301010000011", "５００１１３０１０１００００１", "500113010100000x"]
)
LISTS = st.lists(st.none() | WHOLE | STRANGE, max_size=25)


def plain(values):
    return Plain(pa.array(values, pa.large_string()))


def coded(values):
    return coded_from_arrow(pa.array(values, pa.large_string()))


FORMS = pytest.mark.parametrize("form", [plain, coded])


@FORMS
@given(values=LISTS)
def test_every_identifier_is_taken_apart_as_alone(form, values):
    column = IdentifierColumn.of(form(values))
    parsed = [None if value is None else parse_component_id(value) for value in values]
    assert column.well_formed().tolist() == [one is not None for one in parsed]
    assert column.counties().tolist() == [-1 if one is None else int(one.county) for one in parsed]
    assert column.class_codes().slice(0, len(values)) == [
        None if one is None else one.class_code for one in parsed
    ]
    groups = [-1 if one is None else group_of(one.county, one.class_code) for one in parsed]
    assert column.groups().tolist() == groups
    keys = {str(one): key for one, key in zip(parsed, column.keys().tolist(), strict=True) if one is not None}
    assert len(set(keys.values())) == len(keys)


@FORMS
@given(values=LISTS)
def test_repeated_identifiers_are_found_with_the_first(form, values):
    later, first = IdentifierColumn.of(form(values)).repeated()
    expected = [
        (at, values.index(value))
        for at, value in enumerate(values)
        if value is not None and values.index(value) < at
    ]
    assert list(zip(later.tolist(), first.tolist(), strict=True)) == expected


@FORMS
@given(values=LISTS, asked=st.lists(WHOLE | STRANGE, max_size=8))
def test_identifiers_are_found_by_their_text(form, values, asked):
    column = IdentifierColumn.of(form(values))
    found = {text: sorted(rows.tolist()) for text, rows in column.find(asked).items()}
    assert found == {
        text: [at for at, value in enumerate(values) if value == text] for text in asked if text in values
    }
    assert column.contain(asked).tolist() == [text in values for text in asked]


@given(values=LISTS)
def test_the_highest_number_of_each_county_and_class_is_told(values):
    highest = {}
    for one in filter(None, (parse_component_id(value) for value in values if value is not None)):
        key = (one.county, one.class_code)
        highest[key] = max(highest.get(key, 0), one.sequence)
    told = [parse_component_id(text) for text in IdentifierColumn.of(plain(values)).highest()]
    assert {(one.county, one.class_code): one.sequence for one in told} == highest
    assert len(told) == len(highest)
