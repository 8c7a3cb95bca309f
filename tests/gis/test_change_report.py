"""The change report of an edition: what was added, moved, handed over, retired, against counting by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from gis.change_kinds import ChangeKind as Kind
from gis.change_report import ChangeReport, change_report, change_report_between
from gis.change_things import STILL_M, Transfer, Value
from gis.editions import Change, commit, commit_changes, revert
from gis.errors import NotFound, UsageError
from gis.models import DATASETS, edition_parts, editions
from gis.registry import Registry

COMPONENTS = DATASETS["components"]
METRE = 1 / 111_132
EMPTY: dict[str, Any] = dict.fromkeys(COMPONENTS.columns)


def census(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Make components; ``at`` is metres north of a point, None for no geometry."""
    made, places = [], []
    for number, row in enumerate(rows):
        told = {"id": f"{number:016d}", "class_code": "0101", "standard": "2013", "at": 0.0, **row}
        at = told.pop("at")
        places.append(None if at is None else shapely.Point(106.5 + number / 1e4, 29.5 + at * METRE))
        made.append(EMPTY | told)
    return gpd.GeoDataFrame(pd.DataFrame(made, columns=list(EMPTY)), geometry=places, crs=4490)


def report_of(registry: Registry, edition: int, dataset: str = "components", **options: Any) -> ChangeReport:
    with registry.connect() as connection:
        return change_report(connection, edition, dataset, **options)


def counts(report: ChangeReport) -> dict[str, int]:
    return {str(kind): report.count(kind) for kind in Kind if report.count(kind)}


def test_a_first_delivery_is_added(registry: Registry) -> None:
    commit(
        registry,
        "components",
        census({}, {"class_code": "0102"}, {"standard": "2026", "class_code": "01001"}),
    )
    report = report_of(registry, 1)
    assert counts(report) == {"added": 3}
    assert [(c.standard, c.code, c.of(Kind.ADDED)) for c in report.classes] == [
        ("2026", "01001", 1),
        ("2013", "0101", 1),
        ("2013", "0102", 1),
    ]
    assert [thing.id for thing in report.things[Kind.ADDED]] == [f"{n:016d}" for n in range(3)]
    assert (report.unchanged, report.changed, report.touched) == (0, 0, 3)
    assert report.moves.farthest_m is None


def test_moves_are_counted_by_how_far_and_the_farthest_named(registry: Registry) -> None:
    n = 14
    commit(registry, "components", census(*({"class_code": "0102" if at > 8 else "0101"} for at in range(n))))
    metres = [0, 0.004, 0.3, 0.49, 1.0, 1.9, 3, 9.9, 11, 250, 30, 31, 32, 33]
    classes = ["0101"] * 9 + ["0102"] * 5
    rows = ({"at": metre, "class_code": one} for metre, one in zip(metres, classes, strict=True))
    commit(registry, "components", census(*rows))
    report = report_of(registry, 2)
    assert counts(report) == {"moved": 12, "rewritten": 1}
    assert [(one.code, one.bands) for one in report.classes] == [
        ("0101", (2, 2, 2, 1)),
        ("0102", (0, 0, 0, 5)),
    ]
    assert report.moves.bands == [2, 2, 2, 6]
    assert report.unchanged == 1
    assert report.columns == {"geometry": 13}
    [still] = report.things[Kind.REWRITTEN]
    assert (still.id, still.kinds) == (f"{1:016d}", (Kind.REWRITTEN,))
    farthest = report.things[Kind.MOVED]
    assert [thing.id[-2:] for thing in farthest] == [
        "09",
        "13",
        "12",
        "11",
        "10",
        "08",
        "07",
        "06",
        "05",
        "04",
    ]
    assert farthest[0].metres == pytest.approx(250, rel=0.01)
    assert farthest[0].old_place == (pytest.approx(106.5009), pytest.approx(29.5))
    assert farthest[0].place == (pytest.approx(106.5009), pytest.approx(29.5 + 250 * METRE))


