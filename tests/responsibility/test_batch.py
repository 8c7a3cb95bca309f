from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace as Town
from typing import Any

import geopandas
import pandas
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from gis.errors import FileProblem, UsageError
from gis.registry import Registry
from responsibility import batch_sources
from responsibility.batch import BatchResult, resolve_file
from responsibility.flatten import COLUMNS
from responsibility.resolver import Resolver

PARAMS = {"as_of": "2126-11-20", "at": "2126-11-20T09:30:00"}
Write = Callable[[Path], Path]


@pytest.fixture
def questions(town: Town) -> geopandas.GeoDataFrame:
    rows = [("a", 0.5, "0101"), ("b", 1.5, "0101"), ("c", 2.5, "0123"), ("d", 4.03, None), ("e", 9.0, "0101")]
    return geopandas.GeoDataFrame(
        {"名称": [name for name, _, _ in rows], "小类": [code for _, _, code in rows]},
        geometry=[shapely.Point(*town.xy(column)) for _, column, _ in rows],
        crs="EPSG:4490",
    )


def write(questions: geopandas.GeoDataFrame, path: Path, encoding: str = "utf-8") -> Path:
    table = pandas.DataFrame(questions.drop(columns="geometry"))
    table["lon"], table["lat"] = questions.geometry.x, questions.geometry.y
    if path.suffix == ".csv":
        table.to_csv(path, index=False, encoding=encoding, float_format="%.17g")
    elif path.suffix == ".parquet":
        questions.to_parquet(path)
    else:
        questions.to_file(path, engine="pyogrio")
    return path


def read(path: Path) -> pandas.DataFrame:
    if path.suffix == ".csv":
        return pandas.read_csv(path, dtype=str, encoding="utf-8-sig")
    if path.suffix == ".parquet":
        return geopandas.read_parquet(path)
    return geopandas.read_file(path)


