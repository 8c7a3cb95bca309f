"""Editions (数据版次): every import is compared with what is there and committed as one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.registry import Registry


@dataclass(frozen=True)
class Edition:
    """One import or edit of one dataset."""

    id: int
    dataset: str
    operation: str
    committed_at: datetime
    source: str | None
    added: int
    changed: int
    retired: int
    unchanged: int
    reverts: int | None
    report: dict[str, Any] | None


def commit(
    registry: Registry,
    dataset: str,
    frame: pd.DataFrame,
    *,
    source: str | None = None,
    report: dict[str, Any] | None = None,
    operation: str = "import",
    progress: Callable[[int, int], None] | None = None,
) -> Edition:
    """Compare a frame with the live table and commit the difference as an edition."""
    raise NotImplementedError


def list_editions(registry: Registry) -> list[Edition]:
    """Return all editions, newest first."""
    raise NotImplementedError


def get_edition(registry: Registry, number: int) -> Edition:
    """Return one edition."""
    raise NotImplementedError


def revert(registry: Registry, number: int) -> Edition:
    """Undo an edition by a new one."""
    raise NotImplementedError


def basis(connection: Connection) -> dict[str, int]:
    """Return the latest edition of each dataset."""
    raise NotImplementedError