def test_a_place_given_or_lost_is_a_move_of_no_length(registry: Registry) -> None:
    commit(registry, "components", census({"at": None}, {}, {}))
    commit(registry, "components", census({}, {"at": None}, {"at": 5}))
    report = report_of(registry, 2)
    assert (report.count(Kind.MOVED), report.moves.unmeasured, report.moves.bands) == (3, 2, [0, 0, 1, 0])
    assert [(thing.id[-1], thing.metres is None) for thing in report.things[Kind.MOVED]] == [
        ("2", False),
        ("0", True),
        ("1", True),
    ]


def test_units_are_grouped_from_what_to_what(registry: Registry) -> None:
    drains = {"owner_name": "市排水公司", "owner_code": "A", "maintainer_name": "甲"}
    commit(registry, "components", census(drains, drains, drains, {}, {"authority_name": "局"}))
    council = drains | {"owner_name": "区市政局", "owner_code": "B"}
    commit(registry, "components", census(council, council | {"maintainer_name": None}, drains, drains, {}))
    report = report_of(registry, 2)
    assert counts(report) == {"reowned": 4}
    assert report.transfers[0] == Transfer("owner", Value("A", "市排水公司"), Value("B", "区市政局"), 2)
    assert set(report.transfers[1:]) == {
        Transfer("authority", Value(None, "局"), Value()),
        Transfer("maintainer", Value(None, "甲"), Value()),
        Transfer("maintainer", Value(), Value(None, "甲")),
        Transfer("owner", Value(), Value("A", "市排水公司")),
    }
    first = report.things[Kind.REOWNED][0]
    assert first.transfers == (Transfer("owner", Value("A", "市排水公司"), Value("B", "区市政局")),)
    assert first.columns == ("owner_code", "owner_name")


def test_class_state_and_attributes_are_told_apart(registry: Registry) -> None:
    commit(registry, "components", census({}, {"state": "完好"}, {}, {"note": "x"}))
    changed = census(
        {"class_code": "0102"},
        {"state": "破损"},
        {"note": "新", "street": "5"},
        {"note": "x", "class_code": "0102"},
    )
    commit(registry, "components", changed)
    report = report_of(registry, 2)
    assert counts(report) == {"reclassed": 2, "state": 1, "attributes": 1}
    assert [(one.code, one.changed, one.of(Kind.RECLASSED)) for one in report.classes] == [
        ("0101", 2, 0),
        ("0102", 2, 2),
    ]
    assert report.columns == {"class_code": 2, "street": 1, "state": 1, "note": 1}
    assert report.transfers == (
        Transfer("class", Value("0101", standard="2013"), Value("0102", standard="2013"), 2),
        Transfer("state", Value(name="完好"), Value(name="破损"), 1),
    )


def test_one_thing_may_be_of_several_kinds(registry: Registry) -> None:
    commit(registry, "components", census({}))
    commit(registry, "components", census({"at": 3, "owner_name": "甲", "note": "x"}))
    report = report_of(registry, 2)
    assert counts(report) == {"moved": 1, "reowned": 1, "attributes": 1}
    assert (report.changed, report.touched) == (1, 1)
    [thing] = report.places
    assert thing.kinds == (Kind.MOVED, Kind.REOWNED, Kind.ATTRIBUTES)


def test_what_is_retired_counts_in_its_class(registry: Registry) -> None:
    commit(registry, "components", census({}, {"class_code": "0102"}))
    commit_changes(
        registry, [Change("components", census().iloc[:0], retired=[(f"{1:016d}",)])], operation="retire"
    )
    report = report_of(registry, 2)
    assert counts(report) == {"retired": 1}
    assert [(one.code, one.of(Kind.RETIRED)) for one in report.classes] == [("0102", 1)]
    [gone] = report.things[Kind.RETIRED]
    assert (gone.place, gone.old_place) == (None, (pytest.approx(106.5001), pytest.approx(29.5)))


def test_a_report_stays_true_when_later_editions_touch_the_same_things(registry: Registry) -> None:
    commit(registry, "components", census({}, {}))
    commit(registry, "components", census({"at": 1}, {"note": "x"}, {}))
    before = report_of(registry, 2).to_dict()
    commit(registry, "components", census({"at": 9}, {"note": "y"}, {"note": "z"}))
    revert(registry, 3)
    with registry.begin() as connection:  # as another program would, that does not announce itself
        if registry.kind == "postgis":
            connection.execute(select(func.set_config("wangge.writing", "", True)))
        live = COMPONENTS.live
        connection.execute(update(live).where(live.c.id == f"{0:016d}").values(note="by hand"))
        connection.execute(delete(live).where(live.c.id == f"{2:016d}"))
    assert report_of(registry, 2).to_dict() == before
    assert counts(report_of(registry, 4)) == {"moved": 1, "attributes": 2}


