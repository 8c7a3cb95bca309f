"""What became of all datasets between two editions, classes of components by their names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from components.change_report import with_class_names
from gis.change_report import ChangeReport, change_report_between
from gis.edition_diff import datasets_between


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
