"""The life of unit grids from Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

import wangge
from gis.editions import commit
from gis.errors import UsageError

COMMUNITY = "500113001000"
FIRST, SECOND = f"{COMMUNITY}001", f"{COMMUNITY}002"
CUT = shapely.LineString([(106.5015, 29.49), (106.5015, 29.52)])
DAY = date(2026, 11, 20)


@pytest.fixture
def city(tmp_path: Path, grid_frame: Any) -> Any:
    with wangge.open(tmp_path / "city.gpkg", create=True) as opened:
        commit(opened.registry, "grids", grid_frame(4, first=1))
        yield opened


def test_every_operation_of_the_command_line_is_there_in_python(city: Any) -> None:
    desk = city.grids
    assert desk.split(FIRST, CUT, dry_run=True).edition is None
    assert desk.split(FIRST, shapely.MultiLineString([CUT]), why="道路改线", day=DAY).edition.id == 2
    assert desk.history(FIRST).live_successors == (f"{COMMUNITY}005", f"{COMMUNITY}006")
    assert desk.show(f"{COMMUNITY}006").neighbours == [SECOND, f"{COMMUNITY}005"]
    third = shapely.LineString([(106.5025, 29.49), (106.5025, 29.52)])
    assert len(desk.move([f"{COMMUNITY}006", SECOND], [third], day=DAY).successors) == 2
    assert desk.merge(f"{COMMUNITY}007", f"{COMMUNITY}008", day=DAY).successors[f"{COMMUNITY}008"] == [
        f"{COMMUNITY}009"
    ]
    assert desk.retire(f"{COMMUNITY}004", why="划出", day=DAY).edition.operation == "retire"
    assert desk.recode(COMMUNITY[:9], "500113009", day=DAY).recoded == {
        COMMUNITY[:9]: "500113009",
        COMMUNITY: "500113009000",
    }


def test_only_lines_cut(city: Any) -> None:
    with pytest.raises(UsageError, match="Polygon"):
        city.grids.split(FIRST, shapely.box(0, 0, 1, 1))
