"""Damaged deliveries of components are checked or refused with the reason, in time, and leave nothing behind.

The damage is done where it tells: to header fields, lengths and counts, numbers and words, and to the parts
of archives and workbooks, packed again with the right checksums.
"""

from __future__ import annotations

import io
import json
import shutil
import signal
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import list_editions
from gis.errors import WanggeError
from gis.findings import Report
from gis.importing import ImportOptions
from gis.registry import Registry, open_registry
from gis.text import language
from tests.wangge.census import build_county, census, write_census
from tests.wangge.registry_state import state_of
from wangge.deliveries import deliver, examine_delivery

SECONDS = 60
OPTIONS = ImportOptions(standard="2013")
EXTREMES = (0, 1, -1, 100, 2**24, 2**30, 2**31 - 1, -(2**31), 0x7FFFFF00)
NUMBERS = (float("nan"), float("inf"), 1e308, -1e308, 5e-324, -0.0, 181.0, 36_500_000.0)
TEXTS = (
    "nan",
    "1e999",
    "9" * 40,
    "\0",
    "\ud800",
    "null",
    "[]",
    '"',
    "<",
    "&#0;",
    "&lt;",
    "\r",
    ",",
    "{}{0}%s",
)
NAMES = ("XFD1048576", "_row", "geometry", "fid")
WORDS = (
    *(word.encode("utf-8", "surrogatepass") for word in (*TEXTS, *NAMES)),
    *(b"\xff", b"\x81", b"*" * 20, b" " * 20),
)

quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
places = st.one_of(st.integers(0, 120), st.integers(0, 10**6))
damage = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), places, st.integers(0, 7)),
        st.tuples(st.just("integer"), places, st.sampled_from(EXTREMES)),
        st.tuples(st.just("number"), places, st.sampled_from(NUMBERS)),
        st.tuples(st.just("word"), places, st.sampled_from(WORDS)),
        st.tuples(st.just("over"), places, st.sampled_from(WORDS)),
        st.tuples(st.just("cut"), places, st.just(0)),
        st.tuples(st.just("drop"), places, st.integers(1, 200)),
        st.tuples(st.just("twice"), places, st.integers(1, 300)),
        st.tuples(st.just("move"), places, places),
    ),
    min_size=1,
    max_size=6,
)


def damaged(content: bytes, faults: list[tuple[str, int, object]]) -> bytes:
    """Apply faults to bytes one after the other."""
    for kind, position, value in faults:
        at = position % (len(content) + 1)
        content = _DAMAGE[kind](content, at, value)
    return content


