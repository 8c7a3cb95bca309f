"""What the commands about precedents and ownership share: what something is about, documents, days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from gis.errors import UsageError
from gis.text import Text, t
from responsibility.duty_subject import Subject
from responsibility.model import Kind

ANSWERS: dict[str, Text] = {
    "asked": t("asked, no answer yet"),
    "claims": t("says it is its duty"),
    "declines": t("says it is not its duty"),
}
STATES: dict[str, Text] = {
    "unknown": t("ownerless"),
    "disputed": t("disputed"),
    "settled": t("settled"),
}


def subject_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what a ruling or an answer is about."""
    options = (
        click.option("--component", metavar="ID", help=str(t("A component's identifier."))),
        click.option(
            "--at", "place", nargs=2, type=float, metavar="LON LAT", help=str(t("A place, with --radius."))
        ),
        click.option("--radius", type=float, help=str(t("How far round the place it holds, in metres."))),
        click.option("--crs", help=str(t("Coordinate system of the location; EPSG:4490 by default."))),
        click.option(
            "--class",
            "classes",
            multiple=True,
            help=str(t("Class code, major class or group; may be repeated.")),
        ),
        click.option("--kind", default="component", help="component | matter"),
        click.option("--standard", help="2007 | 2013 | 2026"),
    )
    for option in reversed(options):
        command = option(command)
    return command


def document_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--document``."""
    text = str(t("Link or name of a document; may be repeated."))
    return click.option("--document", "documents", multiple=True, help=text)(command)


def day_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--date``."""
    return click.option("--date", "day", help=str(t("The day; today by default.")))(command)


def subject_of(
    component: str | None,
    place: tuple[float, float] | None,
    radius: float | None,
    crs: str | None,
    classes: tuple[str, ...],
    kind: str,
    standard: str | None,
) -> Subject:
    """Return what the options say.

    Raises
    ------
    UsageError
        The kind is none.
    """
    if kind not in tuple(Kind):
        raise UsageError(
            t("{word} is not understood", word=kind), field="--kind", value=kind, expected=", ".join(Kind)
        )
    lon, lat = place or (None, None)
    named = {} if crs is None else {"crs": crs}
    return Subject(
        component_id=component,
        lon=lon,
        lat=lat,
        radius_m=radius,
        kind=Kind(kind),
        classes=classes,
        standard=standard,
        **named,
    )


def about(facts: dict[str, Any]) -> str:
    """Say what a precedent or an answer is about."""
    classes = "、".join(facts["classes"])
    if facts["component_id"] is not None:
        return str(t("component {id}", id=facts["component_id"])) + (f"（{classes}）" if classes else "")
    return str(
        t(
            "{classes} within {radius} m of {lon}, {lat}",
            classes=classes,
            radius=f"{facts['radius_m']:g}",
            lon=f"{facts['lon']:.6f}",
            lat=f"{facts['lat']:.6f}",
        )
    )


def dashed(day: str | None) -> str:
    """Write YYYYMMDD for people."""
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if day else "-"
