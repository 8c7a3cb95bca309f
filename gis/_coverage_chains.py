"""Which edges come near which cells of a lattice, and which polygons contain which cells.

What each cell gets is kept in a *chain*, a linked list with the latest first: node i of ``nodes``
holds ``nodes[2 * i]``, which is an edge or, for a polygon k that contains the whole cell, -1 - k;
``nodes[2 * i + 1]`` is the next node or -1. ``head`` has the first node of each cell, or -1.
"""

from __future__ import annotations

from gis._coverage_jit import Array, Integer, Lattice, column_of, contains, grown, inlined, middle, row_of
from gis._coverage_polygons import Polygons

_OUTSIDE, _INSIDE, _BOUNDARY, _UNKNOWN = 0, 1, 2, 3


@inlined
def chain(
    polygons: Polygons,
    k: Integer,
    members: Array,
    begin: Integer,
    end: Integer,
    lattice: Lattice,
    state: Array,
    head: Array,
    nodes: Array,
    count: Integer,
) -> tuple[Array, Integer]:
    """Chain to each cell the edges of polygon k near it, or the polygon where it contains all of it.

    The edges near any cell at all are ``members[begin:end]``. ``state`` is room for one number per
    cell. Returns the nodes, moved when they had to grow, and their number.
    """
    if begin == end:
        return nodes, count
    boxes, pad = polygons.boxes, lattice.pad
    west, east = column_of(lattice, boxes[k, 0] - pad), column_of(lattice, boxes[k, 2] + pad)
    south, north = row_of(lattice, boxes[k, 1] - pad), row_of(lattice, boxes[k, 3] + pad)
    for row in range(south, north + 1):
        for cell in range(row * lattice.nx + west, row * lattice.nx + east + 1):
            state[cell] = _UNKNOWN
    for i in range(begin, end):
        nodes = grown(nodes, 2 * (count + _most_cells(polygons.edges, members[i], lattice)))
        count = _chain_edge(polygons.edges, members[i], lattice, state, head, nodes, count)
    nodes = grown(nodes, 2 * (count + (east - west + 1) * (north - south + 1)))
    window = (west, east, south, north)
    count = _chain_insides(
        polygons.edges,
        polygons.first,
        polygons.blocks,
        polygons.first_block,
        k,
        window,
        lattice,
        state,
        head,
        nodes,
        count,
    )
    return nodes, count


@inlined
def append(value: Integer, cell: Integer, head: Array, nodes: Array, count: Integer) -> Integer:
    """Add to the chain of a cell; returns the number of nodes."""
    nodes[2 * count] = value
    nodes[2 * count + 1] = head[cell]
    head[cell] = count
    return count + 1


@inlined
def _most_cells(edges: Array, e: Integer, lattice: Lattice) -> Integer:
    """Return at least the number of cells an edge comes near.

    A straight line meets less than twice as many cells as it spans rows and columns.
    """
    columns = abs(column_of(lattice, edges[e, 0]) - column_of(lattice, edges[e, 2]))
    rows = row_of(lattice, edges[e, 3]) - row_of(lattice, edges[e, 1])
    return int(4 * (columns + rows + 4))


@inlined
def _chain_insides(
    edges: Array,
    first: Array,
    blocks: Array,
    first_block: Array,
    k: Integer,
    window: tuple[Integer, Integer, Integer, Integer],
    lattice: Lattice,
    state: Array,
    head: Array,
    nodes: Array,
    count: Integer,
) -> Integer:
    """Chain polygon k to the cells it contains: no edge of it separates neighbours without edges."""
    west, east, south, north = window
    for row in range(south, north + 1):
        for column in range(west, east + 1):
            cell = row * lattice.nx + column
            if state[cell] == _BOUNDARY:
                continue
            if column > west and state[cell - 1] != _BOUNDARY:
                state[cell] = state[cell - 1]
            elif row > south and state[cell - lattice.nx] != _BOUNDARY:
                state[cell] = state[cell - lattice.nx]
            else:
                x, y = middle(lattice, column, row, 1, 0, 0)
                state[cell] = _INSIDE if contains(edges, first, blocks, first_block, k, x, y) else _OUTSIDE
            if state[cell] == _INSIDE:
                count = append(-1 - k, cell, head, nodes, count)
    return count


@inlined
def _chain_edge(
    edges: Array, e: Integer, lattice: Lattice, state: Array, head: Array, nodes: Array, count: Integer
) -> Integer:
    """Chain an edge to the cells near it, and mark them."""
    low, high = row_of(lattice, edges[e, 1] - lattice.pad), row_of(lattice, edges[e, 3] + lattice.pad)
    for row in range(low, high + 1):
        west, east = _columns_near(edges, e, row, lattice)
        for cell in range(row * lattice.nx + west, row * lattice.nx + east + 1):
            state[cell] = _BOUNDARY
            count = append(e, cell, head, nodes, count)
    return count


@inlined
def _columns_near(edges: Array, e: Integer, row: Integer, lattice: Lattice) -> tuple[Integer, Integer]:
    """Return the first and last column in which an edge comes near a row; first > last if in none."""
    ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
    pad = lattice.pad
    low = max(ay, lattice.y0 + row / lattice.per_y - pad)
    high = min(by, lattice.y0 + (row + 1) / lattice.per_y + pad)
    if low > high:
        return 1, 0
    x_low, x_high = ax, bx
    if by > ay:
        x_low = ax + (low - ay) / (by - ay) * (bx - ax)
        x_high = ax + (high - ay) / (by - ay) * (bx - ax)
    west, east = min(x_low, x_high) - pad, max(x_low, x_high) + pad
    if east < lattice.x0 or west > lattice.x0 + lattice.nx / lattice.per_x:
        return 1, 0
    return column_of(lattice, west), column_of(lattice, east)
