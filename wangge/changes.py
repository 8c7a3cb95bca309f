"""Change reports of any dataset, those of components with the names of their classes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, FromClause

from components.change_report import component_changes, with_class_names
from gis.change_delivery import count_unchanged
from gis.change_report import PLACES, ChangeReport, change_report, change_report_between
from gis.edition_diff import datasets_between
from gis.models import dataset_named


def edition_changes(
    connection: Connection,
    edition: int,
    dataset: str,
    *,
    stage: FromClause | None = None,
    unchanged: int | None = None,
    places: int = PLACES,
) -> ChangeReport:
    """Report what an edition did to a dataset, see :func:`gis.change_report.change_report`.

    Parameters
    ----------
    connection : Connection
        Of a registry; that of an edition which is just being written, once its rows are.
    edition : int
        Its number.
    dataset : str
        A name of ``gis.models.DATASETS``.
    stage : FromClause, optional
        The table in which the delivery is staged, at least its keys; see
        :func:`components.change_report.component_changes`.
    unchanged, places
        As for :func:`gis.change_report.change_report`.

    Raises
    ------
    UsageError
        There is no such dataset.
    """
    if dataset == "components":
        return component_changes(connection, edition, stage=stage, unchanged=unchanged, places=places)
    if stage is not None and unchanged is None:
        unchanged = count_unchanged(connection, dataset_named(dataset), stage, edition)
    return change_report(connection, edition, dataset, unchanged=unchanged, places=places)


def changes_between(connection: Connection, a: int, b: int) -> Iterator[ChangeReport]:
    """Report what became of each dataset from after edition ``a`` to after edition ``b``.

    Datasets of which nothing differs are left out.

    Raises
    ------
    NotFound
        One of the editions does not exist.
    """
    for dataset in datasets_between(connection, a, b):
        report = change_report_between(connection, a, b, dataset.name)
        if report.touched:
            yield with_class_names(connection, report)
