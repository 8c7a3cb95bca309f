"""The life of unit grids for Python users: ``city.grids.split(…)``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from grids.lifecycle.plan import Order
from grids.lifecycle.story import GridStory, story_of
from responsibility.grid_edits import (
    GridEdit,
    merge_grids,
    move_borders,
    recode_division,
    retire_grid,
    split_grid,
)
from wangge.grid_facts import GridFacts, facts_of
from wangge.grid_options import today

Cut: TypeAlias = BaseGeometry | Sequence[BaseGeometry]
"""A line, several lines, or a multiple line; EPSG:4490, longitude before latitude."""


class GridDesk:
    """Look at unit grids and change them; each change is one edition that can be reverted.

    All methods that change something take ``why`` (the reason, kept for the record), ``day`` (on which it
    takes effect, today by default) and ``dry_run`` (only tell what would be done), and return a
    :class:`responsibility.grid_edits.GridEdit`. They raise :class:`gis.errors.DataRefused` with the
    reason where something cannot be done.

    Parameters
    ----------
    registry : Registry
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def show(self, code: str) -> GridFacts:
        """Return what the registry has on a live unit grid."""
        return facts_of(self._registry, code)

    def history(self, code: str) -> GridStory:
        """Return the story of a unit grid, live or not."""
        return story_of(self._registry, code)

    def split(
        self, code: str, by: Cut, *, why: str | None = None, day: date | None = None, dry_run: bool = False
    ) -> GridEdit:
        """Split a grid along lines from border to border."""
        return split_grid(self._registry, code, _lines(by), _order(why, day), dry_run=dry_run)

    def merge(
        self, *codes: str, why: str | None = None, day: date | None = None, dry_run: bool = False
    ) -> GridEdit:
        """Make one grid of neighbours in one community."""
        return merge_grids(self._registry, codes, _order(why, day), dry_run=dry_run)

    def move(
        self,
        codes: Sequence[str],
        by: Cut,
        *,
        why: str | None = None,
        day: date | None = None,
        dry_run: bool = False,
    ) -> GridEdit:
        """Draw the borders between neighbours anew."""
        return move_borders(self._registry, codes, _lines(by), _order(why, day), dry_run=dry_run)

    def retire(self, code: str, *, why: str, day: date | None = None, dry_run: bool = False) -> GridEdit:
        """End a grid that nothing follows."""
        return retire_grid(self._registry, code, _order(why, day), dry_run=dry_run)

    def recode(
        self,
        old: str,
        new: str,
        *,
        name: str | None = None,
        why: str | None = None,
        day: date | None = None,
        dry_run: bool = False,
    ) -> GridEdit:
        """Give a division another code and issue its grids anew."""
        return recode_division(self._registry, old, new, _order(why, day), name=name, dry_run=dry_run)


def _order(why: str | None, day: date | None) -> Order:
    return Order(today() if day is None else day, why)


def _lines(by: Cut) -> list[shapely.LineString]:
    parts = shapely.get_parts([by] if isinstance(by, BaseGeometry) else list(by))
    for part in parts:
        if not isinstance(part, shapely.LineString):
            raise UsageError(
                t("A {kind} is nothing to cut along", kind=part.geom_type),
                field="by",
                value=part.geom_type,
                expected=t("lines to cut along"),
            )
    return [shapely.LineString(part) for part in parts]
