"""A dataset as it would be after a commit is what it is after the commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas
import pandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import Change, commit, commit_changes
from gis.errors import DataRefused
from gis.models import DATASETS
from gis.preview import frame_after
from gis.read import read_frame
from gis.registry import Registry, open_registry

few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AREAS = st.dictionaries(
    st.sampled_from("abcd"),
    st.tuples(st.sampled_from([None, "X", "Y"]), st.sampled_from([1, 2]), st.sampled_from([None, ["0101"]])),
    max_size=4,
)
RULES = st.dictionaries(
    st.tuples(st.sampled_from(["0101", "0102"]), st.integers(1, 3)),
    st.tuples(st.sampled_from([None, "2工作日", "5工作日"]), st.lists(st.sampled_from("mn"), max_size=2)),
    max_size=5,
)


def areas(made: dict[str, Any]) -> geopandas.GeoDataFrame:
    rows = [
        {"line": "环卫", "code": code, "unit_code": unit, "in_scope": None if unit is None else True,
         "classes": classes, "geometry": shapely.box(106, 29, 106 + size, 30)}
        for code, (unit, size, classes) in made.items()
    ]  # fmt: skip
    columns = ["line", "code", "unit_code", "in_scope", "classes", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=4490)


def rules(made: dict[Any, Any]) -> pandas.DataFrame:
    rows = [
        {"standard": "2013", "kind": "component", "class_code": code, "rule_no": number, "limit_text": limit,
         "acting": [{"name": unit} for unit in units]}
        for (code, number), (limit, units) in made.items()
    ]  # fmt: skip
    columns = ["standard", "kind", "class_code", "rule_no", "limit_text", "acting"]
    return pandas.DataFrame(rows, columns=columns)


def after(registry: Registry, dataset: str) -> pandas.DataFrame:
    chosen = DATASETS[dataset]
    geometry = ("geometry",) if chosen.geometry else ()
    return read_frame(registry, dataset, columns=(*chosen.columns, "edition", *geometry))


def assert_foreseen(foreseen: pandas.DataFrame, read: pandas.DataFrame, edition: int) -> None:
    """Compare what was foreseen with what came; what was written has the number of the edition."""
    editions = foreseen["edition"].fillna(edition).astype("int64")
    assert editions.tolist() == read["edition"].tolist()
    for name in read.columns.drop("edition"):
        left, right = (
            frame[name].astype(object).where(frame[name].notna(), None) for frame in (foreseen, read)
        )
        assert left.tolist() == right.tolist(), name
        assert foreseen[name].dtype == read[name].dtype, name


@pytest.fixture(params=["gpkg", "postgis"])
def fresh(request: pytest.FixtureRequest, new_registry: Callable[[str], str]) -> Callable[[], str]:
    return lambda: new_registry(request.param)


@few
@given(AREAS, AREAS, st.data())
def test_areas_are_foreseen(
    fresh: Callable[[], str], first: dict[str, Any], second: dict[str, Any], data: st.DataObject
) -> None:
    left_out = sorted(set(first) - set(second))
    retired = [("环卫", code) for code in left_out if data.draw(st.booleans())]
    with open_registry(fresh()) as registry:
        commit(registry, "areas", areas(first))
        change = Change("areas", areas(second), retired)
        foreseen = frame_after(registry, change)
        edition = commit_changes(registry, [change], operation="import")
        assert_foreseen(foreseen, after(registry, "areas"), edition.id)


@few
@given(RULES, RULES)
def test_rules_are_foreseen_with_those_that_leave_their_class(
    fresh: Callable[[], str], first: dict[Any, Any], second: dict[Any, Any]
) -> None:
    with open_registry(fresh()) as registry:
        commit(registry, "rules", rules(first))
        foreseen = frame_after(registry, Change("rules", rules(second)))
        edition = commit(registry, "rules", rules(second))
        assert_foreseen(foreseen, after(registry, "rules"), edition.id)


def test_what_could_not_be_committed_is_refused(registry: Registry) -> None:
    twice = pandas.concat([areas({"a": ("X", 1, None)})] * 2)

    with pytest.raises(DataRefused, match="a"):
        frame_after(registry, Change("areas", twice))
