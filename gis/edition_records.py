"""What is written down about editions: numbers, times, counts, and what an answer rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from gis.columns import from_json, to_json, to_milliseconds
from gis.errors import NotFound
from gis.models import edition_parts, editions
from gis.registry import Registry
from gis.text import t


@dataclass(frozen=True)
class EditionPart:
    """What an edition did to one dataset, in things."""

    dataset: str
    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Edition:
    """One import or edit (数据版次), of one dataset or of several that change together.

    Parameters
    ----------
    id : int
        Number, one sequence over all datasets.
    dataset : str
        Name as in ``gis.models.DATASETS``: the one the edition is about.
    operation : str
        ``"import"``, ``"revert"``, ``"split"`` …
    committed_at : datetime
        UTC. Later than that of every edition before it; its rows hold from here on.
    source : str or None
        Where the data came from, as the importer said.
    added, changed, retired, unchanged : int
        Things, compared with the state before, over all parts.
    reverts : int or None
        The edition this one undid.
    report : dict or None
        The report of the import, or what an edit has to tell.
    parts : tuple of EditionPart
        The datasets touched, that of the edition first.
    """

    id: int
    dataset: str
    operation: str
    committed_at: datetime
    source: str | None = None
    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    reverts: int | None = None
    report: dict[str, Any] | None = None
    parts: tuple[EditionPart, ...] = ()

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets touched."""
        return tuple(part.dataset for part in self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the edition as JSON types."""
        return {**asdict(self), "committed_at": self.committed_at.isoformat()}


def list_editions(registry: Registry, dataset: str | None = None) -> list[Edition]:
    """Return the editions of a registry, newest first; reports are left out.

    Parameters
    ----------
    registry : Registry
    dataset : str, optional
        Only those of one dataset.
    """
    columns = [column for column in editions.c if column.name != "report"]
    statement = select(*columns).order_by(editions.c.id.desc())
    if dataset is not None:
        touched = select(edition_parts.c.edition).where(edition_parts.c.dataset == dataset)
        statement = statement.where(editions.c.id.in_(touched))
    with registry.connect() as connection:
        rows = connection.execute(statement).all()
        parts = _parts(connection, [row.id for row in rows] if dataset is not None else None)
    return [Edition(**row._mapping, parts=parts[row.id]) for row in rows]


def get_edition(registry: Registry, number: int) -> Edition:
    """Return one edition with its report.

    Raises
    ------
    NotFound
    """
    with registry.connect() as connection:
        return read_edition(connection, number)


def basis(connection: Connection) -> dict[str, int]:
    """Return the latest edition of each dataset that has one: what an answer rests on."""
    columns = edition_parts.c
    statement = select(columns.dataset, func.max(columns.edition)).group_by(columns.dataset)
    rows = connection.execute(statement.order_by(columns.dataset)).all()
    return {row[0]: row[1] for row in rows}


def read_edition(connection: Connection, number: int) -> Edition:
    """Return one edition; raise NotFound when there is none of this number."""
    row = connection.execute(select(editions).where(editions.c.id == number)).first()
    if row is None:
        raise NotFound(t("There is no edition {number}", number=number), field="edition", value=number)
    values = {**row._mapping, "report": from_json(row._mapping["report"])}
    return Edition(**values, parts=_parts(connection, [number])[number])


def next_edition(connection: Connection) -> tuple[int, datetime]:
    """Return number and time of the edition to be written; the caller is the only writer.

    The clock may have been set back: time goes on after the last edition all the same, because rows
    are told apart by it.
    """
    last = connection.execute(select(func.max(editions.c.id), func.max(editions.c.committed_at))).one()
    now = to_milliseconds(datetime.now(UTC))
    if last[0] is None:
        return 1, now
    return last[0] + 1, max(now, _instant(last[1]) + timedelta(milliseconds=1))


def write_edition(connection: Connection, edition: Edition) -> None:
    """Write an edition and its parts down."""
    # Not asdict: it copies a report of a million findings one by one
    values = {f.name: getattr(edition, f.name) for f in fields(edition) if f.name != "parts"}
    connection.execute(insert(editions).values({**values, "report": to_json(edition.report)}))
    rows = [{"edition": edition.id, "position": at, **asdict(part)} for at, part in enumerate(edition.parts)]
    connection.execute(insert(edition_parts), rows)


def _parts(connection: Connection, numbers: Sequence[int] | None) -> dict[int, tuple[EditionPart, ...]]:
    """Return the parts of some editions, or of all, in their order."""
    columns = edition_parts.c
    statement = select(columns.edition, *(columns[f.name] for f in fields(EditionPart)))
    if numbers is not None:
        statement = statement.where(columns.edition.in_(numbers))
    parts: dict[int, list[EditionPart]] = defaultdict(list)
    for number, *values in connection.execute(statement.order_by(columns.edition, columns.position)):
        parts[number].append(EditionPart(*values))
    return defaultdict(tuple, {number: tuple(found) for number, found in parts.items()})


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
