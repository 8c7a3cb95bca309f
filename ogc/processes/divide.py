"""The process ``divide`` (网格划分建议): propose unit grids that fill communities and follow roads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from gis.errors import NotFound
from gis.job_worker import Progress
from gis.notes import told_once
from gis.text import t
from grids.proposals.communities import Delivered, communities_of_registry
from grids.proposals.inputs import ANYTHING, LINES, POLYGONS, read_communities, read_features, read_roads
from grids.proposals.profile import AUTO, Zone, load_profile
from grids.proposals.proposals import Proposals, propose
from grids.proposals.request import Communities, Request
from grids.reference import used_sequences
from layers.access import Action, demand
from ogc.processes.files import MAX_BODY, written
from ogc.processes.inputs import boolean_input, choice_input, file_input, text_input
from ogc.processes.process import GEOJSON, Caller, Process

_LAYERS: Mapping[str, tuple[int, ...]] = {
    "water": LINES + POLYGONS,
    "buildings": POLYGONS,
    "compounds": POLYGONS,
    "components": ANYTHING,
}


def _divide(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    with written(inputs) as paths:
        proposals = _proposed(caller, inputs, paths, progress)
    progress(95, t("Writing the proposals"))
    return _collection(proposals)


def _proposed(
    caller: Caller, inputs: dict[str, Any], paths: Mapping[str, Path], progress: Progress
) -> Proposals:
    progress(0, t("Reading"))
    crs, registry = inputs.get("crs"), caller.state.registry
    delivered = (
        read_communities([paths["communities"]], crs=crs)
        if "communities" in paths
        else communities_of_registry(registry)
    )
    communities = _wanted(caller, _within(delivered, inputs), inputs)
    roads, main, notes = read_roads(paths.get("roads"), communities.geometries, crs=crs)
    layers: dict[str, Any] = {"roads": roads, "main_roads": main}
    for name, kinds in _LAYERS.items():
        layers[name], told = read_features(
            paths.get(name), kinds, communities.geometries, f"--{name}", crs=crs
        )
        notes += told
    request = Request(
        communities,
        **layers,
        profile=load_profile(inputs.get("profile")),
        used=used_sequences(registry),
        notes=[*delivered.notes, *notes],
    )

    def step(what: object, done: int, whole: int) -> None:
        progress(10 + 80 * done / max(whole, 1), t("Dividing: {what}", what=what))

    return propose(request, step)


def _within(delivered: Delivered, inputs: Mapping[str, Any]) -> Delivered:
    """Leave out what is not within the division asked for, also of what cannot be divided."""
    prefix = inputs.get("division")
    if prefix is None:
        return delivered
    keep = np.array([str(code).startswith(prefix) for code in delivered.communities.codes], dtype=bool)
    return Delivered(
        delivered.communities.take(keep),
        [finding for finding in delivered.findings if (finding.id or "").startswith(prefix)],
        delivered.notes,
        {name for name in delivered.refused if name.startswith(prefix)},
    )


def _wanted(caller: Caller, delivered: Delivered, inputs: Mapping[str, Any]) -> Communities:
    """Return the communities to be divided, all of them in the districts of the key."""
    communities = delivered.accepted(partial=inputs.get("partial", False))
    if not len(communities):
        raise NotFound(
            t("There is no community in {division}", division=inputs.get("division")),
            field="division",
            value=inputs.get("division"),
        )
    for county in sorted({str(code)[:6] for code in communities.codes}):
        demand(caller.principal, Action.CHECK, county=county)
    return communities


def _collection(proposals: Proposals) -> bytes:
    """Write the proposals as GeoJSON, with the table of their quality beside the features."""
    frame = proposals.frame()
    properties = frame.drop(columns="geometry")
    rows = properties.astype(object).where(properties.notna(), None).to_dict("records")
    table = proposals.quality_frame()
    quality = table.astype(object).where(table.notna(), None).to_dict("records")
    shapes = shapely.to_geojson(np.asarray(frame.geometry.array, dtype=object))
    features = [
        {"type": "Feature", "id": row["code"], "geometry": orjson.Fragment(shape), "properties": row}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    document = {
        "type": "FeatureCollection",
        "features": features,
        "communities": quality[:-1],
        "whole": quality[-1],
        "notes": told_once(proposals.notes),
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY, default=str)


DIVIDE = Process(
    id="divide",
    title=t("Divide into unit grids"),
    description=t("Proposals of unit grids that fill communities and follow roads; nothing is imported"),
    action=Action.CHECK,
    inputs=(
        file_input("communities", t("Communities; by default those of the registry")),
        text_input("division", t("Only communities whose code begins like this: a county or street")),
        file_input("roads", t("Centre lines of roads, which borders follow")),
        file_input("water", t("Rivers and water surfaces, whose banks they follow")),
        file_input("buildings", t("Buildings, which no border cuts")),
        file_input("compounds", t("Compounds under one unit, which no border cuts")),
        file_input("components", t("Components, whose number is kept even")),
        choice_input("profile", t("Wanted sizes"), (AUTO, *Zone), default=AUTO),
        boolean_input("partial", t("Leave out communities that cannot be divided")),
        text_input("crs", t("Coordinate system of the delivery, where it does not say")),
    ),
    output="proposals",
    output_title=t("Proposed unit grids, with their measures"),
    output_schema={
        "type": "object",
        "required": ["type", "features", "communities", "whole", "notes"],
        "properties": {"features": {"type": "array", "items": {"type": "object"}}},
    },
    work=_divide,
    example={"division": "500113001", "profile": AUTO},
    media_type=GEOJSON,
    max_body=MAX_BODY,
    heavy=True,
)
