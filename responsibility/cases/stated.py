"""Check what past cases say of their place: the grid, street and community they name, and shared places."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import shapely

from gis.findings import Severity
from gis.importing import ImportContext
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t
from responsibility.default_places import default_places_at, shared_places
from responsibility.layers import PolygonLayer, division_layers, grid_layer
from responsibility.proximity import Floats, Rows
from responsibility.question import Source
from responsibility.settings import ResolveSettings
from responsibility.stated_areas import Standing, compare

STATED = {"stated_grid": "unit_grid", "stated_street": "street", "stated_community": "community"}
"""Fields of what a case names, and which areas of the registry it names."""

ADDRESS = "address"


def check_stated(staging: Staging, context: ImportContext, settings: ResolveSettings) -> None:
    """Compare what cases name with where they lie.

    Reports areas that the registry does not have (R10, once for each), cases whose place lies in another
    one (R30, as information where the accuracy of the place explains it), and coordinates that cases with
    different addresses share (R31). Nothing is refused; what was named is kept among the attributes.
    """
    placed = _placed(staging)
    points = staging.geometries[placed]
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    for field, kind in STATED.items():
        named = staging.values(field)[placed]
        some = np.flatnonzero([word is not None for word in named])
        if len(some):
            layer = _layer(context.registry, kind)
            if layer is not None:
                _compare(staging, field, layer, placed[some], lon[some], lat[some], settings)
    _check_shared(staging, placed, lon, lat, settings)
    for field in (*STATED, ADDRESS):
        told = {at: word for at, word in enumerate(staging.values(field)) if word is not None}
        staging.keep(field, told)


def _placed(staging: Staging) -> Rows:
    there = [geometry is not None for geometry in staging.geometries]
    return np.flatnonzero(np.array(there, dtype=bool) & ~staging.refused)


def _layer(registry: Registry, kind: str) -> PolygonLayer[Any] | None:
    if kind == "unit_grid":
        return grid_layer(read_frame(registry, "grids"))
    return division_layers(read_frame(registry, "divisions")).get(kind)


def _compare(
    staging: Staging,
    field: str,
    layer: PolygonLayer[Any],
    at: Rows,
    lon: Floats,
    lat: Floats,
    settings: ResolveSettings,
) -> None:
    words = staging.values(field)[at]
    known = _rows_by_word(layer)
    # A name that several have names none of them for sure.
    sure = np.flatnonzero([word not in known or known[word] is not None for word in words])
    stated = np.array([-1 if (row := known.get(words[one])) is None else row for one in sure], dtype=np.int64)
    accuracy = _accuracies(staging, at[sure], settings)
    found = compare(
        layer,
        lon[sure],
        lat[sure],
        stated,
        accuracy,
        border_m=settings.border_m,
        default_places=settings.default_places,
    )
    _tell_unknown(staging, field, words[sure[found.standing == Standing.UNKNOWN_AREA]])
    for one in np.flatnonzero(~np.isin(found.standing, (Standing.AGREES, Standing.UNKNOWN_AREA))).tolist():
        own = int(found.own[one])
        standing = Standing(found.standing[one])
        message = t(
            "{name} names {stated}; its place lies in {own}: {why}",
            name=staging.name_of(at[sure[one]]),
            stated=words[sure[one]],
            own=_called(layer, own) if own >= 0 else t("no area"),
            why=_why(standing, float(found.metres[one]), float(accuracy[one])),
        )
        severity = Severity.WARNING if standing in (Standing.ELSEWHERE, Standing.OUTSIDE) else Severity.INFO
        expected = layer.records[own].code if own >= 0 else None
        staging.flag(at[sure[one]], "R30", severity, message, field=field, expected=expected)


def _rows_by_word(layer: PolygonLayer[Any]) -> dict[str, int | None]:
    """Return the rows of areas by code and by name, None for a name that several have."""
    by_name: dict[str, int | None] = {}
    for row, record in enumerate(layer.records):
        if record.name is not None:
            by_name[record.name] = None if record.name in by_name else row
    return by_name | {record.code: row for row, record in enumerate(layer.records)}


def _accuracies(staging: Staging, at: Rows, settings: ResolveSettings) -> Floats:
    of_source = settings.source_accuracy_m
    given, sources = staging.values("accuracy_m")[at], staging.values("source")[at]
    metres = [
        of_source[source or Source.MAP_CLICK] if accuracy is None else accuracy
        for accuracy, source in zip(given, sources, strict=True)
    ]
    return np.array(metres, dtype=np.float64)


def _tell_unknown(staging: Staging, field: str, words: Any) -> None:
    for word, count in sorted(Counter(words.tolist()).items()):
        message = t("{count} cases name {word}, which the registry does not have", count=count, word=word)
        staging.add("R10", Severity.WARNING, message, field=field, value=word, count=count)


def _why(standing: Standing, metres: float, accuracy_m: float) -> Text:
    if standing is Standing.DEFAULT_COORDINATE:
        return t("a default coordinate, which says little")
    if standing is Standing.ON_CENTRE_LINE:
        return t("on the border of the two")
    far, near = f"{metres:.0f}", f"{accuracy_m:g}"
    if standing is Standing.NEAR_BOUNDARY:
        return t("{far} m from the one named, within the accuracy of {near} m", far=far, near=near)
    return t("{far} m from the one named, beyond the accuracy of {near} m", far=far, near=near)


def _called(layer: PolygonLayer[Any], row: int) -> str:
    record = layer.records[row]
    return f"{record.name} ({record.code})" if record.name else str(record.code)


def _check_shared(
    staging: Staging, placed: Rows, lon: Floats, lat: Floats, settings: ResolveSettings
) -> None:
    """Report coordinates that cases with different addresses share, which are no place of their own."""
    for shared in shared_places(lon, lat, staging.values(ADDRESS)[placed].tolist()):
        here = np.array([shared.lon]), np.array([shared.lat])
        if default_places_at(settings.default_places, *here)[0] >= 0:
            continue
        message = t(
            "{count} cases with {texts} different addresses have one place: perhaps a default coordinate",
            count=len(shared.rows),
            texts=shared.texts,
        )
        setting = f'{{name = "…", lon = {shared.lon!r}, lat = {shared.lat!r}}}'
        staging.add(
            "R31",
            Severity.INFO,
            message,
            field="geometry",
            value=f"{shared.lon!r} {shared.lat!r}",
            hint=t("If it is one, add it to default_places of the settings: {setting}", setting=setting),
            geometry=shapely.Point(shared.lon, shared.lat),
            count=len(shared.rows),
        )
