"""What is read of a photo, whole or damaged, and how far away it was taken."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.photos import reading
from components.photos.distances import FAR_M, distances_m, why_far
from components.photos.exif import read_exif
from components.photos.inventory import Photo
from components.photos.reading import read_photo

from .conftest import exif, jpeg

PLAIN = jpeg(1)


def facts(tmp_path: Path, content: bytes) -> reading.PhotoFacts:
    path = tmp_path / "1.jpg"
    path.write_bytes(content)
    return read_photo(Photo("d/1.jpg", path))


@settings(deadline=None, max_examples=100)
@given(st.floats(-179.9, 179.9), st.floats(-89.9, 89.9), st.sampled_from("<>"), st.booleans())
def test_positions_are_read_as_they_were_written(lon: float, lat: float, order: str, decimal: bool) -> None:
    read = read_exif(jpeg_of(exif(lon, lat, order=order, decimal=decimal)))
    assert read is not None
    if abs(lon) < 1e-6 and abs(lat) < 1e-6:
        return
    assert read.lon is not None
    assert read.lat is not None
    away = pyproj.Geod(ellps="GRS80").inv(lon, lat, read.lon, read.lat)[2]
    assert away <= read.unsure_m + 0.1  # and what writing it rounds
    assert read.unsure_m < (80 if decimal or is_whole(lon) or is_whole(lat) else 0.2)
    assert read.taken_at == "2024-05-06T07:08:09"


def is_whole(degrees: float) -> bool:
    """Tell whether minutes and seconds are all zero as written: there decimals might have been lost."""
    return round(abs(degrees) % 1 * 36_000_000) in (0, 36_000_000)


def jpeg_of(segment: bytes) -> bytes:
    head = b"\xff\xe1" + (len(segment) + 2).to_bytes(2) + segment
    return PLAIN[:2] + head + PLAIN[2:]


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2024:13:01 00:00:00", "last summer 2024"])
def test_no_moment_is_made_up(taken: str) -> None:
    read = read_exif(jpeg_of(exif(106.5, 29.4, taken=taken.ljust(19)[:19])))
    assert read is not None
    assert read.taken_at is None


def test_photos_without_exif_are_whole(tmp_path: Path) -> None:
    read = facts(tmp_path, PLAIN)
    assert (read.sha256, read.exif.lon, read.fault) == (hashlib.sha256(PLAIN).hexdigest(), None, None)


def test_the_end_of_a_thumbnail_is_not_that_of_the_image(tmp_path: Path) -> None:
    with_thumbnail = jpeg_of(b"JFXX\0\x10" + jpeg(2)[:500] + b"\xff\xd9")
    assert facts(tmp_path, with_thumbnail).fault is None
    assert "cut off" in str(facts(tmp_path, with_thumbnail[:-30]).fault)
    assert facts(tmp_path, with_thumbnail + b"what a camera adds").fault is None


def test_an_end_between_two_pieces_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HEAD", len(PLAIN) - 1)
    monkeypatch.setattr(reading, "_CHUNK", 1)
    assert facts(tmp_path, PLAIN).fault is None


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n", b"BM1", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"MM\0*"],
)
def test_other_images_are_known_by_their_beginning(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content).fault is None


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1 << 20)
    read = facts(tmp_path, bytes(2 << 20))
    assert read.sha256 is None
    assert "1 MB" in str(read.fault)


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    assert "No such file" in str(read_photo(Photo("d/1.jpg", tmp_path / "1.jpg")).fault)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damage_of_any_kind_neither_raises_nor_hangs(data: st.DataObject) -> None:
    content = bytearray(jpeg_of(exif(106.5, 29.4)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(2, min(400, len(content) - 1)))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        read = facts(Path(folder), bytes(content[: data.draw(st.integers(0, len(content)))]))
    assert read.sha256 is not None
    assert read.exif.lat is None or -90 <= read.exif.lat <= 90


@settings(deadline=None, max_examples=100)
@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0, 360), st.floats(0, 5e6))
def test_distances_are_those_on_the_ellipsoid(lon: float, lat: float, azimuth: float, metres: float) -> None:
    there = pyproj.Geod(ellps="GRS80").fwd(lon, lat, azimuth, metres)[:2]
    away = distances_m(np.array([shapely.Point(lon, lat)]), *(np.array([value]) for value in there))
    assert away[0] == pytest.approx(metres, rel=2e-5, abs=1e-3)


def test_inside_an_area_is_no_distance_and_nothing_has_none() -> None:
    geometries = np.array([shapely.box(106, 29, 106.01, 29.01), None, shapely.Point()], dtype=object)
    away = distances_m(geometries, np.full(3, 106.005), np.full(3, 29.005))
    assert away[0] == 0
    assert np.isnan(away[1:]).all()


@pytest.mark.parametrize(
    ("stands", "lon", "lat", "words"),
    [
        ((106.501, 29.4), -106.501, 29.4, "letters"),
        ((106.501, 29.4), 106.501, -29.4, "letters"),
        ((73.0, 29.4), 29.4, 73.0, "exchanged"),
        ((106.501, 29.4), 106.50478, 29.39729, "GCJ-02"),
        ((106.501, 29.4), 106.51, 29.4, None),
    ],
)
def test_the_hint_says_what_would_bring_it_near(
    stands: tuple[float, float], lon: float, lat: float, words: str | None
) -> None:
    reason = why_far(shapely.Point(stands), lon, lat, FAR_M)
    assert reason is None if words is None else words in str(reason)
