"""Reports in a few lines."""

from __future__ import annotations

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
