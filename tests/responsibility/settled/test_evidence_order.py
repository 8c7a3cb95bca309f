"""The order of evidence that a city sets for some classes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from responsibility.classes import choose_classes
from responsibility.evidence_order import DEFAULT, order_for
from responsibility.model import Kind, Named, Question
from responsibility.records import Boundary
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings, load_settings
from responsibility.settled_records import Facility, Precedent, Settled

COVER = "5001990101000001"
OF = {"boundary": "BUILD", "handover": "PARK", "precedent": "AUTH", "facility": "CLEAN", "record": "MAINT",
      "contract": "TEAM", "table": "GOV"}  # fmt: skip


def full_case(hand, order):
    """Return a case of which every kind of evidence names another unit."""
    fixed = replace(hand.FIXED, code=OF["table"])
    areas = (
        hand.area("A", OF["handover"], handover="在建"),
        hand.area("B", OF["contract"]),
    )
    place = hand.at(*areas, boundaries=(Boundary("L", None, OF["boundary"], 5.0, (), 4),))
    piece = replace(hand.component(), owner=None)
    settled = Settled(
        "20251001",
        (Facility(COVER, COVER, owner=Named(OF["facility"], None)),),
        (Precedent("P1", "component", "20250601", Named(OF["precedent"], None), component_id=COVER),),
    )
    return {
        "place": place,
        "component": piece,
        "settled": settled,
        "rules": (hand.rule(fixed),),
        "order": order,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(DEFAULT), min_size=1, unique=True))
def test_the_first_evidence_of_the_order_decides_and_what_is_left_out_is_not_weighed(hand, order) -> None:
    verdict = hand.decide(**full_case(hand, tuple(order)))
    assert hand.acting(verdict) == OF[order[0]]
    named = {reason.candidate for reason in verdict.reasons}
    assert named == {OF[name] for name in order}


def test_the_order_of_the_standards_note_is_the_default(hand) -> None:
    for first, name in enumerate(DEFAULT):
        assert hand.acting(hand.decide(**full_case(hand, DEFAULT[first:]))) == OF[name]


def test_the_most_exact_order_counts() -> None:
    orders = {
        "component": ["record"], "component:01": ["facility"], "component:0101": ["contract"],
        "matter": ["table"],
    }  # fmt: skip

    def order(text: str, kind: Kind = Kind.COMPONENT) -> tuple[str, ...]:
        return order_for(orders, choose_classes(text, "2013", kind, "2013"), kind)

    assert order("0101") == ("contract",)
    assert order("0102") == order("01") == ("facility",)
    assert order("0201") == ("record",)
    assert order("0101", Kind.MATTER) == ("table",)
    # Of several classes with several orders the general one.
    assert order("井盖") == ("record",)
    assert order_for(orders, None, Kind.COMPONENT) == ("record",)
    assert order_for({}, None, Kind.COMPONENT) == DEFAULT


def test_a_file_sets_the_order_and_answers_follow_it(city, tmp_path: Path) -> None:
    path = tmp_path / "wangge.toml"
    path.write_text('[resolve.evidence_order]\n"component:0101" = ["table", "record"]\n', "utf-8")
    chosen = load_settings(path)
    question = Question(component_id=COVER)
    usual, other = (Resolver(city, settings=one).resolve(question) for one in (ResolveSettings(), chosen))
    assert (usual.parties.acting.code, other.parties.acting.code) == ("MAINT", "OWNER")
    assert other.main_reason.code == "rule.owner"
    assert usual.basis.config != other.basis.config


@pytest.mark.parametrize(
    "orders",
    [
        {"lamp": ["record"]},
        {"component:covers": ["record"]},
        {"component": ["record", "record"]},
        {"component": ["rumour"]},
        {"component": "record"},
        ["record"],
    ],
)
def test_an_order_that_cannot_be_is_refused(orders) -> None:
    with pytest.raises(UsageError) as caught:
        ResolveSettings(evidence_order=orders)
    assert caught.value.field.startswith("evidence_order")
