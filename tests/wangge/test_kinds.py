from __future__ import annotations

import pytest

from gis.errors import UsageError
from gis.importing import read_sheets, read_spatial
from gis.models import DATASETS
from wangge.kinds import COMING, KINDS, kind_of


def test_every_dataset_of_the_registry_can_be_imported() -> None:
    assert set(KINDS) == set(DATASETS)


def test_kinds_without_a_geometry_are_read_as_tables() -> None:
    for name, kind in KINDS.items():
        assert kind.reader is (read_spatial if DATASETS[name].geometry else read_sheets)
        assert str(kind.description)


def test_kinds_that_come_later_say_so() -> None:
    for name in COMING:
        with pytest.raises(UsageError, match="暂不支持"):
            kind_of(name)


def test_other_words_are_no_kinds() -> None:
    with pytest.raises(UsageError, match="sewers") as caught:
        kind_of("sewers")
    assert "components" in str(caught.value.expected)
    assert kind_of("components").name == "components"
