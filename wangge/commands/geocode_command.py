"""``wangge geocode``: an address, or a file of them, becomes places."""

from __future__ import annotations

from pathlib import Path

import click

from geocoding.answers import GeocodeAnswer
from geocoding.geocode import LIMIT, geocode
from gis.errors import NotFound, UsageError
from gis.text import t
from wangge.geocoding_files import geocode_file
from wangge.session import Session, with_session

_PATH = click.Path(path_type=Path)


@click.command("geocode", help=str(t("The places an address may mean, the most likely first.")))
@click.argument("text", required=False)
@click.option("--limit", type=int, default=LIMIT, show_default=True, help=str(t("How many places at most.")))
@click.option("--in", "source", type=_PATH, help=str(t("A file of addresses.")))
@click.option("--out", "target", type=_PATH, help=str(t("Where the answers go.")))
@click.option("--column", default=None, metavar="COL", help=str(t("Column of the address.")))
@with_session
def command(
    session: Session,
    text: str | None,
    limit: int,
    source: Path | None,
    target: Path | None,
    column: str | None,
) -> None:
    """Geocode one text or a file."""
    if (source is None) != (target is None):
        raise UsageError(t("--in and --out belong together"), field="--out", expected="--in FILE --out FILE")
    if (text is None) == (source is None):
        raise UsageError(
            t("Give an address, or a file of them"),
            field="TEXT",
            value=text,
            expected="TEXT | --in FILE --out FILE",
        )
    if source is not None and target is not None:
        _file(session, source, target, column)
    else:
        _one(session, text or "", limit)


def _one(session: Session, text: str, limit: int) -> None:
    with session.registry() as registry:
        answers = geocode(registry, text, limit)
    if not answers:
        raise NotFound(
            t("No place fits {text}", text=text),
            field="address",
            value=text,
            expected=t("an address, a street or a place of the registry"),
        )
    session.show([answer.to_dict() for answer in answers], lambda: "\n".join(map(_line, answers)))


def _line(answer: GeocodeAnswer) -> str:
    place = f"{answer.lon:.6f} {answer.lat:.6f} ±{answer.accuracy_m:.0f} m"
    return f"{answer.score:4.0%}  {answer.address}  {place}  {answer.level}, {answer.match}"


def _file(session: Session, source: Path, target: Path, column: str | None) -> None:
    with session.registry() as registry:
        counts = geocode_file(
            registry, source, target, column=column, progress=session.progress(t("Geocoding"))
        )
    found, rows = counts.get("found", 0), sum(counts.values())
    session.show(
        {"rows": rows, **counts, "out": str(target)},
        lambda: str(
            t("{found} of {count} addresses are clear: {path}", found=found, count=rows, path=str(target))
        ),
    )
