"""Makers of deliveries with chosen bytes: shapefiles and their tables."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

CGCS2000_GK_36 = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_36",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
CGCS2000 = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


@dataclass(frozen=True)
class Column:
    """A column of a ``.dbf``, byte for byte."""

    name: bytes
    values: Sequence[bytes]
    type: str = "C"
    width: int = 20
    decimals: int = 0


def dbf_bytes(columns: Sequence[Column], *, language_byte: int = 0, deleted: Sequence[int] = ()) -> bytes:
    """Lay out a ``.dbf``; numbers are right-aligned, the rest left-aligned."""
    count = len(columns[0].values)
    record_length = 1 + sum(column.width for column in columns)
    header_length = 32 + 32 * len(columns) + 1
    head = struct.pack("<BBBBIHH17xB2x", 3, 124, 1, 1, count, header_length, record_length, language_byte)
    fields = b"".join(
        column.name[:11].ljust(11, b"\0")
        + column.type.encode()
        + bytes(4)
        + bytes([column.width, column.decimals])
        + bytes(14)
        for column in columns
    )
    rows = []
    for row in range(count):
        cells = [
            (column.values[row].rjust if column.type in "NF" else column.values[row].ljust)(column.width)
            for column in columns
        ]
        rows.append((b"*" if row in deleted else b" ") + b"".join(cells))
    return head + fields + b"\r" + b"".join(rows) + b"\x1a"


@pytest.fixture(scope="session")
def column() -> type[Column]:
    return Column


@pytest.fixture(scope="session")
def make_dbf() -> Callable[..., bytes]:
    return dbf_bytes


@pytest.fixture
def make_shapefile(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a shapefile and returns the path of its ``.shp``."""

    def make(
        stem: str = "layer",
        geometries: Sequence[shapely.Geometry | None] | None = None,
        columns: Sequence[Column] | None = None,
        *,
        folder: Path = tmp_path,
        prj: str | None = CGCS2000,
        cpg: bytes | None = None,
        language_byte: int = 0,
        deleted: Sequence[int] = (),
        geometry_type: str = "Point",
    ) -> Path:
        shapes = (
            [shapely.Point(106.5 + i / 100, 29.5) for i in range(3)] if geometries is None else geometries
        )
        columns = columns or [Column(b"CODE", [b"%04d" % (i + 1) for i in range(len(shapes))], width=4)]
        folder.mkdir(parents=True, exist_ok=True)
        shp = folder / f"{stem}.shp"
        wkb = shapely.to_wkb(np.array(shapes, dtype=object))
        pyogrio.raw.write(
            str(shp), wkb, [], [], geometry_type=geometry_type, driver="ESRI Shapefile", crs="EPSG:4490"
        )
        for suffix in (".prj", ".cpg", ".dbf"):
            shp.with_suffix(suffix).unlink(missing_ok=True)
        shp.with_suffix(".dbf").write_bytes(dbf_bytes(columns, language_byte=language_byte, deleted=deleted))
        if prj is not None:
            shp.with_suffix(".prj").write_text(prj)
        if cpg is not None:
            shp.with_suffix(".cpg").write_bytes(cpg)
        return shp

    return make


@pytest.fixture(scope="session")
def gk_36_prj() -> str:
    """ESRI's wording of EPSG:4524."""
    return CGCS2000_GK_36
