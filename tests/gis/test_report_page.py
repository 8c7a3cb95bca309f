"""The page of a report: what a surveyor finds on it, and that it stays small and safe."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.delivered import Background, DeliveredAreas, DeliveredFile
from gis.finding_codes import TITLES
from gis.finding_meanings import MEANINGS, meaning
from gis.findings import Finding, Report, Severity
from gis.report_details import size_text
from gis.report_listing import Listing
from gis.report_map import DRAWN_SINGLY, LABELS
from gis.reports import write_report
from gis.text import language, t

HOSTILE = '</title><script>alert("1")</script>&<svg onload=x>'


def delivered(n: int, *, size: float = 0.001) -> DeliveredAreas:
    """Make squares in a row, with codes 0, 1, 2 …, the last refused."""
    west = 106.5 + np.arange(n) * size
    return DeliveredAreas(
        np.array(["grids.shp"] * n, dtype=object),
        np.arange(1, n + 1),
        np.array([str(code) for code in range(n)], dtype=object),
        np.arange(n) == n - 1,
        shapely.box(west, 29.5, west + size, 29.5 + size),
    )


def gap(at: int, *, area: float = 12.5, severity: Severity = Severity.WARNING, **more: object) -> Finding:
    place = shapely.box(106.5 + at * 1e-5, 29.5, 106.5 + at * 1e-5 + 1e-6, 29.5001)
    found = Finding(
        "G04",
        severity,
        "grids",
        t("Nothing was found wrong."),
        row=at + 1,
        id=f"g{at}",
        field="geometry",
        geometry=place,
        area_m2=area,
        width_m=0.1,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def written(report: Report, folder: Path) -> str:
    with language("en"):
        write_report(report, folder / "r.html")
    return (folder / "r.html").read_text("utf-8")


class Tags(HTMLParser):
    """Collect the tags, the targets of links and the anchors of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        given = dict(attrs)
        self.targets |= {given["href"]} if given.get("href") else set()  # type: ignore[arg-type]
        self.anchors |= {f"#{given['id']}"} if given.get("id") else set()
        assert not [name for name in given if name.startswith("on") or name == "src"]


def test_findings_are_listed_worst_first() -> None:
    notes = [gap(0, severity=Severity.INFO), gap(1, severity=Severity.INFO, code="A01")]
    rest = [gap(2, area=1.0), gap(3, area=9.0), gap(4, severity=Severity.ERROR), gap(5, area=9.0)]
    listing = Listing([*notes, *rest])
    assert [finding.id for finding in listing.findings] == ["g4", "g3", "g5", "g2", "g1", "g0"]
    group = listing.groups[0]
    assert (group.code, group.severity, group.largest_m2) == ("G04", Severity.ERROR, 12.5)
    assert group.total_m2 == pytest.approx(12.5 * 2 + 1 + 9 + 9)


def test_places_are_points_within_even_where_shapes_are_invalid_or_missing() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    shapes = [bow, None, shapely.Point(), shapely.Point(3, np.inf), shapely.MultiPoint([(5, 6), (7, 8)])]
    listing = Listing([gap(at, geometry=shape) for at, shape in enumerate(shapes)])
    assert [listing.place_of(at) is None for at in range(5)] == [False, True, True, True, False]
    assert listing.place_of(4) in [(5, 6), (7, 8)]


def test_the_map_shows_the_delivery_and_links_the_findings_to_their_rows(tmp_path: Path) -> None:
    page = written(Report("grids", 4, 3, 1, [gap(1), gap(2)], areas=delivered(4)), tmp_path)
    assert '<path class="area" d="M' in page
    assert '<path class="area refused" d="M' in page
    tags = Tags(page)
    assert {"#n1", "#n2", "#G04"} <= tags.targets <= tags.anchors
    assert page.count('<text class="label"') == 1  # the second has no room
    assert "delivered area" in page
    assert re.search(r"\d+ (m|km)</text>", page)


def test_close_ups_show_the_largest_defects_with_the_codes_around_them(tmp_path: Path) -> None:
    findings = [gap(at, area=float(at)) for at in range(30, 40)]
    page = written(Report("grids", 2, 2, 0, findings, areas=delivered(2)), tmp_path)
    details = re.findall(r'<figure class="detail">.*?</figure>', page)
    assert [re.search(r"</a> (\w+)", one).group(1) for one in details] == ["g39", "g38", "g37"]  # type: ignore[union-attr]
    assert all('class="defect warning surface"' in one and '<text class="name"' in one for one in details)
    assert "39.0 m²" not in details[0]
    assert "39.00 m²" in details[0]


