from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace as Town
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.errors import UsageError
from gis.registry import Registry
from responsibility.flatten import COLUMNS, flatten
from responsibility.model import Question
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")


def resolver(registry: Registry) -> Resolver:
    return Resolver(registry, now=lambda: MOMENT)


def table(town: Town, *columns: float, **more: Any) -> pandas.DataFrame:
    places = [town.xy(column) for column in columns]
    return pandas.DataFrame(
        {"id": range(len(places)), "lon": [x for x, _ in places], "lat": [y for _, y in places]} | more
    )


def test_every_row_is_answered_as_if_it_were_asked_alone(city: Registry, town: Town) -> None:
    frame = table(town, 0.5, 1.5, 2.5, 4.95, 9.0, kind_of=["0101", "0101", "0123", None, "0101"])
    answered = resolver(city).resolve_frame(frame, class_column="kind_of")

    for place, row in answered.iterrows():
        kind = frame["kind_of"][place]
        question = Question(
            frame["lon"][place], frame["lat"][place], class_text=None if pandas.isna(kind) else kind
        )
        alone = flatten(resolver(city).resolve(question), ())
        found = {name: None if pandas.isna(row[name]) else row[name] for name in COLUMNS}
        assert found == alone


def test_the_frames_own_columns_stand_in_front_in_order(city: Registry, town: Town) -> None:
    frame = table(town, 0.5, note=["甲"])
    answered = resolver(city).resolve_frame(frame)

    assert list(answered.columns) == ["id", "lon", "lat", "note", *COLUMNS, "geometry"]
    assert answered.crs == "EPSG:4490"
    assert answered.geometry[0].equals(shapely.Point(*town.xy(0.5)))
    assert list(frame.columns) == ["id", "lon", "lat", "note"]


def test_a_column_called_like_an_answers_column_is_kept_beside_it(city: Registry, town: Town) -> None:
    answered = resolver(city).resolve_frame(table(town, 0.5, street=["Main"]))

    assert answered["street_input"].tolist() == ["Main"]
    assert answered["street"].tolist() == ["500199001"]


def test_every_line_of_business_has_its_columns(own_city: Registry, town: Town, area_row: Any) -> None:
    areas = [area_row(code, town.cells(0, 2)) for code in ("A1", "A2")]
    commit(own_city, "areas", town.frame([*areas, area_row("P1", town.cells(3, 4), line="公安")]))

    answered = resolver(own_city).resolve_frame(table(town, 0.5, 3.5))

    assert answered["line:环卫"].fillna("").tolist() == ["A1;A2", ""]
    assert answered["line:环卫_name"].fillna("").tolist() == ["A1片;A2片", ""]
    assert answered["line:公安"].fillna("").tolist() == ["", "P1"]


def test_lists_are_joined_by_semicolons(city: Registry, town: Town) -> None:
    answered = resolver(city).resolve_frame(table(town, 2.98, 0.5), class_="0101")

    assert answered["differs_within_accuracy"].tolist()[0] == "unit_grid;street;community;acting"
    assert answered["alternatives"].tolist()[1] == "OWNER;EAST"
    assert answered["reason_code"].tolist() == ["rule.street", "component.maintainer"]


def test_points_of_a_geodataframe_are_taken_in_their_own_system(city: Registry, town: Town) -> None:
    points = geopandas.GeoSeries([shapely.Point(*town.xy(0.5)), None], crs="EPSG:4490")
    frame = geopandas.GeoDataFrame({"id": [1, 2]}, geometry=points).to_crs("EPSG:4524")

    answered = resolver(city).resolve_frame(frame)

    assert answered["unit_grid"].tolist()[0] == "500199001001001"
    assert answered["reason_code"].tolist()[1] == "question.invalid"
    assert answered.geometry[0].distance(shapely.Point(*town.xy(0.5))) < 1e-8
    assert answered.geometry[1] is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lon": None}, "lon"),
        ({"lon": "abc"}, "lon"),
        ({"lat": 95.0}, "lat"),
        ({"kind_of": "井"}, "井"),
        ({"source": "satellite"}, "satellite"),
        ({"accuracy": "5m"}, "5m"),
        ({"kind": "thing"}, "thing"),
    ],
)
def test_a_row_that_cannot_be_answered_says_why_and_holds_up_no_other(
    city: Registry, town: Town, changes: dict[str, Any], said: str
) -> None:
    frame = table(town, 0.5, 0.5, kind_of="0101", source="gps", accuracy="3", kind="component").astype(object)
    for name, value in changes.items():
        frame.loc[0, name] = value

    answered = resolver(city).resolve_frame(
        frame,
        class_column="kind_of",
        source_column="source",
        accuracy_column="accuracy",
        kind_column="kind",
    )

    assert answered["reason_code"].tolist() == ["question.invalid", "component.maintainer"]
    assert said in answered["reason"].tolist()[0]
    assert answered["answer_id"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"lon": "x"}, "lon"),
        ({"class_column": "klass"}, "class_column"),
        ({"crs": "EPSG:0"}, "crs"),
        ({"size": "1"}, "size"),
    ],
)
def test_a_column_or_parameter_that_is_not_there_is_refused(
    city: Registry, town: Town, options: dict[str, str], field: str
) -> None:
    with pytest.raises(UsageError) as caught:
        resolver(city).resolve_frame(table(town, 0.5), **options)

    assert caught.value.field == field


def test_a_table_without_coordinates_is_refused(city: Registry) -> None:
    with pytest.raises(UsageError, match="坐标列"):
        resolver(city).resolve_frame(pandas.DataFrame({"id": [1]}))


def test_an_empty_frame_gives_an_empty_answer_with_all_columns(city: Registry, town: Town) -> None:
    answered = resolver(city).resolve_frame(table(town))

    assert len(answered) == 0
    assert set(COLUMNS) <= set(answered.columns)


def test_chinese_headings_of_coordinates_are_known(city: Registry, town: Town) -> None:
    frame = table(town, 0.5).rename(columns={"lon": "经度", "lat": "纬度"})

    assert resolver(city).resolve_frame(frame)["unit_grid"].tolist() == ["500199001001001"]


def test_the_columns_of_lines_are_those_of_the_time_asked_about(
    own_city: Registry, town: Town, area_row: Any
) -> None:
    written = commit(own_city, "areas", town.frame([area_row("A1", town.cells(0, 2))]))
    commit(own_city, "areas", town.frame([area_row("A1", town.cells(0, 2), line="公安")]))

    def lines(as_of: datetime) -> list[str]:
        answered = resolver(own_city).resolve_frame(table(town, 0.5), as_of=as_of.isoformat())
        return [name for name in answered.columns if name.startswith("line:") and "_" not in name]

    assert lines(written.committed_at) == ["line:环卫"]
    assert "line:公安" in lines(MOMENT)
    assert lines(written.committed_at - timedelta(milliseconds=1)) == []
