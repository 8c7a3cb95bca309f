"""What a delivery says beside its changes: what it has as it was, and what it lacks.

Both need the delivery itself, the table it was staged in: an edition does not touch what it leaves alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, FromClause, exists, func, select, tuple_

from gis.change_report import Undelivered
from gis.models import Dataset
from gis.versions import same_key

NAMED = 5
"""Things of each scope that are named."""


def count_unchanged(connection: Connection, dataset: Dataset, stage: FromClause, edition: int) -> int:
    """Count the things of a delivery that an edition left as they were.

    Parameters
    ----------
    connection : Connection
        That of the edition being written, once its rows are.
    dataset : Dataset
    stage : FromClause
        What was delivered; the key columns of the dataset are enough.
    edition : int
        Its number.
    """
    live = dataset.live
    met = stage.join(live, same_key(dataset, stage, live))
    counted = select(func.count()).select_from(met).where(live.c.edition != edition)
    return connection.scalar(counted) or 0


def find_undelivered(
    connection: Connection, dataset: Dataset, stage: FromClause, scope: Sequence[str]
) -> tuple[Undelivered, ...]:
    """Count live things that a delivery lacks though it has others of their scope.

    Nothing follows from it: a delivery of some streets lacks the rest of the county rightly.

    Parameters
    ----------
    connection : Connection
        That of the edition being written, once its rows are.
    dataset : Dataset
    stage : FromClause
        What was delivered; the key columns of the dataset are enough.
    scope : sequence of str
        Columns of the dataset, such as county and class.

    Returns
    -------
    tuple of Undelivered
        By scope, in its order; those of which nothing is lacking are left out.
    """
    live = dataset.live
    # All that was delivered is live by now: where there are no more things, none is lacking.
    if _count(connection, live) == _count(connection, stage):
        return ()
    columns = [live.c[name] for name in scope]
    reach = select(*columns).select_from(stage.join(live, same_key(dataset, stage, live))).distinct()
    lacking = tuple_(*columns).in_(reach), ~exists().where(same_key(dataset, stage, live))
    ranked = (
        select(
            *columns,
            *(live.c[name].label(f"key_{name}") for name in dataset.key),
            func.count().over(partition_by=columns).label("things"),
            func.row_number()
            .over(partition_by=columns, order_by=[live.c[name] for name in dataset.key])
            .label("place"),
        )
        .where(*lacking)
        .subquery()
    )
    first = select(ranked).where(ranked.c.place <= NAMED)
    ordered = first.order_by(*(ranked.c[name] for name in scope), ranked.c.place)
    width, found = len(scope), dict[tuple[str | None, ...], tuple[int, list[str]]]()
    for *values, count, _ in connection.execute(ordered):
        _, named = found.setdefault(tuple(values[:width]), (count, []))
        named.append(" ".join(map(str, values[width:])))
    return tuple(
        Undelivered(dict(zip(scope, values, strict=True)), count, tuple(named))
        for values, (count, named) in found.items()
    )


def _count(connection: Connection, table: FromClause) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
