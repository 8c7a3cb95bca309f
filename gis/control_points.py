"""Estimate a plane similarity (four parameters) from control points, with residuals and gross errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.errors import DataRefused
from gis.local_system import Affine
from gis.text import Text, t

#: Two points fix four parameters and leave nothing to check them by.
FEWEST = 3
# A point whose residual without it is so many times the limit, while the others fit, is a gross error.
_GROSS = 3.0
_LISTED = 12


@dataclass(frozen=True, slots=True)
class ControlPoints:
    """Places known in both systems.

    Attributes
    ----------
    names : sequence of str
        What people call them.
    source, target : ndarray of float, shape (n, 2)
        Easting and northing in metres in the city's system and in the other one.
    check : ndarray of bool
        Points that only check the result, and take no part in the estimate.
    """

    names: Sequence[str]
    source: NDArray[np.float64]
    target: NDArray[np.float64]
    check: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fit:
    """A similarity and how well the points fit it.

    Attributes
    ----------
    similarity : Affine
        Source to target.
    residuals_m : ndarray of float, shape (n,)
        Distance between the converted and the known place of each point, check points among them.
    """

    similarity: Affine
    residuals_m: NDArray[np.float64]

    @property
    def rms_m(self) -> float:
        """Root mean square of the residuals, in metres."""
        return float(np.sqrt(np.mean(self.residuals_m**2)))


def estimate(points: ControlPoints, *, limit_m: float) -> Fit:
    """Estimate the similarity by least squares, or refuse the points.

    Parameters
    ----------
    points : ControlPoints
        At least :data:`FEWEST` that are no check points, not all in one place.
    limit_m : float
        Largest residual that is accepted, metres.

    Returns
    -------
    Fit

    Raises
    ------
    DataRefused
        Too few points, all in one place, or a residual above the limit: every residual is listed, and the
        point named that does not fit the others.
    """
    used = ~points.check
    if used.sum() < FEWEST:
        message = t("{n} control points are too few to estimate and check four parameters", n=int(used.sum()))
        raise DataRefused(message, field="control_points", expected=t("at least {n}", n=FEWEST))
    if np.ptp(points.source[used], axis=0).max() < 1.0 or np.ptp(points.target[used], axis=0).max() < 1.0:
        message = t("The control points lie in one place and fix neither rotation nor scale")
        raise DataRefused(message, field="control_points", expected=t("points around the area"))
    fit = _fit(points, used)
    if fit.residuals_m.max() > limit_m:
        raise _too_large(points, fit, limit_m)
    return fit


def described(fit: Fit, points: ControlPoints) -> Text:
    """Say how well the points fit, without the parameters."""
    worst = int(np.argmax(fit.residuals_m))
    return t(
        "4 parameters from {n} control points, residuals {rms} m (root mean square), largest {largest} m at "
        "{name}",
        n=int((~points.check).sum()),
        rms=f"{fit.rms_m:.3f}",
        largest=f"{fit.residuals_m[worst]:.3f}",
        name=points.names[worst],
    )


def _fit(points: ControlPoints, used: NDArray[np.bool_]) -> Fit:
    """Solve ``E' = a·E - b·N + c``, ``N' = b·E + a·N + d`` about the centre, where it is well conditioned."""
    from_centre, to_centre = points.source[used].mean(axis=0), points.target[used].mean(axis=0)
    z = (points.source[used] - from_centre) @ np.array([1.0, 1j])
    w = (points.target[used] - to_centre) @ np.array([1.0, 1j])
    ratio = np.vdot(z, w) / np.vdot(z, z)
    a, b = float(ratio.real), float(ratio.imag)
    c = to_centre[0] - (a * from_centre[0] - b * from_centre[1])
    d = to_centre[1] - (b * from_centre[0] + a * from_centre[1])
    similarity = Affine(a, -b, float(c), b, a, float(d))
    east, north = similarity(points.source[:, 0], points.source[:, 1])
    return Fit(similarity, np.hypot(east - points.target[:, 0], north - points.target[:, 1]))


def _too_large(points: ControlPoints, fit: Fit, limit_m: float) -> DataRefused:
    gross = _gross_error(points, limit_m)
    if gross is None:
        hint = t("Correct the points, or raise limit_m to what the work allows")
    else:
        name, residual = gross
        hint = t(
            "Point {name} is {residual} m off while all others fit within {limit} m: a gross error; correct "
            "it or leave it out",
            name=name,
            residual=f"{residual:.3f}",
            limit=f"{limit_m:g}",
        )
    return DataRefused(
        t(
            "The control points do not fit: the largest residual is {largest} m, more than {limit} m; "
            "residuals: {residuals}",
            largest=f"{fit.residuals_m.max():.3f}",
            limit=f"{limit_m:g}",
            residuals=_listed(points, fit),
        ),
        field="control_points",
        hint=hint,
    )


def _gross_error(points: ControlPoints, limit_m: float) -> tuple[str, float] | None:
    """Find the one point without which all others fit."""
    used = ~points.check
    found: list[tuple[str, float]] = []
    for position in range(len(points.names)):
        rest = used.copy()
        rest[position] = False
        if rest.sum() < FEWEST:
            continue
        fit = _fit(points, rest)
        others = np.delete(fit.residuals_m, position)
        if others.max() <= limit_m and fit.residuals_m[position] > _GROSS * limit_m:
            found.append((points.names[position], float(fit.residuals_m[position])))
    return found[0] if len(found) == 1 else None


def _listed(points: ControlPoints, fit: Fit) -> str:
    """List the residuals, the largest first."""
    order = np.argsort(-fit.residuals_m)[:_LISTED]
    return ", ".join(f"{points.names[i]} {fit.residuals_m[i]:.3f} m" for i in order)
