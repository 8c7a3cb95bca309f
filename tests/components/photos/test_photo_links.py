"""A census with photos: linked, compared, kept; on both databases."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas
import numpy as np
import orjson
import pytest
import shapely

from components.conversion import convert_components
from components.photos.faults import AT_MOST
from gis.editions import Change, commit_changes, revert
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language

from .conftest import Import, census, exif, identifier, jpeg, photo, place, stored, told, zipped

ONE, TWO, THREE = (identifier(number) for number in (1, 2, 3))


def attributes(registry: Registry, one: str) -> dict[str, object]:
    frame = read_frame(registry, "components", columns=["id", "attributes"])
    text = dict(zip(frame["id"], frame["attributes"], strict=True))[one]
    return orjson.loads(text) if isinstance(text, str) else {}


def test_photos_named_by_rows_are_linked_with_hash_time_and_place(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "普查", {"Picture": "全景.jpg、近景"}, {"Picture": None})
    content = jpeg(1, exif(*place(1)))
    photo(folder / "照片" / "全景.JPG", content)
    photo(folder / "照片" / "近景.jpeg", jpeg(2))
    report = deliver(folder)
    assert told(report) == []
    first, second = stored(registry, "sha256", "taken_at", "lon", "lat", "note")
    assert first[:4] == (
        ONE, "照片/全景.JPG", hashlib.sha256(content).hexdigest(), "2024-05-06T07:08:09"
    )  # fmt: skip
    assert np.allclose(np.array(first[4:6], dtype=float), place(1), atol=1e-7)
    assert first[6] is None
    assert second[:4] == (ONE, "照片/近景.jpeg", hashlib.sha256(jpeg(2)).hexdigest(), None)
    assert "photos" not in attributes(registry, ONE)
    assert "Picture" not in attributes(registry, ONE)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_archives_are_looked_into_whatever_their_names_are_written_in(
    deliver: Import, registry: Registry, tmp_path: Path, encoding: str
) -> None:
    folder = census(tmp_path / "d" / "部件", {"照片": r"照片\井盖一.jpg"})
    photo(folder.parent / "照片" / "井盖一.jpg")
    report = deliver(zipped(folder.parent, tmp_path / "census.zip", encoding))
    assert told(report) == []
    assert stored(registry) == [(ONE, "照片/井盖一.jpg")]


def test_archives_in_archives_are_looked_into(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    photo(tmp_path / "p" / "a.jpg")
    folder = census(tmp_path / "d", {"Photo": "a"})
    zipped(tmp_path / "p", folder / "照片.zip")
    deliver(zipped(folder, tmp_path / "census.zip"))
    deliver(folder)
    assert stored(registry) == [(ONE, "照片.zip/a.jpg")]


def test_photos_called_after_components_need_no_column(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {}, {}, {})
    for number, name in enumerate((f"{ONE}.jpg", f"{ONE}_1.jpg", f"{TWO}-2.png", f"{TWO}全景.jpg")):
        photo(folder / "zp" / name, jpeg(number) if name.endswith("jpg") else b"\x89PNG\r\n\x1a\n")
    photo(folder / THREE / "IMG_0001.jpg", jpeg(9))
    assert told(deliver(folder)) == []
    assert [link[:2] for link in stored(registry)] == [
        (ONE, f"zp/{ONE}.jpg"),
        (ONE, f"zp/{ONE}_1.jpg"),
        (TWO, f"zp/{TWO}-2.png"),
        (TWO, f"zp/{TWO}全景.jpg"),
        (THREE, f"{THREE}/IMG_0001.jpg"),
    ]


def test_what_is_missing_is_told_and_stays_an_attribute(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {"ZP": "1.jpg;2.jpg"}, {"ZP": "02/1.jpg"}, {"ZP": "http://x.cn/1.jpg"})
    photo(folder / "01" / "1.jpg")
    missing = told(deliver(folder))
    assert [(one.code, one.severity, one.row, one.id, one.value) for one in missing] == [
        ("C30", "warning", 1, ONE, "2.jpg"),
        ("C30", "warning", 2, TWO, "02/1.jpg"),
    ]
    assert missing[0].hint is None
    assert "d/01/1.jpg" in str(missing[1].hint)
    assert stored(registry) == [(ONE, "01/1.jpg")]
    kept = [attributes(registry, one)["photos"] for one in (ONE, TWO, THREE)]
    assert kept == ["1.jpg;2.jpg", "02/1.jpg", "http://x.cn/1.jpg"]


def test_a_delivery_without_any_photo_is_one_note(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"}, {"Picture": "2.jpg"}, {"Picture": "https://x.cn/a"})
    (note,) = told(deliver(folder / "上水井盖.geojson"))
    assert (note.code, note.severity, note.row) == ("C30", "info", None)
    assert "2" in str(note.message)
    assert stored(registry) == []
    assert attributes(registry, ONE)["photos"] == "1.jpg"


def test_photos_of_nobody_are_summed_up_by_folder(deliver: Import, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"Picture": "0.jpg"})
    for number in range(8):
        photo(folder / "照片" / f"{number}.jpg", jpeg(number))
    photo(folder / "旧" / "x.png", b"\x89PNG\r\n\x1a\n")
    photo(folder / "影像.tif", b"II*\0")
    with language("zh"):
        first, second = told(deliver(folder))
        assert (first.code, first.severity, first.value) == ("C31", "warning", "d/旧")
        assert (
            str(second.message) == "d/照片 中有 7 张照片没有对应的部件：1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg …"
        )


def test_photos_of_refused_rows_are_neither_linked_nor_orphans(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"}, {"Picture": "2.jpg 9.jpg", "at": (0, 0)})
    photo(folder / "1.jpg", jpeg(1))
    photo(folder / "2.jpg", jpeg(2))
    assert told(deliver(folder)) == []
    assert stored(registry) == [(ONE, "1.jpg")]


def test_photos_taken_far_away_are_told_with_the_distance(deliver: Import, tmp_path: Path) -> None:
    lon, lat = place(1)
    folder = census(tmp_path / "d", {"Picture": "near.jpg far.jpg"}, {"Picture": "zero.jpg"})
    photo(folder / "near.jpg", jpeg(1, exif(lon + 0.0004, lat, order=">")))
    photo(folder / "far.jpg", jpeg(2, exif(lon + 0.001, lat)))
    photo(folder / "zero.jpg", jpeg(3, exif(0, 0)))
    (far,) = told(deliver(folder))
    assert (far.code, far.severity, far.id, far.value) == ("C32", "warning", ONE, "d/far.jpg")
    assert "97 m" in str(far.message)
    assert far.hint is None


def test_a_line_is_near_wherever_it_is_near(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"})
    frame = geopandas.read_file(folder / "上水井盖.geojson", engine="pyogrio")
    frame.geometry = [shapely.LineString([(106.5, 29.4), (106.51, 29.4)])]
    frame.to_file(folder / "上水井盖.geojson", driver="GeoJSON", engine="pyogrio")
    photo(folder / "1.jpg", jpeg(1, exif(106.51, 29.4002)))
    assert told(deliver(folder)) == []


def test_damaged_files_are_told_once_and_linked_with_the_reason(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    names = ("cut", "text", "empty", "head")
    contents = (jpeg(1)[:-40], b"no image", b"", b"\xff\xd8\xff\xe0" + bytes(40))
    folder = census(tmp_path / "d", {"Picture": ";".join(names)}, {"Picture": "cut"})
    for name, content in zip(names, contents, strict=True):
        photo(folder / f"{name}.jpg", content)
    findings = told(deliver(folder))
    assert [(one.code, one.severity, one.value) for one in findings] == [
        *(("C33", "warning", f"d/{name}.jpg") for name in names),
        ("C34", "info", "d/cut.jpg"),
    ]
    links = stored(registry, "sha256", "note")
    assert all(note for *_, note in links)
    assert links[0][2] == hashlib.sha256(contents[0]).hexdigest()


def test_a_photo_damaged_in_its_archive_is_told(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"})
    content = jpeg(1)
    photo(folder / "1.jpg", content)
    archive = zipped(folder, tmp_path / "census.zip")
    raw = bytearray(archive.read_bytes())
    at = raw.index(b"1.jpg") + 60
    raw[at] ^= 0xFF
    archive.write_bytes(raw)
    (fault,) = told(deliver(archive))
    assert fault.code == "C33"
    assert stored(registry, "sha256") == [(ONE, "1.jpg", None)]


def test_one_photo_for_several_is_a_note_and_one_picture_under_two_names_a_warning(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"}, {"Picture": "1.jpg"}, {"Picture": "3.jpg"})
    photo(folder / "1.jpg", jpeg(1))
    photo(folder / "3.jpg", jpeg(1))
    shared, copied = told(deliver(folder))
    assert (shared.code, shared.severity, shared.row) == ("C34", "info", 2)
    assert (copied.code, copied.severity, copied.row) == ("C34", "warning", 3)
    assert all(ONE in str(one.message) for one in (shared, copied))
    assert len(stored(registry)) == 3


def test_of_photos_of_one_name_the_nearest_is_meant_or_none(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    census(folder / "01", {"Picture": "1.jpg"})
    census(folder / "02", {"Picture": "1.jpg", "ObjID": TWO, "at": place(2)}, name="b.geojson")
    for number, name in enumerate(("01/照片/1.jpg", "02/照片/1.jpg", "a/2.jpg", "b/2.jpg")):
        photo(folder / name, jpeg(number))
    census(folder / "03", {"Picture": "2.jpg", "ObjID": THREE, "at": place(3)}, name="c.geojson")
    (unsure,) = told(deliver(folder))
    assert (unsure.code, unsure.id, unsure.value) == ("C30", THREE, "2.jpg")
    assert "d/a/2.jpg, d/b/2.jpg" in str(unsure.message)
    assert stored(registry) == [(ONE, "01/照片/1.jpg"), (TWO, "02/照片/1.jpg")]


def test_many_findings_of_a_kind_are_summed_up(deliver: Import, tmp_path: Path) -> None:
    n = AT_MOST + 50
    folder = census(tmp_path / "d", *({"Picture": f"{number}.jpg"} for number in range(n)))
    photo(folder / f"{identifier(1)}.jpg")
    report = deliver(folder, dry_run=True)
    *single, last = told(report, "C30")
    assert len(single) == AT_MOST
    assert (last.row, last.severity, last.count) == (None, "warning", 50)
    assert str(n) in str(last.message)
    assert report.by_code()["C30"] == n


def test_a_second_delivery_replaces_the_links_of_what_it_has_photos_of(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    first = census(tmp_path / "first", {"Picture": "1.jpg,2.jpg,5.jpg"}, {"Picture": "3.jpg"})
    for number in (1, 2, 3, 5):
        photo(first / f"{number}.jpg", jpeg(number))
    deliver(first)
    again = deliver(first)
    assert len(stored(registry)) == 4
    second = census(tmp_path / "second", {"Picture": "1.jpg,2.jpg,4.jpg"}, {"Picture": None})
    photo(second / "1.jpg", jpeg(11))
    photo(second / "4.jpg", jpeg(4))
    assert told(deliver(second)) == []
    assert again.edition is not None
    assert stored(registry, "sha256") == [
        (ONE, "1.jpg", hashlib.sha256(jpeg(11)).hexdigest()),
        (ONE, "2.jpg", hashlib.sha256(jpeg(2)).hexdigest()),
        (ONE, "4.jpg", hashlib.sha256(jpeg(4)).hexdigest()),
        (TWO, "3.jpg", hashlib.sha256(jpeg(3)).hexdigest()),
    ]


def test_links_are_of_the_edition_of_the_import(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"})
    photo(folder / "1.jpg")
    report = deliver(folder)
    assert report.edition is not None
    assert len(stored(registry)) == 1
    revert(registry, report.edition)
    assert stored(registry) == []


def test_a_retired_component_keeps_its_links(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"}, {})
    photo(folder / "1.jpg")
    deliver(folder)
    nothing = read_frame(registry, "components").iloc[:0]
    commit_changes(registry, [Change("components", nothing, [(ONE,)])], operation="retire")
    assert stored(registry) == [(ONE, "1.jpg")]


def test_photos_follow_components_that_get_other_identifiers(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(tmp_path / "d", {"Picture": "1.jpg"})
    photo(folder / "1.jpg")
    deliver(folder)
    before = stored(registry, "sha256")
    convert_components(registry, "2013", "2026")
    (new,) = read_frame(registry, "components", columns=["id"])["id"]
    assert new != ONE
    assert stored(registry, "sha256") == [(new, *before[0][1:])]
    photo(folder / "1.jpg", jpeg(7))
    deliver(folder)
    assert stored(registry, "sha256") == [(new, "1.jpg", hashlib.sha256(jpeg(7)).hexdigest())]


def test_files_called_after_a_former_identifier_are_those_of_the_component(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    deliver(census(tmp_path / "first", {}))
    convert_components(registry, "2013", "2026")
    second = census(tmp_path / "second", {})
    photo(second / f"{ONE}.jpg")
    assert told(deliver(second)) == []
    (new,) = read_frame(registry, "components", columns=["id"])["id"]
    assert stored(registry) == [(new, f"{ONE}.jpg")]
