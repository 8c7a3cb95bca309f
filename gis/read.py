"""Read datasets as frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, FromClause

from gis.registry import Registry

Bounds = tuple[float, float, float, float]


def read_frame(
    registry: Registry,
    dataset: str,
    *,
    bbox: Bounds | None = None,
    where: ColumnElement[bool] | None = None,
    columns: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> pd.DataFrame:
    """Read live rows, or those valid at a moment."""
    raise NotImplementedError


def bbox_clause(table: FromClause, bbox: Bounds) -> ColumnElement[bool]:
    """Return a clause usable in any select on both databases."""
    raise NotImplementedError
