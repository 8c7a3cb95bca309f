"""A dataset as it would be after a commit, worked out without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.columns import SRID
from gis.editions import Change
from gis.models import Dataset, dataset_named
from gis.read import read_frame
from gis.registry import Registry
from gis.table_rows import rows_of


def frame_after(registry: Registry, change: Change) -> pd.DataFrame:
    """Return the live rows of a dataset as they would be after a commit of a change.

    Parameters
    ----------
    registry : Registry
        Read, not written.
    change : Change
        What would be committed.

    Returns
    -------
    GeoDataFrame or DataFrame
        As :func:`gis.read.read_frame` would read it with ``edition``, ordered by key. Rows that would be
        written have no edition; those that say what the live row says keep its own.

    Raises
    ------
    DataRefused
        A key is missing or occurs twice, a value or geometry does not fit, as for a commit.
    """
    dataset = dataset_named(change.dataset)
    geometry = ("geometry",) if dataset.geometry else ()
    live = read_frame(registry, dataset.name, columns=(*dataset.columns, "edition", *geometry))
    live["edition"] = live["edition"].astype("Int64")
    new = _delivered(dataset, change, live)
    live_keys, new_keys = _keys(live, dataset.key), _keys(new, dataset.key)
    _keep_editions(new, live, new_keys, live_keys)
    gone = live_keys.isin(new_keys) | live_keys.isin(_index(change.retired))
    if dataset.scope:
        gone |= _keys(live, dataset.scope).isin(_keys(new, dataset.scope))
    both = pd.concat([live[~gone], new], ignore_index=True) if len(live) else new
    after = both.sort_values(list(dataset.key), kind="stable", ignore_index=True)
    if dataset.geometry is None:
        return after
    placed: pd.DataFrame = gpd.GeoDataFrame(after, geometry="geometry", crs=f"EPSG:{SRID}")
    return placed


def _delivered(dataset: Dataset, change: Change, live: pd.DataFrame) -> pd.DataFrame:
    """Return the rows to be written in the types that reading them would give."""
    columns: list[list[Any]] = [[] for _ in dataset.stored]
    for batch in rows_of(dataset, change.rows).batches():
        parts: list[Any] = list(batch)
        for values, part in zip(columns, parts, strict=True):
            values += list(part)
    types: dict[str, Any] = dict(live.dtypes)
    new = pd.DataFrame(
        {
            name: pd.array(values, dtype=types[name])
            for name, values in zip(dataset.columns, columns, strict=False)
        }
    )
    new["edition"] = pd.array([pd.NA] * len(new), dtype="Int64")
    if dataset.geometry is not None:
        shapes = np.array([*columns[-1], None], dtype=object)[:-1]
        new["geometry"] = gpd.array.from_shapely(shapely.force_2d(shapes), crs=f"EPSG:{SRID}")
    return new


def _keep_editions(new: pd.DataFrame, live: pd.DataFrame, new_keys: pd.Index, live_keys: pd.Index) -> None:
    """Give rows that say what the live row of their key says the edition of that."""
    places = live_keys.get_indexer(new_keys)
    met = np.flatnonzero(places >= 0)
    alike = np.ones(len(met), dtype=bool)
    for name in new.columns:
        if name != "edition":
            alike &= _same(new[name].iloc[met], live[name].iloc[places[met]])
    kept = met[alike]
    new.loc[kept, "edition"] = live["edition"].iloc[places[kept]].to_numpy()


def _same(left: pd.Series[Any], right: pd.Series[Any]) -> NDArray[np.bool_]:
    """Compare two columns row by row, missing equal to missing, geometries by their bytes."""
    if left.name == "geometry":
        blobs = [shapely.to_wkb(np.asarray(one, dtype=object)) for one in (left, right)]
        return np.array([a == b for a, b in zip(*blobs, strict=True)], dtype=bool)
    void = [one.isna().to_numpy() for one in (left, right)]
    a, b = (one.to_numpy(dtype=object, copy=True) for one in (left, right))
    a[void[0]], b[void[1]] = None, None
    return np.array([one == other for one, other in zip(a, b, strict=True)], dtype=bool)


def _keys(frame: pd.DataFrame, names: Sequence[str]) -> pd.Index:
    return _index(list(zip(*(frame[name] for name in names), strict=True)))


def _index(keys: Sequence[Any]) -> pd.Index:
    """Make an index of keys, each a tuple, of one column or several alike."""
    values = np.empty(len(keys), dtype=object)
    for position, key in enumerate(keys):
        values[position] = tuple(key)
    return pd.Index(values, dtype=object, tupleize_cols=False)
