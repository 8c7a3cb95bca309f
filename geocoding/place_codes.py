"""Codes of streets, door plates and places: issue them where a delivery has none.

::

    CCCCCC SSS LL NNNNNN      county (6), street (3), layer (2), sequence (6): 17 digits

The layout is that of a draft of the 2026 series as far as it is known; lengths of the last two parts are our
choice until the standard is (000 for the street where the place's is not known).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import func, select

from geocoding.checks.division_places import DivisionPlaces
from geocoding.checks.numbers import arrow_of, numbers_of
from gis.combinations import alike
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t
from gis.texts import Rows, Texts, from_arrow

_SIZE = 1 << 17
_SEPARATOR = "\x1f"


def issue_codes(
    staging: CompactStaging,
    registry: Registry,
    divisions: DivisionPlaces,
    *,
    layer: int,
    identity: Sequence[str],
    several: bool = False,
) -> None:
    """Give a code to rows without one (P04).

    A row that the registry has already, by what identifies it, gets the code it has there; so the
    same delivery twice gives the same codes.

    Parameters
    ----------
    staging : CompactStaging
        Streets, plates or places.
    registry : Registry
        With its live and closed rows of the dataset.
    divisions : DivisionPlaces
        The divisions the rows lie in.
    layer : int
        Number of the layer in the code.
    identity : sequence of str
        Fields that together tell one thing from another.
    several : bool
        Rows with one identity are one thing: segments of a street.
    """
    codes = staging.column("code")
    without = np.flatnonzero(~codes.present() & ~staging.refused)
    if not len(without):
        return
    which, first = _alike(staging, without, identity)
    turn = np.zeros(len(without), np.int64) if several else _turns(which)
    issued = _known(registry, staging, without, which, turn, identity)
    new = np.flatnonzero(np.array([code is None for code in issued], dtype=bool))
    if several:
        new = new[np.isin(new, first)]
    prefixes = divisions.prefixes(without[new], layer)
    for at, code in zip(new.tolist(), _numbered(prefixes, registry, staging), strict=True):
        issued[at] = code
    if several:
        issued = [issued[first[number]] for number in which.tolist()]
    _store(staging, codes, without, issued)


def _alike(staging: CompactStaging, rows: Rows, identity: Sequence[str]) -> tuple[Rows, Rows]:
    """Number the rows by what identifies them."""
    columns = []
    for name in identity:
        numbers, size = numbers_of(staging.column(name))
        columns.append((numbers[rows], size))
    return alike(*columns)


def _turns(which: NDArray[Any]) -> NDArray[np.int64]:
    """Count for each row how many before it have the same number."""
    order = np.argsort(which, kind="stable")
    ordered = which[order]
    starts = np.concatenate([[True], np.diff(ordered) != 0]) if len(ordered) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    turns = np.empty(len(which), np.int64)
    turns[order] = np.arange(len(order)) - begin
    return turns


def _known(
    registry: Registry,
    staging: CompactStaging,
    rows: Rows,
    which: Rows,
    turn: NDArray[np.int64],
    identity: Sequence[str],
) -> list[str | None]:
    """Return the codes that the registry has of the rows: of several alike, each its own."""
    live = DATASETS[staging.dataset].live
    found: list[str | None] = [None] * len(rows)
    if not _has_rows(registry, staging.dataset):
        return found
    columns = [staging.column(name).take(rows) for name in identity]
    wanted = _joined([arrow_of(column) for column in columns])
    # From behind, so that of segments of one street the first stays
    places = {(int(which[at]), int(turn[at])): at for at in range(len(rows) - 1, -1, -1)}
    counts: dict[int, int] = {}
    statement = select(live.c.code, *(live.c[name] for name in identity)).order_by(live.c.code)
    with registry.connect() as connection:
        for part in registry.backend.raw_rows(connection, statement, _SIZE):
            texts = [
                pa.array(values, pa.large_string()) for values in zip(*(row[1:] for row in part), strict=True)
            ]
            met = pc.fill_null(pc.index_in(_joined(texts), value_set=wanted), -1).to_numpy(
                zero_copy_only=False
            )
            for number in np.flatnonzero(met >= 0).tolist():
                who = int(which[met[number]])
                at = places.get((who, counts.get(who, 0)))
                counts[who] = counts.get(who, 0) + 1
                if at is not None:
                    found[at] = part[number][0]
    return found


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    return pc.binary_join_element_wise(
        *columns, pa.scalar(_SEPARATOR, pa.large_string()), null_handling="replace", null_replacement="\0"
    )


def _has_rows(registry: Registry, dataset: str) -> bool:
    live = DATASETS[dataset].live
    with registry.connect() as connection:
        return connection.scalar(select(live.c.code).limit(1)) is not None


def _numbered(prefixes: Sequence[str], registry: Registry, staging: CompactStaging) -> list[str]:
    """Count on after the highest number used below each prefix."""
    last = _last_sequences(registry, staging)
    codes = []
    for prefix in prefixes:
        last[prefix] = last.get(prefix, 0) + 1
        codes.append(f"{prefix}{last[prefix]:06d}")
    return codes


def _last_sequences(registry: Registry, staging: CompactStaging) -> dict[str, int]:
    """Return the highest number used below each prefix, by live, closed and delivered codes."""
    chosen = DATASETS[staging.dataset]
    last: dict[str, int] = {}
    stated = staging.column("code")
    for start in range(0, len(stated), _SIZE):
        _raise(last, stated.slice(start, start + _SIZE))
    with registry.connect() as connection:
        for table in (chosen.live, chosen.history):
            statement = select(table.c.code).where(func.length(table.c.code) == 17)
            for part in registry.backend.raw_rows(connection, statement, _SIZE):
                _raise(last, [row[0] for row in part])
    return last


def _raise(last: dict[str, int], codes: Sequence[str | None]) -> None:
    for code in codes:
        if code is not None and len(code) == 17 and code.isascii() and code.isdigit():
            last[code[:11]] = max(last.get(code[:11], 0), int(code[11:]))


def _store(staging: CompactStaging, codes: Texts, rows: Rows, issued: list[str | None]) -> None:
    flags = np.zeros(len(codes), dtype=bool)
    flags[rows] = True
    given = pa.array(issued, pa.large_string())
    staging.set("code", from_arrow(pc.replace_with_mask(arrow_of(codes), pa.array(flags), given)))
    texts = staging.column("code")

    def tell(at: int) -> dict[str, Any]:
        message = t("Row {row} had no code and gets {code}", row=staging.row_number(at), code=texts[at])
        return {"message": message, "field": "code", "expected": texts[at]}

    staging.flag_rows(rows, "P04", Severity.INFO, tell)
