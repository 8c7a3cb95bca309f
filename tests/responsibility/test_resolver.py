"""Answers on a small town, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Town
from typing import Any

import orjson
import pandas
import pytest

from gis.editions import commit, list_editions
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import language
from responsibility.model import Decision, Question, Resolution, Status
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")


def ask(registry: Registry, *where: float, preload: bool = False, **asked: Any) -> Resolution:
    position = dict(zip(("lon", "lat"), where, strict=False))
    resolver = Resolver(registry, preload=preload, now=lambda: MOMENT)
    return resolver.resolve(Question(**position, **asked))


def test_an_answer_has_exactly_the_shape_of_the_interface(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="0101", rule=1).to_dict()

    assert {name: type(value) for name, value in answer.items()} == {
        "answer_id": str, "location": dict, "unit_grid": dict, "divisions": dict,
        "responsibility_grids": list, "areas": list, "differs_within_accuracy": list,
        "component": dict, "components": list,
        "ownership": str, "parties": dict, "decision": str, "alternatives": list, "reasons": list,
        "rules": list, "deadline": dict, "as_of": str, "basis": dict,
    }  # fmt: skip
    assert list(answer["location"]) == ["lon", "lat", "crs", "source", "accuracy_m", "status"]
    assert list(answer["unit_grid"]) == ["code", "name", "edge_distance_m"]
    assert list(answer["divisions"]) == ["county", "street", "community"]
    assert list(answer["component"]) == ["id", "class", "name", "standard", "distance_m", "state"]
    assert list(answer["parties"]) == [
        "acting", "assisting", "supervising", "authority", "owner", "maintainer", "interim",
    ]  # fmt: skip
    assert list(answer["reasons"][0]) == ["rank", "code", "candidate", "taken", "ref", "edition", "why"]
    assert list(answer["alternatives"][0]) == ["code", "name", "why"]
    assert list(answer["rules"][0]) == ["rule", "condition", "steps", "closing", "legal_basis"]
    assert list(answer["rules"][0]["steps"][0]) == ["step", "limit", "due"]
    assert answer["deadline"] == {"limit": "2紧急工作时", "due": "2126-11-20T11:30:00+08:00"}
    assert answer["as_of"] == "2126-11-20T09:30:00+08:00"
    assert sorted(answer["basis"]) == ["config", "editions", "software"]


def test_a_point_gets_its_grid_and_divisions_by_name(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5, 0.3)).to_dict()

    assert answer["unit_grid"] == {"code": "500199001001001", "name": "网格001", "edge_distance_m": 33.25}
    assert answer["divisions"] == {
        "county": {"code": "500199", "name": "盐河区"},
        "street": {"code": "500199001", "name": "河东街道"},
        "community": {"code": "500199001001", "name": "桥头社区"},
    }


@pytest.mark.parametrize(
    ("column", "status", "grid"),
    [
        (0.5, Status.INSIDE, "500199001001001"),
        (0.97, Status.NEAR_BOUNDARY, "500199001001001"),
        (3.5, Status.INSIDE, "500199002001001"),
        (4.03, Status.GAP_SNAPPED, "500199002001002"),
        (4.01, Status.GAP_SNAPPED, "500199002001001"),
        (4.95, Status.OVERLAP, "500199002001002"),
        (5.5, Status.INSIDE, "500199002001003"),
        (6.02, Status.GAP_SNAPPED, "500199002001003"),
        (6.1, Status.OUTSIDE, None),
        (-3.0, Status.OUTSIDE, None),
    ],
)
def test_the_status_over_unit_grids(
    city: Registry, town: Town, column: float, status: Status, grid: str | None
) -> None:
    for preload in (False, True):
        answer = ask(city, *town.xy(column), preload=preload)
        assert answer.location.status is status
        assert (answer.unit_grid.code if answer.unit_grid else None) == grid


def test_without_unit_grids_the_finest_divisions_tell_the_status(registry: Registry, town: Town) -> None:
    town.build(registry, "divisions")

    assert ask(registry, *town.xy(1.5)).location.status is Status.INSIDE
    assert ask(registry, *town.xy(2.02)).location.status is Status.NEAR_BOUNDARY
    assert ask(registry, *town.xy(6.02)).location.status is Status.GAP_SNAPPED
    assert ask(registry, *town.xy(6.02)).divisions.community is not None
    assert ask(registry, *town.xy(8.0)).location.status is Status.OUTSIDE
    assert ask(registry, *town.xy(2.02)).differs_within_accuracy == ("community",)
    assert ask(registry, *town.xy(2.98)).differs_within_accuracy == ("street", "community")


def test_an_empty_registry_answers_that_it_covers_nothing(registry: Registry) -> None:
    answer = ask(registry, 106.5, 29.4, class_text="0101")

    assert (answer.location.status, answer.decision) == (Status.OUTSIDE, Decision.UNDECIDED)
    assert answer.basis.editions == ()


def test_a_point_on_a_shared_edge_belongs_to_one_grid_in_every_mode(city: Registry, town: Town) -> None:
    cold = ask(city, *town.xy(1.0))
    kept = ask(city, *town.xy(1.0), preload=True)

    assert cold.unit_grid is not None
    assert cold.unit_grid == kept.unit_grid
    assert cold.unit_grid.edge_distance_m == 0.0


@pytest.mark.parametrize(("text", "found"), [("井盖", "000001"), ("01", "000001"), ("0102", None)])
def test_a_group_or_major_finds_any_of_its_classes(
    city: Registry, town: Town, text: str, found: str | None
) -> None:
    answer = ask(city, *town.xy(0.5), class_text=text)

    assert (answer.component.id[-6:] if answer.component else None) == found


def test_the_registry_is_asked_as_it_was(own_city: Registry, town: Town) -> None:
    first = max(edition.committed_at for edition in list_editions(own_city))
    changed = town.pieces()
    changed["maintainer_code"] = changed["maintainer_code"].where(changed["maintainer_code"].isna(), "BUILD")
    commit(own_city, "components", changed)

    now = ask(own_city, *town.xy(0.5), class_text="0101")
    for preload in (False, True):
        then = ask(own_city, *town.xy(0.5), class_text="0101", as_of=first, preload=preload)
        assert (then.parties.acting.code, now.parties.acting.code) == ("MAINT", "BUILD")
        assert dict(then.basis.editions)["components"] < dict(now.basis.editions)["components"]
    before = ask(own_city, *town.xy(0.5), class_text="0101", as_of=first - timedelta(days=1))
    assert (before.location.status, before.basis.editions) == (Status.OUTSIDE, ())


def test_the_same_question_on_the_same_basis_is_answered_byte_for_byte(city: Registry, town: Town) -> None:
    question = Question(*town.xy(0.5), class_text="0101", as_of=MOMENT, at=MOMENT)
    first = Resolver(city).resolve(question).to_json()

    assert Resolver(city).resolve(question).to_json() == first
    assert Resolver(city, preload=True).resolve(question).to_json() == first
    assert (
        Resolver(city, now=lambda: MOMENT).resolve(Question(*town.xy(0.5), class_text="0101")).to_json()
        == first
    )
    assert Resolver(city).resolve_many([question] * 3)[2].to_json() == first


def test_the_answers_identifier_changes_with_question_and_basis(own_city: Registry, town: Town) -> None:
    first = ask(own_city, *town.xy(0.5)).answer_id
    moved = ask(own_city, *town.xy(0.6)).answer_id
    later = ask(own_city, *town.xy(0.5), at=MOMENT + timedelta(hours=1)).answer_id
    commit(own_city, "organisations", town.tables["organisations"]())

    assert len({first, moved, later, ask(own_city, *town.xy(0.5)).answer_id}) == 4


def test_a_kept_resolver_sees_a_new_edition(own_city: Registry, town: Town) -> None:
    resolver = Resolver(own_city, preload=True)
    question = Question(*town.xy(0.5), class_text="0101")
    before = resolver.resolve(question)
    changed = town.pieces()
    changed["maintainer_code"] = "BUILD"
    commit(own_city, "components", changed)

    assert before.parties.acting.code == "MAINT"
    assert resolver.resolve(question).parties.acting.code == "BUILD"


def test_the_clock_behind_the_last_edition_does_not_lead_into_the_past(city: Registry, town: Town) -> None:
    slow = Resolver(city, now=lambda: datetime(2020, 1, 1, tzinfo=UTC))

    assert slow.resolve(Question(*town.xy(0.5))).location.status is Status.INSIDE


def test_an_edition_committed_while_reading_leads_to_reading_again(
    own_city: Registry, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from responsibility import resolver as module

    located, calls = module.locate, []

    def interrupted(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            commit(own_city, "organisations", town.tables["organisations"]())
        return located(*arguments)

    monkeypatch.setattr(module, "locate", interrupted)
    answer = ask(own_city, *town.xy(0.5), class_text="0101")

    newest = max(edition.id for edition in list_editions(own_city))
    assert len(calls) == 2
    assert dict(answer.basis.editions)["organisations"] == newest


@pytest.mark.parametrize("preload", [False, True])
def test_what_differs_within_the_accuracy_is_told(city: Registry, town: Town, preload: bool) -> None:
    def differs(column: float, **asked: Any) -> tuple[str, ...]:
        return ask(city, *town.xy(column), preload=preload, **asked).differs_within_accuracy

    assert differs(0.5) == ()
    assert differs(1.02) == ("unit_grid",)
    assert differs(2.02) == ("unit_grid", "community")
    assert differs(3.02) == ("unit_grid", "street", "community")
    assert differs(3.02, accuracy_m=0.5) == ()
    # The street office answers where no component is recorded.
    assert differs(3.02, class_text="0103") == ("unit_grid", "street", "community", "acting")
    assert differs(2.02, class_text="0103") == ("unit_grid", "community")


def test_questions_are_answered_in_order_and_a_fault_names_its_place(city: Registry, town: Town) -> None:
    resolver = Resolver(city)
    questions = [Question(*town.xy(column)) for column in (0.5, 1.5, 2.5)]

    grids = [answer.unit_grid.code for answer in resolver.resolve_many(questions)]

    assert grids == ["500199001001001", "500199001001002", "500199001002001"]
    with pytest.raises(UsageError, match="第 2 个问题"):
        resolver.resolve_many([questions[0], Question(lon=200.0, lat=0.0)])
    assert resolver.resolve_many([]) == []


@pytest.mark.parametrize(
    "crs", ["EPSG:4490", "EPSG:4326", "CRS84", "EPSG:4524", "GCJ02", "BD09LL", "EPSG:3857"]
)
def test_a_position_in_any_system_is_brought_to_the_stored_one(
    city: Registry, town: Town, crs: str, from_stored: Callable[..., tuple[float, float]]
) -> None:
    x, y = from_stored(crs, *town.xy(0.5))
    answer = ask(city, x, y, crs=crs, class_text="0101")

    assert answer.location.crs == "EPSG:4490"
    assert answer.location.lon == pytest.approx(town.xy(0.5)[0], abs=1e-7)
    assert answer.location.lat == pytest.approx(town.xy(0.5)[1], abs=1e-7)
    assert answer.component is not None


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"lon": 200.0, "lat": 29.4}, "lon"),
        ({"lon": 106.5, "lat": -91.0}, "lat"),
        ({"lon": float("nan"), "lat": 29.4}, "lon"),
        ({"lon": 106.5, "lat": float("inf")}, "lat"),
        ({"lon": 106.5, "lat": 29.4, "accuracy_m": -1.0}, "accuracy"),
        ({"lon": 106.5, "lat": 29.4, "accuracy_m": 1e9}, "accuracy"),
        ({"lon": 106.5, "lat": 29.4, "class_text": "井"}, "class"),
        ({"lon": 106.5, "lat": 29.4, "class_text": "01079", "standard": "2026"}, "class"),
        ({"lon": 106.5, "lat": 29.4, "class_text": "0101", "standard": "1999"}, "standard"),
        ({"lon": 1e9, "lat": 1e9, "crs": "EPSG:4524"}, "lon"),
    ],
)
def test_an_impossible_question_is_refused_by_field(
    gpkg_registry: Registry, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ask(gpkg_registry, **asked)

    assert caught.value.field == field
    assert str(caught.value.expected)


def test_exchanged_axes_are_recognised(gpkg_registry: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        ask(gpkg_registry, lon=29.4, lat=106.5)

    assert "写反" in str(caught.value.hint)


def test_reasons_read_in_chinese_and_english(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="0101")

    assert answer.to_dict()["reasons"][0]["why"] == "部件登记的养护单位是排水养护公司"
    with language("en"):
        assert (
            answer.to_dict()["reasons"][0]["why"]
            == "The component's record names 排水养护公司 as its maintainer"
        )


def test_json_of_an_answer_is_read_back_unchanged(city: Registry, town: Town) -> None:
    answer = ask(city, *town.xy(0.5), class_text="0101")

    assert orjson.loads(answer.to_json()) == answer.to_dict()


def test_a_registry_of_organisations_alone_is_asked(registry: Registry) -> None:
    commit(registry, "organisations", pandas.DataFrame([{"code": "A", "name": "甲"}]))

    assert ask(registry, 106.5, 29.4, class_text="0101").location.status is Status.OUTSIDE
