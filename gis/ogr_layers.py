"""Read one layer of a container whole: attributes and geometries side by side, rows numbered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.errors import FileProblem
from gis.findings import Finding
from gis.layer import ROW
from gis.ogr import read_attributes, read_geometries
from gis.text import Text, t


def read_ogr_layer(
    source: str, layer: str | int | None, *, shown: str, dataset: str, **options: Any
) -> tuple[pd.DataFrame, NDArray[np.object_], list[Finding]]:
    """Read a layer.

    Parameters
    ----------
    source : str
        As GDAL opens it.
    layer : str or int, optional
        Its name or position in a container.
    shown : str
        The layer as shown to people.
    dataset : str
        Name put into findings.
    **options
        Open options of GDAL's driver.

    Returns
    -------
    frame : DataFrame
        With :data:`gis.layer.ROW`.
    geometries : ndarray of shapely.Geometry
        As many.
    findings : list of Finding
        What GDAL had to say, once.

    Raises
    ------
    FileProblem
        F01: it cannot be read, or not wholly.
    """
    frame, found = read_attributes(source, layer=layer, shown=shown, dataset=dataset, **options)
    geometries, findings = read_geometries(source, layer=layer, shown=shown, dataset=dataset, **options)
    return numbered(frame, geometries, shown), geometries, list(dict.fromkeys([*findings, *found]))


def numbered(frame: pd.DataFrame, geometries: NDArray[np.object_], shown: str) -> pd.DataFrame:
    """Put the number of each row in front; columns of the source with our names get others.

    Raises
    ------
    FileProblem
        F01: attributes and geometries were not read alike.
    """
    if not len(frame.columns):
        frame = pd.DataFrame(index=range(len(geometries)))
    if len(frame) != len(geometries):
        reason = t("{shapes} geometries, but {rows} rows", shapes=len(geometries), rows=len(frame))
        raise unreadable(shown, reason)
    frame = frame.rename(columns={ROW: f"{ROW}_2", "geometry": "geometry_2"})
    frame.insert(0, ROW, np.arange(1, len(frame) + 1))
    return frame


def unreadable(shown: str, reason: Text | str, *, hint: Text | None = None) -> FileProblem:
    """Make the error of a file that cannot be read (F01)."""
    message = t("{path} cannot be read: {reason}", path=shown, reason=reason)
    return FileProblem(message, code="F01", value=shown, hint=hint)