def plain(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    """Return rows with numbers as text in one form, and None for whatever is missing."""

    def text(value: Any) -> str | None:
        if pandas.isna(value):
            return None
        return f"{float(value):g}" if str(value).replace(".", "", 1).isdigit() else str(value)

    return [{name: text(value) for name, value in row.items()} for row in frame.to_dict("records")]


KINDS = (".csv", ".parquet", ".gpkg", ".geojson")


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_a_file_of_any_kind_is_answered_into_any_kind_like_a_frame(
    city: Registry, questions: geopandas.GeoDataFrame, tmp_path: Path, source: str, target: str
) -> None:
    path = write(questions, tmp_path / f"questions{source}")
    out = tmp_path / f"answers{target}"

    result = resolve_file(city, path, out, columns={"class_column": "小类"}, params=PARAMS)

    expected = Resolver(city).resolve_frame(questions, class_column="小类", **PARAMS)
    answered = read(out)
    assert result == BatchResult(answered=5, invalid=0)
    assert list(answered.columns[:2]) == ["名称", "小类"]
    assert sorted(tmp_path.iterdir()) == sorted([path, out])
    # The coordinates of GeoJSON are rounded and in WGS 84: the question is another one.
    same = [name for name in COLUMNS if source != ".geojson" or name != "answer_id"]
    assert plain(answered[same]) == plain(expected[same])


def test_the_points_of_a_file_are_written_where_the_format_can_hold_them(
    city: Registry, questions: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    path = write(questions, tmp_path / "questions.gpkg")
    for kind in (".parquet", ".gpkg", ".geojson"):
        resolve_file(city, path, tmp_path / f"out{kind}")
        answered = read(tmp_path / f"out{kind}")
        assert answered.geometry.geom_equals_exact(
            questions.geometry.set_crs(answered.crs, allow_override=True), 1e-8
        ).all()
    resolve_file(city, path, tmp_path / "out.csv")
    assert read(tmp_path / "out.csv")["lon"].astype(float).tolist() == questions.geometry.x.tolist()
    assert pyogrio.read_info(tmp_path / "out.gpkg")["crs"] == "EPSG:4490"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_of_a_csv_is_found(
    city: Registry, questions: geopandas.GeoDataFrame, tmp_path: Path, encoding: str
) -> None:
    questions["备注"] = [
        "桥头社区井盖破损",
        "道路旁边的雨水井盖缺失",
        "居民反映有异响",
        "井盖松动",
        "需要尽快处置",
    ]
    path = write(questions, tmp_path / "questions.csv", encoding)

    resolve_file(city, path, tmp_path / "out.csv", columns={"class_column": "小类"})

    assert read(tmp_path / "out.csv")["备注"].tolist() == questions["备注"].tolist()
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_text_of_a_csv_stays_as_it_is(city: Registry, town: Town, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lon, lat = town.xy(0.5)
    path.write_text(f'code,note,lon,lat\n0012,"a,""b""\nc",{lon},{lat}\nNA,,{lon},{lat}\n', encoding="utf-8")

    resolve_file(city, path, tmp_path / "out.csv")

    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["note"]) for row in rows] == [("0012", 'a,"b"\nc'), ("NA", "")]


def test_a_large_file_is_worked_through_in_chunks_with_progress(
    city: Registry, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_sources, "CHUNK", 4)
    lon, lat = town.xy(0.5)
    path = tmp_path / "in.csv"
    path.write_text("n,lon,lat\n" + "".join(f"{n},{lon},{lat}\n" for n in range(11)), encoding="utf-8")
    seen: list[tuple[int, int]] = []

    for kind in (".csv", ".parquet", ".gpkg"):
        resolve_file(
            city, path, tmp_path / f"out{kind}", progress=lambda done, total: seen.append((done, total))
        )
        assert read(tmp_path / f"out{kind}")["n"].astype(int).tolist() == list(range(11))

    assert seen[:3] == [(4, 11), (8, 11), (11, 11)]


def test_columns_may_be_named_and_a_name_of_an_answer_is_kept_beside_it(
    city: Registry, town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    lon, lat = town.xy(0.5)
    path.write_text(f"east,north,street,fid\n{lon},{lat},Main,7\n", encoding="utf-8")

    resolve_file(city, path, tmp_path / "out.gpkg", columns={"lon_column": "east", "lat_column": "north"})

    row = read(tmp_path / "out.gpkg").iloc[0]
    assert (row["street_input"], row["street"], row["fid"]) == ("Main", "500199001", "7")


def test_rows_that_cannot_be_answered_are_written_and_counted(
    city: Registry, town: Town, tmp_path: Path
) -> None:
    lon, lat = town.xy(0.5)
    path = tmp_path / "in.csv"
    path.write_text(f"id,lon,lat\n1,{lon},{lat}\n2,,\n3,north,{lat}\n4,200,{lat}\n", encoding="utf-8")

    result = resolve_file(city, path, tmp_path / "out.csv")

    answered = read(tmp_path / "out.csv")
    assert result == BatchResult(answered=1, invalid=3)
    assert answered["reason_code"].tolist() == ["class.missing", *["question.invalid"] * 3]


def bad(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (lambda folder: folder / "none.csv", UsageError),
        (bad("in.txt", b"lon,lat\n"), UsageError),
        (bad("in.csv", b""), FileProblem),
        (bad("in.csv", b"id,name\n1,a\n"), UsageError),
        (bad("in.csv", b"lon,lat,lat\n1,2,3\n"), FileProblem),
        (bad("in.csv", b"lon,lat\n1,2,3\n"), FileProblem),
        (bad("in.parquet", b"PAR1 broken"), FileProblem),
        (bad("in.gpkg", b"SQLite format 3\0broken"), FileProblem),
        (bad("in.geojson", b'{"type": "Feature'), FileProblem),
    ],
)
def test_a_source_that_cannot_be_read_is_refused_and_nothing_is_written(
    gpkg_registry: Registry, tmp_path: Path, source: Write, error: type[Exception]
) -> None:
    path = source(tmp_path)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(error):
        resolve_file(gpkg_registry, path, tmp_path / "out.csv")

    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "options"),
    [
        ("out.doc", {}),
        ("missing/out.csv", {}),
        ("out.csv", {"columns": {"class_column": "klass"}}),
        ("out.csv", {"params": {"class": "井"}}),
        ("out.csv", {"params": {"crs": "EPSG:0"}}),
    ],
)
def test_a_target_or_option_that_is_impossible_is_refused_before_anything_is_written(
    gpkg_registry: Registry, tmp_path: Path, out: str, options: dict[str, Any]
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("lon,lat\n1,2\n", encoding="utf-8")

    with pytest.raises(UsageError):
        resolve_file(gpkg_registry, path, tmp_path / out, **options)

    assert list(tmp_path.glob("*.csv")) == [path]


def test_an_older_target_survives_a_failure(gpkg_registry: Registry, tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("lon,lat\n1,2\n1,2,3\n", encoding="utf-8")
    out.write_text("earlier", encoding="utf-8")

    with pytest.raises(FileProblem):
        resolve_file(gpkg_registry, path, out)

    assert out.read_text(encoding="utf-8") == "earlier"
    assert sorted(tmp_path.glob("*.csv")) == [path, out]
    assert not list(tmp_path.glob(".wangge-*"))


def test_a_parquet_target_is_geoparquet(
    city: Registry, questions: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    path = write(questions, tmp_path / "in.gpkg")

    resolve_file(city, path, tmp_path / "out.parquet")

    assert b"geo" in pyarrow.parquet.read_schema(tmp_path / "out.parquet").metadata
    assert geopandas.read_parquet(tmp_path / "out.parquet").crs.to_epsg() == 4490