def test_a_report_is_there_before_the_edition_is_committed(registry: Registry) -> None:
    commit(registry, "components", census({}, {}))
    with registry.begin() as connection:
        live, history = COMPONENTS.live, COMPONENTS.history
        row = dict(connection.execute(live.select().where(live.c.id == f"{0:016d}")).mappings().one())
        row.pop("fid")
        connection.execute(history.insert().values({**row, "closed_by": 2, "valid_to": row["valid_from"]}))
        connection.execute(delete(live).where(live.c.id == row["id"]))
        connection.execute(live.insert().values({**row, "edition": 2, "owner_name": "甲"}))
        report = change_report(connection, 2, "components", unchanged=1)
    assert counts(report) == {"reowned": 1}
    assert report.unchanged == 1


def test_grids_have_no_classes_and_borders_that_move(
    registry: Registry, grid_frame: Callable[..., Any]
) -> None:
    frame = grid_frame(4)
    commit(registry, "grids", frame)
    later = frame.copy()
    west = shapely.bounds(frame.geometry[0])[0]
    later.loc[0, "geometry"] = shapely.box(west, 29.5, west + 0.001, 29.5011)
    later.loc[1, "geometry"] = shapely.segmentize(frame.geometry[1], 0.0003)
    later["responsible"] = [None, None, None, "张"]
    commit(registry, "grids", later)
    report = report_of(registry, 2, "grids")
    assert counts(report) == {"moved": 1, "rewritten": 1, "reowned": 1}
    assert [(one.standard, one.code, one.changed) for one in report.classes] == [(None, None, 3)]
    assert report.moves.farthest_m == pytest.approx(11.08, abs=0.01)


def test_a_dataset_without_geometry_has_a_report_too(registry: Registry) -> None:
    rows = pd.DataFrame({"code": ["1", "2"], "name": ["甲", "乙"]})
    commit(registry, "organisations", rows)
    commit(registry, "organisations", rows.assign(name=["甲", "丙"]))
    report = report_of(registry, 2, "organisations")
    assert counts(report) == {"attributes": 1}
    assert [(thing.id, thing.name, thing.place) for thing in report.places] == [("2", "丙", None)]


def test_places_are_bounded_and_changed_things_come_first(registry: Registry) -> None:
    commit(registry, "components", census({}, {}, {}))
    frame = census({}, {"at": 1}, {"at": 2}, {}, {})
    commit_changes(registry, [Change("components", frame.iloc[1:], [(f"{0:016d}",)])], operation="import")
    kept = {n: [thing.id[-1] for thing in report_of(registry, 2, places=n).places] for n in (0, 1, 4, 9)}
    assert kept == {0: [], 1: ["1"], 4: ["1", "2", "0", "3"], 9: ["1", "2", "0", "3", "4"]}


def test_nothing_is_reported_of_what_an_edition_did_not_touch(registry: Registry) -> None:
    commit(registry, "components", census({}))
    report = report_of(registry, 1, "grids")
    assert (report.touched, report.classes, report.places, report.unchanged) == (0, (), (), None)
    with pytest.raises(UsageError, match="colours"):
        report_of(registry, 1, "colours")


def test_a_range_shows_what_lies_between_and_backwards(registry: Registry) -> None:
    commit(registry, "components", census({}))
    commit(registry, "components", census({"at": 4}, {}))
    commit(registry, "components", census({"at": 4, "owner_name": "甲"}, {"note": "x"}))
    with registry.connect() as connection:
        forth, back, none, whole = (
            change_report_between(connection, a, b, "components") for a, b in ((1, 3), (3, 1), (3, 3), (0, 3))
        )
        with pytest.raises(NotFound):
            change_report_between(connection, 1, 9, "components")
    assert (forth.since, forth.edition) == (1, 3)
    assert counts(forth) == {"added": 1, "moved": 1, "reowned": 1}
    assert counts(back) == {"retired": 1, "moved": 1, "reowned": 1}
    assert back.transfers == (Transfer("owner", Value(None, "甲"), Value()),)
    assert back.things[Kind.MOVED][0].place == forth.things[Kind.MOVED][0].old_place
    assert (none.touched, counts(whole)) == (0, {"added": 2})


