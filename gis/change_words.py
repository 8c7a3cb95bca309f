"""A change report in words: values from one to another, how far, and the whole in a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import pairwise

from gis.change_kinds import ROLE_NAMES, ChangeKind
from gis.change_moves import BANDS_M
from gis.change_report import ChangeReport, Undelivered
from gis.change_things import STILL_M, ChangedThing, Transfer, Value
from gis.text import Text, t

LINES = 5
"""Commonest transfers that a terminal shows."""

COLUMN_NAMES: dict[str, Text] = {
    "geometry": t("position or shape"),
    "id": t("Identifier"),
    "photos": t("photos"),
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


def sides_of(transfer: Transfer) -> tuple[str, str]:
    """Write what was and what is, with codes and editions only where the rest does not tell them apart."""
    before, after = transfer.before, transfer.after
    edition = before.standard != after.standard
    texts = value_text(before, edition=edition), value_text(after, edition=edition)
    if texts[0] != texts[1]:
        return texts
    codes = (before.code or str(t("without code")), after.code or str(t("without code")))
    return f"{texts[0]} ({codes[0]})", f"{texts[1]} ({codes[1]})"


def value_text(value: Value, *, edition: bool = True) -> str:
    """Write a unit, class or state: of a unit its code only where it has no name.

    Parameters
    ----------
    value : Value
    edition : bool
        Whether the edition of a class code is told.
    """
    if value.standard is not None:
        return class_text(value.standard if edition else None, value.code, value.name)
    return value.name or value.code or str(t("none recorded"))


def class_text(standard: str | None, code: str | None, name: str | None) -> str:
    """Write a class: its code, the edition of the code where it is given, and its name."""
    return " ".join(part for part in (code, f"({standard})" if standard else None, name) if part)


def transfer_text(transfer: Transfer) -> str:
    """Write from what to what."""
    return " → ".join(sides_of(transfer))


def aspect_text(transfer: Transfer) -> str:
    """Write from what to what, and of what."""
    told = t("{aspect}: {change}", aspect=ROLE_NAMES[transfer.aspect], change=transfer_text(transfer))
    return str(told)


def metres_text(metres: float | None) -> str:
    """Write a distance for people, in metres or kilometres."""
    if metres is None:
        return ""
    if metres < STILL_M:
        return str(t("under {m} m", m=STILL_M))
    if metres >= 1_000:
        return str(t("{km} km", km=f"{metres / 1000:.1f}"))
    return str(t("{m} m", m=f"{metres:.0f}" if metres >= 100 else f"{metres:.2f}"))


def band_names() -> list[str]:
    """Name the classes of distances: each up to and with its limit, and what lies beyond."""
    limits = [f"{limit:g}" for limit in BANDS_M]
    between = [str(t("{low} to {high} m", low=low, high=high)) for low, high in pairwise(limits)]
    return [str(t("up to {m} m", m=limits[0])), *between, str(t("farther than {m} m", m=limits[-1]))]


def summary_line(report: ChangeReport) -> Text:
    """Say in a line what became of the things of a dataset."""
    return _listed(
        {kind: report.count(kind) for kind in ChangeKind}, report.moves.farthest_m, report.unchanged
    )


def class_lines(report: ChangeReport) -> Iterator[str]:
    """Yield a line for each class, in a dataset that has classes."""
    several = several_editions(report)
    for one in report.classes:
        if one.code is not None:
            name = class_text(one.standard if several else None, one.code, one.name)
            yield f"  {t('{aspect}: {change}', aspect=name, change=_listed(one.counts))}"


def several_editions(report: ChangeReport) -> bool:
    """Tell whether the class codes of a report are of several editions, and have to be told with them."""
    return len({one.standard for one in report.classes}) > 1


def _listed(
    counts: Mapping[ChangeKind, int], farthest: float | None = None, unchanged: int | None = None
) -> Text:
    """List how many things are of each kind there is."""
    far = "" if farthest is None else t(" (farthest {distance})", distance=metres_text(farthest))
    n = {kind: counts.get(kind, 0) for kind in ChangeKind}
    parts = [
        (n[ChangeKind.ADDED], t("{n} added", n=n[ChangeKind.ADDED])),
        (n[ChangeKind.MOVED], t("{n} moved{far}", n=n[ChangeKind.MOVED], far=far)),
        (n[ChangeKind.REOWNED], t("{n} with other units", n=n[ChangeKind.REOWNED])),
        (n[ChangeKind.RECLASSED], t("{n} of another class", n=n[ChangeKind.RECLASSED])),
        (n[ChangeKind.STATE], t("{n} in another state", n=n[ChangeKind.STATE])),
        (n[ChangeKind.ATTRIBUTES], t("{n} with other attributes", n=n[ChangeKind.ATTRIBUTES])),
        (n[ChangeKind.REWRITTEN], t("{n} with geometry rewritten in place", n=n[ChangeKind.REWRITTEN])),
        (n[ChangeKind.RETIRED], t("{n} retired", n=n[ChangeKind.RETIRED])),
        (unchanged, t("{n} unchanged", n=unchanged)),
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
    return t(
        "In the registry, not among the accepted rows of this delivery: {n}. They are retired only when "
        "asked for.",
        n=count,
    )


def scope_text(one: Undelivered) -> str:
    """Write a scope: county, class and its name."""
    parts = [one.scope.get(name) for name in ("county", "class_code")]
    return " ".join(part for part in (*parts, one.name) if part)


def headline(report: ChangeReport, *, committed: bool = True) -> Text:
    """Say in a line what changed, or what would if the delivery were imported."""
    told = summary_line(report)
    if committed:
        return t("Changes: {told}", told=told)
    return t("An import would change: {told}", told=told)


def change_lines(report: ChangeReport, *, committed: bool = True) -> Iterator[str]:
    """Yield a change report in a few lines, for a terminal."""
    yield str(headline(report, committed=committed))
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
