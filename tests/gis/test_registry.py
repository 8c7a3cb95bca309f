"""Opening, creating and refusing registries."""

from __future__ import annotations

from gis.registry import Registry


def test_both_kinds(registry: Registry) -> None:
    with registry.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM unit_grids").scalar() == 0
