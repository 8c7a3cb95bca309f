"""Lists about components that are no longer there."""

from __future__ import annotations

import pandas

from gis.editions import Change, commit, commit_changes
from responsibility.duty_subject import Subject, frame_of
from responsibility.precedents import Ruling, add_precedent
from responsibility.sweep.components import lost_components

COVER, SECOND = "5001990101000001", "5001990101000002"


def test_entries_of_components_that_went_are_told_unless_an_identifier_leads_on(own_city, town) -> None:
    rows = [{"code": one, "component_id": one, "owner_code": "OWNER"} for one in (COVER, SECOND)]
    place = {"code": "Z1", "owner_code": "OWNER", "geometry": town.cells(0, 1)}
    commit(own_city, "facilities", frame_of("facilities", [*rows, place]))
    add_precedent(own_city, Ruling(Subject(component_id=COVER), "AUTH", "纪要", "20250601"))
    assert list(lost_components(own_city)) == []
    gone = Change("components", town.pieces().iloc[:0], [(COVER,), (SECOND,)])
    commit_changes(own_city, [gone], operation="retire")
    told = [(one.code, one.dataset, one.id, one.count) for one in lost_components(own_city)]
    assert told == [("R10", "facilities", COVER, 2), ("R10", "precedents", COVER, 1)]
    alias = {"scheme": "2013", "identifier": COVER, "component_id": "5001990101000003", "note": None}
    commit(own_city, "component-aliases", pandas.DataFrame([alias]))
    assert [(one.dataset, one.id) for one in lost_components(own_city)] == [("facilities", SECOND)]
