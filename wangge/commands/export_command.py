"""``wangge export COLLECTION OUT``: write a collection to a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from gis.text import Text, t
from wangge.class_options import standard_option
from wangge.exporting import Exported, export_collection
from wangge.session import Session, with_session


@click.command("export", help=str(t("Write a collection to .gpkg .parquet .geojson .shp .csv or .xlsx.")))
@click.argument("collection")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--where", help=str(t("Only rows that meet this filter, CQL2 text.")))
@click.option("--as-of", "as_of", help=str(t("As of this date.")))
@click.option("--crs", help=str(t("Coordinate system of the file; EPSG:4490 by default.")))
@click.option("--encoding", help=str(t("Character encoding of a shapefile or CSV.")))
@standard_option("--standard", help=str(t("Edition of the class codes and identifiers of components.")))
@with_session
def command(
    session: Session,
    collection: str,
    out: Path,
    where: str | None,
    as_of: str | None,
    crs: str | None,
    encoding: str | None,
    standard: str | None,
) -> None:
    """Export."""
    with session.registry() as registry:
        exported = export_collection(
            registry,
            collection,
            out,
            where=where,
            as_of=as_of,
            crs=crs,
            encoding=encoding,
            standard=standard,
        )
    document = {
        "collection": collection,
        "out": str(out),
        "rows": exported.rows,
        "left_out": exported.left_out,
        "left_out_path": None if exported.left_out_path is None else str(exported.left_out_path),
    }
    session.show(document, lambda: "\n".join(map(str, _lines(collection, out, exported))))


def _lines(collection: str, out: Path, exported: Exported) -> Iterator[Text]:
    yield t(
        "{count} rows of {collection} written to {path}",
        count=exported.rows,
        collection=collection,
        path=str(out),
    )
    if exported.left_out:
        yield t(
            "{count} could not be converted and are listed in {path}",
            count=exported.left_out,
            path=str(exported.left_out_path),
        )
