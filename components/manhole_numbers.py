"""Numbers of manhole covers (一井一编号) that a census carries beside the identifiers: kept as aliases."""

from __future__ import annotations

import numpy as np
import pandas

from components.alias_imports import MANHOLE, owners_of
from gis.compact_staging import CompactStaging
from gis.editions import Change
from gis.findings import Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import normalise
from grids.numbering import positions_by

MANHOLE_NUMBER = "manhole_number"


def manhole_aliases(staging: CompactStaging, registry: Registry) -> Change | None:
    """Return the aliases that the accepted rows bring.

    A number given to several components is nobody's, and one that another component had so far moves; both
    are told (C24).

    Parameters
    ----------
    staging : CompactStaging
        Components with their identifiers.
    registry : Registry
        Whose aliases count.

    Returns
    -------
    Change or None
        Of the dataset ``component-aliases``; None when there are no numbers.
    """
    texts, identifiers = staging.column(MANHOLE_NUMBER), staging.column("id")
    rows = np.flatnonzero(~staging.refused & texts.present())
    if not len(rows):
        return None
    numbers = {at: normalise(str(texts[at])) for at in rows.tolist()}
    _drop_shared(staging, numbers)
    _tell_moved(staging, numbers, registry)
    columns = list(DATASETS["component-aliases"].columns)
    frame = [(MANHOLE, number, identifiers[at], None) for at, number in numbers.items()]
    return Change("component-aliases", pandas.DataFrame(frame, columns=columns, dtype=object))


def _drop_shared(staging: CompactStaging, numbers: dict[int, str]) -> None:
    """Leave out numbers that several components have, and say so at the later rows."""
    rows = list(numbers)
    for positions in positions_by(list(numbers.values())).values():
        for place in positions[1:]:
            _flag(
                staging,
                rows[place],
                t(
                    "{number} is there in {where} already: it is nobody's",
                    number=numbers[rows[place]],
                    where=staging.where(rows[positions[0]]),
                ),
            )
        if len(positions) > 1:
            for place in positions:
                del numbers[rows[place]]


def _tell_moved(staging: CompactStaging, numbers: dict[int, str], registry: Registry) -> None:
    before = owners_of(registry, list(numbers.values()))
    identifiers = staging.column("id")
    for at, number in numbers.items():
        had = before.get((MANHOLE, number), identifiers[at])
        if had != identifiers[at]:
            _flag(staging, at, t("{identifier} was that of component {id} so far", identifier=number, id=had))


def _flag(staging: CompactStaging, at: int, message: Text) -> None:
    staging.flag(at, "C24", Severity.WARNING, message, field=MANHOLE_NUMBER)
