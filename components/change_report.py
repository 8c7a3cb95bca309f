"""The change report (变更报告) of components: classes by name, and what a delivery of their county lacks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from sqlalchemy import Connection, FromClause, select

from components.catalogue import SHIPPED, Catalogue, own_classes
from components.class_info import STANDARDS
from gis.change_delivery import count_unchanged, find_undelivered
from gis.change_report import PLACES, ChangeReport, change_report
from gis.change_things import ChangedThing, Transfer, Value
from gis.models import DATASETS

SCOPE = ("county", "standard", "class_code")
"""A census delivers classes of a county: what it lacks of those is told, and nothing follows from it."""


def component_changes(
    connection: Connection,
    edition: int,
    *,
    stage: FromClause | None = None,
    unchanged: int | None = None,
    places: int = PLACES,
) -> ChangeReport:
    """Report what an edition did to the components.

    Parameters
    ----------
    connection : Connection
        Of a registry; that of an edition which is just being written, once its rows are.
    edition : int
        Its number.
    stage : FromClause, optional
        The table in which the delivery is staged: with it the report tells what is unchanged, and what the
        registry has of the delivered classes and counties that the delivery has not. The identifiers are
        enough.
    unchanged, places
        As for :func:`gis.change_report.change_report`.
    """
    components = DATASETS["components"]
    if stage is not None and unchanged is None:
        unchanged = count_unchanged(connection, components, stage, edition)
    report = change_report(connection, edition, "components", unchanged=unchanged, places=places)
    if stage is not None:
        report = replace(report, undelivered=find_undelivered(connection, components, stage, SCOPE))
    return with_class_names(connection, report)


def with_class_names(connection: Connection, report: ChangeReport) -> ChangeReport:
    """Return a report with the names of the classes, the city's own among them."""
    names = _Names(_catalogue(connection))
    return replace(
        report,
        classes=tuple(replace(one, name=names.of(one.standard, one.code)) for one in report.classes),
        transfers=tuple(map(names.in_transfer, report.transfers)),
        things={kind: list(map(names.in_thing, things)) for kind, things in report.things.items()},
        places=tuple(map(names.in_thing, report.places)),
        undelivered=None
        if report.undelivered is None
        else tuple(
            replace(one, name=names.of(one.scope.get("standard"), one.scope.get("class_code")))
            for one in report.undelivered
        ),
    )


def _catalogue(connection: Connection) -> Catalogue:
    """Read the catalogue as it is in this transaction."""
    dataset = DATASETS["classes"]
    rows = connection.execute(select(*(dataset.live.c[name] for name in dataset.columns))).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(dataset.columns))
    return Catalogue(own_classes(frame)) if len(frame) else SHIPPED


class _Names:
    """Names of classes; a code of no known edition has none."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def of(self, standard: str | None, code: str | None) -> str | None:
        if code is None or standard not in STANDARDS:
            return None
        info = self._catalogue.info(standard, code)
        return None if info is None else info.name

    def in_value(self, value: Value) -> Value:
        return replace(value, name=self.of(value.standard, value.code))

    def in_transfer(self, transfer: Transfer) -> Transfer:
        if transfer.aspect != "class":
            return transfer
        return replace(transfer, before=self.in_value(transfer.before), after=self.in_value(transfer.after))

    def in_thing(self, thing: ChangedThing) -> ChangedThing:
        if not any(transfer.aspect == "class" for transfer in thing.transfers):
            return thing
        return replace(thing, transfers=tuple(map(self.in_transfer, thing.transfers)))
