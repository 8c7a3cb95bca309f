"""Numbers and codes of proposals: after the highest ever used, never beyond 999."""

from __future__ import annotations

import pytest
import shapely

from gis.errors import DataRefused
from grids.numbering_order import numbering_order
from grids.proposals.numbers import HIGHEST, number_grids

STREET = "500113001"
SQUARE = shapely.box(0, 0, 300, 300)


def test_grids_are_numbered_from_one_in_the_order_of_the_rule(ground) -> None:
    proposals = ground.proposed(SQUARE)
    order = numbering_order(proposals.division.metres)
    assert proposals.numbers[order].tolist() == list(range(1, len(proposals) + 1))
    assert proposals.frame()["code"].tolist() == [
        f"{STREET}001{number:03d}" for number in range(1, len(proposals) + 1)
    ]


def test_numbers_go_on_after_the_highest_that_was_ever_used(ground) -> None:
    proposals = ground.proposed(SQUARE, used={f"{STREET}001": {1, 2, 17}, f"{STREET}002": {900}})
    assert min(proposals.numbers) == 18
    assert len(set(proposals.numbers.tolist())) == len(proposals)


def test_a_thousandth_grid_is_refused_with_what_to_do(ground) -> None:
    with pytest.raises(DataRefused) as refused:
        ground.proposed(SQUARE, used={f"{STREET}001": {HIGHEST - 3}})
    assert f"{STREET}001" in str(refused.value)
    assert "996" in str(refused.value)
    assert "[communities]" in str(refused.value.hint)


def test_number_999_is_still_given(ground) -> None:
    proposals = ground.proposed(SQUARE)
    last = HIGHEST - len(proposals)
    communities = proposals.request.communities
    numbers = number_grids(
        communities, proposals.division.community, proposals.division.metres, {f"{STREET}001": {last}}
    )
    assert max(numbers) == HIGHEST


def test_communities_with_codes_of_their_own_get_numbers_and_no_codes(ground) -> None:
    proposals = ground.proposed(SQUARE, shapely.box(300, 0, 500, 300), codes=["SQ-3", f"{STREET}002"])
    frame = proposals.frame()
    own = frame["community"] == "SQ-3"
    assert frame.loc[own, "code"].isna().all()
    assert frame.loc[~own, "code"].str.fullmatch(r"\d{15}").all()
    assert frame.loc[own, "sequence"].tolist() == list(range(1, own.sum() + 1))
    assert any("SQ-3" in str(note) for note in proposals.notes)


def test_rows_come_by_community_and_number(ground) -> None:
    frame = ground.proposed(SQUARE, shapely.box(300, 0, 500, 300)).frame()
    assert frame["code"].is_monotonic_increasing
