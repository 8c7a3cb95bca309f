"""Names that places, plates and streets had before: kept when a delivery brings another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from geocoding.checks.numbers import arrow_of
from geocoding.names import Name, parse_names, read_names, write_names
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.models import dataset_named
from gis.registry import Registry
from gis.text import t

_SIZE = 100_000


def settle_names(staging: CompactStaging, *fields: str) -> None:
    """Turn the names that people wrote into cells into stored ones."""
    for field in fields:
        staging.set(field, staging.column(field).map(lambda text: write_names(parse_names(text))))


def keep_former_names(staging: CompactStaging, registry: Registry, field: str) -> None:
    """Keep the names that the registry's rows of the same codes have and had; a new name is told (P20).

    Parameters
    ----------
    staging : CompactStaging
        With codes; ``former_names`` as stored.
    registry : Registry
    field : str
        The name: ``name`` or ``address``.
    """
    former: dict[int, str | None] = {}
    renamed: dict[int, str] = {}
    names, known = staging.column(field), staging.column("former_names")
    for at, name, text in _live(staging, registry, field):
        now = names[at]
        before = [*read_names(known[at]), *read_names(text)]
        if name is not None and now is not None and name != now:
            before = [*before, *([] if any(one.name == name for one in before) else [Name(name)])]
            renamed[at] = name
        kept = write_names(_without_weaker(one for one in before if one.name != now))
        if kept != known[at]:
            former[at] = kept
    staging.set("former_names", known.put(former))

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "{code} was {before} until now, which is kept as a former name",
            code=staging.name_of(at),
            before=renamed[at],
        )
        return {"message": message, "field": field}

    staging.flag_rows(np.array(sorted(renamed), dtype=np.intp), "P20", Severity.INFO, tell)


def _live(
    staging: CompactStaging, registry: Registry, field: str
) -> Iterator[tuple[int, str | None, str | None]]:
    """Yield position, name and former names of the registry's rows that are delivered and differ."""
    table = dataset_named(staging.dataset).live
    statement = select(table.c.code, table.c[field], table.c.former_names)
    delivered = arrow_of(staging.column("code"))
    names = staging.column(field)
    with registry.connect() as connection:
        for rows in registry.backend.raw_rows(connection, statement, _SIZE):
            codes = pa.array([row[0] for row in rows], pa.large_string())
            found = pc.fill_null(pc.index_in(codes, value_set=delivered), -1).to_numpy(zero_copy_only=False)
            for number in np.flatnonzero(found >= 0).tolist():
                at, (_, name, text) = int(found[number]), rows[number]
                if text is not None or name != names[at]:
                    yield at, name, text if text is None or isinstance(text, str) else str(text)


def _without_weaker(names: Iterator[Name]) -> list[Name]:
    """Take each name once, with its dates where these are known."""
    best: dict[str, Name] = {}
    for one in names:
        if one.name not in best or (best[one.name].since or best[one.name].until) is None:
            best[one.name] = one
    return list(best.values())
