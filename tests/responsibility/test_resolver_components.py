"""Answers about components, matters, rules and addresses on a small town, on both databases."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pytest
import shapely

from gis.editions import commit, list_editions
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.registry import Registry
from responsibility.model import Decision, Kind, Ownership, Question, Resolution, Source, Status
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")


def ask(registry: Registry, *where: float, preload: bool = False, **asked: Any) -> Resolution:
    position = dict(zip(("lon", "lat"), where, strict=False))
    resolver = Resolver(registry, preload=preload, now=lambda: MOMENT)
    return resolver.resolve(Question(**position, **asked))


def test_the_nearest_component_of_the_class_is_taken_and_all_within_reach_listed(
    city: Registry, town: Town
) -> None:
    lon, lat = town.xy(0.502)
    answer = ask(city, lon, lat, class_text="0101")

    assert [near.id[-6:] for near in answer.components] == ["000001", "000002"]
    assert [near.distance_m for near in answer.components] == [0.19, 0.78]
    assert answer.component == answer.components[0]
    entry = answer.to_dict()["components"][0]
    assert entry["parties"]["maintainer"] == {"code": "MAINT", "name": "排水养护公司"}


def test_of_components_in_one_place_the_lowest_identifier_is_taken(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5, 0.9), class_text="0101")

    assert [near.id[-6:] for near in answer.components] == ["000003", "000004"]


def test_reach_is_the_accuracy_of_the_class_and_of_the_position(city: Registry, town: Town) -> None:
    # 97.1 m to the degree's thousandth: 5.83 m away, reach 0.5 m and accuracy.
    where = town.xy(0.44)

    assert ask(city, *where, class_text="0101").component is None
    assert ask(city, *where, class_text="0101", accuracy_m=5.4).component is not None
    assert ask(city, *where, class_text="0101", source=Source.GPS).component is not None


def test_a_component_that_is_a_line_is_as_near_as_its_nearest_part(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5, 0.12), class_text="0201")

    assert answer.component is not None
    assert answer.component.distance_m == 2.22


def test_rules_and_deadline_follow_the_component_found_by_a_group(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="井盖")

    assert [rule.number for rule in answer.rules] == [1, 2]
    assert answer.deadline is None


def test_a_removed_component_is_not_found(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(2.5), class_text="0101")

    assert (answer.component, answer.ownership) == (None, Ownership.NOT_SURVEYED)


def test_a_component_of_unknown_owner_waits_for_it(city: Registry, town: Town) -> None:
    ownerless = ask(city, *town.xy(2.5), class_text="0123")
    unrecorded = ask(city, *town.xy(1.5), class_text="0101")

    for answer in (ownerless, unrecorded):
        assert (answer.decision, answer.ownership) == (Decision.PENDING_OWNERSHIP, Ownership.UNKNOWN)
        assert answer.parties.interim is not None
        assert answer.parties.interim.code == "EAST"


def test_a_component_is_found_by_its_identifier(city: Registry) -> None:
    answer = ask(city, component_id="5001990101000001", source=Source.COMPONENT)

    assert answer.component is not None
    assert (answer.component.distance_m, answer.location.accuracy_m) == (0.0, 0.5)
    assert answer.unit_grid is not None
    assert answer.unit_grid.code == "500199001001001"
    assert answer.parties.acting is not None
    assert answer.parties.acting.code == "MAINT"


def test_a_component_that_is_a_line_is_located_on_itself(city: Registry) -> None:
    answer = ask(city, component_id="5001990201000001", source=Source.COMPONENT)

    assert answer.location.status is Status.INSIDE


def test_an_unknown_component_is_not_found(city: Registry) -> None:
    with pytest.raises(NotFound, match="5001990101999999"):
        ask(city, component_id="5001990101999999")


def test_a_component_of_another_class_than_said_is_refused(city: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        ask(city, component_id="5001990101000001", class_text="0102")

    assert (caught.value.field, caught.value.expected) == ("class", "0101")
    assert ask(city, component_id="5001990101000001", class_text="井盖").component is not None


def test_an_address_is_looked_up_by_its_full_text(own_city: Registry, town: Town) -> None:
    point = shapely.Point(*town.xy(0.5))
    commit(own_city, "addresses", town.frame([{"code": "P1", "address": "河东路1号", "geometry": point}]))

    answer = ask(own_city, address=" 河东路１号", source=Source.ADDRESS)

    assert (answer.location.lon, answer.location.accuracy_m) == (point.x, 30.0)
    with pytest.raises(NotFound):
        ask(own_city, address="河东路2号")


def test_a_matter_is_decided_by_the_table_alone(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="0101", kind=Kind.MATTER)

    assert (answer.decision, answer.ownership, answer.component) == (Decision.JOINT, None, None)
    assert answer.parties.acting is not None
    assert answer.parties.acting.code == "CLEAN"
    assert [unit.code for unit in answer.parties.assisting] == ["EAST"]


def test_the_only_rule_sets_the_deadline_and_its_last_step_the_due_time(city: Registry, town: Town) -> None:
    at = datetime.fromisoformat("2026-11-19T08:30:00+08:00")
    answer = ask(city, *town.xy(3.5), class_text="0102", at=at).to_dict()

    assert answer["deadline"] == {"limit": "停工4工作时; 拆除20工作日", "due": "2026-12-16T17:30:00+08:00"}
    assert answer["rules"][0]["steps"] == [
        {"step": "停工", "limit": "4工作时", "due": "2026-11-19T14:30:00+08:00"},
        {"step": "拆除", "limit": "20工作日", "due": "2026-12-16T17:30:00+08:00"},
    ]


def test_beyond_the_calendar_there_is_a_limit_without_a_due_time(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(3.5), class_text="0102")

    assert answer.deadline is not None
    assert (answer.deadline.limit, answer.deadline.due) == ("停工4工作时; 拆除20工作日", None)
    assert answer.reasons[-1].code == "deadline.no_calendar"
    assert answer.decision is Decision.DECIDED


def test_a_rule_the_class_does_not_have_is_told(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="0101", rule=7)

    assert answer.deadline is None
    assert (answer.reasons[-1].code, answer.reasons[-1].ref) == ("rule.unknown", "7")


def alias(registry: Registry, scheme: str, identifier: str, component: str) -> None:
    row = {"scheme": [scheme], "identifier": [identifier], "component_id": [component]}
    commit(registry, "component-aliases", pandas.DataFrame(row))


def test_a_component_is_found_by_a_former_identifier_and_by_that_of_another_body(own_city: Registry) -> None:
    alias(own_city, "2007", "5001990118000031", "5001990101000001")
    alias(own_city, "manhole", "GS-17", "5001990101000001")
    wanted = ask(own_city, component_id="5001990101000001", source=Source.COMPONENT)
    for identifier in ("5001990118000031", "GS-17"):
        answer = ask(own_city, component_id=identifier, source=Source.COMPONENT)
        assert answer.component == wanted.component
        assert answer.parties == wanted.parties


def test_an_identifier_of_two_components_is_refused_with_both(own_city: Registry) -> None:
    alias(own_city, "manhole", "GS-17", "5001990101000001")
    alias(own_city, "供水公司", "GS-17", "5001990101000002")
    with pytest.raises(UsageError) as caught:
        ask(own_city, component_id="GS-17")
    assert (caught.value.field, caught.value.expected) == (
        "component",
        "5001990101000001, 5001990101000002",
    )


def test_an_alias_holds_from_the_moment_it_was_entered(own_city: Registry) -> None:
    before = list_editions(own_city)[0].committed_at
    alias(own_city, "manhole", "GS-17", "5001990101000001")
    with pytest.raises(NotFound):
        ask(own_city, component_id="GS-17", as_of=before)


def local_class(registry: Registry, **columns: object) -> None:
    names = DATASETS["classes"].columns
    row = {"standard": "2013", "kind": "component", "code": "0199", "name": "共享雨伞架", **columns}
    commit(registry, "classes", pandas.DataFrame([{name: row.get(name) for name in names}], dtype=object))


@pytest.mark.parametrize("preload", [False, True])
def test_a_city_s_own_class_is_known_from_the_moment_it_was_entered(
    own_city: Registry, town: Town, preload: bool
) -> None:
    resolver = Resolver(own_city, preload=preload, now=lambda: MOMENT)
    lon, lat = town.xy(0.5)
    groups = {"lon": lon, "lat": lat, "class_text": "便民设施"}
    with pytest.raises(UsageError):
        resolver.resolve(Question(**groups))
    before = list_editions(own_city)[0].committed_at
    local_class(own_city, group_names='["便民设施"]')
    assert resolver.resolve(Question(**groups)).decision is not None
    assert resolver.resolve(Question(lon=lon, lat=lat, class_text="共享雨伞架")).to_dict()["basis"][
        "editions"
    ]
    with pytest.raises(UsageError):
        resolver.resolve(Question(**groups, as_of=before))


def test_a_sub_class_is_answered_like_the_class_above_it(own_city: Registry, town: Town) -> None:
    local_class(own_city, code="010101", name="智能上水井盖", parent_code="0101")
    where = town.xy(0.502)
    plain = ask(own_city, *where, class_text="0101")
    for text in ("010101", "智能上水井盖"):
        answer = ask(own_city, *where, class_text=text)
        assert (answer.component, answer.rules) == (plain.component, plain.rules)
    with pytest.raises(UsageError):
        ask(own_city, *where, class_text="010199")


def test_what_a_city_settled_about_accuracy_is_the_reach_of_a_class(own_city: Registry, town: Town) -> None:
    # 5.83 m from the cover, whose class is of accuracy A
    where = town.xy(0.44)
    assert ask(own_city, *where, class_text="0101").component is None
    local_class(own_city, code="0101", name="上水井盖", accuracy_class="C")
    assert ask(own_city, *where, class_text="0101").component is not None
