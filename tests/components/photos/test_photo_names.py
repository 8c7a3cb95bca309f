"""Which photo is meant by a name, however it is written."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.photos.names import PhotoNames, is_address, owners_of, parts_of, plain

ONE = "5001130101000001"

folders = st.lists(st.sampled_from(["照片", "01", "a b", "Ａ", "0101上水井盖"]), max_size=3)
stems = st.text("ab1Ａ井 ._-()", min_size=1, max_size=5).filter(
    lambda stem: plain(stem).strip(" .") == plain(stem) and any(map(str.isalnum, stem))
)
suffixes = st.sampled_from([".jpg", ".JPEG", ".png", ".Heic"])
photos = st.tuples(folders, stems, suffixes).map(
    lambda one: "/".join(["census.zip", *one[0], one[1] + one[2]])
)


@st.composite
def spelled(draw: st.DrawFn, shown: str) -> str:
    """Write the name of a photo as a surveyor might: shorter, in other letters, with other separators."""
    parts = shown.split("/")[1:]
    name = "/".join(parts[draw(st.integers(0, len(parts) - 1)) :])
    if draw(st.booleans()):
        name = name[: name.rindex(".")]
    written = draw(
        st.sampled_from([str, str.upper, str.lower, lambda text: text.replace("/", "\\"), full_width])
    )
    return draw(st.sampled_from(["", "./", " "])) + written(name) + draw(st.sampled_from(["", " "]))


def full_width(text: str) -> str:
    return "".join(
        chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" and letter != "/" else letter for letter in text
    )


@settings(deadline=None, max_examples=300)
@given(st.data(), st.lists(photos, min_size=1, max_size=8, unique_by=plain))
def test_a_photo_is_found_by_every_way_of_writing_its_name(data: st.DataObject, delivered: list[str]) -> None:
    number = data.draw(st.integers(0, len(delivered) - 1))
    name = data.draw(spelled(delivered[number]))
    found = PhotoNames(delivered).best(name)
    assert set(found) <= set(by_brute_force(name, delivered))
    assert bool(found)
    if len(by_brute_force(name, delivered)) == 1:
        assert found == [number]


def by_brute_force(name: str, delivered: list[str]) -> list[int]:
    """Return the photos whose name or stem this is, in folders that one path ends with."""
    stated, stem, suffix = parts_of(name)
    fitting = []
    for number, shown in enumerate(delivered):
        its_folders, its_stem, its_suffix = parts_of(shown)
        pairs = zip(reversed(stated), reversed(its_folders[1:]), strict=False)
        if its_stem == stem and suffix in ("", its_suffix) and all(a == b for a, b in pairs):
            fitting.append(number)
    return fitting


@settings(deadline=None, max_examples=200)
@given(st.lists(photos, max_size=8, unique_by=plain), st.text(max_size=12))
def test_nothing_is_found_that_does_not_fit(delivered: list[str], name: str) -> None:
    assert set(PhotoNames(delivered).best(name)) <= set(by_brute_force(name, delivered))


@pytest.mark.parametrize("separator", [",", ";", "、", "|", "，", "；", "｜", "\n", "\r\n", " ", " , ", "\t"])
def test_several_names_are_separated_in_any_way(separator: str) -> None:
    names = PhotoNames(["d/1.jpg", "d/照片/二.png", "d/3.jpg"])
    found = names.of_text(separator.join(["1.jpg", "二", "3.JPG"]))
    assert list(found.values()) == [[0], [1], [2]]


def test_names_with_blanks_and_separators_in_them_are_taken_whole() -> None:
    names = PhotoNames(["d/IMG 001.jpg", "d/a,b.jpg", "d/c.jpg"])
    assert names.of_text("IMG 001.jpg, c") == {"IMG 001.jpg": [0], "c": [2]}
    assert names.of_text("a,b") == {"a,b": [1]}


def test_what_is_missing_is_taken_apart_where_that_makes_sense() -> None:
    names = PhotoNames(["d/c.jpg"])
    assert names.of_text("x.jpg y.jpg") == {"x.jpg": [], "y.jpg": []}
    assert names.of_text("井盖 旁边") == {"井盖 旁边": []}
    assert names.of_text('["c.jpg", "x.jpg"]') == {"c.jpg": [0], "x.jpg": []}
    assert names.of_text(" ,; ") == {}


def test_folders_must_not_contradict() -> None:
    names = PhotoNames(["d/01/1.jpg", "d/2.jpg"])
    assert names.best(r"D:\普查\01\1.jpg") == [0]
    assert names.best("02/1.jpg") == []
    assert names.elsewhere("02/1.jpg") == "d/01/1.jpg"
    assert names.best(r"D:\普查\2.jpg") == [1]
    assert names.best("../01/1.jpeg") == [0]
    assert names.best("1.png") == []


def test_of_equal_names_the_nearest_is_meant() -> None:
    shown = ["d/01/照片/1.jpg", "d/02/照片/1.jpg", f"d/02/{ONE}/1.jpg"]
    names = PhotoNames(shown)
    assert names.best("1.jpg", ("d", "01")) == [0]
    assert names.best("1.jpg", ("d", "02")) == [1, 2]
    assert names.best("1.jpg", ("d", "01"), names.of_component(ONE)) == [2]
    assert names.best("照片/1.jpg", ("d", "02")) == [1]


@settings(deadline=None, max_examples=50)
@given(st.integers(20, 60), st.data())
def test_many_photos_of_one_name_are_found_as_few_are(n: int, data: st.DataObject) -> None:
    shown = [f"d/{number % 40}/{number}/1.jpg" for number in range(n)] + ["d/1.jpg"]
    names = PhotoNames(shown)
    number = data.draw(st.integers(0, n - 1))
    for name in (f"{number}/1.jpg", f"{number % 40}/{number}/1", "x/1.jpg"):
        expected = Counter(by_brute_force(name, shown))
        found = names.best(name)
        assert set(found) <= set(expected)
        assert found == ([n] if name == "x/1.jpg" else [number])


@pytest.mark.parametrize(
    "name", [f"{ONE}.jpg", f"{ONE}_1.jpg", f"{ONE}-2.JPG", f"{ONE}(3).jpg", f"{ONE} 全景.png", f"{ONE}/x.jpg"]
)
def test_files_are_called_after_components_in_many_ways(name: str) -> None:
    assert ONE in owners_of(f"d/{name}")
    assert PhotoNames([f"d/{name}"]).of_component(ONE) == [0]


def test_a_longer_number_is_not_the_identifier() -> None:
    assert ONE not in owners_of(f"d/{ONE}99.jpg")


def test_addresses_are_no_names_of_files() -> None:
    assert [is_address(text) for text in (" HTTP://x.cn/1.jpg", "ftp://x/1.jpg", r"D:\1.jpg", "1.jpg")] == [
        True, True, False, False,
    ]  # fmt: skip
