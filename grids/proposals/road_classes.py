"""Which roads are main roads, as the columns of a road layer tell: borders there are given up last.

Classes are those of CJJ 37 (快速路, 主干路, 次干路, 支路) and of OpenStreetMap; a road whose layer has no
class is a main road when it is wide enough to have at least four lanes.
"""

from __future__ import annotations

import re

import numpy as np
import pandas
from numpy.typing import NDArray

from gis.layer import SourceLayer
from gis.value_mapping import normalised

CLASS_COLUMNS = ("等级", "道路等级", "道路类型", "类型", "DLDJ", "DJ", "highway", "fclass", "class", "type")
WIDTH_COLUMNS = ("宽度", "路宽", "道路宽度", "KD", "width")
MAIN_WIDTH_M = 24.0

_MAIN = re.compile(
    r"快速|高速|主干|次干|国道|省道|motorway|trunk|primary|secondary|expressway|arterial", re.IGNORECASE
)


def main_roads(layer: SourceLayer) -> tuple[NDArray[np.bool_], str | None]:
    """Tell which rows of a road layer are main roads.

    Returns
    -------
    main : ndarray of bool
        One for each row; all false where no column tells.
    column : str or None
        The column that told.
    """
    column = _column(layer, CLASS_COLUMNS)
    if column is not None:
        words = layer.frame[column].astype("string").fillna("")
        main = np.array([_MAIN.search(word) is not None for word in words], dtype=bool)
        if main.any():
            return main, column
    column = _column(layer, WIDTH_COLUMNS)
    if column is not None:
        width = pandas.to_numeric(layer.frame[column], errors="coerce").to_numpy(dtype=float)
        return np.asarray(np.nan_to_num(width) >= MAIN_WIDTH_M), column
    return np.zeros(len(layer.frame), dtype=bool), None


def _column(layer: SourceLayer, wanted: tuple[str, ...]) -> str | None:
    headings = {normalised(str(name)): str(name) for name in layer.frame.columns}
    return next((headings[normalised(name)] for name in wanted if normalised(name) in headings), None)