def _over(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


_DAMAGE = {
    "flip": lambda c, at, bit: _over(c, at, bytes([c[at] ^ (1 << bit)])) if at < len(c) else c,
    "integer": lambda c, at, value: _over(c, at // 4 * 4, struct.pack("<i" if at % 2 else ">i", value)),
    "number": lambda c, at, value: _over(c, at // 4 * 4, struct.pack("<d", value)),
    "word": lambda c, at, word: c[:at] + word + c[at:],
    "over": _over,
    "cut": lambda c, at, _: c[:at],
    "drop": lambda c, at, length: c[:at] + c[at + length :],
    "twice": lambda c, at, length: c[: at + length] + c[at:],
    "move": lambda c, at, other: _over(c, at, c[other % (len(c) + 1) :][:40]),
}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail what takes longer; pieces of work in C are waited for."""

    def stop(*_: object) -> None:
        pytest.fail(f"not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def county(gpkg_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("county")
    with open_registry(shutil.copy(gpkg_template, folder / "county.gpkg")) as registry:
        build_county(registry)
        yield registry


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Return faultless deliveries of each format, file by file."""
    folder = tmp_path_factory.mktemp("whole")
    frame = census(range(6))
    lines = frame.set_geometry(shapely.boundary(shapely.buffer(frame.geometry.array, 0.00005)), crs=4490)
    table = [[*frame.columns[:-1], "经度", "纬度"]]
    table += [[*row[:-1], row[-1].x, row[-1].y] for row in frame.itertuples(index=False)]
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    book.active["P1"], book.active["P2"], book.active["P3"] = "合计", "=1+1", 5
    book.save(folder / "a.xlsx")
    text = "\r\n".join(",".join("" if value is None else str(value) for value in row) for row in table)
    (folder / "a.csv").write_bytes(text.encode("gbk"))
    write_census(frame, folder / "a.shp")
    shapes = {file.name: file.read_bytes() for file in sorted(folder.glob("a.*")) if file.suffix in SHAPEFILE}
    for name in ("a.gpkg", "a.geojson"):
        lines.to_file(folder / name)
    single = {
        name: {name: (folder / name).read_bytes()} for name in ("a.xlsx", "a.csv", "a.gpkg", "a.geojson")
    }
    return {"shapefile": shapes, "zip": {"a.zip": packed(shapes)}, **single}


SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def outcome(county: Registry, folder: Path, files: dict[str, bytes]) -> None:
    """Check a delivery, then import what is right in it: a report, or a refusal that can be read."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    before = len(list_editions(county))
    with within(SECONDS):
        report = _unless_refused(lambda: examine_delivery(county, "components", [folder], OPTIONS))
        assert len(list_editions(county)) == before
        partial = ImportOptions(standard="2013", partial=True)
        imported = _unless_refused(lambda: deliver(county, "components", [folder], partial))
    assert len(list_editions(county)) == before + (imported is not None)
    for told in filter(None, (report, imported)):
        assert told.checked == told.accepted + told.rejected
        for tongue in ("zh", "en"):
            with language(tongue):
                assert json.dumps(told.to_dict())


def _unless_refused(call: Callable[[], Report]) -> Report | None:
    try:
        return call()
    except WanggeError as error:
        refused = error
    assert str(refused)
    return None


@pytest.mark.parametrize("suffix", SHAPEFILE)
@quick
@given(faults=damage)
def test_damaged_shapefiles(county, whole, tmp_path, suffix, faults):
    files = dict(whole["shapefile"])
    files[f"a{suffix}"] = damaged(files[f"a{suffix}"], faults)
    outcome(county, tmp_path / "case", files)


@pytest.mark.parametrize("name", ["a.csv", "a.gpkg", "a.geojson"])
@quick
@given(faults=damage)
def test_damaged_files(county, whole, tmp_path, name, faults):
    outcome(county, tmp_path / "case", {name: damaged(whole[name][name], faults)})


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx"])
@pytest.mark.parametrize("part", [False, True], ids=["package", "part"])
@quick
@given(faults=damage, which=st.integers(0, 100))
def test_damaged_packages_and_sound_packages_of_damaged_parts(
    county, whole, tmp_path, name, part, faults, which
):
    content = whole["zip" if name == "a.zip" else name][name]
    if part:
        parts = unpacked(content)
        chosen = sorted(parts)[which % len(parts)]
        parts[chosen] = damaged(parts[chosen], faults)
        content = packed(parts)
    else:
        content = damaged(content, faults)
    outcome(county, tmp_path / "case", {name: content})


def test_what_is_refused_leaves_every_table_as_it_was(county: Registry, whole, tmp_path: Path) -> None:
    before = state_of(county)
    files = dict(whole["shapefile"])
    for name in ("a.shp", "a.dbf"):
        with pytest.raises(WanggeError):
            deliver(county, "components", [_cut(tmp_path / name[2:], files, name)], OPTIONS)
    assert state_of(county) == before


def _cut(folder: Path, files: dict[str, bytes], name: str) -> Path:
    folder.mkdir()
    for other, content in files.items():
        (folder / other).write_bytes(content[:-60] if other == name else content)
    return folder


@pytest.mark.parametrize("depth", [100, 100_000])
def test_features_nested_without_end(county: Registry, tmp_path: Path, depth: int) -> None:
    point = '{"type": "Point", "coordinates": [106.5, 29.4]}'
    nested = '{"type": "GeometryCollection", "geometries": [' * depth + point + "]}" * depth
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {nested}}}'
    content = f'{{"type": "FeatureCollection", "features": [{feature}]}}'.encode()
    outcome(county, tmp_path / "case", {"a.geojson": content})


@pytest.mark.parametrize("depth", [40, 200_000])
def test_folders_and_geometries_nested_without_end(county: Registry, tmp_path: Path, depth: int) -> None:
    place = "<Point><coordinates>106.5,29.4</coordinates></Point>"
    nested = "<MultiGeometry>" * depth + place + "</MultiGeometry>" * depth
    inner = f"<Placemark>{nested}</Placemark>"
    content = f"<kml><Document>{'<Folder>' * depth}{inner}{'</Folder>' * depth}</Document></kml>".encode()
    outcome(county, tmp_path / "case", {"a.kml": content})


def test_blocks_of_blocks_of_a_drawing(county: Registry, tmp_path: Path) -> None:
    lines = ["0", "SECTION", "2", "BLOCKS", *_block(0, "0\nPOINT\n8\n0\n10\n106.5\n20\n29.4")]
    for level in range(1, 12):
        inner = "\n".join([f"0\nINSERT\n8\n0\n2\nB{level - 1}\n10\n0.0\n20\n0.0"] * 10)
        lines += _block(level, inner)
    lines += ["0", "ENDSEC", "0", "SECTION", "2", "ENTITIES", "0\nINSERT\n8\n井盖\n2\nB11\n10\n0.0\n20\n0.0"]
    content = "\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode("gbk")
    outcome(county, tmp_path / "case", {"a.dxf": content})


def _block(level: int, inner: str) -> list[str]:
    return [
        "0",
        "BLOCK",
        "8",
        "0",
        "2",
        f"B{level}",
        "10",
        "0.0",
        "20",
        "0.0",
        inner,
        "0",
        "ENDBLK",
        "8",
        "0",
    ]


def test_a_shape_far_larger_than_its_file_is_refused(county: Registry, whole, tmp_path: Path) -> None:
    files = dict(whole["shapefile"])
    shape = bytearray(files["a.shp"])
    struct.pack_into(">i", shape, 24, 2**31 - 1)
    struct.pack_into(">i", shape, 104, 2**30)
    outcome(county, tmp_path / "case", {**files, "a.shp": bytes(shape)})
