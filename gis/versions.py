"""Move versions of things between live and history tables; the steps that editions are made of.

Every step is one SQL statement over sets of rows, the same on both databases. Two temporary tables
live as long as the transaction: ``wangge_stage`` holds what was delivered, ``wangge_change`` the live
rows to close, each with the row that follows it, or none when the thing is retired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    true,
    tuple_,
)

from gis.backend import Backend, Batch
from gis.columns import UtcDateTime, same
from gis.errors import DataRefused
from gis.models import Dataset
from gis.table_rows import AnyRows, TableRows
from gis.text import t

_KEYS_AT_A_TIME = 200


@dataclass(frozen=True)
class Counts:
    """What an edition did, in things."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0

    @property
    def written(self) -> int:
        """How many things are not as before."""
        return self.added + self.changed + self.retired


@dataclass(frozen=True)
class Step:
    """What all steps of one edition share.

    ``check`` is called between statements and raises when the user wants to stop.
    """

    connection: Connection
    backend: Backend
    dataset: Dataset
    edition: int
    at: datetime
    check: Callable[[], None]


def is_empty(step: Step) -> bool:
    """Tell whether the live table has no rows."""
    return step.connection.execute(select(step.dataset.live.c.fid).limit(1)).first() is None


def load_first(step: Step, rows: AnyRows, progress: Callable[[int, int], None]) -> Counts:
    """Load rows straight into an empty live table."""
    with step.backend.loading(step.connection, step.dataset.live, len(rows), rows.places):
        _load_live(step, rows, progress)
    return Counts(added=len(rows))


def load_new(step: Step, rows: AnyRows, progress: Callable[[int, int], None]) -> None:
    """Load rows whose things are not live straight into the live table."""
    with step.backend.loading(step.connection, step.dataset.live, len(rows)):
        _load_live(step, rows, progress)


def _load_live(step: Step, rows: AnyRows, progress: Callable[[int, int], None]) -> None:
    names = (*step.dataset.stored, "edition", "valid_from")
    batches = _watched(rows, rows.batches(step.edition, step.at), step.check, progress)
    step.backend.bulk_load(step.connection, step.dataset.live, names, batches)
    step.check()


def load_keys(step: Step, rows: TableRows) -> Table:
    """Load the keys of rows into the temporary table ``wangge_keys`` and return it."""
    keys = _stage_table(step, "wangge_keys", step.dataset.key)
    keys.create(step.connection)
    step.backend.bulk_load(step.connection, keys, ("row", *step.dataset.key), rows.key_batches())
    _index_key(step, keys)
    return keys


def load_stage(step: Step, rows: AnyRows, progress: Callable[[int, int], None]) -> Table:
    """Load rows into the temporary table ``wangge_stage`` and return it."""
    stage = _stage_table(step, "wangge_stage", step.dataset.stored)
    stage.create(step.connection)
    batches = _watched(rows, rows.batches(number=True), step.check, progress)
    step.backend.bulk_load(step.connection, stage, ("row", *step.dataset.stored), batches)
    _index_key(step, stage)
    return stage


def _stage_table(step: Step, name: str, columns: Sequence[str]) -> Table:
    big = BigInteger().with_variant(Integer(), "sqlite")
    row: Column[Any] = Column("row", big, primary_key=True, autoincrement=False)
    return _temporary(name, row, *(Column(one, step.dataset.live.c[one].type) for one in columns))


def _index_key(step: Step, stage: Table) -> None:
    """Index a stage once it is filled, which takes a fraction of the time that it takes row by row."""
    columns = (stage.c[name] for name in step.dataset.key)
    Index(f"{stage.name}_key", *columns, unique=True).create(step.connection)
    step.backend.analyse(step.connection, stage)


def compare(step: Step, stage: Table) -> tuple[Table, int, int]:
    """Find the live rows that a delivery changes or retires.

    Returns
    -------
    change : Table
        ``wangge_change``: fid of the live row, row of the stage that follows (null: retired).
    met : int
        Rows of the stage whose thing is live.
    unchanged : int
        Those of them that say the same as the live row.
    """
    dataset, live, connection = step.dataset, step.dataset.live, step.connection
    change = create_change(step)
    pairs = stage.join(live, same_key(dataset, stage, live))
    alike = and_(true(), *(same(live.c[n], stage.c[n]) for n in dataset.stored if n not in dataset.key))
    changed = select(live.c.fid, stage.c.row).select_from(pairs).where(not_(alike))
    connection.execute(insert(change).from_select(["fid", "row"], changed))
    step.check()
    met = connection.scalar(select(func.count()).select_from(pairs)) or 0
    unchanged = met - (connection.scalar(select(func.count()).select_from(change)) or 0)
    if dataset.scope:
        in_scope = tuple_(*(live.c[n] for n in dataset.scope)).in_(
            select(*(stage.c[n] for n in dataset.scope))
        )
        gone = ~exists().where(same_key(dataset, stage, live))
        retired = select(live.c.fid, null()).where(in_scope, gone)
        connection.execute(insert(change).from_select(["fid", "row"], retired))
    step.check()
    return change, met, unchanged


