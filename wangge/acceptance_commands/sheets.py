"""``wangge acceptance sheets``: cut a district into map sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import geopandas

from components.acceptance.layout import SheetLayout, sheets_over, zone_of
from gis.editions import commit
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import Text, t
from wangge.acceptance_options import PATH, district_of, scale_option
from wangge.exporting import FORMATS, require_suffix, write_frame
from wangge.session import Session, with_session
from wangge.system_option import SYSTEM

AUTO = "auto"
SIZES = {"50x50": 50, "40x50": 40}


@click.command("sheets", help=str(t("Cut a district into map sheets 1:500 or 1:1 000.")))
@scale_option
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="50x50",
    show_default=True,
    help=str(t("Height and width of the paper, cm.")),
)
@click.option(
    "--zone",
    default=AUTO,
    show_default=True,
    metavar="EPSG:4534…4554",
    help=str(t("3-degree zone of CGCS2000; auto takes the one in whose middle the district lies.")),
)
@click.option(
    "--district",
    type=PATH,
    multiple=True,
    help=str(t("File with the area; by default the county of the registry, else its unit grids.")),
)
@click.option(
    "--crs", type=SYSTEM, help=str(t("Coordinate system of the files, such as EPSG:4524 or GCJ02."))
)
@click.option("--out", type=PATH, help=str(t("Write the sheets to a file: .gpkg .geojson .shp …")))
@click.option("--store", is_flag=True, help=str(t("Take the sheets into the registry as an edition.")))
@with_session
def command(
    session: Session, scale: str, size: str, zone: str, out: Path | None, store: bool, **given: Any
) -> None:
    """Cut a district into sheets."""
    _check_target(out, store=store)
    with session.registry() if store else session.registry_or_empty() as registry:
        district = district_of(registry, given["district"], given["crs"])
        layout = SheetLayout(int(scale), SIZES[size], zone_of(district) if zone == AUTO else zone.upper())
        sheets = sheets_over(district, layout)
        edition = _store(registry, sheets, session) if store else None
    if out is not None:
        write_frame(sheets, out)
    document = {
        "sheets": len(sheets),
        "scale": layout.scale,
        "zone": layout.crs,
        "first": sheets["code"].iloc[0],
        "last": sheets["code"].iloc[-1],
        "out": None if out is None else str(out),
        "edition": edition,
    }
    session.show(document, lambda: "\n".join(map(str, _lines(sheets, layout, out, edition))))


def _check_target(out: Path | None, *, store: bool) -> None:
    if out is None and not store:
        raise UsageError(
            t("Nothing is said of where the sheets go"),
            field="--out",
            expected=t("--out FILE, --store, or both"),
        )
    if out is None:
        return
    require_suffix(out, FORMATS)
    if not out.absolute().parent.is_dir():
        raise UsageError(
            t("There is no folder {folder}", folder=str(out.absolute().parent)),
            field="--out",
            value=str(out),
            expected=t("a file in a folder that exists"),
        )


def _store(registry: Registry, sheets: geopandas.GeoDataFrame, session: Session) -> int:
    told = session.progress(t("Importing {kind}", kind="sheets"))
    return commit(registry, "sheets", sheets, source="wangge acceptance sheets", progress=told).id


def _lines(
    sheets: geopandas.GeoDataFrame, layout: SheetLayout, out: Path | None, edition: int | None
) -> list[Text]:
    lines = [
        t(
            "{n} sheets 1:{scale} in {zone}, {first} to {last}",
            n=len(sheets),
            scale=layout.scale,
            zone=layout.crs,
            first=sheets["code"].iloc[0],
            last=sheets["code"].iloc[-1],
        )
    ]
    if out is not None:
        lines.append(t("Written: {path}", path=str(out)))
    if edition is not None:
        lines.append(t("Committed as edition {edition}.", edition=edition))
    return lines
