"""Pictures of a census delivery from its check to its second edition: the reports of the sample city."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import shapely
from playwright.sync_api import Page, sync_playwright

from gis.background import add_background
from gis.findings import Report
from gis.importing import ImportOptions
from gis.registry import Registry, open_registry
from gis.reports import write_report
from gis.text import language
from wangge.deliveries import deliver, examine_delivery
from wangge.demo.city import build
from wangge.demo.run import steps
from wangge.rejected import write_rejected

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
BEFORE = ("divisions", "organisations", "grids")
MENDED = (
    ("01公用设施/0101上水井盖", 522, "5001130101000522", None),
    ("01公用设施/0103雨水井盖", 463, "5001130103000463", None),
    ("01公用设施/0131通信立杆", 88, "5001130131000088", (106.5451094, 29.4007761)),
)
WIDTH = 1200
FILES_SHOWN = 9


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_registry(f"{folder}/city.gpkg", create=True) as registry,
    ):
        first, second = reports(registry, Path(folder))
        for lang, ending in (("zh", ".zh-CN"), ("en", "")):
            with language(lang), browser() as page:
                draw(page, first, second, Path(folder), ending)


def reports(registry: Registry, folder: Path) -> tuple[Report, Report]:
    """Check the dirty twin, take in what is right of it and what is mended, and then the clean delivery."""
    city = build(folder)
    for step in steps(city):
        if step.kind in BEFORE:
            deliver(registry, step.kind, [folder / path for path in step.paths], ImportOptions())
    dirty, clean = folder / "dirty.zip" / "部件", folder / "clean.zip" / "部件"
    first = examine_delivery(registry, "components", [dirty], ImportOptions())
    add_background(registry, first)
    taken = deliver(registry, "components", [dirty], ImportOptions(partial=True))
    kept = write_rejected(
        taken.rejected_rows, "components", [folder / "first.html"], findings=taken.findings, delivered=[dirty]
    )
    assert kept is not None
    deliver(registry, "components", [mended(kept)], ImportOptions())
    return first, deliver(registry, "components", [clean], ImportOptions())


def mended(rejected: Path) -> Path:
    """Put right what was refused, as a person does."""
    for layer, row, identifier, place in MENDED:
        rows = gpd.read_file(rejected, layer=layer)
        at = rows["_in_row"] == row
        rows.loc[at, "ObjID"] = identifier
        if place is not None:
            rows.loc[at, "geometry"] = shapely.Point(place)
        rows.to_file(rejected, layer=layer)
    return rejected


@contextmanager
def browser() -> Iterator[Page]:
    names = ("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, names)), None), args=["--no-sandbox"]
        )
        yield chromium.new_page(viewport={"width": WIDTH, "height": 900})
        chromium.close()


def draw(page: Page, first: Report, second: Report, folder: Path, ending: str) -> None:
    """Take the head of a report, three kinds of faults, files, and the changes of the second delivery."""
    path = folder / "report.html"
    write_report(first, path)
    page.goto(path.as_uri())
    save(page, "h1", ".map", f"surveyors-report{ending}.png")
    save(page, "section:has(#C10)", "section:has(#C14)", f"surveyors-findings{ending}.png")
    save(page, "#files", f".files tbody tr:nth-child({FILES_SHOWN})", f"surveyors-files{ending}.png")
    write_report(second, path)
    page.goto(path.as_uri())
    save(page, "#changes h2", "#changes .facts", f"surveyors-changes{ending}.png")


def save(page: Page, first: str, last: str, name: str) -> None:
    """Take what lies between two elements, at the full width of the page."""
    boxes = [page.locator(one).first.bounding_box() for one in (first, last)]
    top, bottom = (box for box in boxes if box is not None)
    edge = 12
    clip = {
        "x": 0,
        "y": max(top["y"] - edge, 0),
        "width": WIDTH,
        "height": bottom["y"] + bottom["height"] - top["y"] + 2 * edge,
    }
    page.screenshot(path=IMAGES / name, full_page=True, clip=clip)  # type: ignore[arg-type]
    print(f"{name}: {(IMAGES / name).stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
