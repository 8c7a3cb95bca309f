"""What the compiled parts of :mod:`gis.coverage` share.

Importing this imports numba (about a quarter of a second), which a single question can do without.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from gis import _coverage_predicates as predicates
from gis import degrees
from gis._coverage_polygons import BLOCK

# What compiled functions take and return: numba works out the types, and those of numpy's scalars do
# not add up for a type checker.
Array = NDArray[Any]
Integer = Any
Real = Any

# Wrappers for calls from Python would take a third of the time to compile, and are never called.
_INLINED: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

_log = logging.getLogger(__name__)


class Lattice(NamedTuple):
    """Hold a rectangle divided into equal cells, and how far rounding may move a point in it."""

    x0: float
    y0: float
    per_x: float  # cells per degree
    per_y: float
    nx: int
    ny: int
    pad: float  # degrees


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to run without the interpreter lock, and keep the result on disk.

    numba keeps it in ``NUMBA_CACHE_DIR`` if set, else beside the source, else, where that is
    read-only, in the user's cache directory. Where none can be written it is compiled anew in each
    process.
    """
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError as error:
        _log.warning("Compiled code is not kept on disk: %s", error)
        return numba.njit(nogil=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function into the kernels that call it.

    Calls between compiled functions count references to the arrays they pass, atomically, which in an
    inner loop costs more than the work; so does anything that may raise, such as an allocation.
    """
    compiled: Callable[..., Any] = numba.njit(**_INLINED)(function)
    return compiled


for _function in (
    degrees.metres_per_degree,
    degrees._sine,
    predicates.crosses,
    predicates.flips,
    predicates.touches,
    predicates.orientation,
    predicates.squared_distance,
    predicates._lies_west,
    predicates._exact_orientation,
    predicates._sign_of_expansion,
    predicates._two_sum,
    predicates._two_product,
    predicates._split,
):
    register_jitable(_function)


@inlined
def contains(
    edges: Array, first: Array, blocks: Array, first_block: Array, k: Integer, x: Real, y: Real
) -> bool:
    """Tell whether polygon k holds the point by the half-open crossing test."""
    odd = False
    begin = first[k]
    for block in range(first_block[k], first_block[k + 1]):
        end = min(begin + BLOCK, first[k + 1])
        if blocks[block, 1] <= y < blocks[block, 3] and x < blocks[block, 2]:
            for e in range(begin, end):
                odd ^= predicates.crosses(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y)
        begin = end
    return odd


@inlined
def column_of(lattice: Lattice, x: Real) -> Integer:
    """Return the column of x, the nearest one when outside."""
    return int(min(max((x - lattice.x0) * lattice.per_x, 0.0), lattice.nx - 1.0))


@inlined
def row_of(lattice: Lattice, y: Real) -> Integer:
    """Return the row of y, the nearest one when outside."""
    return int(min(max((y - lattice.y0) * lattice.per_y, 0.0), lattice.ny - 1.0))


@inlined
def middle(
    lattice: Lattice, column: Integer, row: Integer, side: Integer, fine_column: Integer, fine_row: Integer
) -> tuple[Real, Real]:
    """Return the reference point of a fine cell; the bits must be the same whenever it is asked."""
    x = lattice.x0 + (column + (fine_column + 0.5) / side) / lattice.per_x
    y = lattice.y0 + (row + (fine_row + 0.5) / side) / lattice.per_y
    return x, y


@inlined
def grown(array: Array, wanted: Integer) -> Array:
    """Return the array, or a copy half as long again (at least) when it is too short."""
    if wanted <= len(array):
        return array
    longer = np.empty(max(wanted, len(array) + len(array) // 2), array.dtype)
    for i in range(len(array)):  # compiles faster than a slice
        longer[i] = array[i]
    return longer
