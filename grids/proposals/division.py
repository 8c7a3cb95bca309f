"""Divide communities: choose a zone for each, cut, merge and split part by part, then make one partition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.text import t
from grids.proposals.blocks import FeatureIndex, Features, cut_into_blocks
from grids.proposals.evidence import evidence_of
from grids.proposals.faces import Indices, as_array
from grids.proposals.improving import improve
from grids.proposals.merging import merge_small
from grids.proposals.obstacles import as_obstacles
from grids.proposals.partition import partition
from grids.proposals.piece import Load, Piece
from grids.proposals.plane import LATTICE_M, Geometries, Plane
from grids.proposals.profile import Choice, SizeRange
from grids.proposals.request import Request
from grids.proposals.splitting import distribute, split

Progress = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Ground:
    """A request on the plane.

    Attributes
    ----------
    plane : Plane
    parts : ndarray of Polygon
        The parts of the communities.
    community : ndarray of int
        The community of each part.
    features : Features
        Roads, banks, obstacles, components.
    """

    plane: Plane
    parts: Geometries
    community: Indices
    features: Features


@dataclass(frozen=True, slots=True)
class Division:
    """Proposed polygons without numbers.

    Attributes
    ----------
    ground : Ground
        What was divided.
    choices : list of Choice
        The zone of each community.
    degrees, metres : ndarray of Polygon
        The proposals as they are stored (EPSG:4490), and on the plane.
    part : ndarray of int
        The part of a community that each lies in.
    """

    ground: Ground
    choices: list[Choice]
    degrees: Geometries
    metres: Geometries
    part: Indices

    @property
    def community(self) -> Indices:
        """The community of each proposal."""
        return np.asarray(self.ground.community[self.part])


def divide(request: Request, progress: Progress) -> Division:
    """Divide all communities of a request.

    Parameters
    ----------
    request : Request
        Checked.
    progress : callable
        Called with a stage, what is done and the whole.
    """
    ground = _ground(request)
    areas = _areas(request, ground)
    evidence = evidence_of(request, areas, ground.plane)
    choices = [
        request.profile.choose(str(code), facts)
        for code, facts in zip(request.communities.codes, evidence, strict=True)
    ]
    index = FeatureIndex(ground.features)
    pieces: list[shapely.Polygon] = []
    owner: list[int] = []
    for at, part in enumerate(ground.parts):
        sizes = request.profile.sizes[choices[ground.community[at]].zone]
        polygons = divide_part(part, index.within(part), sizes)
        pieces += polygons
        owner += [at] * len(polygons)
        progress(t("communities"), at + 1, len(ground.parts))
    originals = shapely.get_coordinates(request.communities.geometries)
    made = partition(as_array(pieces), ground.parts, ground.features.obstacles, ground.plane, originals)
    return Division(ground, choices, made.degrees, made.metres, np.array(owner, dtype=np.intp)[made.piece])


def divide_part(part: shapely.Polygon, features: Features, sizes: SizeRange) -> list[shapely.Polygon]:
    """Divide one part of a community.

    Parameters
    ----------
    part : Polygon
        On the lattice.
    features : Features
        Those within it.
    sizes : SizeRange
        What is wanted.

    Returns
    -------
    list of Polygon
        They tile the part, up to the rounding of single cuts.
    """
    blocks = cut_into_blocks(part, features)
    main = as_array(features.lines[features.main])
    merged = merge_small(blocks.faces, blocks.network, main, sizes)
    load = Load.over(part.area, len(features.points))
    whole = Piece(part, features.obstacles, features.points, blocks.network, load)
    pieces = [one for piece in distribute(whole, merged) for one in split(piece, sizes)]
    return [piece.polygon for piece in improve(pieces, blocks.network, main, sizes)]


def _ground(request: Request) -> Ground:
    geometries = request.communities.geometries
    plane = Plane.around(geometries)
    exact = shapely.set_precision(plane.forward(geometries), LATTICE_M)
    parts, community = shapely.get_parts(exact, return_index=True)
    places = shapely.centroid(plane.forward(request.components))
    lines, main = _plain_lines(plane.forward(request.lines), request.main_roads)
    features = Features(
        lines,
        main,
        as_obstacles(plane.forward(np.concatenate([request.buildings, request.compounds]))),
        shapely.get_coordinates(places),
    )
    return Ground(plane, as_array(parts), np.asarray(community), features)


def _plain_lines(lines: Geometries, main_roads: NDArray[np.bool_]) -> tuple[Geometries, NDArray[np.bool_]]:
    """Take lines apart; return which of the single ones are main roads."""
    main = np.zeros(len(lines), dtype=bool)
    main[: len(main_roads)] = main_roads
    parts, owner = shapely.get_parts(lines, return_index=True)
    long = shapely.length(parts) > 0
    return as_array(parts[long]), main[owner[long]]


def _areas(request: Request, ground: Ground) -> Geometries:
    """Return the communities on the plane, whole."""
    groups: list[NDArray[np.object_]] = [
        ground.parts[ground.community == at] for at in range(len(request.communities))
    ]
    return as_array(shapely.MultiPolygon(list(group)) for group in groups)
