"""Photos in archives: named, never unpacked, read where they are."""

from __future__ import annotations

import io
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from gis.archives import Budget, Limits, Member, list_photos, unpack
from gis.errors import FileProblem


def packed(path: Path, members: dict[str, bytes]) -> Member:
    path.write_bytes(zipped(members))
    return Member(path.name, path)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def budget(tmp_path: Path, **limits: int) -> Budget:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return Budget(folder, Limits(**limits))


def test_photos_are_named_but_stay_packed(tmp_path: Path) -> None:
    limited = budget(tmp_path, members=1, total_bytes=100)
    archive = packed(
        tmp_path / "a.zip", {"a.csv": b"x,y", "照片/1.JPG": b"1" * 500, "照片/2.png": b"2" * 500}
    )
    members = unpack(archive, limited)
    assert [member.shown for member in members] == ["a.zip/a.csv", "a.zip/照片/1.JPG", "a.zip/照片/2.png"]
    assert [member.file.exists() for member in members] == [True, False, False]
    assert len({member.file for member in members}) == 3


def test_photos_are_read_where_they_are(tmp_path: Path) -> None:
    inner = zipped({"深/2.jpeg": b"two", "深/x.shp": b"no photo"})
    archive = packed(
        tmp_path / "a.zip", {"1.jpg": b"one", "里.zip": inner, "__MACOSX/1.jpg": b"resource fork"}
    )
    with ExitStack() as opened:
        photos = list(list_photos(archive, budget(tmp_path), opened))
        assert [(photo.shown, photo.size, photo.open().read()) for photo in photos] == [
            ("a.zip/1.jpg", 3, b"one"),
            ("a.zip/里.zip/深/2.jpeg", 3, b"two"),
        ]


def test_a_photo_that_packs_too_well_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"1.jpg": b"\0" * (1 << 20)})
    with ExitStack() as opened, pytest.raises(FileProblem) as caught:
        list(list_photos(archive, budget(tmp_path, ratio=10, ratio_from=1 << 10), opened))
    assert caught.value.code == "F07"


def test_a_photo_whose_name_leads_outside_is_refused(tmp_path: Path) -> None:
    archive, limited = packed(tmp_path / "a.zip", {"../1.jpg": b"1", "a.csv": b"x"}), budget(tmp_path)
    with pytest.raises(FileProblem) as unpacking:
        unpack(archive, limited)
    with ExitStack() as opened, pytest.raises(FileProblem) as listing:
        list(list_photos(archive, limited, opened))
    assert (unpacking.value.code, listing.value.code) == ("F07", "F07")


def test_archives_nested_too_deep_are_refused(tmp_path: Path) -> None:
    content = zipped({"1.jpg": b"1"})
    for _ in range(3):
        content = zipped({"a.zip": content})
    (tmp_path / "a.zip").write_bytes(content)
    with ExitStack() as opened, pytest.raises(FileProblem) as caught:
        list(list_photos(Member("a.zip", tmp_path / "a.zip"), budget(tmp_path), opened))
    assert caught.value.code == "F07"
