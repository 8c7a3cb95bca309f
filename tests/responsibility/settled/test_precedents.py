"""Precedents and answers of units in a registry, and what they do to answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas
import pytest

from gis.editions import commit, list_editions, revert
from gis.errors import NotFound, UsageError
from gis.text import language
from responsibility.duty_answers import Said, ask_units, list_answers, record_answer
from responsibility.duty_subject import Subject
from responsibility.model import Kind, Ownership, Question
from responsibility.precedents import Ruling, add_precedent, list_precedents, withdraw_precedent
from responsibility.resolver import Resolver

COVER, NOBODYS, MISSING = "5001990101000001", "5001990101000005", "5001990101999999"


def ruling(subject: Subject | None = None, **changes) -> Ruling:
    made = {"unit": "CLEAN", "evidence": "会议纪要3号", "settled_on": "2025-06-01"} | changes
    return Ruling(subject or Subject(component_id=COVER), **made)


def resolved(registry, **question):
    return Resolver(registry).resolve(Question(**question))


def acting(registry, **question) -> str | None:
    unit = resolved(registry, **question).parties.acting
    return unit.code if unit else None


def test_a_precedent_of_a_component_decides_its_next_case_until_it_is_withdrawn(own_city) -> None:
    before = resolved(own_city, component_id=COVER)
    facts, edition = add_precedent(own_city, ruling(documents=["纪要.pdf"], name="路口井盖"))
    assert facts["code"] == "P20250601-001"
    assert facts["documents"] == ["纪要.pdf"]
    assert set(facts["against"]) == {"MAINT", "排水养护公司", "OWNER", "排水集团"}
    after = resolved(own_city, component_id=COVER)
    assert (after.parties.acting.code, after.ownership) == ("CLEAN", Ownership.SETTLED)
    assert after.main_reason.code == "precedent.settled"
    assert after.main_reason.edition == edition.id
    assert acting(own_city, component_id="5001990101000002") == "MAINT"
    undone = withdraw_precedent(own_city, facts["code"], "原纪要作废")
    assert (undone.operation, undone.source) == ("withdraw", "原纪要作废")
    assert acting(own_city, component_id=COVER) == before.parties.acting.code
    assert list_precedents(own_city) == []
    # What was withdrawn keeps its code, and still answers for its time.
    again, _ = add_precedent(own_city, ruling())
    assert again["code"] == "P20250601-002"
    then = Question(component_id=COVER, as_of=edition.committed_at)
    assert Resolver(own_city).resolve(then).parties.acting.code == "CLEAN"


def test_a_precedent_of_a_place_decides_like_cases_round_it(own_city, town) -> None:
    lon, lat = town.xy(0.5, 0.9)
    place = Subject(lon=lon, lat=lat, radius_m=20, classes=("井盖",))
    add_precedent(own_city, ruling(place, unit="环卫公司"))
    here = {"lon": lon, "lat": lat, "class_text": "0101", "accuracy_m": 1.0}
    assert acting(own_city, **here) == "CLEAN"
    assert acting(own_city, **here | {"class_text": "0201"}) != "CLEAN"
    assert acting(own_city, **here | {"kind": Kind.MATTER}) == acting(own_city, lon=town.xy(1.5)[0], lat=lat,
        class_text="0101", kind=Kind.MATTER)  # fmt: skip
    # 30 m to the east another unit acts, which is said where the report is not exact enough.
    east = here | {"lon": lon + 30 / 97000}
    assert "acting" not in resolved(own_city, **here).differs_within_accuracy
    assert acting(own_city, **east | {"class_text": "0102"}) != "CLEAN"
    assert "acting" in resolved(own_city, **here | {"accuracy_m": 25.0}).differs_within_accuracy
    assert "acting" in resolved(own_city, **east | {"accuracy_m": 15.0}).differs_within_accuracy


def test_a_precedent_of_matters(own_city, town) -> None:
    lon, lat = town.xy(3.5)
    subject = Subject(lon=lon, lat=lat, radius_m=50, kind=Kind.MATTER, classes=("0101",), standard="2013")
    add_precedent(own_city, ruling(subject, unit="BUILD"))
    question = {"lon": lon, "lat": lat, "class_text": "0101", "standard": "2013"}
    assert acting(own_city, kind=Kind.MATTER, **question) == "BUILD"
    assert acting(own_city, **question) != "BUILD"


def test_a_newer_record_of_the_component_wins_and_says_so(own_city, town) -> None:
    add_precedent(own_city, ruling())
    pieces = town.pieces()
    pieces["change_date"] = None
    mine = pieces["id"] == COVER
    pieces.loc[mine, ["change_date", "maintainer_code", "maintainer_name"]] = [
        "20250901",
        "BUILD",
        "建设公司",
    ]
    commit(own_city, "components", pieces)
    answer = resolved(own_city, component_id=COVER)
    assert answer.parties.acting.code == "BUILD"
    with language("zh"):
        assert "但 2025-09-01 的新证据指向建设公司，以新证据为准" in str(answer.reasons[0].why)


def test_a_former_identifier_still_leads_to_what_was_settled(own_city, town) -> None:
    add_precedent(own_city, ruling())
    commit(own_city, "components", town.pieces().iloc[:1].assign(id="5001990101000777"))
    alias = {"scheme": "2013", "identifier": COVER, "component_id": "5001990101000777", "note": None}
    commit(own_city, "component-aliases", pandas.DataFrame([alias]))
    assert acting(own_city, component_id="5001990101000777") == "CLEAN"


REFUSED = (
    ({"subject": Subject()}, UsageError, "component"),
    ({"subject": Subject(component_id=COVER, lon=106.5, lat=29.4)}, UsageError, "component"),
    ({"subject": Subject(component_id=MISSING)}, NotFound, "component"),
    ({"subject": Subject(lon=106.5, lat=29.4, radius_m=10)}, UsageError, "class"),
    ({"subject": Subject(lon=106.5, lat=29.4, classes=("0101",))}, UsageError, "radius"),
    ({"subject": Subject(lon=106.5, lat=99.0, radius_m=5, classes=("0101",))}, UsageError, "lon"),
    ({"subject": Subject(component_id=COVER, classes=("飞船",))}, UsageError, "class"),
    ({"unit": "没有的单位"}, UsageError, "unit"),
    ({"against": ["没有的单位"]}, UsageError, "against"),
    ({"evidence": "  "}, UsageError, "evidence"),
    ({"settled_on": "去年"}, UsageError, "date"),
)


def test_what_cannot_be_is_refused_and_nothing_is_written(own_city) -> None:
    count = len(list_editions(own_city))
    for changes, error, field in REFUSED:
        made = ruling(changes["subject"]) if "subject" in changes else ruling(**changes)
        with pytest.raises(error) as caught:
            add_precedent(own_city, made)
        assert caught.value.field == field
    assert len(list_editions(own_city)) == count


def test_what_a_unit_says_is_kept_and_shown_and_a_revert_takes_it_back(own_city) -> None:
    ask_units(own_city, COVER, ["MAINT", "市政局"], "20250601")
    assert [one["answer"] for one in list_answers(own_city, component=COVER)] == ["asked", "asked"]
    assert resolved(own_city, component_id=COVER).ownership is Ownership.RECORDED
    said = Said(Subject(component_id=COVER), "MAINT", "declines", "管线已移交", "20250610", ["复函.pdf"])
    facts, edition = record_answer(own_city, said)
    assert (facts["asked_date"], facts["answer_date"]) == ("20250601", "20250610")
    answer = resolved(own_city, component_id=COVER)
    assert (answer.ownership, answer.parties.acting.code) == (Ownership.DISPUTED, "MAINT")
    assert ("duty.declines", "MAINT", False) in [(r.code, r.candidate, r.taken) for r in answer.reasons]
    # Asked again, its answer stays.
    (again,), _ = ask_units(own_city, COVER, ["MAINT"], "20250701")
    assert (again["answer"], again["reason"], again["documents"]) == ("declines", "管线已移交", ["复函.pdf"])
    assert again["asked_date"] == "20250701"
    revert(own_city, edition.id + 1)
    revert(own_city, edition.id)
    assert resolved(own_city, component_id=COVER).ownership is Ownership.RECORDED


def test_what_is_said_of_a_place_is_shown_there(own_city, town) -> None:
    lon, lat = town.xy(0.5)
    place = Subject(lon=lon, lat=lat, radius_m=10, kind=Kind.MATTER, classes=("0101",))
    record_answer(own_city, Said(place, "CLEAN", "declines", "不在标段内", "20250610"))
    answer = resolved(own_city, lon=lon, lat=lat, class_text="0101", kind=Kind.MATTER)
    assert answer.reasons[0].code == "duty.declines"
    assert answer.ownership is None


def test_the_same_question_gets_the_same_bytes_one_by_one_and_with_others(own_city, town) -> None:
    lon, lat = town.xy(0.5)
    add_precedent(own_city, ruling())
    add_precedent(own_city, ruling(Subject(lon=lon, lat=lat, radius_m=60, classes=("0101",)), unit="BUILD"))
    record_answer(own_city, Said(Subject(component_id=NOBODYS), "AUTH", "claims", "属我局", "20250610"))
    moment = datetime(2099, 1, 1, tzinfo=UTC)
    questions = [
        Question(lon=town.xy(column)[0], lat=lat, class_text="0101", accuracy_m=20.0, as_of=moment, at=moment)
        for column in (0.2, 0.45, 0.5, 0.51, 0.6, 1.1, 1.5, 2.5)
    ]
    together = [answer.to_json() for answer in Resolver(own_city).resolve_many(questions)]
    kept = Resolver(own_city, preload=True)
    assert [kept.resolve(one).to_json() for one in questions] == together
    assert [Resolver(own_city).resolve(one).to_json() for one in questions] == together
