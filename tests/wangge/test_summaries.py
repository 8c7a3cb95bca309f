"""Reports in a few lines."""

from __future__ import annotations

from gis.findings import Finding, Report, Severity
from gis.text import Text, language, t
from wangge.summaries import SHOWN, summary


def note(layer: str, evidence: str) -> Text:
    return t("{path} ({name}): {evidence}", path=f"{layer}.shp", name=layer, evidence=evidence)


def test_what_is_the_same_of_many_layers_is_told_once() -> None:
    report = Report(
        "components",
        notes=[
            note("0101", "GBK: 12 values valid, such as “上水井盖”"),
            note("0102", "GBK: 7 values valid, such as “污水井盖”"),
            note("0103", "UTF-8: 7 values valid, such as “雨水井盖”"),
            note("0101", "EPSG:4524: as declared"),
            note("0102", "EPSG:4523: as declared"),
        ],
    )
    with language("en"):
        told = summary(report)
    assert told.count("GBK") == 1
    assert "(and 1 more alike)" in told
    assert all(name in told for name in ("UTF-8", "EPSG:4524", "EPSG:4523"))


def test_each_code_is_told_with_its_first_findings() -> None:
    found = [Finding("C16", Severity.WARNING, "components", t("Owner"), row=n, id=f"id{n}") for n in range(9)]
    with language("en"):
        told = summary(Report("components", checked=9, accepted=9, findings=found, edition=4))
    assert "C16 Neither owner nor maintainer: 9" in told
    assert sum(f"id{n}" in told for n in range(9)) == SHOWN
    assert "edition 4" in told
