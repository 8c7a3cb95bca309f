"""``wangge grids shares DATASET``: how areas drawn apart share their ground with the unit grids."""

from __future__ import annotations

from pathlib import Path

import click
import pandas

from gis.text import t
from grids.shares import area_shares
from wangge.exporting import TABLES, require_suffix, write_frame
from wangge.session import Session, with_session

SHOWN = 20


@click.command("shares", help=str(t("Which unit grids an area lies in, and with how much of its ground.")))
@click.argument("dataset")
@click.option("--line", help=str(t("Only this line of business.")))
@click.option("--out", type=click.Path(path_type=Path), help=str(t("Write the table: .csv .xlsx .parquet")))
@with_session
def command(session: Session, dataset: str, line: str | None, out: Path | None) -> None:
    """Show the shares, or write them to a file."""
    if out is not None:
        require_suffix(out, TABLES)
    with session.registry() as registry:
        shares = area_shares(registry, dataset, line)
    if out is not None:
        write_frame(shares, out)
        document: object = {"rows": len(shares), "path": str(out)}
        session.show(document, lambda: str(t("{n} rows written to {path}", n=len(shares), path=str(out))))
        return
    session.show(shares.to_dict("records"), lambda: _table(shares))


def _table(shares: pandas.DataFrame) -> str:
    """Return the first areas, each with its unit grids; a file holds them all."""
    lines = [
        f"{f'{row.line} {row.code}'.strip():<28}{row.unit_grid}  {row.area_m2:>12.1f} m²"
        f"  {row.share_of_group:>7.1%}  {row.share_of_unit_grid:>7.1%}"
        for row in shares.head(SHOWN).itertuples(index=False)
    ]
    heading = str(t("Area, unit grid, common ground, share of the area, share of the unit grid:"))
    more = len(shares) - SHOWN
    tail = [str(t("… and {n} more; write all to a file with --out", n=more))] if more > 0 else []
    return "\n".join([heading, *lines, *tail]) if lines else str(t("No common ground."))
