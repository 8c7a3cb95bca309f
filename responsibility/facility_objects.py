"""What the entries of a facility list are about: components and places of the registry, or drawn places."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from components.known import components_known_as, in_parts, live_among
from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t

_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
Places = dict[str, list[tuple[str, shapely.Geometry]]]


def settle_objects(staging: Staging, registry: Registry) -> None:
    """Find what each entry is about, and give it the code it is known by.

    The entry of a component has the component's identifier as its code, so that there is one; its own
    number is kept among the attributes. R10 for references to nothing, R12 where nothing is named, R11
    for places without an extent.
    """
    _settle_components(staging, registry)
    _settle_places(staging, registry)
    codes = staging.values("code").copy()
    numbers: dict[int, str] = {}
    for at, (code, component) in enumerate(zip(codes, staging.values("component_id"), strict=True)):
        if component is not None:
            numbers |= {at: code} if code not in (None, component) else {}
            codes[at] = component
        elif code is None:
            codes[at] = staging.values("place_code")[at]
    staging.keep("code", numbers)
    staging.set("code", codes)
    _check_named(staging)


def _settle_components(staging: Staging, registry: Registry) -> None:
    given = staging.values("component_id").copy()
    wanted = {text for text in given if text is not None}
    live = live_among(registry, "components", wanted)
    aliases = components_known_as(registry, wanted - live)
    replaced: dict[int, str] = {}
    for at, text in enumerate(given):
        found = aliases.get(text or "", [])
        if text is None or text in live:
            continue
        if len(found) == 1:
            replaced[at], given[at] = text, found[0]
        elif found:
            message = t("{id} is an identifier of several components", id=text)
            _flag(staging, at, Severity.ERROR, message, "component_id", ", ".join(found))
        else:
            message = t("There is no component {id}", id=text)
            _flag(staging, at, Severity.WARNING, message, "component_id", None)
    staging.keep("component_id", replaced)
    staging.set("component_id", given)


def _settle_places(staging: Staging, registry: Registry) -> None:
    """Take place and extent of named places over from the registry; a component's entry has neither."""
    names, components = staging.values("place_code").copy(), staging.values("component_id")
    known = _places(registry, {name for name in names if name is not None})
    radii = staging.values("radius_m")
    for at, (name, component) in enumerate(zip(names, components, strict=True)):
        if component is not None:
            staging.geometries[at] = None
            continue
        if name is not None and not _is_drawn(staging, at):
            _take_place(staging, at, name, known.get(name, []))
            names[at] = known[name][0][0] if len(known.get(name, [])) == 1 else name
        if _is_drawn(staging, at) and not _is_areal(staging, at) and not radii[at]:
            message = t("{name} is no area and has no radius", name=staging.name_of(at))
            hint = t("Draw an area, or say within how many metres the entry holds")
            staging.flag(at, "R11", Severity.ERROR, message, field="radius_m", hint=hint)
    staging.set("place_code", names)


def _take_place(staging: Staging, at: int, name: str, found: list[tuple[str, shapely.Geometry]]) -> None:
    if len(found) == 1:
        staging.geometries[at] = found[0][1]
        return
    message = (
        t("{name} is the name of several places", name=name)
        if found
        else t("There is no place {name}", name=name)
    )
    _flag(staging, at, Severity.ERROR, message, "place_code", ", ".join(code for code, _ in found) or None)


def _places(registry: Registry, wanted: Iterable[str]) -> Places:
    """Return the registry's places with some codes or names: a code comes before a name."""
    columns = DATASETS["places"].live.c
    by_code: Places = {}
    by_name: Places = {}
    for part in in_parts(wanted):
        where = columns.code.in_(part) | columns.name.in_(part)
        frame = read_frame(registry, "places", where=where, columns=["code", "name", "geometry"])
        for code, name, geometry in frame.itertuples(index=False, name=None):
            by_code[code] = [(code, geometry)]
            by_name.setdefault(name, []).append((code, geometry))
    return by_name | by_code


def _check_named(staging: Staging) -> None:
    """Refuse entries that are about nothing, or about a place that nothing can call by a code (R12)."""
    for at in np.flatnonzero(~staging.refused).tolist():
        if staging.values("component_id")[at] is None and not _is_drawn(staging, at):
            message = t("Row {row} names neither a component nor a place", row=staging.row_number(at))
            staging.flag(at, "R12", Severity.ERROR, message, field="component_id")
        elif staging.values("code")[at] is None:
            message = t("The place of row {row} has no code", row=staging.row_number(at))
            staging.flag(at, "R12", Severity.ERROR, message, field="code")


def _is_drawn(staging: Staging, at: int) -> bool:
    geometry = staging.geometries[at]
    return geometry is not None and not geometry.is_empty


def _is_areal(staging: Staging, at: int) -> bool:
    return int(shapely.get_type_id(staging.geometries[at])) in _AREAL


def _flag(
    staging: Staging, at: int, severity: Severity, message: Text, field: str, expected: str | None
) -> None:
    staging.flag(at, "R10", severity, message, field=field, expected=expected)
