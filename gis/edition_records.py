"""What is written down about editions: numbers, times, counts, and what an answer rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from gis.columns import from_json, to_json, to_milliseconds
from gis.errors import NotFound
from gis.models import editions
from gis.registry import Registry
from gis.text import t


@dataclass(frozen=True)
class Edition:
    """One import or edit of one dataset (数据版次).

    Parameters
    ----------
    id : int
        Number, one sequence over all datasets.
    dataset : str
        Name as in ``gis.models.DATASETS``.
    operation : str
        ``"import"``, ``"revert"`` …
    committed_at : datetime
        UTC. Later than that of every edition before it; its rows hold from here on.
    source : str or None
        Where the data came from, as the importer said.
    added, changed, retired, unchanged : int
        Things, compared with the state before.
    reverts : int or None
        The edition this one undid.
    report : dict or None
        The report of the import.
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
        statement = statement.where(editions.c.dataset == dataset)
    with registry.connect() as connection:
        return [Edition(**row._mapping) for row in connection.execute(statement)]


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
    statement = select(editions.c.dataset, func.max(editions.c.id)).group_by(editions.c.dataset)
    rows = connection.execute(statement.order_by(editions.c.dataset)).all()
    return {row[0]: row[1] for row in rows}


def read_edition(connection: Connection, number: int) -> Edition:
    """Return one edition; raise NotFound when there is none of this number."""
    row = connection.execute(select(editions).where(editions.c.id == number)).first()
    if row is None:
        raise NotFound(t("There is no edition {number}", number=number), field="edition", value=number)
    return _edition(row)


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
    """Write an edition down."""
    values = {**asdict(edition), "report": to_json(edition.report)}
    connection.execute(insert(editions).values(values))


def _edition(row: Row[Any]) -> Edition:
    return Edition(**{**row._mapping, "report": from_json(row._mapping["report"])})


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
