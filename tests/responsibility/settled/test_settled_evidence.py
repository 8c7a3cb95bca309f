"""Facility list, handover and precedents among the other evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.text import language
from responsibility.model import Decision, Kind, Named, Ownership
from responsibility.settled_records import DutyAnswer, Facility, Precedent, Settled

COVER = "5001990101000001"
ENTRY = Facility(
    COVER, COVER, "人民路井盖", owner=Named("CLEAN", None), maintainer=Named("PARK", None), dated="20250101",
    evidence="移交协议", edition=8,
)  # fmt: skip
RULING = Precedent(
    "P1",
    "component",
    "20250601",
    Named("AUTH", "市政局"),
    component_id=COVER,
    evidence="会议纪要1号",
    edition=9,
)
SAID = DutyAnswer(
    "D1", "component", Named("MAINT", "排水养护公司"), "declines", component_id=COVER,
    answered_on="20250701", reason="管线已移交", edition=9,
)  # fmt: skip


def settled(*found, day="20251001") -> Settled:
    return Settled(
        day,
        tuple(one for one in found if isinstance(one, Facility)),
        tuple(one for one in found if isinstance(one, Precedent)),
        tuple(one for one in found if isinstance(one, DutyAnswer)),
    )


def test_the_list_comes_before_the_record_and_fills_the_parties(hand) -> None:
    verdict = hand.decide(settled=settled(ENTRY))
    assert hand.acting(verdict) == "PARK"
    assert hand.taken(verdict) == ["facility.maintainer"]
    assert verdict.parties.owner.code == "CLEAN"
    assert verdict.parties.authority.code == "AUTH"
    assert verdict.ownership is Ownership.RECORDED
    assert {"facility.owner", "component.maintainer", "component.owner"} <= set(hand.codes(verdict))
    assert hand.others(verdict) == ["CLEAN", "MAINT", "OWNER"]


def test_the_list_decides_what_nobody_has_recorded(hand) -> None:
    verdict = hand.decide(component=hand.NOBODYS, settled=settled(ENTRY))
    assert (hand.acting(verdict), verdict.ownership) == ("PARK", Ownership.RECORDED)
    verdict = hand.decide(component=None, settled=settled(ENTRY))
    assert (hand.acting(verdict), verdict.ownership) == ("PARK", Ownership.RECORDED)
    verdict = hand.decide(component=hand.NOBODYS, settled=settled(replace(ENTRY, ownership="settled")))
    assert verdict.ownership is Ownership.SETTLED


@pytest.mark.parametrize(
    ("changes", "acting"),
    [
        ({"handover": "在建"}, "BUILD"),
        ({"handover": "未移交"}, "BUILD"),
        ({"handover": "未移交", "handed_over": "20251001"}, "PARK"),
        ({"handover": "未移交", "handed_over": "20251002"}, "BUILD"),
        ({"handover": "质保期"}, "BUILD"),
        ({"handover": "质保期", "warranty_to": "20251001"}, "BUILD"),
        ({"handover": "质保期", "warranty_to": "20250930"}, "PARK"),
        ({"handover": "已移交"}, "PARK"),
        ({"handover": "在建", "builder": None}, "PARK"),
    ],
)
def test_the_builder_answers_until_the_handover_and_in_warranty(hand, changes, acting) -> None:
    entry = replace(ENTRY, **({"builder": Named("BUILD", None)} | changes))
    verdict = hand.decide(settled=settled(entry, RULING if acting == "BUILD" else entry))
    assert hand.acting(verdict) == acting


def test_a_precedent_comes_before_list_and_record_and_after_an_agreement(hand) -> None:
    verdict = hand.decide(settled=settled(ENTRY, RULING))
    assert (hand.acting(verdict), verdict.ownership) == ("AUTH", Ownership.SETTLED)
    assert hand.taken(verdict) == ["precedent.settled"]
    area = hand.area("A", "BUILD", handover="在建")
    assert hand.acting(hand.decide(settled=settled(RULING), place=hand.at(area))) == "BUILD"


def test_newer_evidence_against_a_precedent_wins_and_says_so(hand) -> None:
    newer = replace(ENTRY, dated="20250602")
    verdict = hand.decide(settled=settled(newer, RULING))
    assert hand.acting(verdict) == "PARK"
    assert hand.codes(verdict)[:2] == ["precedent.outdated", "facility.maintainer"]
    with language("zh"):
        assert str(verdict.reasons[0].why) == (
            "同类案件已于 2025-06-01 裁定由市政局负责（会议纪要1号）；"
            "但 2025-06-02 的新证据指向公园管理处，以新证据为准"
        )
    agreeing = replace(newer, owner=Named("AUTH", None))
    assert hand.acting(hand.decide(settled=settled(agreeing, RULING))) == "AUTH"


def test_newer_evidence_wins_over_an_older_list_that_agrees_with_the_precedent(hand) -> None:
    agreeing = replace(ENTRY, owner=Named("AUTH", None), maintainer=None)
    piece = replace(hand.component(), changed="20250801")
    verdict = hand.decide(component=piece, settled=settled(agreeing, RULING))
    assert (hand.acting(verdict), hand.taken(verdict)) == ("MAINT", ["component.maintainer"])


def test_a_unit_that_was_on_record_when_it_was_settled_is_no_news(hand) -> None:
    piece = replace(hand.component(), changed="20250801")
    known = replace(RULING, against=("MAINT", "OWNER"))
    assert hand.acting(hand.decide(component=piece, settled=settled(known))) == "AUTH"
    older = replace(hand.component(), changed="20250601")
    assert hand.acting(hand.decide(component=older, settled=settled(RULING))) == "AUTH"


def test_a_precedent_of_another_class_kind_or_edition_decides_nothing(hand) -> None:
    for other in ({"classes": ("0102",)}, {"kind": "matter"}, {"standard": "2026"}):
        assert hand.acting(hand.decide(settled=settled(replace(RULING, **other)))) == "MAINT"
    matter = replace(RULING, kind="matter", classes=("0101",), component_id=None, standard="2013")
    verdict = hand.decide(kind=Kind.MATTER, component=None, settled=settled(matter))
    assert (hand.acting(verdict), verdict.ownership) == ("AUTH", None)


def test_a_precedent_for_a_closed_unit_goes_to_its_successor_or_to_nobody(hand) -> None:
    old = replace(RULING, unit=Named("OLD", None))
    assert hand.acting(hand.decide(settled=settled(old))) == "MAINT"
    gone = replace(RULING, unit=Named("GONE", None))
    assert hand.acting(hand.decide(settled=settled(gone, ENTRY))) == "PARK"


def test_what_is_disputed_waits_with_everybody_named_and_an_interim_unit(hand) -> None:
    disputed = replace(ENTRY, ownership="disputed")
    verdict = hand.decide(settled=settled(disputed))
    assert verdict.decision is Decision.PENDING_OWNERSHIP
    assert verdict.ownership is Ownership.DISPUTED
    assert verdict.parties.interim.code == "STREET"
    assert hand.taken(verdict) == ["ownership.disputed"]
    assert hand.others(verdict) == ["PARK", "CLEAN", "MAINT", "OWNER"]
    verdict = hand.decide(settled=settled(disputed, RULING))
    assert (hand.acting(verdict), verdict.ownership) == ("AUTH", Ownership.SETTLED)


def test_a_unit_that_says_it_is_not_its_duty_is_shown_and_acts_all_the_same(hand) -> None:
    verdict = hand.decide(settled=settled(SAID))
    assert (hand.acting(verdict), verdict.ownership) == ("MAINT", Ownership.DISPUTED)
    assert hand.codes(verdict)[0] == "duty.declines"
    with language("zh"):
        assert (
            str(verdict.reasons[0].why) == "排水养护公司于 2025-07-01 答复“不属我单位职责”，理由：管线已移交"
        )
    assert hand.decide(settled=settled(SAID, RULING)).ownership is Ownership.SETTLED
    other = replace(SAID, unit=Named("CLEAN", "环卫公司"))
    assert hand.decide(settled=settled(other)).ownership is Ownership.RECORDED


units = st.sampled_from(["MAINT", "OWNER", "AUTH", "PARK", "CLEAN", "GONE", "OLD"]).map(
    lambda c: Named(c, None)
)
days = st.sampled_from(["20250101", "20250601", "20250602", "20251001"])
entries = st.builds(
    lambda owner, maintainer, dated, ownership: replace(
        ENTRY, owner=owner, maintainer=maintainer, dated=dated, ownership=ownership
    ),
    st.none() | units, st.none() | units, st.none() | days, st.none() | st.just("settled"),
)  # fmt: skip
rulings = st.builds(lambda unit, day: replace(RULING, unit=unit, settled_on=day), units, days)
SUCCESSOR = {"OLD": "MAINT", "GONE": None}


def able(unit: Named | None) -> str | None:
    return None if unit is None else SUCCESSOR.get(unit.code, unit.code)


def expected(entry: Facility | None, ruling: Precedent | None, changed: str | None) -> str:
    """Say plainly who acts, by the order of evidence, for the component that MAINT and OWNER are named of."""
    listed = [entry.maintainer, entry.owner] if entry else []
    record = [Named("MAINT", None), Named("OWNER", None)]
    if ruling is not None:
        for named, dated in ((listed, entry.dated if entry else None), (record, changed)):
            usable = [able(unit) for unit in named if able(unit) is not None]
            named_codes = [unit.code for unit in named if unit is not None]
            newer = dated is not None and dated > ruling.settled_on
            if newer and usable and ruling.unit.code not in named_codes:
                return usable[0]
        if able(ruling.unit) is not None:
            return able(ruling.unit)
    return next(code for unit in [*listed, *record] if (code := able(unit)) is not None)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.none() | entries, st.none() | rulings, st.none() | days)
def test_the_order_of_evidence_is_that_of_a_plain_reading(hand, entry, ruling, changed) -> None:
    piece = replace(hand.component(), changed=changed)
    found = [one for one in (entry, ruling) if one is not None]
    verdict = hand.decide(component=piece, settled=settled(*found))
    assert hand.acting(verdict) == expected(entry, ruling, changed)
    assert sum(reason.taken for reason in verdict.reasons) == 1
    again = hand.decide(component=piece, settled=settled(*found))
    assert again == verdict
