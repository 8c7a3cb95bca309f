"""``wangge components show`` from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry

COVER = "5001130101000007"


def stored(path: Path) -> None:
    with Registry.open(path, create=True) as registry:
        columns: dict[str, list[str | None]] = {name: [None] for name in DATASETS["components"].columns}
        columns |= {"id": [COVER], "class_code": ["0101"], "standard": ["2013"], "name": ["上水井盖"]}
        frame = geopandas.GeoDataFrame(columns, geometry=[shapely.Point(106.5, 29.4)], crs=4490)
        commit(registry, "components", frame)
        photos = [
            (COVER, "照片/1.jpg", "ab" * 32, "2024-05-06T07:08:09", 106.5, 29.4, None),
            (COVER, "照片/2.jpg", None, None, None, None, "it is empty"),
        ]
        names = list(DATASETS["component-photos"].columns)
        commit(registry, "component-photos", pandas.DataFrame(photos, columns=names, dtype=object))


def test_a_component_is_shown_with_its_photos(wangge: Any, tmp_path: Path) -> None:
    stored(tmp_path / "wangge.gpkg")
    shown = wangge("components", "show", COVER)
    assert shown.code == 0
    assert f"{COVER}  上水井盖" in shown.out
    assert "照片: 照片/1.jpg  2024-05-06T07:08:09  106.500000, 29.400000  SHA-256 abababababab…" in shown.out
    assert "照片: 照片/2.jpg  it is empty" in shown.out
    document = wangge("components", "show", COVER, "--json").document
    assert [one["path"] for one in document["photos"]] == ["照片/1.jpg", "照片/2.jpg"]
    assert wangge("components", "show", "5001130101000009").code != 0
