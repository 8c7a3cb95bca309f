"""Types of places and of points of interest (P11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from geocoding.place_types import POI, place_type
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.text import t


def settle_types(staging: CompactStaging) -> None:
    """Bring the type to one of the six; a word that is none is the type of a point of interest.

    Points of interest without a type of theirs are reported (P11); where none of a delivery has one, a note
    says so.
    """
    words, kinds = staging.column("type").coded(), staging.column("poi_type").coded()
    kinds = kinds.filled(words.map(lambda word: None if place_type(word) else word))
    typed = words.map(lambda word: place_type(word) or POI)
    staging.set("type", typed.filled(kinds.map(lambda _: POI)))
    staging.set("poi_type", kinds)
    lacking = staging.column("type").test(lambda kind: kind == POI) & ~kinds.present()
    if not kinds.present().any():
        staging.notes.append(t("No place has a type of point of interest"))
        return

    def tell(at: int) -> dict[str, Any]:
        message = t("{name} has no type", name=staging.name_of(at))
        return {"message": message, "field": "poi_type"}

    missing = lacking | ~staging.column("type").present()
    staging.flag_rows(np.flatnonzero(missing & ~staging.refused), "P11", Severity.WARNING, tell)
