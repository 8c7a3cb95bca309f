"""Irregular grids that tile the ground, for tests of what is found and what is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis.metres import LocalMetres

METRES = LocalMetres(106.5)
ORIGIN = shapely.get_coordinates(METRES.forward(np.array([shapely.Point(106.45, 29.4)])))[0]

Lattice = Callable[..., NDArray[np.float64]]
ToDegrees = Callable[[NDArray[np.object_]], NDArray[np.object_]]


@pytest.fixture(scope="session")
def lattice() -> Lattice:
    """Return a function that makes the rings of grids in rows and columns, about 100 m wide, in metres.

    Shape (rows, columns, 20, 2), not closed; five edges a side. 0 is the southwest corner, 5 the southeast,
    10 the northeast, 15 the northwest; neighbours have the same vertices.
    """

    def make(rows: int, columns: int, seed: int = 7, size: float = 100.0) -> NDArray[np.float64]:
        random = np.random.default_rng(seed)
        corners = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1) * size
        corners += random.uniform(-0.2, 0.2, corners.shape) * size
        eastward = _polylines(corners[:, :-1], corners[:, 1:], random, size)
        northward = _polylines(corners[:-1], corners[1:], random, size)
        return np.concatenate(
            [eastward[:-1, :, :-1], northward[:, 1:, :-1], eastward[1:, :, :0:-1], northward[:, :-1, :0:-1]],
            axis=2,
        )

    return make


def _polylines(start, end, random: np.random.Generator, size: float) -> NDArray[np.float64]:
    share = np.linspace(0, 1, 6)[:, None]
    lines = start[:, :, None] * (1 - share) + end[:, :, None] * share
    lines[:, :, 1:-1] += random.uniform(-0.03, 0.03, lines[:, :, 1:-1].shape) * size
    return np.asarray(lines)


@pytest.fixture(scope="session")
def to_degrees() -> ToDegrees:
    """Return a function that brings geometries from metres around a place to longitude and latitude."""

    def convert(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        moved = shapely.transform(np.asarray(geometries, dtype=object), lambda xy: xy + ORIGIN)
        return METRES.inverse(moved)

    return convert


@pytest.fixture(scope="session")
def to_metres() -> ToDegrees:
    """Return the way back."""

    def convert(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        planar = METRES.forward(np.asarray(geometries, dtype=object))
        return shapely.transform(planar, lambda xy: xy - ORIGIN)

    return convert
