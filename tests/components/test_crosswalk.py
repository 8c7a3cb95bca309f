from __future__ import annotations

from itertools import permutations

import pytest

from components.catalogue import SHIPPED
from components.class_info import KINDS, STANDARDS
from components.class_tables import shipped_rows
from components.crosswalk import RELATIONS, convert_class, the_class
from gis.errors import DataRefused, NotFound, UsageError

PAIRS = list(permutations(STANDARDS, 2))


def conversions(source, target, kind):
    for code in SHIPPED.classes(source, kind):
        try:
            yield code, convert_class(code, source, target, kind)
        except NotFound:
            continue


def test_classes_are_converted_by_the_table_only() -> None:
    assert convert_class("0118", "2007", "2026").codes == ("01037",)
    assert convert_class("0118", "2013", "2026").codes == ("01018",)
    assert convert_class("0117", "2007", "2026").codes[:2] == ("01030", "01031")
    assert convert_class("0504", "2013", "2026").codes == ()
    assert convert_class("0101", "2013", "2013").codes == ("0101",)
    assert convert_class("0110", "2013", "2026", "matter").codes == ("06010",)
    assert convert_class("0507", "2013", "2026").code == "01070"
    assert convert_class("0507", "2013", "2026", "matter").code == "10001"
    with pytest.raises(NotFound, match="0199"):
        convert_class("0199", "2013", "2026")
    with pytest.raises(UsageError, match="2015"):
        convert_class("01001", "2026", "2015")


@pytest.mark.parametrize(
    "row", list(shipped_rows("crosswalk.csv")), ids=lambda row: f"{row['standard']}-{row['code']}"
)
def test_every_row_of_the_table_names_classes_of_both_editions(row) -> None:
    assert SHIPPED.info(row["standard"], row["code"], row["kind"]) is not None
    codes = row["code_2026"].split(";") if row["code_2026"] else []
    kinds = KINDS if row["kind"] == "matter" else ("component",)
    for code in codes:
        assert any(SHIPPED.info("2026", code, kind) is not None for kind in kinds)
    assert row["relation"] in RELATIONS


def test_the_way_back_is_taken_where_one_class_leads_there() -> None:
    assert convert_class("01001", "2026", "2013").codes == ("0101",)
    assert convert_class("01001", "2026", "2007").codes == ("0101",)
    assert convert_class("01030", "2026", "2007").relation == "part of a wider class"
    assert convert_class("03006", "2026", "2007").codes == ("0306", "0307")
    with pytest.raises(NotFound):
        convert_class("01077", "2026", "2013")


def test_2007_and_2013_are_joined_by_way_of_2026() -> None:
    found = convert_class("0118", "2007", "2013")
    assert (found.codes, found.by_way_of) == (("0137",), "2026")
    assert convert_class("0101", "2013", "2007").codes == ("0101",)
    with pytest.raises(NotFound):
        # 2026 has no burst pipes; 2007 and 2013 both have
        convert_class("0504", "2013", "2007", "matter")
    with pytest.raises(NotFound):
        # of the six poles it may be, the table to 2013 knows some only
        convert_class("0117", "2007", "2013")


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_converted_and_brought_back_may_be_what_it_was(source, target, kind) -> None:
    for code, there in conversions(source, target, kind):
        for new in there.codes:
            try:
                assert code in convert_class(new, target, source, kind).codes
            except NotFound:
                # The wider class may be others too, which the table between does not know.
                assert there.relation in ("part of a wider class", "ambiguous: choose by hand")


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("kind", KINDS)
def test_only_one_class_is_ever_given(source, target, kind) -> None:
    for code, there in conversions(source, target, kind):
        if len(there.codes) == 1:
            assert the_class(code, source, target, kind) == there.codes[0]
        else:
            with pytest.raises(DataRefused) as refused:
                the_class(code, source, target, kind)
            assert str(refused.value.expected or "") == ", ".join(there.codes)


def test_a_silent_table_is_a_refusal() -> None:
    with pytest.raises(DataRefused, match="0105"):
        the_class("0105", "2013", "2026")
