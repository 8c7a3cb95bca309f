"""Take proposed changes of components into the registry as an edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas
import numpy as np
import shapely
from sqlalchemy import Connection

from components.catalogue import Catalogue
from components.grid_reference import UnitGrids
from components.identifiers import build_component_id
from components.sequences import first_of
from gis.crs import STORED
from gis.dates import compact
from gis.edition_records import next_edition
from gis.editions import Change, Edition, commit_worked_out
from gis.errors import DataRefused
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from responsibility.cases.proposals import FieldChange, Proposal, Status, close, open_proposals
from responsibility.settings import load_settings

_DATASET = DATASETS["components"]
_STATES = {FieldChange.MISSING: "丢失", FieldChange.GONE: "移除"}
_DIGITS = {"county": 6, "street": 9, "community": 12}

Row = dict[str, Any]


def accept(registry: Registry, numbers: Sequence[int]) -> Edition:
    """Accept proposals as one edition of the components: all of them, or none.

    A moved component gets its new place and the unit grid there; a missing one the state 丢失, one that is
    gone 移除; a new one an identifier of its county and class that was never used, and the state 完好. Its
    units stay open until a survey or the facility list names them.

    Parameters
    ----------
    registry : Registry
    numbers : sequence of int
        Of open proposals. Several about one component are applied in the order they were made.

    Returns
    -------
    Edition

    Raises
    ------
    NotFound, UsageError
        See :func:`responsibility.cases.proposals.open_proposals`.
    DataRefused
        A component is not there any more or is no point, or the county of a new one is not known.
    """

    def work_out(connection: Connection) -> list[Change]:
        proposals = sorted(open_proposals(connection, numbers), key=lambda one: one.id)
        edition, _ = next_edition(connection)
        review = _Review(registry, connection, compact(datetime.now(load_settings().timezone).date()))
        rows = review.rows(proposals)
        for proposal in proposals:
            named = review.named.get(proposal.id, proposal.component_id)
            close(connection, proposal, Status.ACCEPTED, edition=edition, component_id=named)
        frame = geopandas.GeoDataFrame(rows, columns=[*_DATASET.columns, "geometry"], geometry="geometry")
        return [Change("components", frame.set_crs(STORED))]

    source = ", ".join(str(number) for number in sorted(set(numbers)))
    return commit_worked_out(registry, work_out, operation="field", source=f"proposals {source}")


@dataclass(slots=True)
class _Placed:
    point: shapely.Point
    grid: str | None
    divisions: dict[str, str | None]


class _Review:
    """Work the rows of components out that proposals make; ``named`` has the identifiers given out."""

    def __init__(self, registry: Registry, connection: Connection, day: str) -> None:
        self._registry, self._connection, self._day = registry, connection, day
        self._catalogue = Catalogue.of(registry)
        self.named: dict[int, str] = {}

    def rows(self, proposals: Sequence[Proposal]) -> list[Row]:
        """Return one row per component."""
        places = self._places(proposals)
        rows = self._known(proposals)
        issued: dict[tuple[str, str], int] = {}
        for proposal in proposals:
            if proposal.change is FieldChange.NEW:
                row = self._new(proposal, places[proposal.id], issued)
            else:
                row = self._changed(proposal, rows, places.get(proposal.id))
            rows[row["id"]] = row
        return list(rows.values())

    def _known(self, proposals: Sequence[Proposal]) -> dict[str, Row]:
        wanted = sorted({one.component_id for one in proposals if one.component_id is not None})
        if not wanted:
            return {}
        frame = read_frame(self._registry, "components", where=_DATASET.live.c.id.in_(wanted))
        plain = frame.astype(object).where(frame.notna(), None)
        return {str(row["id"]): {str(name): row[name] for name in row} for row in plain.to_dict("records")}

    def _changed(self, proposal: Proposal, rows: Mapping[str, Row], placed: _Placed | None) -> Row:
        row = rows.get(str(proposal.component_id))
        if row is None:
            raise _refused(proposal, t("component {id} is not there any more", id=proposal.component_id))
        if placed is None:
            return row | {"state": _STATES[proposal.change], "change_date": self._day}
        if row["geometry"] is not None and row["geometry"].geom_type != "Point":
            raise _refused(proposal, t("component {id} is no point", id=proposal.component_id))
        divisions = {name: code for name, code in placed.divisions.items() if name != "county"}
        return row | divisions | {
            "geometry": placed.point,
            "unit_grid": placed.grid,
            "change_date": self._day,
        }  # fmt: skip

    def _new(self, proposal: Proposal, placed: _Placed, issued: dict[tuple[str, str], int]) -> Row:
        county, code = placed.divisions["county"] or self._only_county(), str(proposal.class_code)
        if county is None:
            raise _refused(proposal, t("the county there is not known"))
        before = issued.get((county, code), 0)
        first = first_of(self._connection, county, code, before + 1)
        issued[county, code] = before + 1
        name = build_component_id(county, code, first + before)
        self.named[proposal.id] = name
        info = self._catalogue.info(str(proposal.standard), code)
        return dict.fromkeys(_DATASET.columns) | placed.divisions | {
            "id": name,
            "class_code": code,
            "standard": proposal.standard,
            "name": info.name if info else None,
            "county": county,
            "unit_grid": placed.grid,
            "state": "完好",
            "initial_date": self._day,
            "change_date": self._day,
            "note": proposal.note,
            "geometry": placed.point,
        }  # fmt: skip

    def _places(self, proposals: Sequence[Proposal]) -> dict[int, _Placed]:
        """Find the unit grids of the places, and the divisions that their codes name."""
        placed = [one for one in proposals if one.lon is not None]
        if not placed:
            return {}
        points = np.array([(one.lon, one.lat) for one in placed], dtype=np.float64)
        grids = UnitGrids.around(self._registry, points)
        found = grids.locate(points) if grids is not None else np.full(len(points), -1)
        codes = [str(grids.codes[at]) if grids is not None and at >= 0 else None for at in found.tolist()]
        return {
            one.id: _Placed(
                shapely.Point(point),
                code,
                {name: _division(code, digits) for name, digits in _DIGITS.items()},
            )
            for one, code, point in zip(placed, codes, points, strict=True)
        }

    def _only_county(self) -> str | None:
        """Return the county, where the registry has one only."""
        where = DATASETS["divisions"].live.c.level == "county"
        codes = list(read_frame(self._registry, "divisions", where=where, columns=["code"])["code"])
        return str(codes[0]) if len(codes) == 1 else None


def _division(grid: str | None, digits: int) -> str | None:
    national = grid is not None and len(grid) == 15 and grid.isascii() and grid.isdigit()
    return grid[:digits] if national and grid is not None else None


def _refused(proposal: Proposal, why: object) -> DataRefused:
    return DataRefused(
        t("Proposal {number} cannot be accepted: {why}", number=proposal.id, why=why),
        field="N",
        value=proposal.id,
        hint=t("Reject it, or accept the others without it"),
    )
