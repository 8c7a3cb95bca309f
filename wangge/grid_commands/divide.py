"""``wangge grids divide``: propose unit grids for communities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from gis.errors import DataRefused, UsageError
from gis.notes import told_once
from gis.text import t
from grids.proposals.communities import Delivered, communities_of_registry
from grids.proposals.inputs import (
    ANYTHING,
    LINES,
    POLYGONS,
    read_communities,
    read_features,
    read_roads,
)
from grids.proposals.profile import load_profile
from grids.proposals.proposals import Proposals, propose
from grids.proposals.report import check_report, headline, write_report
from grids.proposals.request import Request
from grids.proposals.writing import check_out, write_proposals
from grids.reference import used_sequences
from wangge.delivery_options import reading_options
from wangge.session import Session, with_session
from wangge.summaries import summary

_FILE = click.Path(path_type=Path)
_LAYERS: dict[str, tuple[int, ...]] = {
    "water": LINES + POLYGONS,
    "buildings": POLYGONS,
    "compounds": POLYGONS,
    "components": ANYTHING,
}
"""Layers beside communities and roads, and the kinds of geometry that make sense in them."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        [
            click.option(
                "--communities", type=_FILE, help=str(t("Communities; by default those of the registry."))
            ),
            click.option("--roads", type=_FILE, help=str(t("Centre lines of roads, which borders follow."))),
            click.option(
                "--water", type=_FILE, help=str(t("Rivers and water surfaces, whose banks they follow."))
            ),
            click.option("--buildings", type=_FILE, help=str(t("Buildings, which no border cuts."))),
            click.option(
                "--compounds", type=_FILE, help=str(t("Compounds under one unit, which no border cuts."))
            ),
            click.option("--components", type=_FILE, help=str(t("Components, whose number is kept even."))),
            click.option(
                "--out", type=_FILE, required=True, help=str(t("File to write: .gpkg .geojson .shp"))
            ),
            click.option("--report", type=_FILE, help=str(t("Report with tables and map to write: .html"))),
            click.option(
                "--profile",
                metavar="NAME|FILE",
                help=str(t("Wanted sizes: auto, core, ordinary, outskirts, rural, or a TOML file.")),
            ),
            click.option(
                "--partial", is_flag=True, help=str(t("Leave out communities that cannot be divided."))
            ),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="TARGET=SOURCE",
                help=str(t("Column of the communities' code or name.")),
            ),
            *reading_options(),
        ]
    ):
        command = option(command)
    return command


@click.command("divide", help=str(t("Propose unit grids that fill communities and follow roads.")))
@_options
@with_session
def command(
    session: Session,
    out: Path,
    report: Path | None,
    profile: str | None,
    partial: bool,
    **given: Any,
) -> None:
    """Propose unit grids."""
    check_out(out)
    if report is not None:
        check_report(report)
    chosen = load_profile(profile)
    delivered, used = _communities(session, given)
    try:
        communities = delivered.accepted(partial=partial)
    except DataRefused as refused:
        if refused.report is not None:
            session.tell(summary(refused.report))
        raise
    layers, notes = _layers(given, communities.geometries)
    left_out = [t("Left out: {message}", message=finding.message) for finding in delivered.findings]
    request = Request(
        communities, **layers, profile=chosen, used=used, notes=[*delivered.notes, *notes, *left_out]
    )
    proposals = propose(request, session.progress(t("Dividing")))
    write_proposals(proposals, out)
    if report is not None:
        write_report(proposals, report)
        session.tell(t("Report written: {path}", path=str(report)))
    session.show(_document(proposals, out), lambda: _lines(proposals, out))


def _communities(session: Session, given: Mapping[str, Any]) -> tuple[Delivered, dict[str, set[int]]]:
    """Read the communities, and the numbers that are taken where there is a registry."""
    path: Path | None = given["communities"]
    if path is None:
        with session.registry() as registry:
            return communities_of_registry(registry), used_sequences(registry)
    delivered = read_communities(
        [path], crs=given["crs"], encoding=given["encoding"], fields=_pairs(given["fields"])
    )
    if session.registry_is_missing:
        return delivered, {}
    with session.registry() as registry:
        return delivered, used_sequences(registry)


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(value.partition("=")[::2] for value in values)
    for value in values:
        target, _, source = value.partition("=")
        if target not in ("code", "name") or not source:
            raise UsageError(
                t("--field {value} is not understood", value=value),
                field="--field",
                value=value,
                expected="code=COLUMN, name=COLUMN",
            )
    return pairs


def _layers(given: Mapping[str, Any], within: Any) -> tuple[dict[str, Any], list[Any]]:
    roads, main, notes = read_roads(given["roads"], within, crs=given["crs"], encoding=given["encoding"])
    layers: dict[str, Any] = {"roads": roads, "main_roads": main}
    for name, kinds in _LAYERS.items():
        layers[name], told = read_features(
            given[name], kinds, within, f"--{name}", crs=given["crs"], encoding=given["encoding"]
        )
        notes += told
    return layers, notes


def _document(proposals: Proposals, out: Path) -> dict[str, Any]:
    table = proposals.quality_frame()
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {
        "out": str(out),
        "grids": len(proposals),
        "communities": rows[:-1],
        "whole": rows[-1],
        "notes": told_once(proposals.notes),
    }


def _lines(proposals: Proposals, out: Path) -> str:
    lines = [str(headline(proposals)), *told_once(proposals.notes)]
    lines.append(str(t("Written: {path}", path=str(out))))
    return "\n".join(lines)
