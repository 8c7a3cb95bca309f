"""``wangge resolve``: one location, or a file of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gis.errors import UsageError
from gis.text import t
from responsibility.batch import resolve_file
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver
from wangge.card import card
from wangge.session import Session, with_session

TEXT_OPTIONS = (
    "class",
    "kind",
    "standard",
    "rule",
    "crs",
    "source",
    "accuracy",
    "as_of",
    "at",
    "address",
    "component",
)


@click.command(
    "resolve",
    help=str(t("Who is responsible at a location: unit grid, component, acting unit, with reasons.")),
    # A western longitude such as -73.9 is an argument, not an option.
    context_settings={"ignore_unknown_options": True},
)
@click.argument("location", metavar="[LON LAT]", nargs=-1)
@click.option("--class", help=str(t("Class code, major class or group of the thing.")))
@click.option("--kind", help="component | matter")
@click.option("--standard", help="2007 | 2013 | 2026")
@click.option("--rule", help=str(t("Number of the rule that applies.")))
@click.option("--crs", help=str(t("Coordinate system of the location; EPSG:4490 by default.")))
@click.option("--source", help=str(t("Where the location is from: gps, map_click, address, …")))
@click.option("--accuracy", help=str(t("Accuracy of the location in metres.")))
@click.option("--as-of", "as_of", help=str(t("Answer as of this date.")))
@click.option("--at", help=str(t("When the case was reported; deadlines count from here.")))
@click.option("--address", help=str(t("An address in place of LON LAT.")))
@click.option("--component", help=str(t("A component's identifier in place of LON LAT.")))
@click.option("--in", "source_file", type=click.Path(path_type=Path), help=str(t("A file of locations.")))
@click.option("--out", "target_file", type=click.Path(path_type=Path), help=str(t("Where the answers go.")))
@click.option("--lon", "lon_column", default=None, metavar="COL", help=str(t("Column of the longitude.")))
@click.option("--lat", "lat_column", default=None, metavar="COL", help=str(t("Column of the latitude.")))
@click.option("--class-column", default=None, metavar="COL", help=str(t("Column of the class.")))
@click.option("--accuracy-column", default=None, metavar="COL", help=str(t("Column of the accuracy.")))
@click.option("--kind-column", default=None, metavar="COL", help=str(t("Column of the kind.")))
@click.option("--source-column", default=None, metavar="COL", help=str(t("Column of the location's source.")))
@with_session
def command(
    session: Session,
    location: tuple[str, ...],
    source_file: Path | None,
    target_file: Path | None,
    **given: Any,
) -> None:
    """Resolve one location or a file."""
    if (source_file is None) != (target_file is None):
        raise UsageError(t("--in and --out belong together"), field="--out", expected="--in FILE --out FILE")
    columns = {name: given.pop(name) for name in tuple(given) if name.endswith("_column")}
    params = {name: given[name] for name in TEXT_OPTIONS if given[name] is not None}
    if source_file is not None and target_file is not None:
        _resolve_file(session, source_file, target_file, columns, params)
    else:
        _resolve_one(session, location, params)


def _resolve_one(session: Session, location: tuple[str, ...], params: dict[str, str]) -> None:
    if location and len(location) != 2:
        raise UsageError(
            t("{count} numbers given in place of a location", count=len(location)),
            field="LON LAT",
            value=" ".join(location),
            expected="LON LAT",
        )
    if location:
        params |= {"lon": location[0], "lat": location[1]}
    question = question_from_params(params)
    with session.registry() as registry:
        resolution = Resolver(registry).resolve(question)
    session.show(resolution.to_dict(), lambda: card(resolution))


def _resolve_file(
    session: Session, source: Path, target: Path, columns: dict[str, str | None], params: dict[str, str]
) -> None:
    with session.registry() as registry:
        result = resolve_file(
            registry,
            source,
            target,
            columns=columns,
            params=params,
            progress=session.progress(t("Resolving")),
        )
    session.show(
        {"answered": result.answered, "invalid": result.invalid, "out": str(target)},
        lambda: str(
            t(
                "{answered} locations resolved, {invalid} could not be: {path}",
                answered=result.answered,
                invalid=result.invalid,
                path=str(target),
            )
        ),
    )
