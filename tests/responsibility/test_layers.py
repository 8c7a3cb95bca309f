"""Layers of polygons keep their point index between processes where that pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from responsibility.layers import PolygonLayer


def squares(side: int) -> PolygonLayer[int]:
    x, y = (a.ravel() / 1024 for a in np.meshgrid(np.arange(side), np.arange(side)))
    shapes = shapely.box(106 + x, 29 + y, 106 + x + 1 / 1024, 29 + y + 1 / 1024)
    return PolygonLayer(range(side * side), [f"{row:05d}" for row in range(side * side)], shapes)


@pytest.mark.parametrize(("side", "files"), [(45, 1), (40, 0)])
def test_a_large_layer_finds_the_index_that_one_before_it_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, side: int, files: int
) -> None:
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path))
    first = squares(side)
    first.coverage.prepare()
    assert len(list(tmp_path.iterdir())) == files
    second = squares(side)
    assert (second.coverage.nbytes == first.coverage.nbytes) == bool(files)
    points = (np.array([106.0005, 106.002]), np.array([29.0005, 29.9]), np.array([30.0, 5.0]))
    looks = [layer.look(*points) for layer in (first, second)]
    assert looks[0].containing == looks[1].containing == [(0,), ()]
    assert looks[0].within == looks[1].within
