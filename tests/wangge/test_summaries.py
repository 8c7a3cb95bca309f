"""Reports in a few lines."""

from __future__ import annotations

from gis.delivered import DeliveredFile
from gis.findings import Finding, Report, Severity
from gis.text import language, t
from wangge.summaries import SHOWN, summary


def test_each_code_is_told_with_its_first_findings() -> None:
    found = [Finding("C16", Severity.WARNING, "components", t("Owner"), row=n, id=f"id{n}") for n in range(9)]
    with language("en"):
        told = summary(Report("components", checked=9, accepted=9, findings=found, edition=4))
    assert "C16 Neither owner nor maintainer: 9" in told
    assert sum(f"id{n}" in told for n in range(9)) == SHOWN
    assert "edition 4" in told


def test_the_worst_comes_first_with_file_and_row_and_what_to_do() -> None:
    files = [DeliveredFile(f"d.zip/{name}.shp", name, 9, 0, None, None) for name in "ab"]
    found = [
        Finding("C10", Severity.WARNING, "components", t("Owner"), row=3, layer="d.zip/a.shp", id="x"),
        Finding("C15", Severity.ERROR, "components", t("Owner"), row=7, layer="d.zip/b.shp"),
        Finding("C10", Severity.WARNING, "components", t("Owner"), hint=t("Owner"), count=40),
    ]
    with language("en"):
        told = summary(Report("components", findings=found, files=files)).splitlines()
    assert told[1:] == [
        "  error C15 Impossible position: 1",
        "      b.shp row 7: Owner",
        "      → The row has no position, or one that is none on earth. Survey it.",
        "  warning C10 Outside every unit grid: 41",
        "      a.shp row 3: x Owner",
        "      Owner",
    ]


def test_a_row_that_the_message_names_is_not_told_twice() -> None:
    files = [DeliveredFile(f"d.zip/{name}.shp", name, 9, 0, None, None) for name in "ab"]
    row = Finding("C10", Severity.WARNING, "components", t("row {row}", row=3), row=3, layer="d.zip/a.shp")
    with language("en"):
        assert "      a.shp: row 3" in summary(Report("components", findings=[row], files=files))
        assert "      row 3" in summary(Report("components", findings=[row]))
