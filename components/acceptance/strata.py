"""Which sheets are to be sampled, and in which group by density each of them is (分层)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coverage import Coverage
from gis.crs import geodesic_area
from gis.text import Text, t

LEAST_GROUND_SHARE = 0.1
"""A sheet without components is expected to have some from this share of unit grids on (own default)."""

KM2 = 1e6


class Stratum(StrEnum):
    """Groups of sheets by components per km² of their ground."""

    EMPTY = "empty"
    SPARSE = "sparse"
    MEDIUM = "medium"
    DENSE = "dense"


STRATUM_NAMES: dict[Stratum, Text] = {
    Stratum.EMPTY: t("without components"),
    Stratum.SPARSE: t("sparse"),
    Stratum.MEDIUM: t("medium"),
    Stratum.DENSE: t("dense"),
}


@dataclass(frozen=True, slots=True)
class SheetList:
    """Sheets with what is known of each; arrays have one entry per sheet.

    Attributes
    ----------
    scales, codes : ndarray of str
        Scale (``"500"``) and number.
    geometries : ndarray of geometries
        EPSG:4490, longitude and latitude.
    components : ndarray of int
        How many components stand in it.
    ground_km2 : ndarray of float64
        Ground of unit grids (or the district) in it; of the whole sheet where no such ground is known.
    expected : ndarray of bool
        Whether it holds components, or enough ground that it should.
    """

    scales: NDArray[np.object_]
    codes: NDArray[np.object_]
    geometries: NDArray[np.object_]
    components: NDArray[np.int64]
    ground_km2: NDArray[np.float64]
    expected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def density(self) -> NDArray[np.float64]:
        """Components per km² of ground; of a sheet with components and no ground, infinite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            density = self.components / self.ground_km2
        return np.where(self.components == 0, 0.0, density)

    def strata(self) -> NDArray[np.object_]:
        """Return the stratum of each sheet; None where nothing is expected.

        Sheets with components are cut into thirds by density, those of one density in the same third.
        """
        strata = np.full(len(self), None, dtype=object)
        strata[self.expected & (self.components == 0)] = Stratum.EMPTY
        filled = np.flatnonzero(self.components > 0)
        density = self.density
        order = np.sort(density[filled])
        for at in filled:
            rank = np.searchsorted(order, density[at], side="left") / len(filled)
            strata[at] = (Stratum.SPARSE, Stratum.MEDIUM, Stratum.DENSE)[min(int(3 * rank), 2)]
        return strata


def survey_sheets(
    sheets: geopandas.GeoDataFrame,
    points: Iterable[NDArray[np.object_]],
    ground: NDArray[np.object_],
    least_share: float = LEAST_GROUND_SHARE,
) -> SheetList:
    """Count what stands in each sheet, and measure the ground on which something should.

    Parameters
    ----------
    sheets : GeoDataFrame
        Rows of the dataset ``sheets`` of one scale, EPSG:4490.
    points : iterable of ndarray of Point
        A point in each component, in pieces; a point on a shared edge counts in one sheet.
    ground : ndarray of geometries
        Unit grids, else the district (EPSG:4490); empty where neither is known: then only sheets with
        components are expected to have some.
    least_share : float
        Share of a sheet that ground has to cover for components to be expected.
    """
    geometries = np.array([*sheets.geometry, None], dtype=object)[:-1]
    codes = sheets["code"].to_numpy(dtype=object)
    coverage = Coverage.build(geometries, codes.tolist())
    counts = np.zeros(len(sheets), dtype=np.int64)
    for piece in points:
        counts += _counted(coverage, piece)
    whole = np.asarray(geodesic_area(geometries)) / KM2
    covered = _covered_km2(geometries, ground) if len(ground) else np.zeros(len(sheets))
    expected = (counts > 0) | (covered >= least_share * whole)
    scales = sheets["scale"].to_numpy(dtype=object)
    return SheetList(scales, codes, geometries, counts, covered if len(ground) else whole, expected)


def _counted(coverage: Coverage, points: NDArray[np.object_]) -> NDArray[np.int64]:
    known = points[~shapely.is_missing(points)]
    rows = coverage.locate(shapely.get_x(known), shapely.get_y(known))
    return np.bincount(rows[rows >= 0], minlength=len(coverage)).astype(np.int64)


def _covered_km2(sheets: NDArray[np.object_], ground: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure how much of each sheet the ground covers; pieces of ground do not overlap."""
    sound = shapely.make_valid(ground)
    sheet, piece = shapely.STRtree(sound).query(sheets, predicate="intersects")
    common = shapely.intersection(sheets[sheet], sound[piece])
    area = np.asarray(geodesic_area(np.asarray(common, dtype=object))) / KM2
    return np.asarray(np.bincount(sheet, weights=area, minlength=len(sheets)), dtype=np.float64)
