"""Run all checks of a sweep and report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from components.catalogue import Catalogue
from gis.errors import NotFound
from gis.findings import Finding, Report
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t
from responsibility.records import RuleBook, rows_of
from responsibility.settings import ResolveSettings
from responsibility.situation import Units
from responsibility.snapshot import History, Moment, Snapshot, read_rows
from responsibility.sweep.answers import asked_classes, unanswered, unfilled_roles
from responsibility.sweep.components import lost_components
from responsibility.sweep.ground import Ground, grounds_of
from responsibility.sweep.references import contradicting_areas, dead_references

Stages = Callable[..., None]


def sweep(
    registry: Registry, settings: ResolveSettings, now: datetime, progress: Stages = lambda *_state: None
) -> Report:
    """Ask about a sample point of every unit grid for every class, and follow every reference.

    Grids at whose points the same holds are asked about once; the work grows with how much differs, not with
    how many grids there are. Checks R09, R10, R24, R25, R26 and R27 on what the registry holds now.

    Parameters
    ----------
    registry : Registry
        What is swept; nothing is written.
    settings : ResolveSettings
        As the resolver uses them.
    now : datetime.datetime
        Moment of asking, with a time zone: areas and organisations hold on its day.
    progress : callable
        Called with a stage, how much of it is done, and the total.

    Returns
    -------
    Report
        ``checked`` counts unit grids times classes, ``rejected`` those of them that nobody answers for.

    Raises
    ------
    NotFound
        There are no unit grids.
    """
    grids = _count(registry)
    if grids == 0:
        raise NotFound(t("The registry has no unit grids to sweep"), field="grids", value=0)
    moment = Moment(History(registry).latest, None)
    catalogue = Catalogue.of(registry)
    snapshot = Snapshot(registry, moment, settings, catalogue)
    day = f"{now.astimezone(settings.timezone):%Y%m%d}"
    organisations = snapshot.organisations.on(day)
    units = Units(organisations)
    grounds = grounds_of(
        registry, snapshot, settings, day, grids, lambda *state: progress(t("unit grids"), *state)
    )
    rows = rows_of(read_rows(registry, "rules", moment))
    keys = sorted({(row["standard"], row["kind"], row["class_code"]) for row in rows})
    classes = asked_classes(RuleBook(rows), keys, catalogue)
    asked = list(unanswered(classes, grounds, units, lambda *state: progress(t("classes"), *state)))
    found = [
        *asked,
        *unfilled_roles(classes, grounds, units),
        *contradicting_areas(grounds),
        *dead_references(registry, organisations),
        *lost_components(registry),
    ]
    return _report(found, grounds, len(classes))


def _count(registry: Registry) -> int:
    with registry.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(DATASETS["grids"].live)).scalar_one())


def _report(found: list[Finding], grounds: list[Ground], classes: int) -> Report:
    grids = sum(ground.grids for ground in grounds)
    nobody = sum(finding.count for finding in found if finding.code == "R24")
    notes = [
        t(
            "{grids} unit grids are {kinds} kinds of ground; {classes} classes were asked about on each",
            grids=grids,
            kinds=len(grounds),
            classes=classes,
        )
    ]
    checked = grids * classes
    return Report(
        "rules", checked=checked, accepted=checked - nobody, rejected=nobody, findings=found, notes=notes
    )
