"""The geometries of a page: as plain coordinates where all are points, which most of a city's are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from gis.crs import STORED, transform_geometries, transformer
from gis.gpkg_geometry import decode
from gis.point_blobs import points_of_gpkg, points_of_wkb
from layers.query import BoundingBox
from layers.reference_systems import ReferenceSystem

Coordinates = NDArray[np.float64]
Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Shapes:
    """Geometries in EPSG:4490, longitude before latitude.

    Attributes
    ----------
    points : ndarray of shape (n, 2) or None
        Coordinates, when all are points.
    geometries : ndarray of shapely geometries or None
        Otherwise; ``None`` among them is a feature without geometry.
    """

    points: Coordinates | None = None
    geometries: Geometries | None = None

    def touching(self, box: BoundingBox) -> NDArray[np.bool_]:
        """Tell which touch a box, exactly, in the box's own coordinate system.

        Parameters
        ----------
        box : BoundingBox
            Closed: what lies on its outline touches it.

        Returns
        -------
        ndarray of bool
        """
        if self.points is not None and box.system.is_stored:
            left, bottom, right, top = box.bounds
            x, y = self.points[:, 0], self.points[:, 1]
            inside: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
            return inside
        geometries = self.as_geometries()
        if not box.system.is_stored:
            geometries = transform_geometries(geometries, STORED, f"EPSG:{box.system.srid}")
        rectangle = _rectangle(box)
        shapely.prepare(rectangle)
        touched: NDArray[np.bool_] = shapely.intersects(rectangle, geometries)
        return touched

    def chosen(self, which: NDArray[np.bool_] | slice) -> Shapes:
        """Return some of them."""
        if self.points is not None:
            return Shapes(points=self.points[which])
        assert self.geometries is not None
        return Shapes(geometries=self.geometries[which])

    def as_geometries(self) -> Geometries:
        """Return them as shapely geometries."""
        if self.points is None:
            assert self.geometries is not None
            return self.geometries
        made: Any = shapely.points(self.points)
        return np.asarray(made)

    def as_json(self, system: ReferenceSystem) -> list[Any]:
        """Make them ready to be written as GeoJSON, in the axis order of a coordinate system.

        Returns
        -------
        list
            What ``orjson`` writes as geometry objects; ``None`` stays ``None``.
        """
        if self.points is not None:
            positions = _in_system(self.points, system).tolist()
            return [{"type": "Point", "coordinates": position} for position in positions]
        texts: Any = shapely.to_geojson(shapely.transform(self.geometries, lambda xy: _in_system(xy, system)))
        return [None if text is None else orjson.Fragment(text) for text in texts]


def read_shapes(stored: Sequence[bytes | None], kind: str) -> Shapes:
    """Read the stored bytes of geometries.

    Parameters
    ----------
    stored : sequence of bytes or None
        GeoPackage blobs, or WKB from PostGIS.
    kind : str
        ``"gpkg"`` or ``"postgis"``.
    """
    points = points_of_gpkg(stored) if kind == "gpkg" else points_of_wkb(stored)
    if points is not None:
        return Shapes(points=points)
    return Shapes(geometries=decode_geometries(stored, kind))


def decode_geometries(stored: Sequence[bytes | None], kind: str) -> Geometries:
    """Read the stored bytes of geometries as shapely geometries; ``None`` stays ``None``."""
    if kind == "gpkg":
        return decode(stored)
    decoded: Geometries = shapely.from_wkb(np.array(stored, dtype=object))
    return decoded


def joined(parts: Sequence[Shapes]) -> Shapes:
    """Return the shapes of several parts as one."""
    if len(parts) == 1:
        return parts[0]
    points = [part.points for part in parts if part.points is not None]
    if len(points) == len(parts):
        return Shapes(points=np.concatenate(points))
    return Shapes(geometries=np.concatenate([part.as_geometries() for part in parts]))


def _in_system(xy: Coordinates, system: ReferenceSystem) -> Coordinates:
    """Return coordinates in a system and its axis order, rounded to what they are worth."""
    if not system.is_stored:
        xy = np.column_stack(transformer(STORED, f"EPSG:{system.srid}")(xy[:, 0], xy[:, 1]))
    if system.north_first:
        xy = xy[:, ::-1]
    rounded: Coordinates = np.round(xy, system.decimals)
    return rounded


def _rectangle(box: BoundingBox) -> shapely.Geometry:
    """Return the box as a geometry, a line or a point when it has no area."""
    left, bottom, right, top = box.bounds
    if left == right and bottom == top:
        return shapely.Point(left, bottom)
    if left == right or bottom == top:
        return shapely.LineString([(left, bottom), (right, top)])
    return shapely.box(left, bottom, right, top)
