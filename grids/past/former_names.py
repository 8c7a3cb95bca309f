"""Names that divisions had before: kept when a delivery or a record brings another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas
import pandas

from gis.columns import from_json, to_json
from gis.read import read_frame
from gis.registry import Registry


def names_of_live(registry: Registry) -> dict[str, list[str]]:
    """Return the name and the former names of every live division, by code."""
    live = read_frame(registry, "divisions", columns=["code", "name", "former_names"])
    return {
        code: [n for n in (name, *(from_json(former) or ())) if isinstance(n, str)]
        for code, name, former in live.itertuples(index=False, name=None)
    }


def keep_former_names(frame: geopandas.GeoDataFrame, registry: Registry) -> geopandas.GeoDataFrame:
    """Add to delivered divisions the names that the live divisions of the same codes have and had.

    Parameters
    ----------
    frame : GeoDataFrame
        Rows of the dataset ``divisions``, one per code.
    registry : Registry

    Returns
    -------
    GeoDataFrame
        The same rows; where the name changes, the live one is among ``former_names``.
    """
    known = names_of_live(registry)
    former = [
        named_before(name, [*(from_json(text) or ()), *known.get(code, ())])
        for code, name, text in zip(frame["code"], frame["name"], frame["former_names"], strict=True)
    ]
    return frame.assign(former_names=pandas.Series(former, index=frame.index, dtype=object))


def named_before(name: Any, names: Iterable[Any]) -> str | None:
    """Write the names that are not the present one as a JSON list, each once; ``None`` without any."""
    former = dict.fromkeys(other for other in names if isinstance(other, str) and other != name)
    return to_json(list(former)) if former else None