def test_a_point_that_stands_for_an_area_is_shown_with_it(tmp_path: Path) -> None:
    large = gap(0, geometry=shapely.Point(106.5005, 29.5005), area=90_000.0)
    page = written(Report("grids", 2, 2, 0, [large], areas=delivered(2)), tmp_path)
    [detail] = re.findall(r'<figure class="detail">.*?</figure>', page)
    assert ">100 m</text>" in detail
    assert '<path class="area" d="M' in detail


def test_names_in_a_close_up_do_not_cover_each_other(tmp_path: Path) -> None:
    areas = delivered(2)
    areas.geometries[1] = areas.geometries[0]
    page = written(Report("grids", 2, 2, 0, [gap(50)], areas=areas), tmp_path)
    assert page.count('<text class="name"') == 1


def test_what_is_wrong_beside_the_shapes_has_no_close_up_and_no_number_on_the_map(tmp_path: Path) -> None:
    page = written(Report("grids", 1, 1, 0, [gap(0, code="G18", field="code")], areas=delivered(1)), tmp_path)
    assert 'class="detail"' not in page
    assert '<text class="label"' not in page
    assert 'class="beside"' in page


def test_a_thing_far_away_does_not_shrink_the_map(tmp_path: Path) -> None:
    areas = delivered(20)
    areas.geometries[3] = shapely.box(0, 0, 0.001, 0.001)
    lost = gap(0, geometry=shapely.Point(0.0005, 0.0005))
    page = written(Report("grids", 20, 20, 0, [lost, gap(1)], areas=areas), tmp_path)
    assert "1 findings lie outside of this map" in page
    scale = re.search(r'<g class="scale">.*?>([\d.]+) (k?m)</text>', page)
    assert scale is not None
    assert float(scale[1]) * (1000 if scale[2] == "km" else 1) < 2000


def test_hostile_names_stay_text_and_nothing_is_loaded(tmp_path: Path) -> None:
    areas = delivered(1)
    areas.id[0] = HOSTILE
    file = DeliveredFile(HOSTILE, HOSTILE, 1, 0, t("{evidence}", evidence=HOSTILE), None)
    finding = gap(0, id=HOSTILE, value=HOSTILE, expected=HOSTILE, layer=HOSTILE, code=HOSTILE)
    page = written(Report(HOSTILE, 1, 1, 0, [finding], files=[file, file], areas=areas), tmp_path)
    tags = Tags(page)
    assert not tags.names & {"script", "link", "img", "iframe", "object"}
    assert "http" not in page
    assert "url(" not in page


def test_files_are_listed_with_what_became_of_their_rows(tmp_path: Path) -> None:
    file = DeliveredFile("a.zip/grids.shp", "grids", 12, 5, t("GBK"), t("EPSG:4524"))
    other = DeliveredFile("b.csv", "b", None, None, None, None)
    note = t("{path} ({name}): {evidence}", path="a.zip/grids.shp", name="grids", evidence=t("GBK"))
    page = written(Report("grids", 12, 7, 5, files=[file, other], notes=[note, t("note")]), tmp_path)
    row = "<td class=n>12<td class=n>7<td class=n>5"
    faults = '<td class="n error"><td class="n warning">'
    assert f"<tr><td class=file>a.zip/grids.shp{row}{faults}<td>GBK<td>EPSG:4524" in page
    assert page.count("GBK") == 1
    assert "<p class=note>note</p>" in page
    assert file.to_dict()["accepted"] == 7
    assert other.to_dict()["accepted"] is None


def test_the_verdict_says_what_is_to_be_done(tmp_path: Path) -> None:
    told = [
        written(Report("grids", findings=[gap(0, severity=severity)]), tmp_path)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    ]
    assert "Errors to correct first, their rows are refused: 1. Warnings to look at: 0." in told[0]
    assert "Nothing is refused. Warnings to look at: 1." in told[1]
    assert "only notes" in told[2]
    assert "Nothing was found wrong." in written(Report("grids"), tmp_path)


def test_a_code_without_an_explanation_has_the_advice_of_its_findings(tmp_path: Path) -> None:
    told = gap(0, code="X01", hint=t("note"), area_m2=None)
    assert "<td class=n>2<td>note" in written(Report("grids", findings=[told, told]), tmp_path)
    other = replace(told, hint=t("error"))
    assert "<td class=n>2<td></tbody>" in written(Report("grids", findings=[told, other]), tmp_path)


