"""Undo an edition: which versions it wrote and closed, and whether something later stands in the way.

An edition can be undone when everything it touched is now as the edition left it, by its contents:
later editions that were reverted themselves do not count.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    Table,
    and_,
    exists,
    insert,
    not_,
    or_,
    select,
    union_all,
)

from gis.columns import same
from gis.edition_records import Edition
from gis.errors import DataRefused
from gis.text import t
from gis.versions import Step, create_change, same_key


def refuse_later_changes(step: Step, undone: Edition) -> None:
    """Refuse to undo an edition when something it touched is no longer as it left it.

    Raises
    ------
    DataRefused
        The message names one such thing and the edition that touched it.
    """
    dataset, live = step.dataset, step.dataset.live
    wrote, closed = written(step, undone), closed_versions(step, undone)
    alike = and_(*(same(live.c[name], wrote.c[name]) for name in dataset.stored))
    changed = (
        select(*_key(step, wrote), live.c.edition)
        .select_from(wrote.outerjoin(live, same_key(dataset, wrote, live)))
        .where(or_(live.c.fid.is_(None), not_(alike)))
    )
    returned = (
        select(*_key(step, closed), live.c.edition)
        .select_from(closed.join(live, same_key(dataset, closed, live)))
        .where(*(~_wrote_thing(step, table, closed, undone) for table in (live, dataset.history)))
    )
    for statement in (changed, returned):
        row = step.connection.execute(statement.limit(1)).first()
        if row is not None:
            *key, later = row
            raise _refusal(undone, key, _last_closing(step, key) if later is None else later)


def fill_change(step: Step, undone: Edition) -> Table:
    """List the live rows of what the edition wrote, each with the version before it, if any."""
    live = step.dataset.live
    wrote, closed = written(step, undone), closed_versions(step, undone)
    change = create_change(step)
    rows = select(live.c.fid, closed.c.row).select_from(
        wrote.join(live, same_key(step.dataset, wrote, live)).outerjoin(
            closed, same_key(step.dataset, wrote, closed)
        )
    )
    step.connection.execute(insert(change).from_select(["fid", "row"], rows))
    return change


def written(step: Step, undone: Edition) -> Subquery:
    """Select the versions that an edition wrote, whether they are still live or not."""
    live, history = step.dataset.live, step.dataset.history
    parts = [
        select(*(table.c[name] for name in step.dataset.stored)).where(table.c.edition == undone.id)
        for table in (live, history)
    ]
    return union_all(*parts).subquery("wrote")


def closed_versions(step: Step, undone: Edition) -> Subquery:
    """Select the versions that an edition closed, with their fid in the history as ``row``."""
    history = step.dataset.history
    columns = [history.c[name] for name in step.dataset.stored]
    statement = select(history.c.fid.label("row"), *columns).where(history.c.closed_by == undone.id)
    return statement.subquery("closed")


def _wrote_thing(step: Step, table: Table, rows: FromClause, undone: Edition) -> ColumnElement[bool]:
    """Return the condition that a table has a version of the same thing, written by the edition."""
    version = table.alias("version")
    # By the key: all rows of the edition would be gone through for each of the others
    return exists().where(same_key(step.dataset, rows, version), version.c.edition + 0 == undone.id)


def _key(step: Step, table: FromClause) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in step.dataset.key]


def _last_closing(step: Step, key: list[Any]) -> int:
    """Return the edition that retired a thing; 0 when another program did."""
    history = step.dataset.history
    conditions = (column == value for column, value in zip(_key(step, history), key, strict=True))
    last = select(history.c.closed_by).where(*conditions).order_by(history.c.valid_to.desc()).limit(1)
    return int(step.connection.scalar(last) or 0)


def _refusal(undone: Edition, key: list[Any], later: int) -> DataRefused:
    thing = " ".join(str(part) for part in key)
    if later == 0:
        message = t(
            "Edition {number} cannot be reverted: {key} was edited afterwards by another program",
            number=undone.id,
            key=thing,
        )
    else:
        message = t(
            "Edition {number} cannot be reverted: {key} was changed by the later edition {later}",
            number=undone.id,
            key=thing,
            later=later,
        )
    return DataRefused(message, field="edition", value=undone.id, hint=t("Revert the later edition first"))
