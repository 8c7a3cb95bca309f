"""Turn delivered layers into divisions (区划): county, street, community.

Divisions come from other people's systems: what they draw is kept as delivered and reported. Refused is
only what cannot be kept: no code, no level, one code for two things, no polygon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.columns import to_json
from gis.enumerations import split_list
from gis.errors import UsageError
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.registry import Registry
from gis.staging import Staging, stage
from gis.text import Text, t
from grids.codes import LEVEL_NAMES, DivisionCode, Level, cut_code, parse_division_code
from grids.coding.valid_codes import check_statistics_codes, check_valid_codes
from grids.fields import DIVISION_FIELDS
from grids.fitting import (
    Layer,
    check_containment,
    check_edges,
    check_gaps,
    check_overlaps,
    check_overlaps_with,
    check_prefixes,
)
from grids.numbering import (
    check_code_ranges,
    check_codes_present,
    check_other_code_columns,
    normalise_codes,
)
from grids.past.former_names import keep_former_names
from grids.past.hints import check_retired_divisions, explain_past_codes
from grids.pieces import check_pieces, join_pieces
from grids.reference import divisions_of, joined, live_codes, nothing, selected, staged_areas
from grids.shapes import check_geometries, check_slivers, check_validity
from grids.topology import Surfaces

SLIVER_M2 = 1_000.0

_LEVELS = {
    **dict.fromkeys(("3", "county", "区县", "区", "县", "区县级", "县级"), Level.COUNTY),
    **dict.fromkeys(
        ("4", "street", "街道", "乡镇", "镇", "乡", "街镇", "街道级", "乡级", "镇街"), Level.STREET
    ),
    **dict.fromkeys(("5", "community", "社区", "村", "社区级", "村级", "村社区"), Level.COMMUNITY),
}
_ABOVE = {Level.STREET: Level.COUNTY, Level.COMMUNITY: Level.STREET}


def prepare_divisions(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare divisions of one or several levels.

    The level is that of the national code (6, 9, 12 digits, also filled up with zeros); codes of
    another form need a level column or ``--set level=``. Checks G01 to G05, G07, G08, G13 to G20, G22, G30
    and G31. A live name that the delivery replaces is kept among the former names.
    """
    if "level" in context.options.constants:
        _level_of(context.options.constants["level"], asked=True)
    staging = stage(layers, DIVISION_FIELDS, context, dataset="divisions", key="code")
    normalise_codes(staging)
    check_codes_present(staging)
    _settle_codes(staging)
    check_code_ranges(staging)
    check_geometries(staging)
    surfaces = Surfaces(staging.geometries)
    check_validity(staging, surfaces, Severity.WARNING)
    check_slivers(staging, surfaces, SLIVER_M2)
    check_pieces(staging, surfaces, ("code",))
    check_other_code_columns(staging)
    for level in Level:
        _check_level(staging, surfaces, level, context.registry)
    check_retired_divisions(staging, context.registry)
    check_valid_codes(staging, context.registry)
    check_statistics_codes(staging, context.registry)
    explain_past_codes(staging, context.registry)
    staging.set("former_names", [_names(text) for text in staging.values("former_names")])
    rows = join_pieces(staging, ("code",), DATASETS["divisions"].columns)
    return staging.prepared(keep_former_names(rows, context.registry))


def _settle_codes(staging: Staging) -> None:
    """Cut codes to their level, derive level and parent, report codes of another form (G14)."""
    codes, levels = staging.values("code").copy(), staging.values("level").copy()
    parents, filled = staging.values("parent_code").copy(), 0
    for at, code in enumerate(codes):
        stated = None if levels[at] is None else _level_of(levels[at])
        division = _division(staging, at, stated)
        if division is None:
            levels[at] = None if stated is None else str(stated)
            continue
        filled += division.code != code
        codes[at], levels[at] = division.code, str(division.level)
        parents[at] = _parent(staging, at, parents[at], division.parent)
    staging.set("code", codes)
    staging.set("level", levels)
    staging.set("parent_code", parents)
    if filled:
        staging.notes.append(
            t("{n} codes filled up with zeros are cut to the length of their level", n=filled)
        )


def _division(staging: Staging, at: int, stated: Level | None) -> DivisionCode | None:
    """Read the code of a row in the light of the stated level; report what does not agree (G14)."""
    code = staging.values("code")[at]
    division = None if code is None else parse_division_code(code)
    if division is None:
        if code is not None:
            _flag_form(staging, at, stated)
        return None
    if stated is None or stated is division.level:
        return division
    if len(code) == stated.digits:
        _flag_level(staging, at, stated, t("{code} ends like a code of the level above", code=code))
        return DivisionCode(code, stated)
    _flag_level(staging, at, division.level, t("The level of {code} is taken from its length", code=code))
    return division


