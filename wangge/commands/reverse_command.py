"""``wangge reverse``: a point, or a file of them, becomes address texts."""

from __future__ import annotations

from pathlib import Path

import click

from geocoding.reverse import reverse
from geocoding.reverse_answers import ComposedAddress, ReverseAnswer
from geocoding.reverse_points import stored_point
from gis.crs import STORED
from gis.errors import NotFound, UsageError
from gis.text import t
from responsibility.questions import moment, number
from wangge.reversing_files import reverse_file
from wangge.session import Session, with_session

_PATH = click.Path(path_type=Path)


@click.command(
    "reverse",
    help=str(t("What a place is called: the standard address text of a point.")),
    # A western longitude such as -73.9 is an argument, not an option.
    context_settings={"ignore_unknown_options": True},
)
@click.argument("location", metavar="[LON LAT]", nargs=-1)
@click.option("--crs", default=None, help=str(t("Coordinate system of the location; EPSG:4490 by default.")))
@click.option("--as-of", "as_of", help=str(t("Answer as of this date.")))
@click.option("--in", "source", type=_PATH, help=str(t("A file of locations.")))
@click.option("--out", "target", type=_PATH, help=str(t("Where the answers go.")))
@click.option("--lon", "lon_column", default=None, metavar="COL", help=str(t("Column of the longitude.")))
@click.option("--lat", "lat_column", default=None, metavar="COL", help=str(t("Column of the latitude.")))
@with_session
def command(
    session: Session,
    location: tuple[str, ...],
    crs: str | None,
    as_of: str | None,
    source: Path | None,
    target: Path | None,
    lon_column: str | None,
    lat_column: str | None,
) -> None:
    """Say what one point or the points of a file are called."""
    if (source is None) != (target is None):
        raise UsageError(t("--in and --out belong together"), field="--out", expected="--in FILE --out FILE")
    if len(location) != (2 if source is None else 0):
        raise UsageError(
            t("{count} numbers given in place of a location", count=len(location)),
            field="LON LAT",
            value=" ".join(location),
            expected="LON LAT | --in FILE --out FILE",
        )
    if source is not None and target is not None:
        _file(session, source, target, (lon_column, lat_column), crs, as_of)
    else:
        _one(session, location, crs or STORED, as_of)


def _one(session: Session, location: tuple[str, ...], crs: str, as_of: str | None) -> None:
    x, y = (number(field, text) for field, text in zip(("lon", "lat"), location, strict=True))
    lon, lat = stored_point(x, y, crs)
    day = None if as_of is None else moment("as_of", as_of)
    with session.registry() as registry:
        answer = reverse(registry, lon, lat, as_of=day)
    if answer is None:
        raise NotFound(
            t("Nothing is near {lon}, {lat}", lon=lon, lat=lat),
            field="LON LAT",
            value=f"{lon} {lat}",
            expected=t("a point in the city of the registry"),
        )
    session.show(answer.to_dict(), lambda: _lines(answer))


def _lines(answer: ReverseAnswer) -> str:
    """Show the text, what it rests on and where the point lies; the next best below."""
    place = answer.place
    lines = [
        place.address,
        str(t("rests on: {basis}, {metres} m away", basis=_basis(place), metres=f"{place.distance_m:.1f}")),
        str(t("may be off by {metres} m", metres=f"{place.accuracy_m:.0f}")),
    ]
    where = [one.name or one.code for one in (*answer.divisions.values(), answer.unit_grid) if one]
    if where:
        lines.append(str(t("lies in: {divisions}", divisions=" · ".join(where))))
    if answer.alternatives:
        lines.append(str(t("or:")))
        lines += [f"  {one.address}  ({one.distance_m:.1f} m)" for one in answer.alternatives]
    return "\n".join(lines)


def _basis(place: ComposedAddress) -> str:
    return "、".join(f"{one.name or ''} ({one.dataset} {one.code})".strip() for one in place.basis)


def _file(
    session: Session,
    source: Path,
    target: Path,
    columns: tuple[str | None, str | None],
    crs: str | None,
    as_of: str | None,
) -> None:
    day = None if as_of is None else moment("as_of", as_of)
    with session.registry() as registry:
        counts = reverse_file(
            registry,
            source,
            target,
            columns=columns,
            crs=crs,
            as_of=day,
            progress=session.progress(t("Composing addresses")),
        )
    found, rows = counts.get("found", 0), sum(counts.values())
    session.show(
        {"rows": rows, **counts, "out": str(target)},
        lambda: str(
            t("{found} of {count} points have an address: {path}", found=found, count=rows, path=str(target))
        ),
    )
