"""Components stored without an import, for tests about what comes afterwards."""

from __future__ import annotations

from collections.abc import Callable

import geopandas
import pytest
import shapely

from components.identifiers import parse_component_id
from gis.editions import Edition, commit
from gis.models import DATASETS
from gis.registry import Registry

Store = Callable[..., Edition]


def store_components(
    registry: Registry, *identifiers: str, standard: str = "2013", **columns: object
) -> Edition:
    """Commit components by their identifiers, each at a place of its own."""
    parsed = [parse_component_id(identifier) for identifier in identifiers]
    rows = {name: [None] * len(identifiers) for name in DATASETS["components"].columns}
    rows |= {
        "id": list(identifiers),
        "class_code": [one.class_code for one in parsed],
        "county": [one.county for one in parsed],
        "standard": [standard] * len(identifiers),
    }
    frame = geopandas.GeoDataFrame(
        rows,
        geometry=[shapely.Point(106.5 + one.sequence / 1e5, 29.4) for one in parsed],
        crs="EPSG:4490",
    )
    return commit(registry, "components", frame.assign(**columns))


@pytest.fixture
def store() -> Store:
    """Return the function that commits components by their identifiers."""
    return store_components
