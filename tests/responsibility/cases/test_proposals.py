"""Changes seen in the field, from proposal to edition."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pytest
import shapely

from components.identifiers import parse_component_id
from gis.editions import commit, get_edition, list_editions, revert
from gis.errors import DataRefused, NotFound, UsageError, WanggeError
from gis.read import read_frame
from gis.registry import Registry
from responsibility.cases.proposals import Status, propose, read_proposals, reject
from responsibility.cases.review import accept
from responsibility.model import Question
from responsibility.resolver import Resolver

FIRST, LINE, GONE = "5001990101000001", "5001990201000001", "5001990101000002"


def components(registry: Registry) -> Any:
    return read_frame(registry, "components").set_index("id")


def test_accepted_changes_are_one_edition_and_can_be_undone(own_city: Registry, town: Town) -> None:
    lon, lat = town.xy(1.5)
    east, north = town.xy(3.5, 0.6)
    made = [
        propose(own_city, {"change": "moved", "component": FIRST, "lon": lon, "lat": lat, "note": "移位"}),
        propose(own_city, {"change": "missing", "component": "5001990101000003"}),
        propose(own_city, {"change": "gone", "component": GONE, "source": "案件 7"}),
        propose(own_city, {"change": "new", "class": "0101", "lon": east, "lat": north}),
        propose(own_city, {"change": "new", "class": "0101", "lon": east, "lat": north, "note": "又一个"}),
    ]
    before = components(own_city)

    edition = accept(own_city, [one.id for one in made])

    after = components(own_city)
    assert (edition.added, edition.changed, edition.retired) == (2, 3, 0)
    assert get_edition(own_city, edition.id).operation == "field"
    moved = after.loc[FIRST]
    assert moved.geometry == shapely.Point(lon, lat)
    assert (moved["unit_grid"], moved["community"]) == ("500199001001002", "500199001001")
    assert moved["owner_code"] == before.loc[FIRST]["owner_code"]
    assert (after.loc["5001990101000003"]["state"], after.loc[GONE]["state"]) == ("丢失", "移除")
    new = sorted(set(after.index) - set(before.index))
    assert new == ["5001990101000007", "5001990101000008"]
    assert all(parse_component_id(name) for name in new)
    assert after.loc[new[0]]["unit_grid"] == "500199002001001"
    assert after.loc[new[0]]["name"] == "上水井盖"
    decided = list(read_proposals(own_city, Status.ACCEPTED))
    assert [one.edition for one in decided] == [edition.id] * 5
    assert [one.component_id for one in decided][3:] == new
    assert list(read_proposals(own_city)) == []

    revert(own_city, edition.id)
    assert set(components(own_city).index) == set(before.index)


def test_a_missing_cover_is_still_a_hazard_and_one_that_is_gone_takes_no_part(
    own_city: Registry, town: Town
) -> None:
    lon, lat = town.xy(3.5)
    question = Question(lon=lon, lat=lat, class_text="0102")
    named = "5001990102000001"
    accept(own_city, [propose(own_city, {"change": "missing", "component": named}).id])
    answer = Resolver(own_city).resolve(question)
    assert answer.component is not None
    assert answer.component.state == "丢失"

    accept(own_city, [propose(own_city, {"change": "gone", "component": named}).id])
    assert Resolver(own_city).resolve(question).component is None


def test_several_changes_of_one_component_are_applied_in_their_order(own_city: Registry, town: Town) -> None:
    lon, lat = town.xy(1.5)
    first = propose(own_city, {"change": "gone", "component": FIRST})
    second = propose(own_city, {"change": "moved", "component": FIRST, "lon": lon, "lat": lat})

    edition = accept(own_city, [second.id, first.id])

    row = components(own_city).loc[FIRST]
    assert edition.changed == 1
    assert (row["state"], row.geometry) == ("移除", shapely.Point(lon, lat))


def test_rejected_changes_change_nothing_and_keep_why(own_city: Registry, digest: Any) -> None:
    made = propose(own_city, {"change": "gone", "component": FIRST})
    editions = len(list_editions(own_city))

    with pytest.raises(UsageError, match="理由"):
        reject(own_city, [made.id], " ")
    (rejected,) = reject(own_city, [made.id], "现场仍在")

    assert rejected.id == made.id
    (kept,) = read_proposals(own_city, Status.REJECTED)
    assert (kept.why, kept.edition) == ("现场仍在", None)
    assert len(list_editions(own_city)) == editions
    with pytest.raises(UsageError):
        accept(own_city, [made.id])


def test_all_are_accepted_or_none(own_city: Registry, town: Town) -> None:
    lon, lat = town.xy(1.5)
    good = propose(own_city, {"change": "gone", "component": FIRST})
    line = propose(own_city, {"change": "moved", "component": LINE, "lon": lon, "lat": lat})
    before = components(own_city)

    with pytest.raises(DataRefused, match=str(line.id)):
        accept(own_city, [good.id, line.id])
    with pytest.raises(NotFound):
        accept(own_city, [good.id, 4711])

    assert components(own_city).equals(before)
    assert [one.id for one in read_proposals(own_city)] == [good.id, line.id]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "change"),
        ({"change": "stolen"}, "change"),
        ({"change": "gone"}, "component"),
        ({"change": "gone", "component": "5001990101999999"}, "component"),
        ({"change": "moved", "component": FIRST}, "lon"),
        ({"change": "moved", "component": FIRST, "lon": "east", "lat": 29}, "lon"),
        ({"change": "new", "lon": 106.5, "lat": 29.4}, "class"),
        ({"change": "new", "class": "井盖", "lon": 106.5, "lat": 29.4}, "class"),
        ({"change": "new", "class": "0101", "lon": 29.4, "lat": 106.5}, "lon"),
        ({"change": "gone", "component": FIRST, "note": "x" * 5000}, "note"),
        ({"change": "gone", "component": FIRST, "colour": "red"}, "colour"),
    ],
)
def test_what_is_not_understood_is_refused_at_once(
    own_city: Registry, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(WanggeError) as caught:
        propose(own_city, given)

    assert caught.value.field == field
    assert list(read_proposals(own_city)) == []


def test_a_component_is_known_by_an_alias(own_city: Registry) -> None:
    row = {"scheme": "一井一编号", "identifier": "J-17", "component_id": FIRST, "note": None}
    commit(own_city, "component-aliases", pandas.DataFrame([row]))

    assert propose(own_city, {"change": "gone", "component": "J-17"}).component_id == FIRST


def test_other_systems_are_brought_to_that_of_the_registry(
    own_city: Registry, town: Town, from_stored: Callable[..., tuple[float, float]]
) -> None:
    lon, lat = town.xy(1.5)
    x, y = from_stored("EPSG:4544", lon, lat)

    made = propose(own_city, {"change": "moved", "component": FIRST, "lon": x, "lat": y, "crs": "EPSG:4544"})

    assert (made.lon, made.lat) == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))