def _parent(staging: Staging, at: int, stated: str | None, derived: str | None) -> str | None:
    """Return the parent that the code implies; report another one that is stated (G19)."""
    given = None if stated is None else parse_division_code(stated)
    if given is not None and given.code != derived:
        staging.flag(
            at,
            "G19",
            Severity.WARNING,
            t("The stated parent {stated} is not the one of the code", stated=stated),
            field="parent_code",
            expected=derived or t("none: a county has no parent in the registry"),
        )
    return derived


def _flag_form(staging: Staging, at: int, level: Level | None) -> None:
    code = staging.values("code")[at]
    if level is None and len(cut_code(code) or code) in (2, 4):
        _flag_above_counties(staging, at)
        return
    staging.flag(
        at,
        "G14",
        Severity.ERROR if level is None else Severity.WARNING,
        t("{code} is no national division code, and no level is given", code=code)
        if level is None
        else t("{code} is no national division code; it is kept as it is", code=code),
        field="code",
        expected=t("6, 9 or 12 digits"),
        hint=t("Say the level of the whole delivery with --set level=street") if level is None else None,
    )


def _flag_above_counties(staging: Staging, at: int) -> None:
    """Say of the code of a province or prefecture that it is one."""
    staging.flag(
        at,
        "G14",
        Severity.ERROR,
        t("{code} is the code of a province or prefecture", code=staging.values("code")[at]),
        field="code",
        expected=t("a county, street or community: a registry begins with counties"),
        hint=t("If the row stands for a county all the same, say so with --set level=county"),
    )


def _flag_level(staging: Staging, at: int, taken: Level, message: Text) -> None:
    staging.flag(at, "G14", Severity.WARNING, message, field="level", expected=LEVEL_NAMES[taken])


def _level_of(word: str, *, asked: bool = False) -> Level | None:
    level = _LEVELS.get(word.strip().casefold())
    if level is None and asked:
        raise UsageError(
            t("{value} is not a level of division", value=word),
            field="--set level",
            value=word,
            expected=", ".join(Level),
        )
    return level


def _check_level(staging: Staging, surfaces: Surfaces, level: Level, registry: Registry) -> None:
    """Check the divisions of one level among each other and against the level above."""
    rows = staging.values("level") == str(level)
    if not rows.any():
        return
    own = {code for code in staging.values("code") if code is not None}
    layer, geometries = surfaces.only(rows), staging.geometries[rows]
    beside = divisions_of(registry, level, surfaces, geometries, without=own)
    above = nothing(surfaces.metres)
    if level in _ABOVE:
        delivered = staged_areas(staging, surfaces, staging.values("level") == str(_ABOVE[level]))
        above = joined(delivered, divisions_of(registry, _ABOVE[level], surfaces, geometries, without=own))
    check_overlaps(staging, layer, Severity.WARNING)
    check_overlaps_with(staging, layer, beside, Severity.WARNING)
    check_edges(staging, layer, beside)
    parents = _check_parents(staging, layer, rows, above, registry) if len(above) else above
    check_gaps(staging, layer, parents, joined(beside, _without_level(staging, surfaces)))
    if level in _ABOVE and not len(above):
        staging.notes.append(
            t(
                "There are no divisions of level {above} here to compare those of level {level} with",
                above=LEVEL_NAMES[_ABOVE[level]],
                level=LEVEL_NAMES[level],
            )
        )


def _without_level(staging: Staging, surfaces: Surfaces) -> Layer:
    """Return the rows whose level is not known: ground they cover is no gap of any level."""
    rows = np.flatnonzero([level is None for level in staging.values("level")])
    return Layer(staging.values("code")[rows], staging.values("name")[rows], surfaces.take(rows))


def _check_parents(
    staging: Staging, layer: Surfaces, rows: NDArray[np.bool_], above: Layer, registry: Registry
) -> Layer:
    """Check that the parent exists (G15) and is the one the division lies in (G05, G07)."""
    known = set(above.codes) | live_codes(registry, "divisions")
    parents = staging.values("parent_code")
    unknown = rows & np.array([code is None or code not in known for code in parents], dtype=bool)
    for at in np.flatnonzero(unknown & ~staging.refused):
        staging.flag(
            at,
            "G15",
            Severity.WARNING,
            t("The parent of {code} is not known", code=staging.name_of(at)),
            field="parent_code",
            hint=t("Import the level above first, or correct the code"),
        )
    parent_of = check_containment(staging, layer, above)
    check_prefixes(staging, np.where(rows & ~unknown, parent_of, -1), above, stated=list(parents))
    return selected(above, parent_of[rows].tolist())


def level_of(code: str | None, word: str | None) -> Level | None:
    """Return the level of a division: that of its code, else the stated one, None when neither says it."""
    division = None if code is None else parse_division_code(code)
    stated = None if word is None else _level_of(word)
    return stated if division is None else division.level


def _names(text: str | None) -> str | None:
    """Write former names, separated as people do, as a JSON list."""
    names = split_list(text)
    return to_json(names) if names else None