things = st.fixed_dictionaries(
    {
        "class_code": st.sampled_from(["0101", "0102"]),
        "owner_name": st.sampled_from([None, "甲", "乙"]),
        "maintainer_code": st.sampled_from([None, "A"]),
        "state": st.sampled_from([None, "完好", "破损"]),
        "note": st.sampled_from([None, "x"]),
        "at": st.sampled_from([None, 0.0, 0.003, 0.2, 1.5, 8.0, 40.0]),
    }
)
deliveries = st.lists(st.one_of(st.none(), things), min_size=5, max_size=5)
ROLES = {"owner_code", "owner_name", "maintainer_code", "maintainer_name", "authority_code", "authority_name"}


def by_hand(before: dict[str, Any], after: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Count (kind, class) of two states, thing by thing."""
    found: Counter[tuple[str, str]] = Counter()
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            found["added" if old is None else "retired", (new or old)["class_code"]] += 1
            continue
        differing = {name for name in new if name != "geometry" and old[name] != new[name]}
        kinds = set()
        if old["geometry"] != new["geometry"]:
            kinds.add("moved" if apart(old["geometry"], new["geometry"]) else "rewritten")
        kinds |= {"reowned"} if differing & ROLES else set()
        kinds |= {"reclassed"} if "class_code" in differing else set()
        kinds |= {"state"} if "state" in differing else set()
        kinds |= {"attributes"} if "note" in differing else set()
        found.update((kind, new["class_code"]) for kind in kinds)
    return found


def apart(old: Any, new: Any) -> bool:
    if old is None or new is None:
        return True
    return bool(pyproj.Geod(ellps="GRS80").inv(old.x, old.y, new.x, new.y)[2] >= STILL_M)


def told(report: ChangeReport) -> Counter[tuple[str, str]]:
    return Counter({(str(k), str(c.code)): n for c in report.classes for k, n in c.counts.items()})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(deliveries, min_size=3, max_size=3))
def test_every_report_is_what_counting_thing_by_thing_gives(
    registry: Registry, rounds: list[list[dict[str, Any] | None]]
) -> None:
    empty(registry)
    states: list[dict[str, Any]] = [{}]
    for delivery in rounds:
        frame = census(*(one or {} for one in delivery))
        chosen = frame[[one is not None for one in delivery]]
        gone = [(key,) for key in states[-1] if key not in set(chosen["id"])]
        commit_changes(registry, [Change("components", chosen, gone)], operation="import")
        records = chosen.astype(object).where(chosen.notna(), None).to_dict("records")
        states.append({row["id"]: row for row in records})
    with registry.connect() as connection:
        for number in range(1, len(states)):
            single = told(change_report(connection, number, "components"))
            assert single == by_hand(states[number - 1], states[number])
        for a, b in ((0, 3), (1, 3), (3, 1), (2, 0)):
            assert told(change_report_between(connection, a, b, "components")) == by_hand(
                states[a], states[b]
            )


def empty(registry: Registry) -> None:
    """Take everything out, for the next example."""
    with registry.begin() as connection:
        for table in (COMPONENTS.live, COMPONENTS.history, edition_parts, editions):
            connection.execute(delete(table))


def test_json_holds_no_numbers_that_are_not(registry: Registry) -> None:
    commit(registry, "components", census({"at": None}))
    commit(registry, "components", census({"at": 0}))
    document = report_of(registry, 2).to_dict()
    assert document["things"]["moved"][0]["metres"] is None
    assert document["moved"] == {
        "bands": [{"up_to_m": m, "count": 0} for m in (0.5, 2.0, 10.0, None)],
        "unmeasured": 1,
        "farthest_m": None,
    }
    assert document["counts"]["moved"] == 1
    assert np.isfinite(document["things"]["moved"][0]["place"]).all()
