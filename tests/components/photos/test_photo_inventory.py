"""Which files of a delivery are its photos."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from components.photos.inventory import find_photos

from .conftest import photo, zipped


def shown(*paths: Path) -> list[str]:
    with ExitStack() as opened:
        return [one.shown for one in find_photos(paths, opened)]


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A folder with photos, with what lies beside them, and with archives."""
    folder = tmp_path / "d"
    for name in (
        "照片/1.JPG",
        "照片/深/2.heic",
        "照片/说明.docx",
        ".cache/3.jpg",
        "__MACOSX/4.jpg",
        "照片/._5.jpg",
    ):
        photo(folder / name, b"x")
    photo(tmp_path / "in" / "旧" / "6.png", b"x")
    zipped(tmp_path / "in", folder / "a.zip")
    zipped(tmp_path / "in", folder / "map.kmz")
    return folder


def test_photos_are_found_in_folders_and_archives_in_them(delivery: Path) -> None:
    assert shown(delivery) == ["d/a.zip/旧/6.png", "d/照片/1.JPG", "d/照片/深/2.heic"]
    assert shown(delivery, delivery) == shown(delivery)


def test_a_path_into_an_archive_brings_what_is_there(delivery: Path, tmp_path: Path) -> None:
    archive = zipped(delivery, tmp_path / "z.zip")
    assert shown(archive / "照片") == ["z.zip/照片/1.JPG", "z.zip/照片/深/2.heic"]
    assert shown(archive / "照片" / "深") == ["z.zip/照片/深/2.heic"]
    assert shown(archive)[0] == "z.zip/a.zip/旧/6.png"


def test_a_file_named_alone_comes_without_photos(delivery: Path) -> None:
    table = photo(delivery / "a.csv", b"x,y")
    assert shown(table) == []


def test_the_place_of_a_photo_does_not_tell_what_the_delivery_was_called(delivery: Path) -> None:
    with ExitStack() as opened:
        assert [one.path for one in find_photos([delivery], opened)] == [
            "a.zip/旧/6.png", "照片/1.JPG", "照片/深/2.heic",
        ]  # fmt: skip


def test_photos_are_read_in_folders_and_in_archives(delivery: Path, tmp_path: Path) -> None:
    archive = zipped(delivery, tmp_path / "z.zip")
    with ExitStack() as opened:
        photos = [one for path in (delivery, archive) for one in find_photos([path], opened)]
        for one in photos:
            with one.open() as stream:
                assert (one.size, stream.read()) == (1, b"x")
