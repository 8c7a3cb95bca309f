"""Every file of the faulty set is read, or refused for a true reason, and all its rows are told of."""

from __future__ import annotations

import csv
import io
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from geocoding.imports import prepare_places
from gis.errors import FileProblem
from gis.importing import ImportOptions, ImportReport, run_import
from gis.registry import Registry

FOLDER = "messy-shapefiles"
# What is read as it is: a word of the evidence of its encoding, and of its reference system.
READ = {
    "dongli-china/china.shp": ("UTF-8", "EPSG:4326"),
    "dongli-china/china_nine_dotted_line.shp": ("ASCII", "EPSG:4326"),
    "gpkg-exotic/curve.gpkg": ("UTF-8", "EPSG:4326"),
    "gpkg-exotic/curvepolygon.gpkg": ("UTF-8", "EPSG:4326"),
    "gpkg-exotic/line_zm.gpkg": ("UTF-8", "EPSG:4326"),
    "gpkg-exotic/multisurface.gpkg": ("UTF-8", "EPSG:4326"),
    "hainan-gbk-csv/hainanWGS_84.csv": ("GBK", "EPSG:4326"),
    "xiamen-poi/CommercialHousing.shp": ("UTF-8", "EPSG:4326"),
    "xiamen-poi/park_polygon.shp": ("GBK", "EPSG:4326"),
    "xiamen-poi/xiamen_20181128_park.shp": ("UTF-8", "EPSG:4326"),
    "xian-road-network-gbk/modifiedConn_link.shp": ("GBK", "EPSG:4326"),
    "xian-road-network-gbk/modifiedConn_node.shp": ("ASCII", "EPSG:4326"),
}
# What is refused: the code, and what then has to be declared for it to be read (none: it cannot be).
REFUSED = {
    "bogus-prj/diquJie_polyline.shp": ("F03", {"crs": "EPSG:4326"}),
    "pyshp-fixtures/blockgroups.shp": ("F03", {"crs": "EPSG:4326"}),
    "pyshp-fixtures/blockgroups_multishapefile.zip": ("F03", {"crs": "EPSG:4326"}),
    "pyshp-fixtures/corrupt_too_long.shp": ("F03", {"crs": "EPSG:4326"}),
    "pyshp-fixtures/empty_zipfile.zip": ("F06", None),
    "pyshp-fixtures/latin1.shp": ("F02", {"crs": "EPSG:4326", "encoding": "ISO-8859-1"}),
    "xian80-gauss-kruger/DLTB.shp": ("F04", {}),
    "xian80-gauss-kruger/Polygon.shp": ("F03", None),
    "xian80-gauss-kruger/Road.shp": ("F04", {}),
}
WHOLE = (".shp", ".gpkg", ".csv", ".zip")
ROWS_OF_ZIP = 2 * 663

Check = Callable[..., ImportReport]


@pytest.fixture
def check(gpkg_registry: Registry, real_data: Path) -> Check:
    """Return a function that checks a file as places, which want little of its columns."""

    def run(name: str, **options: str) -> ImportReport:
        given = ImportOptions(dry_run=True, **options)  # type: ignore[arg-type]
        return run_import(gpkg_registry, "places", [real_data / FOLDER / name], given, prepare_places)

    return run


def test_no_file_of_the_set_is_left_out(real_data: Path) -> None:
    files = {
        path.relative_to(real_data / FOLDER).as_posix()
        for path in (real_data / FOLDER).rglob("*")
        if path.suffix in WHOLE
    }
    assert files == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_files_that_are_read(check: Check, real_data: Path, name: str) -> None:
    report = check(name)
    encoding, crs = READ[name]
    assert encoding in str(report.files[0].encoding)
    assert crs in str(report.files[0].crs)
    assert_reconciled(report, rows(real_data / FOLDER / name))


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_refused_and_read_when_it_is_declared(
    check: Check, real_data: Path, name: str
) -> None:
    code, declared = REFUSED[name]
    with pytest.raises(FileProblem) as refused:
        check(name)
    assert refused.value.code == code
    if declared:
        assert_reconciled(check(name, **declared), rows(real_data / FOLDER / name))


def test_a_drawing_at_the_equator_stays_refused_whatever_is_declared(check: Check) -> None:
    for crs in ("EPSG:4543", "EPSG:4543,yx", "EPSG:4522", "EPSG:4490", "GCJ02"):
        with pytest.raises(FileProblem) as refused:
            check("xian80-gauss-kruger/Polygon.shp", crs=crs)
        assert refused.value.code == "F12"


def test_xian_1980_is_read_with_seven_parameters(check: Check, tmp_path: Path, real_data: Path) -> None:
    from gis.declared_crs import declared

    city = tmp_path / "xian80.toml"
    city.write_text(
        'name = "西安80"\n[projection]\nellipsoid = "IAG75"\ncentral_meridian_deg = 102.0\n[helmert]\n'
        'convention = "position_vector"\ndx_m = 0.0\ndy_m = 0.0\ndz_m = 0.0\nrx_arcsec = 0.0\n'
        "ry_arcsec = 0.0\nrz_arcsec = 0.0\nscale_ppm = 0.0\n"
    )
    name = "xian80-gauss-kruger/Road.shp"
    report = check(name, crs=declared(str(city)))  # type: ignore[arg-type]
    assert_reconciled(report, rows(real_data / FOLDER / name))
    assert "西安80" in str(report.files[0].crs)


def assert_reconciled(report: ImportReport, there: int) -> None:
    """Hold what was told of against what stands in the file."""
    assert report.checked == report.accepted + report.rejected == there
    assert sum(file.checked or 0 for file in report.files) == there
    assert sum(file.rejected or 0 for file in report.files) == report.rejected


def rows(path: Path) -> int:
    """Count the rows of a file without the program: from headers, lines and SQL."""
    if path.suffix == ".gpkg":
        with closing(sqlite3.connect(path)) as connection:
            (table,) = connection.execute("SELECT table_name FROM gpkg_geometry_columns").fetchone()
            return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
    if path.suffix == ".csv":
        return len(list(csv.reader(io.StringIO(path.read_bytes().decode("gbk"), newline="")))) - 1
    if path.suffix == ".zip":
        return ROWS_OF_ZIP
    return int(struct.unpack_from("<I", path.with_suffix(".dbf").read_bytes(), 4)[0])
