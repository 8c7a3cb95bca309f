"""``wangge export COLLECTION OUT``: write a collection to a file."""

from __future__ import annotations

from pathlib import Path

import click

from gis.text import t
from wangge.exporting import export_collection
from wangge.session import Session, with_session


@click.command("export", help=str(t("Write a collection to .gpkg .parquet .geojson .shp .csv or .xlsx.")))
@click.argument("collection")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--as-of", "as_of", help=str(t("As of this date.")))
@click.option("--crs", help=str(t("Coordinate system of the file; EPSG:4490 by default.")))
@click.option("--encoding", help=str(t("Character encoding of a shapefile or CSV.")))
@with_session
def command(
    session: Session, collection: str, out: Path, as_of: str | None, crs: str | None, encoding: str | None
) -> None:
    """Export."""
    with session.registry() as registry:
        count = export_collection(registry, collection, out, as_of=as_of, crs=crs, encoding=encoding)
    session.show(
        {"collection": collection, "out": str(out), "rows": count},
        lambda: str(
            t(
                "{count} rows of {collection} written to {path}",
                count=count,
                collection=collection,
                path=str(out),
            )
        ),
    )
