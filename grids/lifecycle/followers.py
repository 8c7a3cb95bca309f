"""What else refers to divisions, and follows when these get other codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import or_

from gis.editions import Change
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry


def recoded_rows(
    registry: Registry, dataset: str, columns: Sequence[str], recoded: Mapping[str, str]
) -> Change | None:
    """Let rows of a dataset name divisions by their new codes.

    Parameters
    ----------
    registry : Registry
    dataset : str
    columns : sequence of str
        Columns with codes of divisions.
    recoded : mapping of str to str
        Old code to new.

    Returns
    -------
    Change or None
        None when no row names one of the divisions.
    """
    if not recoded:
        return None
    live = DATASETS[dataset].live
    named = or_(*(live.c[name].in_(list(recoded)) for name in columns))
    frame = read_frame(registry, dataset, where=named)
    if frame.empty:
        return None
    for name in columns:
        frame[name] = [recoded.get(code, code) for code in frame[name]]
    return Change(dataset, frame)