def test_a_large_report_stays_small_and_complete(tmp_path: Path) -> None:
    side = 160
    number = np.arange(side * side)
    west, south = 106.5 + number % side * 0.001, 29.5 + number // side * 0.001
    grids = shapely.segmentize(shapely.box(west, south, west + 0.001, south + 0.001), 0.0002)
    areas = replace(delivered(len(grids)), geometries=grids)
    findings = [gap(at % side, area=float(at)) for at in range(DRAWN_SINGLY + 3_000)]
    page = written(Report("grids", len(grids), len(grids), 0, findings, areas=areas), tmp_path)
    assert len(page) < 2_500_000
    assert page.count("<circle") == DRAWN_SINGLY
    assert page.count("h0", page.index('class="crowd warning"')) >= 3_000
    assert page.count('<text class="label"') <= LABELS


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (33112.6, "33113"),
        (412.34, "412.3"),
        (2.0, "2.00"),
        (0.08466, "0.0847"),
        (2e-6, "<0.0001"),
        (0.0, "0.0000"),
    ],
)
def test_sizes_have_the_digits_that_mean_something(number: float, text: str) -> None:
    assert size_text(number) == text


def test_every_code_but_those_of_places_is_explained_in_both_languages() -> None:
    assert {code for code in TITLES if code[0] in "FGCR"} == set(MEANINGS)
    for code, text in MEANINGS.items():
        assert meaning(code) != text.msgid
    assert meaning("X99") is None


def test_files_are_told_worst_first_with_their_findings_rows_as_read_and_their_folder_once(
    tmp_path: Path,
) -> None:
    files = [
        DeliveredFile(f"d.zip/census/{name}.shp", name, 9, 0, t("GBK"), None, t("row {n}", n=name))
        for name in ("a", "b", "c")
    ]
    findings = [
        gap(0, layer="d.zip/census/b.shp"),
        gap(1, layer="d.zip/census/c.shp", severity=Severity.ERROR),
        gap(2, layer="d.zip/census/b.shp", count=5),
    ]
    page = written(Report("components", 27, 26, 1, findings, files=files), tmp_path)
    table = page[page.index("<table class=files>") :]
    assert re.findall(r"<td class=file>(\w)\.shp", table) == ["c", "b", "a"]
    assert '<td class="n error">1<td class="n warning"><td>GBK' in table
    assert '<td class="n error"><td class="n warning">6<td>GBK' in table
    assert "row a</details>" in table
    assert page.count("d.zip/census/") == 1
    assert '<a href="#files">' in page
    assert "<td class=file>b.shp<td class=n>1" in page.split("<table class=files>")[0]


def test_a_finding_that_stands_for_many_is_counted_and_shown_even_after_many(tmp_path: Path) -> None:
    alone = [gap(at, code="C16", field="owner_name", area_m2=None, value="x") for at in range(200)]
    rest = gap(200, code="C16", field="owner_name", row=None, id=None, area_m2=None, count=19_800)
    page = written(Report("components", findings=[*alone, rest]), tmp_path)
    assert "Neither owner nor maintainer (20000)" in page
    assert "Warnings to look at: 20000." in page
    assert "<td class=n>19800" in page
    assert "and 150 more" in page
    assert "<td class=field>owner<td" in page


def test_findings_are_drawn_on_what_the_registry_has_there(tmp_path: Path) -> None:
    squares = delivered(3)
    ground = Background(squares.geometries, squares.geometries, squares.id)
    inside = gap(0, code="C11", field="unit_grid", geometry=shapely.Point(106.5005, 29.5005), area_m2=None)
    lost = gap(1, code="C10", geometry=shapely.Point(106.6, 29.6), area_m2=None)
    page = written(Report("components", findings=[inside, lost], background=ground), tmp_path)
    assert '<path class="division" d="M' in page
    assert "division</span>" in page
    [detail] = re.findall(r'<figure class="detail">.*?</figure>', page)
    assert '<text class="name"' in detail
    assert 'class="detail"' not in written(Report("components", findings=[inside, lost]), tmp_path)


def test_a_census_with_very_many_findings_has_a_page_that_opens_at_once(tmp_path: Path) -> None:
    places = shapely.points(106.5 + np.arange(20_000) % 141 * 2e-4, 29.5 + np.arange(20_000) // 141 * 2e-4)
    findings = [
        gap(at, code=f"C{at % 20:02d}", geometry=place, area_m2=None, layer=f"d.zip/{at % 50}.shp")
        for at, place in enumerate(places)
    ]
    files = [DeliveredFile(f"d.zip/{n}.shp", "", 400, 0, None, None) for n in range(50)]
    page = written(Report("components", 20_000, 20_000, 0, findings, files=files), tmp_path)
    assert len(page) < 2_000_000
    assert page.count("and 950 more") == 20
