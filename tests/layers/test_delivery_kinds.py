from __future__ import annotations

import pytest

from gis.errors import UsageError
from gis.importing import read_features_or_tables, read_sheets, read_spatial
from gis.models import DATASETS
from gis.rasters.imports import read_rasters
from grids.coding.division_codes import read_division_codes
from grids.groups.memberships import MEMBERS_OF
from layers.delivery_kinds import KINDS, kind_of


def test_every_dataset_of_the_registry_can_be_imported() -> None:
    come_with_components = {"component-photos"}
    recorded_one_by_one = {"precedents", "duty-answers"}
    assert set(KINDS) == set(DATASETS) - come_with_components - recorded_one_by_one


def test_kinds_with_a_geometry_are_read_as_features_others_as_tables() -> None:
    """Groups of grids may come as either; the national table of codes has a reader for its size."""
    readers = {name: read_spatial if DATASETS[name].geometry else read_sheets for name in KINDS}
    readers |= dict.fromkeys((*MEMBERS_OF, "facilities"), read_features_or_tables)
    readers["division-codes"] = read_division_codes
    readers["rasters"] = read_rasters
    for name, kind in KINDS.items():
        assert kind.reader is readers[name]
        assert str(kind.description)


def test_other_words_are_no_kinds() -> None:
    with pytest.raises(UsageError, match="sewers") as caught:
        kind_of("sewers")
    assert "components" in str(caught.value.expected)
    assert kind_of("components").name == "components"
