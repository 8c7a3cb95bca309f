"""The exact tests of :mod:`gis.coverage`, once, in Python that numba compiles too.

Every edge comes with its end points sorted by (y, x), so that the polygons on both of its sides
evaluate the identical expression. Coordinates must be 0 or between 1e-100 and 1e100 in magnitude: no
product of two of them then over- or underflows, which the exact fallback relies on.
"""

from __future__ import annotations

# Error bound of the rounded determinant relative to the sum of its terms' magnitudes:
# (3 + 16 u) u with u = 2**-53 (Shewchuk 1997, "Adaptive precision floating-point arithmetic and fast
# robust geometric predicates", section 4.3).
_ROUNDING = 3.3306690738754716e-16

# 2**27 + 1 cuts a 53-bit significand into two halves whose products are exact (Dekker).
_SPLITTER = 134217729.0


def crosses(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Tell whether the ray from p towards +x crosses the edge a-b, an edge being open at its upper end.

    This is the test for p moved by an infinitesimal step to +x and a smaller one to +y: p on the edge
    is taken to lie on its eastern side, p on a horizontal edge on its northern side.
    """
    if not ay <= py < by or px >= max(ax, bx):
        return False
    return px < min(ax, bx) or orientation(ax, ay, bx, by, px, py) > 0.0


def flips(ax: float, ay: float, bx: float, by: float, px: float, py: float, rx: float, ry: float) -> bool:
    """Tell whether the edge a-b separates p from r on the path along p's latitude, then r's longitude.

    Both points are moved by the infinitesimal step of :func:`crosses`, so the path meets no vertex and
    being inside changes with each edge that flips.
    """
    over_p = (ay <= py) & (py < by)
    over_r = (ax <= rx) != (bx <= rx)
    corner = _lies_west(ax, ay, bx, by, rx, py)
    # Without branches: in compiled code they would be mispredicted half of the time.
    from_p = over_p & (_lies_west(ax, ay, bx, by, px, py) != corner)
    from_r = over_r & (_lies_west(ax, ay, bx, by, rx, ry) != corner)
    return from_p != from_r


def touches(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Tell whether p lies exactly on the closed edge a-b."""
    if not ay <= py <= by or px < min(ax, bx) or px > max(ax, bx):
        return False
    return orientation(ax, ay, bx, by, px, py) == 0.0


def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Return a number with the exact sign of: p is left of (+), on (0), right of (-) the line a to b."""
    left = (bx - ax) * (py - ay)
    right = (by - ay) * (px - ax)
    determinant = left - right
    if abs(determinant) > _ROUNDING * (abs(left) + abs(right)):
        return determinant
    return _exact_orientation(ax, ay, bx, by, px, py)


def squared_distance(
    ax: float, ay: float, bx: float, by: float, px: float, py: float, kx: float, ky: float
) -> float:
    """Return the squared distance from p to the segment a-b with x and y stretched by kx and ky.

    Beyond an end it is the distance to that vertex, so all edges that meet there give the same bits.
    """
    ux, uy = (ax - px) * kx, (ay - py) * ky
    dx, dy = (bx - ax) * kx, (by - ay) * ky
    along, length2 = -(ux * dx + uy * dy), dx * dx + dy * dy
    if along <= 0.0:
        return ux * ux + uy * uy
    if along >= length2:
        vx, vy = (bx - px) * kx, (by - py) * ky
        return vx * vx + vy * vy
    across = ux * dy - uy * dx
    return across * across / length2


def _lies_west(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Tell whether p, moved by the infinitesimal step, is left of the line a to b."""
    side = orientation(ax, ay, bx, by, px, py)
    return (side > 0.0) | ((side == 0.0) & (ay == by))


def _exact_orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Return the orientation without rounding error in its sign."""
    bx_ax, bx_error = _two_sum(bx, -ax)
    by_ay, by_error = _two_sum(by, -ay)
    px_ax, px_error = _two_sum(px, -ax)
    py_ay, py_error = _two_sum(py, -ay)
    if bx_error == 0.0 and by_error == 0.0 and px_error == 0.0 and py_error == 0.0:
        left, left_error = _two_product(bx_ax, py_ay)
        right, right_error = _two_product(by_ay, px_ax)
        # Rounding is monotonic: different rounded products are in the order of the exact ones.
        return left - right if left != right else left_error - right_error
    return _sign_of_expansion(ax, ay, bx, by, px, py)


def _sign_of_expansion(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Sum the six products of the expanded determinant, without arrays: they slow compiled callers.

    Each pass leaves the sum as it is and gathers it towards ``l``; n passes give what summing in
    (n + 1)-fold precision would (Ogita, Rump & Oishi 2005, "Accurate sum and dot product"). The terms
    lie between 2**-770 and 2**16, so 18 times 48 bits suffice.
    """
    b, a = _two_product(bx, py)
    d, c = _two_product(-bx, ay)
    f, e = _two_product(-ax, py)
    h, g = _two_product(-by, px)
    j, i = _two_product(by, ax)
    l, k = _two_product(ay, px)  # noqa: E741
    for _ in range(18):
        b, a = _two_sum(b, a)
        c, b = _two_sum(c, b)
        d, c = _two_sum(d, c)
        e, d = _two_sum(e, d)
        f, e = _two_sum(f, e)
        g, f = _two_sum(g, f)
        h, g = _two_sum(h, g)
        i, h = _two_sum(i, h)
        j, i = _two_sum(j, i)
        k, j = _two_sum(k, j)
        l, k = _two_sum(l, k)  # noqa: E741
    return l + (a + b + c + d + e + f + g + h + i + j + k)


def _two_sum(a: float, b: float) -> tuple[float, float]:
    """Return the rounded sum and its exact error."""
    total = a + b
    virtual = total - a
    return total, (a - (total - virtual)) + (b - virtual)


def _two_product(a: float, b: float) -> tuple[float, float]:
    """Return the rounded product and its exact error."""
    product = a * b
    high_a, low_a = _split(a)
    high_b, low_b = _split(b)
    error = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    return product, error


def _split(a: float) -> tuple[float, float]:
    """Cut a significand into two halves."""
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high
