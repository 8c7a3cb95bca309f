from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas
import pytest

from gis.errors import UsageError
from wangge.city import open_city
from wangge.demo.run import DemoResult


def test_exports_and_frames_take_only_what_a_filter_finds(
    wangge: Any, city_in_file: DemoResult, tmp_path: Path
) -> None:
    target, url = tmp_path / "grids.csv", city_in_file.registry_url
    with open_city(url) as city:
        grids = city.read("unit-grids")
        first, last = grids["code"].iloc[0], grids["code"].iloc[-1]
        place = grids.geometry.iloc[0].representative_point()
        within = f"S_INTERSECTS(geometry, POINT({place.x!r} {place.y!r}))"
        assert set(city.read("unit-grids", where=f"{within} OR code = '{last}'")["code"]) == {first, last}
        then = city.read("unit-grids", where=within, as_of=datetime.now(UTC))
        assert list(then["code"]) == [first]
        with pytest.raises(UsageError):
            city.read("unit-grids", where="colour = 'red'")
    question = f"{within} AND note IS NULL"
    told = wangge("export", "unit-grids", target, "--where", question, "--json", "--registry", url)
    assert told.document["rows"] == len(pandas.read_csv(target)) == 1


def test_an_export_of_a_table_without_geometry_is_filtered(
    wangge: Any, city_in_file: DemoResult, tmp_path: Path
) -> None:
    url, target = city_in_file.registry_url, tmp_path / "rules.csv"
    whole = wangge("export", "rules", target, "--json", "--registry", url).document["rows"]
    told = wangge("export", "rules", target, "--where", "rule_no = 1", "--json", "--registry", url)
    assert 0 < told.document["rows"] < whole
    assert set(pandas.read_csv(target)["rule_no"]) == {1}


def test_an_export_names_what_a_filter_cannot_ask(wangge: Any, city_in_file: DemoResult) -> None:
    url = city_in_file.registry_url
    told = wangge("export", "unit-grids", "x.csv", "--where", "colour = 'red'", "--registry", url)
    assert told.code == 2
    assert "colour" in told.err
    assert "community" in told.err
    assert not Path("x.csv").exists()
