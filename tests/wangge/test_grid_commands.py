"""``wangge grids``: the life of unit grids from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry

COMMUNITY = "500113001000"
FIRST = f"{COMMUNITY}001"


@pytest.fixture
def city(tmp_path: Path, grid_frame: Any) -> Path:
    """Five grids in a row, 0.001 degrees wide each."""
    path = tmp_path / "wangge.gpkg"
    with Registry.open(path, create=True) as registry:
        commit(registry, "grids", grid_frame(5, first=1))
    return path


@pytest.fixture
def by(tmp_path: Path) -> Path:
    """A line through the middle of the first grid."""
    return write(tmp_path / "cut.geojson", shapely.LineString([(106.5015, 29.49), (106.5015, 29.52)]))


def write(path: Path, *geometries: shapely.Geometry, crs: int = 4490) -> Path:
    geopandas.GeoDataFrame(geometry=list(geometries), crs=4490).to_crs(crs).to_file(path)
    return path


def test_a_split_is_shown_committed_and_told(wangge: Any, city: Path, by: Path) -> None:
    trial = wangge("grids", "split", FIRST, "--by", by, "--dry-run")
    assert trial.code == 0
    assert "未作任何改动" in trial.out
    done = wangge("grids", "split", FIRST, "--by", by, "--why", "道路改线", "--date", "2026-11-20", "--json")
    assert done.document["successors"] == {FIRST: [f"{COMMUNITY}006", f"{COMMUNITY}007"]}
    assert done.document["edition"] == 2
    told = wangge("grids", "history", FIRST)
    assert "道路改线" in told.out
    assert "2026-11-20" in told.out
    assert f"{COMMUNITY}006" in told.out
    assert wangge("grids", "history", FIRST, "--json").document["state"] == "retired"
    gone = wangge("grids", "show", FIRST)
    assert (gone.code, f"{COMMUNITY}007" in gone.err) == (5, True)
    shown = wangge("grids", "show", f"{COMMUNITY}006", "--json").document
    assert shown["neighbours"] == [f"{COMMUNITY}007"]
    assert shown["predecessors"] == [FIRST]
    assert f"{COMMUNITY}007" in wangge("grids", "show", f"{COMMUNITY}006").out
    assert wangge("editions", "revert", "2").code == 0
    assert wangge("grids", "show", FIRST).code == 0


def test_lines_are_read_in_their_own_coordinate_system(wangge: Any, city: Path, tmp_path: Path) -> None:
    cut = write(tmp_path / "cut.shp", shapely.LineString([(106.5015, 29.49), (106.5015, 29.52)]), crs=4524)
    assert wangge("grids", "split", FIRST, "--by", cut).code == 0


def test_merge_move_retire_and_recode(wangge: Any, city: Path, by: Path) -> None:
    second, third = f"{COMMUNITY}002", f"{COMMUNITY}003"
    moved = wangge("grids", "move", FIRST, second, "--by", by, "--json").document
    assert moved["successors"][second] == [f"{COMMUNITY}007"]
    merged = wangge("grids", "merge", third, f"{COMMUNITY}004", "--json").document
    assert merged["successors"][third] == [f"{COMMUNITY}008"]
    assert wangge("grids", "retire", f"{COMMUNITY}005").code == 2
    assert wangge("grids", "retire", f"{COMMUNITY}005", "--why", "划出本区").code == 0
    recoded = wangge("grids", "recode", COMMUNITY[:9], "500113009", "--json").document
    assert recoded["successors"][f"{COMMUNITY}008"] == ["500113009000008"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("merge", FIRST), 2, "至少两个"),
        (("merge", FIRST, f"{COMMUNITY}003"), 3, "不相邻"),
        (("split", f"{COMMUNITY}099", "--by", "cut.geojson"), 5, f"{COMMUNITY}099"),
        (("split", "12", "--by", "cut.geojson"), 2, "12"),
        (("split", FIRST, "--by", "nothing.geojson"), 2, "nothing.geojson"),
        (("split", FIRST, "--by", "point.geojson"), 3, "不是线"),
        (("split", FIRST, "--by", "cut.geojson", "--date", "someday"), 2, "someday"),
        (("split", f"{COMMUNITY}004", "--by", "cut.geojson"), 3, "未经过"),
        (("history", f"{COMMUNITY}099"), 5, f"{COMMUNITY}099"),
        (("recode", COMMUNITY, "500113"), 2, "500113"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    wangge: Any, city: Path, by: Path, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    write(tmp_path / "point.geojson", shapely.Point(106.5, 29.5))
    told = wangge("grids", *words)
    assert (told.code, said in told.err) == (code, True), told.err
    assert len(wangge("editions", "--json").document) == 1
