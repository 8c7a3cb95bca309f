"""Write the rows an import refused, so that they can be mended and imported again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pandas


def write_rejected(rows: pandas.DataFrame | None, kind: str, reports: Sequence[Path]) -> Path | None:
    """Write rejected rows beside the first report, or in the working directory.

    Parameters
    ----------
    rows : DataFrame or GeoDataFrame or None
        Rows with the columns of the source; geometry in EPSG:4490.
    kind : str
        What was imported.
    reports : sequence of pathlib.Path
        The reports asked for.

    Returns
    -------
    pathlib.Path or None
        A GeoPackage, or a CSV (UTF-8 with byte-order mark) for rows without geometry.
    """
    if rows is None or rows.empty:
        return None
    stem = reports[0].with_suffix("") if reports else Path(kind)
    if isinstance(rows, geopandas.GeoDataFrame):
        path = stem.with_name(f"{stem.name}.rejected.gpkg")
        path.unlink(missing_ok=True)
        rows.to_file(path, layer="rejected", driver="GPKG", geometry_type="Unknown")
        return path
    path = stem.with_name(f"{stem.name}.rejected.csv")
    rows.to_csv(path, index=False, encoding="utf-8-sig")
    return path
