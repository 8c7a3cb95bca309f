"""A change report in words: values from one to another, how far, and the whole in a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from gis.change_kinds import ROLE_NAMES, ChangeKind
from gis.change_moves import BANDS_M
from gis.change_report import ChangeReport, Undelivered
from gis.change_things import ChangedThing, Transfer, Value
from gis.text import Text, t

LINES = 5
"""Commonest transfers that a terminal shows."""

COLUMN_NAMES: dict[str, Text] = {
    "geometry": t("position or shape"),
    "class_code": t("class code"),
    "standard": t("edition of the class codes"),
    "name": t("name"),
    "county": t("county"),
    "authority_code": t("code of the authority"),
    "authority_name": t("authority"),
    "owner_code": t("code of the owner"),
    "owner_name": t("owner"),
    "maintainer_code": t("code of the maintainer"),
    "maintainer_name": t("maintainer"),
    "unit_grid": t("unit grid"),
    "street": t("street office"),
    "community": t("community"),
    "state": t("state"),
    "initial_date": t("initial date"),
    "change_date": t("date of change"),
    "source": t("source of the data"),
    "position_text": t("description of the place"),
    "note": t("note on it"),
    "attributes": t("further attributes"),
    "area_m2": t("area, m²"),
    "end_date": t("end date"),
    "responsible": t("responsible"),
    "legacy_code": t("legacy code"),
}
"""Columns as people call them; others are shown as they are called."""

_UNITS = ("authority", "owner", "maintainer", "unit")
_SPOKEN = frozenset(
    ["geometry", "standard", "class_code", "state", "responsible"]
    + [f"{unit}_{part}" for unit in _UNITS for part in ("code", "name")]
)
"""Columns that are told of by distances and transfers."""


def column_name(column: str) -> str:
    """Name a column for people."""
    return str(COLUMN_NAMES.get(column, column))


def value_text(value: Value) -> str:
    """Write a unit, class or state: its code only where the name does not say all."""
    if value.standard is not None or (value.code and not value.name):
        code = f"{value.code or '–'} ({value.standard})" if value.standard else str(value.code)
        return f"{code} {value.name}" if value.name else code
    return value.name or str(t("none recorded"))


def transfer_text(transfer: Transfer) -> str:
    """Write from what to what; with the codes where only those differ."""
    before, after = value_text(transfer.before), value_text(transfer.after)
    if before == after:
        before, after = (
            f"{text} ({side.code or t('without code')})"
            for text, side in ((before, transfer.before), (after, transfer.after))
        )
    return f"{before} → {after}"


def aspect_text(transfer: Transfer) -> str:
    """Write from what to what, and of what."""
    told = t("{aspect}: {change}", aspect=ROLE_NAMES[transfer.aspect], change=transfer_text(transfer))
    return str(told)


def metres_text(metres: float | None) -> str:
    """Write a distance for people, in metres or kilometres."""
    if metres is None:
        return ""
    if metres >= 10_000:
        return str(t("{km} km", km=f"{metres / 1000:.0f}"))
    return str(t("{m} m", m=f"{metres:.0f}" if metres >= 100 else f"{metres:.2f}"))


def band_names() -> list[str]:
    """Name the classes of distances: up to and with each limit, and beyond."""
    limits = [f"{limit:g}" for limit in BANDS_M]
    return [str(t("up to {m} m", m=m)) for m in limits] + [str(t("farther than {m} m", m=limits[-1]))]


def summary_line(report: ChangeReport) -> Text:
    """Say in a line what became of the things of a dataset."""
    farthest = report.moves.farthest_m
    far = "" if farthest is None else t(" (farthest {distance})", distance=metres_text(farthest))
    counted = {kind: report.count(kind) for kind in ChangeKind}
    parts = [
        (counted[ChangeKind.ADDED], t("{n} added", n=counted[ChangeKind.ADDED])),
        (counted[ChangeKind.MOVED], t("{n} moved{far}", n=counted[ChangeKind.MOVED], far=far)),
        (counted[ChangeKind.REOWNED], t("{n} with other units", n=counted[ChangeKind.REOWNED])),
        (counted[ChangeKind.RECLASSED], t("{n} of another class", n=counted[ChangeKind.RECLASSED])),
        (counted[ChangeKind.STATE], t("{n} in another state", n=counted[ChangeKind.STATE])),
        (counted[ChangeKind.ATTRIBUTES], t("{n} with other attributes", n=counted[ChangeKind.ATTRIBUTES])),
        (
            counted[ChangeKind.REWRITTEN],
            t("{n} with geometry rewritten in place", n=counted[ChangeKind.REWRITTEN]),
        ),
        (counted[ChangeKind.RETIRED], t("{n} retired", n=counted[ChangeKind.RETIRED])),
        (report.unchanged, t("{n} unchanged", n=report.unchanged)),
    ]
    told = [text for count, text in parts if count]
    if not told:
        return t("no changes")
    return reduce(lambda first, second: t("{first}, {second}", first=first, second=second), told)


def undelivered_text(report: ChangeReport) -> Text | None:
    """Say how many things the registry has in the reach of the delivery that this lacks."""
    count = sum(one.count for one in report.undelivered or ())
    if not count:
        return None
    return t("In the registry, not in this delivery: {n}. They are retired only when asked for.", n=count)


def scope_text(one: Undelivered) -> str:
    """Write a scope: county, class and its name."""
    parts = [one.scope.get(name) for name in ("county", "class_code")]
    return " ".join(part for part in (*parts, one.name) if part)


def change_lines(report: ChangeReport) -> Iterator[str]:
    """Yield a change report in a few lines, for a terminal."""
    yield str(t("Changes: {told}", told=summary_line(report)))
    for transfer in report.transfers[:LINES]:
        yield f"  {t('{change}: {n}', change=aspect_text(transfer), n=transfer.count)}"
    more = sum(transfer.count for transfer in report.transfers[LINES:]) + report.more_transfers
    if more:
        yield f"  {t('and {n} other such changes', n=more)}"
    missing = undelivered_text(report)
    if missing is not None:
        yield str(missing)


def told_of(thing: ChangedThing) -> str:
    """Say in a line what is other in a changed thing: from what to what, then further columns."""
    others = [column_name(name) for name in thing.columns if name not in _SPOKEN]
    return str(t("; ")).join([*map(aspect_text, thing.transfers), *others])
