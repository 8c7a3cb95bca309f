"""Published places, plates and streets show what their deliveries say of them."""

from __future__ import annotations

import pytest
import shapely

from gis.editions import commit
from gis.models import DATASETS
from layers.catalogue import publish
from layers.column_titles import column_title
from layers.core import CORE_LAYERS
from tests.ogc.conftest import frame

UNSHOWN = {"fid", "attributes", "geom", "edition", "valid_from"}
PLACES = [layer for layer in CORE_LAYERS if layer.id in ("places", "addresses", "streets")]


@pytest.mark.parametrize("layer", PLACES, ids=lambda layer: layer.id)
def test_every_column_of_place_data_is_shown_under_a_name_of_its_own(layer) -> None:
    columns = {column.name for column in DATASETS[layer.dataset].live.c}
    assert set(layer.properties) == columns - UNSHOWN
    assert [name for name in layer.properties if str(column_title(name)) == name] == []


def test_a_place_is_found_by_its_type_and_the_type_has_a_title(own_site) -> None:
    rows = [
        {"code": "1", "name": "一小", "poi_type": "小学"},
        {"code": "2", "name": "柳林", "poi_type": "公园"},
    ]
    commit(own_site.registry, "places", frame("places", rows, [shapely.Point(106.52, 29.52)] * 2))
    publish(own_site.registry, "places")
    found = own_site.json("/collections/places/items", poi_type="公园")["features"]
    assert [(one["id"], one["properties"]["poi_type"]) for one in found] == [("2", "公园")]
    assert own_site.json("/collections/places/schema")["properties"]["poi_type"]["title"] != "poi_type"
    assert "poi_type" in own_site.json("/collections/places/queryables")["properties"]
