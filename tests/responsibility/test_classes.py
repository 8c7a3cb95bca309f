from __future__ import annotations

import pytest

from gis.errors import UsageError
from responsibility.classes import ClassChoice, choose_classes
from responsibility.model import Kind


def choose(text: str, standard: str | None = None, kind: Kind = Kind.COMPONENT) -> ClassChoice:
    return choose_classes(text, standard, kind, "2013")


@pytest.mark.parametrize(
    ("text", "standard", "code"),
    [
        ("0101", "2013", "0101"),
        (" 0101 ", "2013", "0101"),
        ("5001130101", "2013", "0101"),
        ("5001130101000001", "2013", "0101"),
        ("01001", "2026", "01001"),
        ("50011301001", "2026", "01001"),
        ("50011301001000001", "2026", "01001"),
    ],
)
def test_a_code_alone_with_its_county_or_in_an_identifier(text: str, standard: str, code: str) -> None:
    choice = choose(text)

    assert (choice.standard, choice.code) == (standard, code)


def test_the_edition_given_beats_the_default() -> None:
    assert choose("0101", "2007").standard == "2007"


def test_a_major_class_includes_all_of_its_classes() -> None:
    choice = choose("01")

    assert choice.includes("0101")
    assert not choice.includes("0201")
    assert choice.code is None


def test_a_group_is_several_classes() -> None:
    choice = choose("井盖")

    assert {"0101", "0102", "0123"} <= choice.codes
    assert not choice.includes("0201")
    assert choose("covers").codes == choice.codes


def test_a_class_that_an_incomplete_list_lacks_is_taken_but_marked() -> None:
    assert choose("0198").listed is False
    assert choose("0101").listed is True


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("01079", "2026"),
        ("0199", "2007"),
        ("99", "2026"),
        ("01001", "2013"),
        ("0101", "2026"),
        ("123456", None),
        ("井盖子", None),
        ("", None),
    ],
)
def test_what_is_no_class_is_refused_with_what_is_known(text: str, standard: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        choose(text, standard)

    assert caught.value.field == "class"
    assert caught.value.value == text
    assert str(caught.value.expected)


def test_a_group_holds_components_only() -> None:
    with pytest.raises(UsageError):
        choose("井盖", kind=Kind.MATTER)


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(UsageError, match="1999"):
        choose("0101", "1999")
