"""The pool of what is to be settled, asking, settling, and how far it has come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from geopandas import GeoDataFrame
from sqlalchemy import select

from gis.editions import commit, get_edition
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from responsibility.duty_answers import Said, ask_units, record_answer
from responsibility.duty_subject import Subject, frame_of
from responsibility.model import Decision, Ownership, Question
from responsibility.ownership import Settlement, candidates, settle
from responsibility.ownership_pool import pool
from responsibility.ownership_report import shares, total
from responsibility.precedents import Ruling, add_precedent
from responsibility.resolver import Resolver

COVER, SECOND, NOBODYS, UNKNOWN_COVER = (
    "5001990101000001", "5001990101000002", "5001990101000005", "5001990123000001",
)  # fmt: skip
RESULT = Settlement(
    NOBODYS, "现场核实，产权证号12", "2025-06-01", owner="排水集团", maintainer="MAINT",
    site_record="核实.jpg", minutes="纪要.pdf",
)  # fmt: skip


@pytest.fixture
def city(own_city, town):
    """Return the town with streets in the components' records."""
    pieces = town.pieces()
    pieces["street"] = "500199001"
    pieces.loc[pieces["id"] == UNKNOWN_COVER, ["street", "unit_grid"]] = [None, "500199002001001"]
    commit(own_city, "components", pieces)
    return own_city


def states(registry, **options) -> dict[str, str]:
    return {one.component_id: one.status for one in pool(registry, **options)}


def resolved(registry, component: str):
    return Resolver(registry).resolve(Question(component_id=component))


def listed(*rows: dict[str, object]) -> GeoDataFrame:
    return frame_of("facilities", [{"code": row["component_id"], **row} for row in rows])


def test_the_pool_holds_what_nobody_owns_and_what_is_disputed(city) -> None:
    assert states(city) == {NOBODYS: "unknown", UNKNOWN_COVER: "unknown"}
    record_answer(city, Said(Subject(component_id=COVER), "MAINT", "declines", "已移交", "20250601"))
    record_answer(city, Said(Subject(component_id=SECOND), "CLEAN", "declines", "不归我", "20250601"))
    commit(city, "facilities", listed({"component_id": "5001990101000003", "ownership": "disputed"}))
    assert states(city) == {
        COVER: "disputed", "5001990101000003": "disputed", NOBODYS: "unknown", UNKNOWN_COVER: "unknown",
    }  # fmt: skip
    assert states(city, status="disputed").keys() == {COVER, "5001990101000003"}
    assert states(city, class_code="0123") == {UNKNOWN_COVER: "unknown"}
    assert states(city, street="500199002") == {UNKNOWN_COVER: "unknown"}
    assert list(states(city, limit=1)) == [COVER]


def test_the_pool_and_the_resolver_say_the_same(city) -> None:
    record_answer(city, Said(Subject(component_id=COVER), "OWNER", "declines", "已移交", "20250601"))
    add_precedent(city, Ruling(Subject(component_id=UNKNOWN_COVER), "AUTH", "纪要", "20250601"))
    rows = [
        {"component_id": SECOND, "ownership": "unknown"},
        {"component_id": "5001990101000003", "owner_code": "AUTH", "owner_name": "市政局"},
    ]
    commit(city, "facilities", listed(*rows))
    inside = states(city)
    columns = DATASETS["components"].live.c
    with city.connect() as connection:
        identifiers = list(connection.scalars(select(columns.id).where(columns.state != "移除")))
    for component in identifiers:
        said = str(resolved(city, component).ownership)
        assert inside.get(component, "no") == (said if said in ("unknown", "disputed") else "no"), component


def test_a_component_is_asked_about_settled_and_answers_by_the_list(city) -> None:
    assert resolved(city, NOBODYS).decision is Decision.PENDING_OWNERSHIP
    suggested = {one["code"]: one["answer"] for one in candidates(Resolver(city), NOBODYS)}
    assert suggested == {"EAST": None, "AUTH": None}
    ask_units(city, NOBODYS, ["OWNER"], "20250501")
    assert candidates(Resolver(city), NOBODYS)[0]["answer"] == "asked"
    (entry,) = [one for one in pool(city) if one.component_id == NOBODYS]
    assert (entry.asked, entry.answered, entry.street) == (1, 0, "500199001")
    facts, edition = settle(city, RESULT)
    assert facts["documents"] == ["现场核实记录：核实.jpg", "会议纪要：纪要.pdf"]
    assert (facts["owner_code"], facts["ownership"], facts["edition"]) == ("OWNER", "settled", edition.id)
    assert get_edition(city, edition.id).source == "现场核实，产权证号12"
    assert NOBODYS not in states(city)
    answer = resolved(city, NOBODYS)
    assert (answer.ownership, answer.parties.acting.code) == (Ownership.SETTLED, "MAINT")
    assert answer.main_reason.code == "facility.maintainer"


def test_settling_again_keeps_what_is_not_said_again(city) -> None:
    settle(city, RESULT)
    later = replace(
        RESULT, owner="AUTH", maintainer=None, minutes=None, site_record=None, documents=["新.pdf"]
    )
    facts, _ = settle(city, replace(later, evidence="补充协议", settled_on="20250901"))
    assert (facts["owner_code"], facts["maintainer_code"]) == ("AUTH", "MAINT")
    assert len(facts["documents"]) == 3
    assert facts["evidence_date"] == "20250901"


REFUSED = (
    ({"component": "5001990101999999"}, NotFound, "component"),
    ({"owner": None, "maintainer": None, "authority": "AUTH"}, UsageError, "owner"),
    ({"owner": "没有的"}, UsageError, "owner"),
    ({"evidence": ""}, UsageError, "evidence"),
    ({"settled_on": "昨天"}, UsageError, "date"),
)


def test_a_settlement_that_cannot_be_is_refused(city) -> None:
    for changes, error, field in REFUSED:
        with pytest.raises(error) as caught:
            settle(city, replace(RESULT, **changes))
        assert caught.value.field == field
    assert NOBODYS in states(city)


def test_the_report_counts_by_class_and_by_street(city) -> None:
    settle(city, RESULT)
    by_class = {one.code: one.to_dict() for one in shares(city, "class")}
    assert (by_class["0101"]["settled"], by_class["0101"]["unknown"], by_class["0101"]["share"]) == (
        1,
        0,
        1.0,
    )
    assert by_class["0123"]["name"] == "不明井盖"
    assert by_class["0123"]["share"] == 0.0
    by_street = {one.code: (one.name, one.share) for one in shares(city, "street")}
    assert by_street == {"500199001": ("河东街道", 1.0), "500199002": ("河西街道", 0.0)}
    assert total(shares(city, "street")).share == 0.5
    with pytest.raises(UsageError):
        shares(city, "colour")


def test_an_empty_registry_has_nothing_to_settle(registry) -> None:
    assert states(registry) == {}
    assert total(shares(registry, "class")) is None