def retire(step: Step, change: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """List live things as to be retired.

    Raises
    ------
    DataRefused
        One of them is not there, or is to be changed at the same time.
    """
    live, connection = step.dataset.live, step.connection
    columns = [live.c[name] for name in step.dataset.key]
    for start in range(0, len(keys), _KEYS_AT_A_TIME):
        wanted = keys[start : start + _KEYS_AT_A_TIME]
        free = live.c.fid.not_in(select(change.c.fid))
        rows = connection.execute(
            select(live.c.fid, *columns).where(tuple_(*columns).in_(wanted), free)
        ).all()
        if len(rows) != len(wanted):
            _refuse_retirement(step, wanted, {tuple(row[1:]) for row in rows})
        connection.execute(insert(change), [{"fid": row[0], "row": None} for row in rows])
        step.check()


def _refuse_retirement(
    step: Step, wanted: Sequence[tuple[Any, ...]], found: Collection[tuple[Any, ...]]
) -> NoReturn:
    missing = next((key for key in wanted if tuple(key) not in found), wanted[0])
    shown = " ".join(map(str, missing))
    raise DataRefused(
        t(
            "{dataset} {key} cannot be retired: it is not there, or changed at the same time",
            dataset=step.dataset.name,
            key=shown,
        ),
        field=step.dataset.key[0],
        value=shown,
    )


def create_change(step: Step) -> Table:
    """Create the temporary table ``wangge_change``."""
    big = BigInteger().with_variant(Integer(), "sqlite")
    change = _temporary(
        "wangge_change", Column("fid", big, primary_key=True, autoincrement=False), Column("row", big)
    )
    change.create(step.connection)
    return change


def apply(step: Step, source: FromClause, change: Table, met: int | None = None) -> Counts:
    """Close the live rows in ``change``, write their followers and all that is new in ``source``.

    Parameters
    ----------
    step : Step
    source : FromClause
        Batch ``row`` and those of the dataset.
    change : Table
        ``wangge_change``.
    met : int, optional
        Rows of the source whose thing is live, where that is known.
    """
    connection, live = step.connection, step.dataset.live
    closed = connection.scalar(select(func.count()).select_from(change)) or 0
    retired = connection.scalar(select(func.count()).select_from(change).where(change.c.row.is_(None))) or 0
    if met is None:
        known = live.join(source, same_key(step.dataset, source, live))
        met = connection.scalar(select(func.count()).select_from(known)) or 0
    added = (connection.scalar(select(func.count()).select_from(source)) or 0) - met
    _close(step, change, closed)
    with step.backend.loading(connection, live, closed + added):
        connection.execute(delete(live).where(live.c.fid.in_(select(change.c.fid))))
        step.check()
        _write_followers(step, source, change)
        if added:
            _write_new(step, source)
        step.check()
    return Counts(added=added, changed=closed - retired, retired=retired)


def drop(step: Step, *tables: Table) -> None:
    """Drop temporary tables, so that the connection can be used again."""
    for table in tables:
        table.drop(step.connection)


def same_key(dataset: Dataset, left: FromClause, right: FromClause) -> ColumnElement[bool]:
    """Return the condition that two rows are versions of one thing."""
    return and_(*(left.c[name] == right.c[name] for name in dataset.key))


def _close(step: Step, change: Table, closed: int) -> None:
    """Copy the rows to close to the history."""
    if not closed:
        return
    live, history = step.dataset.live, step.dataset.history
    names = (*step.dataset.stored, "edition", "valid_from")
    rows = select(
        *(live.c[name] for name in names), literal(step.edition), literal(step.at, UtcDateTime())
    ).where(live.c.fid.in_(select(change.c.fid)))
    with step.backend.loading(step.connection, history, closed):
        step.connection.execute(insert(history).from_select([*names, "closed_by", "valid_to"], rows))
    step.check()


def _write_followers(step: Step, source: FromClause, change: Table) -> None:
    """Write the new versions of things that go on, under their old fid."""
    stored = step.dataset.stored
    rows = select(
        change.c.fid,
        *(source.c[name] for name in stored),
        literal(step.edition),
        literal(step.at, UtcDateTime()),
    ).select_from(change.join(source, change.c.row == source.c.row))
    names = ["fid", *stored, "edition", "valid_from"]
    step.connection.execute(insert(step.dataset.live).from_select(names, rows))


def _write_new(step: Step, source: FromClause) -> None:
    """Write the things that are not live, in the order of the delivery."""
    live, stored = step.dataset.live, step.dataset.stored
    rows = (
        select(*(source.c[name] for name in stored), literal(step.edition), literal(step.at, UtcDateTime()))
        .where(~exists().where(same_key(step.dataset, source, live)))
        .order_by(source.c.row)
    )
    step.connection.execute(insert(live).from_select([*stored, "edition", "valid_from"], rows))


def _temporary(name: str, *items: Column[Any]) -> Table:
    return Table(name, MetaData(), *items, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def _watched(
    rows: AnyRows, batches: Iterable[Batch], check: Callable[[], None], progress: Callable[[int, int], None]
) -> Iterator[Batch]:
    """Pass batches on; after each, let the user stop and tell how far it is."""
    done = 0
    for batch in batches:
        yield batch
        done += len(batch[0])
        check()
        progress(done, len(rows))
