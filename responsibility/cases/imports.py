"""Turn delivered layers into past cases (历史案件)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timezone

import numpy as np
import shapely

from components.catalogue import Catalogue
from components.class_info import STANDARDS
from gis.dates import parse_date
from gis.errors import UsageError
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import LAYER, SourceLayer
from gis.staging import Staging, stage
from gis.text import Text, t
from grids.numbering import positions_by
from grids.shapes import as_number
from responsibility.cases.fields import CASE_FIELDS, KINDS, OUTCOMES
from responsibility.cases.stated import check_stated
from responsibility.classes import choose_classes
from responsibility.question import Kind, Source
from responsibility.settings import load_settings
from responsibility.settling import flag_wording, settle_units

_TIME = re.compile(r"[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_POINTS = (0, 4)


def prepare_cases(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare past cases: where, of what class, when, who acted and what came of it.

    A case has a place or the identifier of a component (R12); one without a number is called after its
    row. Checks F11, R05, R06, R10, R11, R12, R29, R30 and R31. Positions are EPSG:4490, longitude and
    latitude.
    """
    staging = stage(layers, CASE_FIELDS, context, dataset="cases", key="id")
    _name_rows(staging)
    _check_places(staging)
    _check_twice(staging)
    _settle_words(staging, "kind", KINDS)
    _settle_words(staging, "outcome", OUTCOMES)
    _settle_words(staging, "source", {word: word for word in Source})
    _settle_standard(staging, context.options.standard)
    _settle_numbers(staging)
    settings = load_settings()
    _settle_times(staging, settings.timezone)
    settle_units(staging, context, (("acting_code", "acting_name"),))
    _check_classes(staging, Catalogue.of(context.registry))
    check_stated(staging, context, settings)
    return staging.prepared(staging.accepted())


def _name_rows(staging: Staging) -> None:
    """Call cases without a number after their layer and row, the same whenever the file is read."""
    staging.set(
        "id",
        [
            given or f"{staging.values(LAYER)[at]}#{staging.row_number(at)}"
            for at, given in enumerate(staging.values("id"))
        ],
    )


def _check_places(staging: Staging) -> None:
    """Refuse what is no point (F11), and cases with neither place nor component (R12)."""
    for at, geometry in enumerate(staging.geometries):
        if staging.refused[at]:
            continue
        if geometry is None or geometry.is_empty:
            if staging.values("component_id")[at] is None:
                message = t("{name} has neither a place nor a component", name=staging.name_of(at))
                staging.flag(at, "R12", Severity.ERROR, message, field="geometry", expected=t("point"))
            staging.geometries[at] = None
        elif shapely.get_type_id(geometry) not in _POINTS or shapely.get_num_geometries(geometry) != 1:
            message = t("{name} is a {kind}", name=staging.name_of(at), kind=geometry.geom_type)
            staging.flag(at, "F11", Severity.ERROR, message, field="geometry", expected=t("point"))
        else:
            staging.geometries[at] = shapely.get_geometry(geometry, 0)


def _check_twice(staging: Staging) -> None:
    """Refuse the later rows of a case that is given twice (R29)."""
    for positions in positions_by(staging.values("id")).values():
        for at in positions[1:]:
            message = t(
                "Case {name} is there in {where} already",
                name=staging.name_of(at),
                where=staging.where(positions[0]),
            )
            staging.flag(at, "R29", Severity.ERROR, message, field="id")


def _settle_words(staging: Staging, name: str, words: Mapping[str, str]) -> None:
    """Bring words to the registry's; what is not understood is told (R11) and kept as an attribute."""
    values, kept = staging.values(name).copy(), {}
    for at, word in enumerate(values):
        if word is None:
            continue
        values[at] = words.get(unicodedata.normalize("NFKC", word).strip().casefold())
        if values[at] is None:
            kept[at] = word
            _flag_word(staging, at, name, word, "、".join(words))
    staging.set(name, values)
    staging.keep(name, kept)


def _settle_standard(staging: Staging, given: str | None) -> None:
    if given is not None:
        staging.fill("standard", given)
    _settle_words(staging, "standard", {standard: standard for standard in STANDARDS})


def _settle_numbers(staging: Staging) -> None:
    """Read accuracies in metres and numbers of rules (R11 for what is none)."""
    for name, whole in (("accuracy_m", False), ("rule_no", True)):
        numbers: list[float | None] = []
        for at, text in enumerate(staging.values(name)):
            number = as_number(text)
            fits = number is not None and number >= 0 and (not whole or number == int(number))
            numbers.append((int(number) if whole else number) if number is not None and fits else None)
            if text is not None and not fits:
                _flag_word(staging, at, name, text, t("a number"))
        staging.set(name, numbers)


def _settle_times(staging: Staging, zone: timezone) -> None:
    """Store times by ISO 8601 with their zone, by default the city's; report what is none (R11)."""
    values = staging.values("reported_at").copy()
    for at, text in enumerate(values):
        if text is not None:
            moment = parse_moment(text, zone)
            values[at] = None if moment is None else moment.isoformat()
            if moment is None:
                _flag_word(staging, at, "reported_at", text, "2026-11-20 09:30:00")
    staging.set("reported_at", values)


def parse_moment(text: str, zone: timezone) -> datetime | None:
    """Read a date with or without a time of day as cases write them; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    day, match = parse_date(plain), _TIME.search(plain)
    if day is None or (match is None and (" " in plain or "T" in plain)):
        return None
    hour, minute, second = (int(part or 0) for part in (match.groups()[:3] if match else ("0", "0", "0")))
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        stated = match[4] if match else None
        return moment if stated is None else datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{stated}")
    except ValueError:
        return None


def _check_classes(staging: Staging, catalogue: Catalogue) -> None:
    """Report classes that are not known (R05): nobody can be found for them."""
    default = load_settings().standard
    columns = [staging.values(name) for name in ("class_code", "standard", "kind")]
    for at in np.flatnonzero(~staging.refused):
        text, standard, kind = (column[at] for column in columns)
        if text is None:
            continue
        try:
            choose_classes(text, standard, Kind(kind or Kind.COMPONENT), default, catalogue)
        except UsageError as error:
            message = t("{word} is no class of components or matters", word=text)
            flag_wording(staging, int(at), "R05", message, "class_code", error.expected)


def _flag_word(staging: Staging, at: int, name: str, word: str, expected: Text | str) -> None:
    flag_wording(staging, at, "R11", t("{word} is not understood", word=word), name, expected)
