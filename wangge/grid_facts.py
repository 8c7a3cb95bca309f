"""What the registry has on one unit grid, from all rooms."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas
import shapely
from sqlalchemy import func, select

from gis.errors import NotFound
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from grids.groups.memberships import groups_of
from grids.lifecycle.story import story_of


@dataclass(frozen=True)
class GridFacts:
    """A live unit grid.

    Attributes
    ----------
    code, name, state, responsible : str or None
    area_m2 : float
        As recorded.
    valid_from : datetime
        UTC, since when this version holds.
    divisions : dict of str to str
        Code to name of county, street and community.
    neighbours : list of str
        Unit grids that share an edge.
    groups : list of tuple
        Kind, line and code of the grids it is part of.
    components : dict of str to int
        Count by class.
    predecessors : list of str
        Codes that led to it, nearest first.
    """

    code: str
    name: str | None
    state: str | None
    responsible: str | None
    area_m2: float
    valid_from: datetime
    divisions: dict[str, str | None]
    neighbours: list[str]
    groups: list[tuple[str, str, str]]
    components: dict[str, int]
    predecessors: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON types."""
        return asdict(self) | {"valid_from": self.valid_from.isoformat()}


def facts_of(registry: Registry, code: str) -> GridFacts:
    """Collect what is known of a live unit grid.

    Raises
    ------
    UsageError
        It is no code of a unit grid.
    NotFound
        There is none, or it was retired: the hint says what stands in its place.
    """
    story = story_of(registry, code)
    if story.state != "live":
        now = ", ".join(story.live_successors)
        raise NotFound(
            t("Unit grid {code} is not in force any more", code=story.code),
            field="CODE",
            value=story.code,
            hint=t("In its place now: {codes}", codes=now or t("nothing")),
        )
    return _facts(registry, story.code, [record.code for record in story.came_from])


def _facts(registry: Registry, code: str, predecessors: list[str]) -> GridFacts:
    columns = [*DATASETS["grids"].columns, "valid_from", "geometry"]
    grid = read_frame(registry, "grids", where=DATASETS["grids"].live.c.code == code, columns=columns).iloc[0]
    groups = groups_of(registry, code)
    return GridFacts(
        code=code,
        name=_text(grid["name"]),
        state=_text(grid["state"]),
        responsible=_text(grid["responsible"]),
        area_m2=float(grid["area_m2"]),
        valid_from=grid["valid_from"].to_pydatetime(),
        divisions=_divisions(registry, [grid["county"], grid["street"], grid["community"]]),
        neighbours=_neighbours(registry, code, grid["geometry"]),
        groups=[tuple(row) for row in groups[["kind", "line", "code"]].itertuples(index=False)],
        components=_components(registry, code),
        predecessors=predecessors,
    )


def _divisions(registry: Registry, codes: list[str]) -> dict[str, str | None]:
    table = DATASETS["divisions"].live.c
    with registry.connect() as connection:
        names = dict(connection.execute(select(table.code, table.name).where(table.code.in_(codes))).all())
    return {code: names.get(code) for code in codes}


def _neighbours(registry: Registry, code: str, geometry: shapely.MultiPolygon) -> list[str]:
    """Return the grids that share more than a point with a grid."""
    box = tuple(geometry.bounds)
    around = read_frame(
        registry, "grids", bbox=(box[0], box[1], box[2], box[3]), columns=["code", "geometry"]
    )
    around = around[around["code"] != code]
    shared = shapely.length(shapely.intersection(np.array(list(around.geometry), dtype=object), geometry))
    return sorted(around["code"][shared > 0])


def _components(registry: Registry, code: str) -> dict[str, int]:
    table = DATASETS["components"].live.c
    statement = select(table.class_code, func.count()).where(table.unit_grid == code)
    with registry.connect() as connection:
        rows = connection.execute(statement.group_by(table.class_code).order_by(table.class_code)).all()
    return {row[0]: row[1] for row in rows}


def _text(value: str | float | None) -> str | None:
    return None if pandas.isna(value) else str(value)
