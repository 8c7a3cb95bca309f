"""Deliveries with photos: real JPEGs with what a camera writes into them, in folders and archives."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from components.imports import prepare_components
from gis.findings import Finding
from gis.importing import ImportOptions, ImportReport, run_import
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language

WEST, SOUTH = 106.5, 29.4


def identifier(number: int) -> str:
    return f"5001130101{number:06d}"


def place(number: int) -> tuple[float, float]:
    """Return where a component stands, about 100 m from the next."""
    return WEST + number * 0.001, SOUTH


def jpeg(seed: int = 0, exif: bytes = b"") -> bytes:
    """Make a small JPEG, another one for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (3, 16, 16), dtype=np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile() as file:
            with file.open(driver="JPEG", width=16, height=16, count=3, dtype="uint8") as image:
                image.write(pixels)
            plain = bytes(file.read())
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif if exif else b""
    return plain[:2] + segment + plain[2:]


def exif(
    lon: float,
    lat: float,
    *,
    letters: str | None = None,
    taken: str = "2024:05:06 07:08:09",
    order: str = "<",
    decimal: bool = False,
) -> bytes:
    """Write the EXIF of a camera: degrees, minutes and seconds, or degrees with decimals.

    ``letters`` are those of latitude and longitude, by default the right ones.
    """
    north, east = letters or ("NS"[lat < 0] + "EW"[lon < 0])
    camera = "海康威视\0".encode("gbk")
    start = 8 + _size(3) + len(camera)
    sub = _directory([(0x9003, 2, 20, taken.encode("ascii") + b"\0")], start, order)
    gps_start = start + len(sub)
    gps = [
        (1, 2, 2, north.encode() + b"\0"),
        (2, 5, 3, _angle(abs(lat), order, decimal)),
        (3, 2, 2, east.encode() + b"\0"),
        (4, 5, 3, _angle(abs(lon), order, decimal)),
    ]
    main = [
        (0x010F, 2, len(camera), camera),
        (0x8769, 4, 1, struct.pack(order + "I", start)),
        (0x8825, 4, 1, struct.pack(order + "I", gps_start)),
    ]
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return b"Exif\0\0" + head + _directory(main, 8, order) + sub + _directory(gps, gps_start, order)


def _size(entries: int) -> int:
    return 2 + 12 * entries + 4


def _directory(entries: list[tuple[int, int, int, bytes]], start: int, order: str) -> bytes:
    table, values = struct.pack(order + "H", len(entries)), b""
    for tag, kind, count, raw in entries:
        table += struct.pack(order + "HHI", tag, kind, count)
        if len(raw) <= 4:
            table += raw.ljust(4, b"\0")
        else:
            table += struct.pack(order + "I", start + _size(len(entries)) + len(values))
            values += raw
    return table + bytes(4) + values


def _angle(degrees: float, order: str, decimal: bool) -> bytes:
    if decimal:
        return struct.pack(order + "6I", round(degrees * 1_000_000), 1_000_000, 0, 1, 0, 1)
    whole, minutes = int(degrees), int(degrees * 60 % 60)
    seconds = degrees * 3600 - whole * 3600 - minutes * 60
    return struct.pack(order + "6I", whole, 1, minutes, 1, round(seconds * 10_000), 10_000)


def census(folder: Path, *rows: dict[str, object], name: str = "上水井盖.geojson") -> Path:
    """Write a census of covers, each row with what is said of it."""
    whole = [
        {
            "ObjID": identifier(number),
            "ObjName": "上水井盖",
            "DeptName1": "城管局",
            "DeptName2": "供水公司",
            "ObjState": "完好",
            "ORDate": "20230915",
            "at": place(number),
        }
        | row
        for number, row in enumerate(rows, 1)
    ]
    frame = geopandas.GeoDataFrame(whole, geometry=[shapely.Point(row["at"]) for row in whole], crs=4490)
    folder.mkdir(parents=True, exist_ok=True)
    frame.drop(columns="at").to_file(folder / name, driver="GeoJSON", engine="pyogrio")
    return folder


def photo(path: Path, content: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg() if content is None else content)
    return path


def zipped(folder: Path, archive: Path, encoding: str = "utf-8") -> Path:
    """Pack a folder; with GBK as packers in China do, without saying so."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                out.writestr(_member(file.relative_to(folder).as_posix(), encoding), file.read_bytes())
    return archive


class _Raw(zipfile.ZipInfo):
    """A member whose name is written byte for byte, without the flag for UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits


def _member(name: str, encoding: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name) if encoding == "utf-8" else _Raw(name.encode(encoding).decode("cp437"))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Let messages be English, which tests look into."""
    with language("en"):
        yield


Import = Callable[..., ImportReport]


@pytest.fixture
def deliver(registry: Registry) -> Import:
    """Import a delivery into an empty registry, on each database in turn."""

    def run(*paths: Path, dry_run: bool = False, **options: object) -> ImportReport:
        chosen = ImportOptions(standard="2013", partial=True, dry_run=dry_run, **options)  # type: ignore[arg-type]
        return run_import(registry, "components", paths, chosen, prepare_components)

    return run


def told(report: ImportReport, *codes: str) -> list[Finding]:
    """Return the findings about photos, or those of some codes."""
    wanted = codes or ("C30", "C31", "C32", "C33", "C34")
    return [finding for finding in report.findings if finding.code in wanted]


def stored(registry: Registry, *columns: str) -> list[tuple[object, ...]]:
    """Return the live links in the order of component and path."""
    frame = read_frame(registry, "component-photos", columns=["component_id", "path", *columns])
    rows = frame.itertuples(index=False, name=None)
    return sorted((tuple(None if pandas.isna(value) else value for value in row) for row in rows), key=str)
