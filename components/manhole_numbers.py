"""Numbers of manhole covers (一井一编号) that a census carries beside the identifiers: kept as aliases."""

from __future__ import annotations

import numpy as np
import pandas

from components.alias_imports import MANHOLE, owners_of
from gis.editions import Change
from gis.findings import Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import normalise
from grids.numbering import positions_by

MANHOLE_NUMBER = "manhole_number"


def manhole_aliases(staging: Staging, registry: Registry) -> Change | None:
    """Return the aliases that the accepted rows bring.

    A number given to several components is nobody's, and one that another component had so far moves; both
    are told (C24).

    Parameters
    ----------
    staging : Staging
        Components with their identifiers.
    registry : Registry
        Whose aliases count.

    Returns
    -------
    Change or None
        Of the dataset ``component-aliases``; None when there are no numbers.
    """
    rows = np.flatnonzero(~staging.refused & [text is not None for text in staging.values(MANHOLE_NUMBER)])
    if not len(rows):
        return None
    numbers = {int(at): normalise(staging.values(MANHOLE_NUMBER)[at]) for at in rows}
    _drop_shared(staging, numbers)
    _tell_moved(staging, numbers, registry)
    identifiers = staging.values("id")
    columns = list(DATASETS["component-aliases"].columns)
    frame = [(MANHOLE, number, identifiers[at], None) for at, number in numbers.items()]
    return Change("component-aliases", pandas.DataFrame(frame, columns=columns, dtype=object))


def _drop_shared(staging: Staging, numbers: dict[int, str]) -> None:
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


def _tell_moved(staging: Staging, numbers: dict[int, str], registry: Registry) -> None:
    before = owners_of(registry, list(numbers.values()))
    identifiers = staging.values("id")
    for at, number in numbers.items():
        had = before.get((MANHOLE, number), identifiers[at])
        if had != identifiers[at]:
            _flag(staging, at, t("{identifier} was that of component {id} so far", identifier=number, id=had))


def _flag(staging: Staging, at: int, message: Text) -> None:
    staging.flag(at, "C24", Severity.WARNING, message, field=MANHOLE_NUMBER)
