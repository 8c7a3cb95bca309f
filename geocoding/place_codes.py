"""Codes of streets, door plates and places: issue them where a delivery has none.

::

    CCCCCC SSS LL NNNNNN      county (6), street (3), layer (2), sequence (6): 17 digits

The layout is that of a draft of the 2026 series as far as it is known; lengths of the last two parts are our
choice until the standard is (000 for the street where the place's is not known).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select

from gis.coverage import Coverage
from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.codes import Level

UNKNOWN_COUNTY = "000000"


def issue_codes(
    staging: Staging, registry: Registry, *, layer: int, identity: Sequence[str], several: bool = False
) -> None:
    """Give a code to rows without one (P04).

    A row that the registry has already, by what identifies it, gets the code it has there; so the
    same delivery twice gives the same codes.

    Parameters
    ----------
    staging : Staging
        Streets, plates or places.
    registry : Registry
        With its live and closed rows of the dataset.
    layer : int
        Number of the layer in the code.
    identity : sequence of str
        Fields that together tell one thing from another.
    several : bool
        Rows with one identity are one thing: segments of a street.
    """
    codes = staging.values("code").copy()
    without = np.flatnonzero(np.array([code is None for code in codes], dtype=bool) & ~staging.refused)
    if not len(without):
        return
    known = _known(registry, staging.dataset, identity)
    prefixes = _prefixes(staging, without, registry, layer)
    last = _last_sequences(registry, staging.dataset, [c for c in codes if c is not None])
    issued: dict[tuple[object, ...], str] = {}
    for at, prefix in zip(without, prefixes, strict=True):
        who = tuple(staging.values(name)[at] for name in identity)
        code = issued.get(who) if several else None
        code = code or (known.pop(who) if who in known else None)
        if code is None:
            last[prefix] = last.get(prefix, 0) + 1
            code = f"{prefix}{last[prefix]:06d}"
        codes[at] = issued[who] = code
        message = t("Row {row} had no code and gets {code}", row=staging.row_number(at), code=code)
        staging.flag(at, "P04", Severity.INFO, message, field="code", expected=code)
    staging.set("code", codes)


def _known(registry: Registry, dataset: str, identity: Sequence[str]) -> dict[tuple[object, ...], str]:
    """Return the codes that the registry has, by what identifies a row."""
    frame = read_frame(registry, dataset, columns=["code", *identity]).astype(object)
    frame = frame.where(frame.notna(), None)
    return {tuple(row[1:]): row[0] for row in frame.itertuples(index=False)}


def _prefixes(staging: Staging, rows: NDArray[np.intp], registry: Registry, layer: int) -> list[str]:
    """Return county, street and layer for each row: by the street it lies in, else by the only county."""
    table = DATASETS["divisions"].live
    streets = read_frame(
        registry, "divisions", where=table.c.level == str(Level.STREET), columns=["code", "geometry"]
    )
    counties = read_frame(registry, "divisions", where=table.c.level == str(Level.COUNTY), columns=["code"])
    county = counties["code"].iloc[0] if len(counties) == 1 else UNKNOWN_COUNTY
    found = np.full(len(rows), -1)
    if len(streets):
        coverage = Coverage.build(np.array(list(streets.geometry), dtype=object), streets["code"].tolist())
        points = shapely.point_on_surface(staging.geometries[rows])
        found = coverage.locate(shapely.get_x(points), shapely.get_y(points))
    code_of = [streets["code"].iloc[at] if at >= 0 else "" for at in found]
    return [f"{code if len(code) == 9 and code.isdigit() else county + '000'}{layer:02d}" for code in code_of]


def _last_sequences(registry: Registry, dataset: str, delivered: Sequence[str]) -> dict[str, int]:
    """Return the highest number used below each prefix, by live, closed and delivered codes."""
    chosen = DATASETS[dataset]
    codes = list(delivered)
    with registry.connect() as connection:
        for table in (chosen.live, chosen.history):
            codes += connection.scalars(select(table.c.code).where(func.length(table.c.code) == 17))
    last: dict[str, int] = {}
    for code in codes:
        if len(code) == 17 and code.isdigit():
            last[code[:11]] = max(last.get(code[:11], 0), int(code[11:]))
    return last
