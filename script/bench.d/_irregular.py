"""Irregular grids that tile the ground exactly, for benchmarks."""

from __future__ import annotations

import math

import numpy as np
import shapely

WEST, SOUTH, SPACING = 106.4, 29.4, 0.001  # degrees: grids of about 100 m
PARTS = 5  # edges per side of a grid: 20 vertices each
STEP = 2.0**-30  # vertices are multiples of it, so that the middle of an edge is exactly on it


def irregular_grids(count: int, random: np.random.Generator, across: int | None = None) -> np.ndarray:
    """Return grids that tile the ground: a jittered lattice whose lines are jittered again.

    They come row by row from the south, ``across`` in a row, by default as many as there are rows.
    """
    across = across or columns_of(count)
    up = math.ceil(count / across)
    corners = np.stack(np.meshgrid(np.arange(across + 1.0), np.arange(up + 1.0)), axis=-1)
    corners += random.uniform(-0.25, 0.25, corners.shape)
    eastward = _polylines(corners[:, :-1], corners[:, 1:], random)
    northward = _polylines(corners[:-1], corners[1:], random)
    sides = (
        eastward[:-1, :, :-1],
        northward[:, 1:, :-1],
        eastward[1:, :, :0:-1],
        northward[:, :-1, :0:-1],
    )
    rings = np.concatenate(sides, axis=2).reshape(-1, 4 * PARTS, 2)[:count]
    degrees = rings * SPACING + [WEST, SOUTH]
    return shapely.polygons(np.round(degrees / STEP) * STEP)


def columns_of(count: int) -> int:
    """Return how many grids of :func:`irregular_grids` stand in a row."""
    return math.ceil(math.sqrt(count))


def _polylines(start: np.ndarray, end: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return lines of PARTS edges from start to end, both included."""
    share = np.linspace(0, 1, PARTS + 1)[:, None]
    lines = start[:, :, None] * (1 - share) + end[:, :, None] * share
    lines[:, :, 1:-1] += random.uniform(-0.05, 0.05, lines[:, :, 1:-1].shape)
    return lines
