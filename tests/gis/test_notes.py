"""Notes of a report without repetition."""

from __future__ import annotations

from gis.notes import told_once
from gis.text import Text, language, t


def note(layer: str, evidence: str) -> Text:
    return t("{path} ({name}): {evidence}", path=f"{layer}.shp", name=layer, evidence=evidence)


def test_what_is_the_same_of_many_layers_is_told_once() -> None:
    notes = [
        note("0101", "GBK: 12 values valid, such as “上水井盖”"),
        note("0102", "GBK: 7 values valid, such as “污水井盖”"),
        note("0103", "UTF-8: 7 values valid, such as “雨水井盖”"),
        note("0101", "EPSG:4524: as declared"),
        note("0102", "EPSG:4523: as declared"),
    ]
    with language("en"):
        told = told_once(notes)
    assert [line.split(": ")[1] for line in told] == ["GBK", "UTF-8", "EPSG:4524", "EPSG:4523"]
    assert told[0].endswith("(and 1 more alike)")


def test_rows_are_shown_of_the_layers_that_are_named_and_the_others_counted() -> None:
    def read(layer: str) -> Text:
        return t("{path} ({name}), as read: {rows}", path=f"{layer}.shp", name=layer, rows=f"rows of {layer}")

    layers = ("a", "b", "c")
    notes = [one for layer in layers for one in (note(layer, "GBK: 1 values"), read(layer))]
    with language("en"):
        told = told_once(notes)
        assert told_once([read("a"), read("b")]) == [str(read("a")), str(read("b"))]
    assert "rows of a" in told[1]
    assert told[2] == "Rows as read of 2 other files are in the report"
    assert len(told) == 3


def test_examples_do_not_keep_evidence_apart() -> None:
    def told(layer: str, example: str) -> Text:
        evidence = t("{encoding}: as given; e.g. {example}", encoding="GBK", example=example)
        return t("{path} ({name}): {evidence}", path=layer, name=layer, evidence=evidence)

    with language("en"):
        [line] = told_once([told("a", "上水井盖"), told("b", "路灯")])
    assert line == "a (a): GBK: as given; e.g. 上水井盖 (and 1 more alike)"
