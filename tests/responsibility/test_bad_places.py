"""Places and questions that are wrong, or at the edge of what there is: a status or a clear error each."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pandas
import pytest
import shapely

from gis.editions import commit
from gis.errors import UsageError
from gis.registry import Registry
from responsibility import rows
from responsibility.model import Decision, Kind, Question, Status
from responsibility.resolver import Resolver

NAN, INFINITE = float("nan"), float("inf")


def ask(registry: Registry, **asked: Any) -> Any:
    return Resolver(registry).resolve(Question(**asked))


def test_outside_every_grid_nobody_is_named(city: Registry, town: Town) -> None:
    lon, lat = town.xy(50)
    answer = ask(city, lon=lon, lat=lat, class_text="0101")
    assert (answer.location.status, answer.unit_grid) == (Status.OUTSIDE, None)
    assert answer.decision is Decision.UNDECIDED
    assert answer.parties.acting is None
    assert answer.main_reason.code == "location.outside"


def test_a_hole_of_a_grid_is_outside(registry: Registry, town: Town) -> None:
    ring = town.cells(0, 1).difference(town.cells(0.3, 0.7, 0.3, 0.7))
    row = {"code": "500199001001001", "name": "环", "state": "有效", "geometry": ring}
    commit(registry, "grids", town.frame([row]))
    inside, hole = (ask(registry, lon=lon, lat=lat) for lon, lat in (town.xy(0.15), town.xy(0.5)))
    assert (inside.location.status, hole.location.status) == (Status.INSIDE, Status.OUTSIDE)
    assert hole.unit_grid is None


def test_a_vertex_that_grids_share_is_in_one_of_them(registry: Registry, town: Town) -> None:
    corners = {
        f"50019900100100{number}": town.cells(west, west + 1, south, south + 1)
        for number, (west, south) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)], start=1)
    }
    made = [{"code": code, "name": code, "state": "有效", "geometry": box} for code, box in corners.items()]
    commit(registry, "grids", town.frame(made))
    lon, lat = town.xy(1, 1)
    answer = ask(registry, lon=lon, lat=lat, accuracy_m=0.0)
    assert answer.unit_grid.code == "500199001001004"
    assert answer.unit_grid.edge_distance_m == 0.0
    assert answer.location.status is Status.NEAR_BOUNDARY
    assert answer.differs_within_accuracy == ("unit_grid",)


@pytest.mark.parametrize(("lon", "lat", "field"), [
    (NAN, 29.4, "lon"), (106.5, NAN, "lat"), (INFINITE, 29.4, "lon"), (106.5, -INFINITE, "lat"),
    (181.0, 29.4, "lon"), (106.5, 91.0, "lat"),
])  # fmt: skip
def test_what_is_no_place_is_named_with_its_value(city: Registry, lon: float, lat: float, field: str) -> None:
    with pytest.raises(UsageError) as raised:
        ask(city, lon=lon, lat=lat)
    assert raised.value.field == field
    assert raised.value.expected is not None


def test_swapped_axes_are_recognised(city: Registry, town: Town) -> None:
    lon, lat = town.xy(0.5)
    with pytest.raises(UsageError) as raised:
        ask(city, lon=lat, lat=lon)
    assert raised.value.field == "lat"
    assert "经度在前" in str(raised.value.hint)


@pytest.mark.parametrize("preload", [False, True])
def test_coordinates_of_an_internet_map_given_as_cgcs2000_get_a_hint(
    city: Registry, town: Town, from_stored: Any, preload: bool
) -> None:
    shifted = from_stored("GCJ02", *town.xy(2.5))
    answer = Resolver(city, preload=preload).resolve(Question(lon=shifted[0], lat=shifted[1]))
    hint = next(reason for reason in answer.reasons if reason.code == "location.perhaps_gcj02")
    assert (answer.location.status, hint.ref) == (Status.OUTSIDE, "500199001002001")
    assert "500199001002001" in str(hint.why)


def test_far_from_everything_there_is_no_hint(city: Registry, town: Town, from_stored: Any) -> None:
    (lon, lat), shifted = town.xy(50), from_stored("GCJ02", *town.xy(0.5))
    far = ask(city, lon=lon, lat=lat)
    told = ask(city, lon=shifted[0], lat=shifted[1], crs="GCJ02")
    assert {reason.code for reason in (*far.reasons, *told.reasons)} == {"location.outside", "class.missing"}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_class_that_is_not_known_is_named(city: Registry, town: Town, kind: Kind) -> None:
    lon, lat = town.xy(0.5)
    with pytest.raises(UsageError) as raised:
        ask(city, lon=lon, lat=lat, class_text="没有这一类", kind=kind)
    assert (raised.value.field, raised.value.value) == ("class", "没有这一类")


def test_a_component_asked_about_as_a_matter_is_not_taken(city: Registry, town: Town) -> None:
    lon, lat = town.xy(0.5)
    answer = ask(city, lon=lon, lat=lat, class_text="0101", kind=Kind.MATTER)
    assert (answer.component, answer.ownership) == (None, None)
    assert answer.parties.acting.code == "CLEAN"


def test_before_the_first_edition_nothing_is_known(city: Registry, town: Town) -> None:
    lon, lat = town.xy(0.5)
    as_of = datetime.fromisoformat("1999-01-01T00:00:00+08:00")
    answer = ask(city, lon=lon, lat=lat, class_text="0101", as_of=as_of)
    assert answer.location.status is Status.OUTSIDE
    assert answer.basis.editions == ()
    assert answer.decision is Decision.UNDECIDED


def test_bad_rows_of_a_batch_do_not_touch_the_others(
    city: Registry, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BULK", 0)
    (lon, lat), (far, _) = town.xy(0.5), town.xy(50)
    places = [(lon, lat), (NAN, lat), (lat, lon), (far, lat), (lon, lat), (lon, lat)]
    table = pandas.DataFrame(places, columns=["lon", "lat"])
    table["class"] = ["0101", "0101", "0101", "0101", "没有这一类", "0102"]

    answered = Resolver(city).resolve_frame(table, class_column="class")

    invalid = answered["reason_code"] == "question.invalid"
    assert invalid.tolist() == [False, True, True, False, True, False]
    assert answered["location_status"].dropna().tolist() == ["inside", "outside", "inside"]
    assert shapely.is_missing(answered.geometry.to_numpy()).tolist() == invalid.tolist()
