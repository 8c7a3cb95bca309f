"""Which polygon of a coverage a point is in, how deep, and what is near: exactly, for one or millions."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis import _coverage_plain as plain
from gis._coverage_points import metres_at, readable_points
from gis._coverage_polygons import Polygons, as_codes, frozen, take_apart
from gis.degrees import metres_per_degree

if TYPE_CHECKING:
    from gis._coverage_cells import Cells
    from gis._coverage_one import OnePoint
    from gis.point_files import PointFile, PointFiles

__all__ = ["Coverage", "metres_per_degree"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Costs in microseconds, measured, by which a coverage decides when its cell index pays. They decide
# about time only: both ways give the same answers.
_PLAIN_POINT = 50.0
_PLAIN_POINT_PER_POLYGON = 0.002
_INDEX = 200.0
_INDEX_PER_EDGE = 1.3
_LOAD_KERNELS = 400_000.0


_BUILDING = threading.Lock()


class Coverage:
    """Point-in-polygon index over one line of polygons.

    A coverage (区划、网格图层) is a set of polygons that mostly tile the ground: unit grids,
    communities, streets. Real ones also have gaps, overlaps and faults; none of them is repaired here.

    **Whose a point is.** A polygon is the set of points with an odd number of crossings of its rings
    (holes, parts and self-crossing rings alike). For a point exactly on an edge, it is decided as if the
    point stood an infinitesimal step further east and a smaller one further north. So a point on an
    edge or vertex shared by polygons of a tiling is in exactly one of them. A point on the boundary
    that this gives to nobody (the eastern and northern rim of the coverage, slivers at T-junctions)
    belongs to the polygon with the lowest code among those whose boundary it lies on exactly. Where
    polygons overlap, all are listed and the lowest code is *the* answer. Codes are compared by code
    points; polygons with the same code by their normalised geometry.

    The signs this rests on are computed exactly, whatever the coordinates. An answer depends on the
    polygons that contain or touch the point and on nothing else: not on the order or orientation of
    input, on the other polygons or points, or on whether an index was built. So a coverage built from
    just those polygons whose bounding box meets a point gives the same answer as the whole.

    All coordinates are EPSG:4490 longitude and latitude in degrees, in this order; edges are straight
    in them. Nothing wraps around at the antimeridian.

    **Metres** are those of a local equirectangular scaling on GRS 80 at the latitude of the point. Up to
    54° N they differ from the geodesic by less than 0.5 mm in 100 m, 5 cm in 1 km and 5 m in 10 km (the
    square of the distance times the tangent of the latitude over twice the radius of the earth).

    Few questions are answered straight from the polygons within about a millisecond each; when more
    are asked, a cell index is built (about 2 seconds per million edges) and each takes well below a
    microsecond. :meth:`prepare` builds it at once, for a service that starts up. Compiled code is kept
    on disk (``NUMBA_CACHE_DIR`` says where); the very first use compiles it, which takes some ten
    seconds of an idle core.

    Instances are immutable in what they answer, may be shared by threads, and pickled.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> squares = np.array([shapely.box(106.5, 29.5, 106.6, 29.6), shapely.box(106.6, 29.5, 106.7, 29.6)])
    >>> coverage = Coverage.build(squares, ["50011300100101", "50011300100102"])
    >>> coverage.locate([106.55, 106.6, 106.8], [29.55, 29.55, 29.55])
    array([ 0,  1, -1])
    """

    codes: NDArray[np.object_]
    """The codes, in the order of the input; items are ``str``."""

    def __init__(self, polygons: Polygons, codes: NDArray[np.object_]) -> None:
        self.codes = codes
        self._polygons = polygons
        self._ranks = np.argsort(polygons.rows)
        self._cells: Cells | None = None
        self._one: OnePoint | None = None
        self._file: PointFile | None = None
        self._asked = 0

    @classmethod
    def build(
        cls, geometries: NDArray[np.object_], codes: Sequence[str], files: PointFiles | None = None
    ) -> Coverage:
        """Take polygons apart for asking.

        Parameters
        ----------
        geometries : array of shapely geometries
            Polygons and multipolygons in longitude and latitude (degrees, EPSG:4490). A null or empty
            one keeps its row and contains nothing. Z is ignored. Invalid polygons are read by parity.
        codes : sequence of str
            The code of each; the lowest wins where polygons overlap.
        files : PointFiles, optional
            Where the cell index of many polygons is kept once it is built, and found the next time.

        Returns
        -------
        Coverage

        Raises
        ------
        ValueError
            Numbers of geometries and codes differ, a code is no string, a geometry is no polygon, or a
            coordinate is no longitude and latitude.
        """
        geometries = np.asarray(geometries, dtype=object)
        if geometries.ndim != 1 or len(geometries) != len(codes):
            raise ValueError(f"{geometries.shape} geometries do not go with {len(codes)} codes")
        labels = as_codes(codes)
        file = files.file_of(geometries, labels.tolist()) if files is not None else None
        kept = file.load() if file is not None else None
        coverage = cls(kept[0] if kept else take_apart(geometries, labels), labels)
        coverage._file = file
        if kept:
            coverage._take(*kept)
        return coverage

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_one": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Unpickled arrays are writable, which compiled code takes for another type.
        self.__dict__.update(state)
        self._polygons = Polygons(*(frozen(array) for array in self._polygons))
        if self._cells is not None:
            cells: Any = self._cells
            frozen_cells = {name: frozen(getattr(cells, name)) for name in cells._fields[1:]}
            self._take(self._polygons, cells._replace(**frozen_cells))

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def nbytes(self) -> int:
        """Bytes of the edges and, once it is built, of the cell index."""
        arrays = [*self._polygons, *(self._cells[1:] if self._cells is not None else ())]
        return sum(array.nbytes for array in arrays)

    def prepare(self) -> None:
        """Build the cell index now rather than when it first pays; does nothing the second time."""
        with _BUILDING:
            if self._cells is None and len(self._polygons.edges) > 0:
                from gis._coverage_cells import build_cells

                cells = build_cells(self._polygons)
                kept = self._file.save(self._polygons, cells) if self._file is not None else None
                self._take(*(kept or (self._polygons, cells)))

    def locate(self, x: ArrayLike, y: ArrayLike) -> Integers:
        """Return the polygon each point is in.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Longitudes and latitudes in degrees. nan, infinities and what is no longitude or latitude are
            in no polygon.

        Returns
        -------
        ndarray of int64, shape (n,)
            Rows of the input, -1 outside all polygons. Of several the one with the lowest code.
        """
        xs, ys = readable_points(x, y)
        cells = self._cells_for(len(xs))
        if cells is None:
            offsets, ranks = plain.overlaps(self._polygons, xs, ys)
            rows = np.full(len(xs), -1, dtype=np.int64)
            somewhere = offsets[1:] > offsets[:-1]
            rows[somewhere] = self._polygons.rows[ranks[offsets[:-1][somewhere]]]
            return rows
        from gis import _coverage_kernels as kernels

        rows = np.empty(len(xs), dtype=np.int64)
        kernels.locate(self._polygons, cells, xs, ys, rows)
        return rows

    def overlaps(self, x: ArrayLike, y: ArrayLike) -> tuple[Integers, Integers]:
        """Return all polygons that contain each point, lowest code first.

        A point on the shared edge of polygons that do not overlap has exactly one, as has any other
        point of the coverage that lies on boundaries only.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Longitudes and latitudes in degrees.

        Returns
        -------
        offsets : ndarray of int64, shape (n + 1,)
            The polygons of point i are ``rows[offsets[i]:offsets[i + 1]]``.
        rows : ndarray of int64
            Rows of the input.
        """
        xs, ys = readable_points(x, y)
        cells = self._cells_for(len(xs))
        if cells is None:
            offsets, ranks = plain.overlaps(self._polygons, xs, ys)
        else:
            from gis import _coverage_kernels as kernels

            offsets, ranks = kernels.overlaps(self._polygons, cells, xs, ys)
        return offsets, self._polygons.rows[ranks]

    def edge_distance(self, x: ArrayLike, y: ArrayLike, rows: ArrayLike) -> Floats:
        """Return how far each point is from the boundary of its polygon, in or outside of it.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Longitudes and latitudes in degrees.
        rows : array_like of int, shape (n,)
            A row of the input for each point, such as :meth:`locate` returns; -1 for none.

        Returns
        -------
        ndarray of float64, shape (n,)
            Metres (see the class for their error); nan where the row is -1, the polygon is empty or the
            point is no longitude and latitude.

        Raises
        ------
        ValueError
            A row is not one of this coverage.
        """
        xs, ys = readable_points(x, y)
        ranks = self._ranks_of(rows, len(xs))
        measured = (self._polygons, xs, ys, *metres_at(ys), ranks)
        if self._cells_for(len(xs)) is None:
            return plain.edge_distance(*measured)
        from gis import _coverage_near as kernels

        return np.asarray(kernels.edge_distance(*measured))

    def within(self, x: ArrayLike, y: ArrayLike, radius_m: ArrayLike) -> tuple[Integers, Integers]:
        """Return the polygons whose area comes within a radius of each point.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Longitudes and latitudes in degrees.
        radius_m : float or array_like of float, shape (n,)
            Metres, not negative; may be infinite.

        Returns
        -------
        offsets : ndarray of int64, shape (n + 1,)
            The polygons of point i are ``rows[offsets[i]:offsets[i + 1]]``.
        rows : ndarray of int64
            Rows of the input: first those that contain the point (as by :meth:`overlaps`), then by the
            distance of their boundary, equal ones by code.

        Raises
        ------
        ValueError
            A radius is negative or nan.
        """
        measured = self._measured(x, y, radius_m)
        cells = self._cells_for(len(measured[0]))
        if cells is None:
            offsets, ranks = plain.within(self._polygons, *measured)
        else:
            from gis import _coverage_near as kernels

            offsets, ranks = kernels.within(self._polygons, cells, *measured)
        return offsets, self._polygons.rows[ranks]

    def nearest(self, x: ArrayLike, y: ArrayLike, radius_m: ArrayLike) -> tuple[Integers, Floats]:
        """Return the polygon nearest to each point within a radius: the first of :meth:`within`.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Longitudes and latitudes in degrees.
        radius_m : float or array_like of float, shape (n,)
            Metres, not negative; may be infinite.

        Returns
        -------
        rows : ndarray of int64, shape (n,)
            Rows of the input; where :meth:`locate` finds one, that one; -1 if none is within the radius.
        metres : ndarray of float64, shape (n,)
            Distance to the polygon, 0 inside; nan where there is none.

        Raises
        ------
        ValueError
            A radius is negative or nan.
        """
        measured = self._measured(x, y, radius_m)
        cells = self._cells_for(len(measured[0]))
        if cells is None:
            ranks, metres = plain.nearest(self._polygons, *measured)
        else:
            from gis import _coverage_near as kernels

            ranks, metres = kernels.nearest(self._polygons, cells, *measured)
        return np.where(ranks < 0, -1, self._polygons.rows[ranks]) if len(self) else ranks, metres

    def one(self, lon: float, lat: float) -> int:
        """Return the polygon one point is in: :meth:`locate` for a number, without the cost of arrays.

        Parameters
        ----------
        lon, lat : float
            Degrees.

        Returns
        -------
        int
            Row of the input, -1 outside all polygons. Of several the one with the lowest code.
        """
        if self._one is not None:
            return self._one.locate(lon, lat)
        return int(self.locate([lon], [lat])[0])

    def near_one(
        self, lon: float, lat: float, radius_m: float
    ) -> tuple[tuple[int, ...], float, tuple[int, ...]]:
        """Return what one point is in, how deep, and what else is near, as the other methods say it.

        Parameters
        ----------
        lon, lat : float
            Degrees.
        radius_m : float
            Metres, not negative; may be infinite.

        Returns
        -------
        containing : tuple of int
            Rows of the polygons that contain the point, as by :meth:`overlaps`.
        edge_m : float
            Metres to the boundary of the first of them, as by :meth:`edge_distance`; nan without one.
        others : tuple of int
            Rows of the polygons within the radius that do not contain the point, as by :meth:`within`.

        Raises
        ------
        ValueError
            The radius is negative or nan.
        """
        if self._one is not None:
            return self._one.around(lon, lat, radius_m)
        rows = self.within([lon], [lat], radius_m)[1].tolist()
        containing = self.overlaps([lon], [lat])[1].tolist()
        edge = self.edge_distance([lon], [lat], containing[:1] or [-1])
        return tuple(containing), float(edge[0]), tuple(rows[len(containing) :])

    def _take(self, polygons: Polygons, cells: Cells) -> None:
        from gis._coverage_one import OnePoint

        self._polygons, self._cells = polygons, cells
        self._one = OnePoint(polygons, cells)

    def _cells_for(self, points: int) -> Cells | None:
        """Return the cell index if there is one or if all points asked so far would have paid for it."""
        if self._cells is None:
            self._asked += points
            asking = self._asked * (_PLAIN_POINT + _PLAIN_POINT_PER_POLYGON * len(self))
            loading = 0.0 if "gis._coverage_cells" in sys.modules else _LOAD_KERNELS
            if asking > loading + _INDEX + _INDEX_PER_EDGE * len(self._polygons.edges):
                self.prepare()
        return self._cells

    def _ranks_of(self, rows: ArrayLike, points: int) -> Integers:
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.shape != (points,):
            raise ValueError(f"{points} points need as many rows, not {wanted.shape}")
        for row in wanted[(wanted < -1) | (wanted >= len(self))][:1]:
            raise ValueError(f"row {row} is not among the {len(self)} of this coverage, nor -1")
        ranks = np.full(points, -1, dtype=np.int64)
        ranks[wanted >= 0] = self._ranks[wanted[wanted >= 0]]
        return frozen(ranks)

    def _measured(self, x: ArrayLike, y: ArrayLike, radius_m: ArrayLike) -> tuple[Floats, ...]:
        """Return points, metres per degree there, and a radius for each."""
        xs, ys = readable_points(x, y)
        radii = np.broadcast_to(np.asarray(radius_m, dtype=np.float64), xs.shape)
        for radius in radii[~(radii >= 0)][:1]:
            raise ValueError(f"radius_m must be 0 or more metres, not {radius}")
        return xs, ys, *metres_at(ys), frozen(radii)
