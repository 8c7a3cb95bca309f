"""Street furniture of OpenStreetMap: what has a class is taken, and every row that has none is told of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyogrio
import pytest

from gis.errors import UsageError
from gis.read import read_frame
from tests.real.foreign import Foreign, found, refusals
from wangge.rejected import write_rejected

MAP = "osm-street-furniture.toml"
HONG_KONG = "hk-address-osm/osm/gis_osm_{}_free_1.geojson.gz"
# Layer: rows, and the components by class.
LAYERS = {
    "traffic": (20509, {"01037": 697, "02014": 5109, "02025": 359}),
    "pois": (
        18788,
        {"01041": 106, "01042": 725, "03001": 1064, "03005": 360, "04007": 884, "04010": 65},
    ),
    "transport": (11129, {"02004": 10158, "02005": 354}),
    "natural": (5141, {"04003": 3281}),
}


@pytest.fixture
def hong_kong(foreign: Foreign) -> Foreign:
    """A registry of Hong Kong."""
    foreign.county(113.8, 22.1, 114.5, 22.6)
    return foreign


@pytest.mark.parametrize("layer", LAYERS)
def test_what_has_a_class_is_accepted_and_the_rest_is_refused_by_name(hong_kong: Foreign, layer: str) -> None:
    rows, classes = LAYERS[layer]
    report = hong_kong.load(HONG_KONG.format(layer), map_file=MAP, partial=True)
    furniture = sum(classes.values())
    assert (report.checked, report.accepted) == (rows, furniture)
    assert refusals(report) == {"C04": rows - furniture}
    stored = read_frame(hong_kong.registry, "components")
    assert Counter(stored["class_code"]) == classes
    assert report.rejected_rows is not None
    left_out = Counter(report.rejected_rows["fclass"])
    told = Counter(finding.value for finding in found(report, "C04") if finding.count == 1)
    assert told <= left_out
    assert sum(finding.count for finding in found(report, "C04")) == left_out.total()
    (unlisted,) = found(report, "F14")
    assert str(unlisted.value).startswith("{} ({})".format(*left_out.most_common(1)[0]))


def test_refused_rows_come_back_as_they_were(hong_kong: Foreign) -> None:
    first = hong_kong.check(HONG_KONG.format("natural"), map_file=MAP)
    written = write_rejected(first.rejected_rows, "components", [hong_kong.scratch / "report.json"])
    # Nothing in it tells the edition any more.
    again = hong_kong.check(written, map_file=MAP, standard="2026")
    assert (again.checked, again.accepted) == (first.rejected, 0)
    mended = hong_kong.load(written, map_file=MAP, constants={"class_code": "04003"})
    assert mended.accepted == first.rejected


def test_without_the_mapping_no_row_has_a_class(hong_kong: Foreign) -> None:
    rows, _ = LAYERS["natural"]
    report = hong_kong.check(HONG_KONG.format("natural"), standard="2026", fields={"class_code": "fclass"})
    assert (report.checked, report.accepted) == (rows, 0)
    assert refusals(report) == {"C04": rows}


def test_names_of_places_are_kept_as_where_a_thing_is(hong_kong: Foreign) -> None:
    hong_kong.load(HONG_KONG.format("transport"), map_file=MAP, partial=True)
    stored = read_frame(hong_kong.registry, "components")
    assert set(stored["name"]) == {"公交站设施", "出租车停靠站"}
    assert stored["position_text"].notna().sum() > 5000


@pytest.mark.parametrize(
    ("file", "district", "rows", "classes"),
    [
        (
            "Helsinki.osm.pbf",
            (24.8, 60.1, 25.1, 60.3),
            8045,
            {"01037": 586, "02014": 135, "02004": 92},
        ),
        ("shanghai.osm.gz", (121.4, 31.1, 121.6, 31.3), 455, {"02014": 288}),
    ],
)
def test_raw_extracts_are_refused_with_the_way_to_layers_which_are_read(
    foreign: Foreign, file: str, district: tuple[float, ...], rows: int, classes: dict[str, int]
) -> None:
    foreign.county(*district)
    path = foreign.data / "osm-extracts" / file
    with pytest.raises(UsageError) as refused:
        foreign.check(path, map_file=MAP)
    assert "ogr2ogr" in str(refused.value.hint)
    layer = _points(path, foreign.scratch / "points.gpkg")
    report = foreign.load(layer, map_file=MAP, fields={"class_code": "highway"}, partial=True)
    assert (report.checked, report.accepted) == (rows, sum(classes.values()))
    assert refusals(report) == {"C04": report.rejected}
    assert Counter(read_frame(foreign.registry, "components")["class_code"]) == classes


def _points(source: Path, target: Path) -> Path:
    """Take the layer of points out as ogr2ogr does, with the same library."""
    opened = f"/vsigzip/{source}" if source.suffix == ".gz" else str(source)
    pyogrio.write_dataframe(pyogrio.read_dataframe(opened, layer="points"), target, layer="points")
    return target
