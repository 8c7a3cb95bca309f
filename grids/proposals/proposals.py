"""From a request to proposals with numbers and measures, checked."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas
import shapely

from gis.errors import DataRefused
from gis.text import Text, t
from grids.proposals.constraints import check_constraints, cut_by_communities
from grids.proposals.division import Division, Progress, divide
from grids.proposals.faces import Indices
from grids.proposals.numbers import grid_codes, is_national, number_grids
from grids.proposals.quality import Quality, measure
from grids.proposals.request import Request

CRS = "EPSG:4490"


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposed unit grids.

    Attributes
    ----------
    request : Request
        What they answer.
    division : Division
        The polygons.
    numbers : ndarray of int
        Sequence numbers.
    quality : Quality
        Their measures.
    notes : list of Text
        What people should know of them.
    """

    request: Request
    division: Division
    numbers: Indices
    quality: Quality
    notes: list[Text]

    def __len__(self) -> int:
        return len(self.numbers)

    def frame(self) -> geopandas.GeoDataFrame:
        """Return the proposals as rows that ``wangge import grids`` takes, by community and number."""
        communities, of = self.request.communities, self.division.community
        quality = self.quality
        zones = [str(choice.zone) for choice in self.division.choices]
        frame = geopandas.GeoDataFrame(
            {
                "code": grid_codes(communities, of, self.numbers),
                "community": communities.codes[of],
                "community_name": communities.names[of],
                "sequence": self.numbers.astype(np.int32),
                "area_m2": quality.area_m2.round(2),
                "zone": [zones[at] for at in of],
                "compactness": quality.compactness.round(3),
                "on_features": quality.on_features.round(3),
                "components": None if quality.components is None else quality.components.astype(np.int32),
                "note": [None if remark is None else str(remark) for remark in quality.remarks],
            },
            geometry=self.division.degrees,
            crs=CRS,
        )
        if quality.components is None:
            frame = frame.drop(columns="components")
        return frame.sort_values(["community", "sequence"], ignore_index=True)

    def quality_frame(self) -> pandas.DataFrame:
        """Return the quality table: a row for each community, and one without code for the whole."""
        rows = [*self.quality.communities, self.quality.whole]
        return pandas.DataFrame(
            {
                "community": [row.code for row in rows],
                "community_name": [row.name for row in rows],
                "zone": [row.zone for row in rows],
                "zone_because": [None if row.why is None else str(row.why) for row in rows],
                "area_m2": [round(row.area_m2, 2) for row in rows],
                "grids": [row.grids for row in rows],
                "smallest_m2": [round(row.size(0.0), 2) for row in rows],
                "median_m2": [round(row.size(0.5), 2) for row in rows],
                "largest_m2": [round(row.size(1.0), 2) for row in rows],
                "in_range": [row.in_range for row in rows],
                "share_in_range": [round(row.share_in_range, 4) for row in rows],
                "border_on_features": [round(row.borders.on_features, 4) for row in rows],
                "inner_border_on_features": [round(row.borders.inner_on_features, 4) for row in rows],
                "compactness": [round(row.compactness, 3) for row in rows],
                "components": [None if row.components is None else sum(row.components) for row in rows],
                "component_spread": [None if row.spread is None else round(row.spread, 3) for row in rows],
            }
        )


def propose(request: Request, progress: Progress) -> Proposals:
    """Propose unit grids.

    Parameters
    ----------
    request : Request
        Communities that can be divided, see :mod:`grids.proposals.communities`.
    progress : callable
        Called with a stage, what is done and the whole.

    Returns
    -------
    Proposals

    Raises
    ------
    DataRefused
        No community, or one that would get a number beyond 999.
    WanggeError
        A proposal breaks a rule; see :func:`grids.proposals.constraints.check_constraints`.
    """
    if not len(request.communities):
        raise DataRefused(t("There is no community to divide"), field="--communities")
    division = divide(request, progress)
    numbers = number_grids(request.communities, division.community, division.metres, request.used)
    check_constraints(request, division)
    quality = measure(request, division)
    return Proposals(request, division, numbers, quality, [*request.notes, *_notes(request, division)])


def _notes(request: Request, division: Division) -> list[Text]:
    notes = []
    other = [str(code) for code in request.communities.codes if not is_national(code)]
    if other:
        notes.append(
            t(
                "{n} communities have no national code of 12 digits ({example} …): their grids get a "
                "number and no code",
                n=len(other),
                example=other[0],
            )
        )
    numbered = [at for at, code in enumerate(request.communities.codes) if request.used.get(str(code))]
    if numbered:
        notes.append(
            t(
                "{n} communities have or had unit grids in the registry ({example} …): numbers go on after "
                "theirs; live ones have to be retired before proposals are imported",
                n=len(numbered),
                example=request.communities.label(numbered[0]),
            )
        )
    crossing = cut_by_communities(division)
    if len(crossing):
        place = shapely.get_coordinates(shapely.centroid(division.ground.features.obstacles[crossing[:1]]))
        lonlat = division.ground.plane.to_degrees(place)[0]
        notes.append(
            t(
                "{n} buildings or compounds lie across the border of a community, which cuts them; the "
                "first at {place}",
                n=len(crossing),
                place=f"{lonlat[0]:.5f}, {lonlat[1]:.5f}",
            )
        )
    return notes
