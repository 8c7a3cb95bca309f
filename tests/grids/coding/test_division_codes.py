"""The table of valid codes: tables as they are found, one division only, local codes, and what is refused."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gis.errors import DataRefused, FileProblem, UsageError
from gis.importing import ImportOptions, ImportReport, run_import
from gis.read import read_frame
from gis.registry import Registry
from grids.codes import cut_code
from grids.coding.division_codes import cut_codes, prepare_division_codes, read_division_codes

VILLAGES = """code,name,streetCode,provinceCode,cityCode,areaCode
500113001001,"新华社区居委会",500113001,50,5001,500113
500113001002,"新民社区居委会",500113001,50,5001,500113
500112001001,"龙溪社区居委会",500112001,50,5001,500112
330103001001,"体东社区居委会",330103001,33,3301,330103
"""
STREETS = """code,name,areaCode,provinceCode,cityCode
500113001,"鱼洞街道",500113,50,5001
500112001,"龙溪街道",500112,50,5001
330103001,"天水街道",330103,33,3301
"""
AREAS = 'code,name,cityCode,provinceCode\n500113,"巴南区",5001,50\n500112,"渝北区",5001,50\n'
CITIES = 'code,name,provinceCode\n5001,"市辖区",50\n'
PROVINCES = 'code,name\n50,"重庆市"\n33,"浙江省"\n'
CHINESE = (
    "统计用区划代码,城乡分类代码,名称\n"
    "500113000000,,巴南区\n500113001000,,鱼洞街道\n500113001001,111,新华社区居委会\n"
)


def write(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, "utf-8")
        paths.append(path)
    return paths


def load(registry: Registry, *paths: Path, **options: object) -> ImportReport:
    given = ImportOptions(**options)  # type: ignore[arg-type]
    return run_import(
        registry, "division-codes", paths, given, prepare_division_codes, reader=read_division_codes
    )


def codes(registry: Registry) -> list[str]:
    return read_frame(registry, "division-codes")["code"].tolist()


def test_national_tables_of_all_levels_are_one_table(registry: Registry, tmp_path: Path) -> None:
    paths = write(tmp_path, p=PROVINCES, c=CITIES, a=AREAS, s=STREETS, v=VILLAGES)
    report = load(registry, *paths, source="国家统计局 2023")
    assert (report.accepted, report.rejected, report.findings) == (12, 0, [])
    table = read_frame(registry, "division-codes").set_index("code")
    row = table.loc["500113001002"]
    assert (row["name"], row["level"], row["parent_code"], row["standard"], row["source"]) == (
        "新民社区居委会",
        "community",
        "500113001",
        "statistics",
        "国家统计局 2023",
    )
    assert table.loc[["50", "5001", "500113", "500113001"], "level"].tolist() == [
        "province",
        "prefecture",
        "county",
        "street",
    ]
    assert any("streetCode" in str(note) for note in report.notes)


def test_chinese_headings_and_filled_up_codes_are_understood(registry: Registry, tmp_path: Path) -> None:
    (path,) = write(tmp_path, 区划=CHINESE)
    assert load(registry, path).findings == []
    table = read_frame(registry, "division-codes")
    assert table["code"].tolist() == ["500113", "500113001", "500113001001"]
    assert table["attributes"].tolist()[2] == '{"urban_rural":"111"}'


def test_packed_tables_workbooks_and_other_encodings_are_read(registry: Registry, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "v.csv.gz", "wt", encoding="gb18030") as out:
        out.write(VILLAGES)
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr("streets.csv", STREETS)
    book = Workbook()
    book.active.append(["巴南区区划代码表"])
    book.active.append(["序号", "区划代码", "区划名称"])
    book.active.append([1, 500113, "巴南区"])
    book.create_sheet("说明").append(["本表截至 2023 年"])
    book.save(tmp_path / "a.xlsx")
    report = load(registry, *(tmp_path / name for name in ("v.csv.gz", "s.zip", "a.xlsx")))
    assert report.accepted == 8
    assert any("GB18030" in str(note) or "GBK" in str(note) for note in report.notes)


def test_one_division_only_is_kept_with_those_above_it(registry: Registry, tmp_path: Path) -> None:
    paths = write(tmp_path, p=PROVINCES, c=CITIES, a=AREAS, s=STREETS, v=VILLAGES)
    report = load(registry, *paths, constants={"within": "500113000000"})
    assert report.checked == 6
    assert codes(registry) == ["50", "5001", "500113", "500113001", "500113001001", "500113001002"]


def test_codes_a_city_uses_of_its_own_are_a_standard_of_their_own(registry: Registry, tmp_path: Path) -> None:
    (path,) = write(
        tmp_path, own="代码,名称,级别,编码体系\n500190,高新区,county,功能区\nGXQ01,曾家镇,street,地方\n"
    )
    load(registry, path)
    table = read_frame(registry, "division-codes")
    assert table[["code", "level", "standard"]].to_numpy().tolist() == [
        ["500190", "county", "local"],
        ["GXQ01", "street", "local"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code,name\n500113,巴南区\n50011,x\n", [("G14", 3)]),
        ("code,name\n500113,巴南区\nSQ-3,x\n", [("G14", 3)]),
        ("code,name\n500113,巴南区\n,x\n", [("G13", 3)]),
        ("code,name\n500113,巴南区\n000000,x\n", [("G14", 3)]),
        ("code,name\n500113,巴南区\n500113000000,渝北区\n", [("G08", 3)]),
        ("code,name,standard\n500113,巴南区,火星\n", [("R11", 2)]),
    ],
)
def test_rows_that_cannot_be_kept_are_refused(registry: Registry, tmp_path: Path, text, expected) -> None:
    (path,) = write(tmp_path, t=text)
    with pytest.raises(DataRefused) as caught:
        load(registry, path)
    findings = caught.value.report.findings
    assert [(finding.code, finding.row) for finding in findings if finding.severity == "error"] == expected
    assert codes(registry) == []


def test_rows_said_twice_are_left_out(registry: Registry, tmp_path: Path) -> None:
    (path,) = write(tmp_path, t="code,name\n500113,巴南区\n500113000000,巴南区\n500113,\n")
    report = load(registry, path)
    assert (report.accepted, codes(registry)) == (3, ["500113"])
    assert any("2" in str(note) for note in report.notes)


def test_a_later_table_adds_and_changes_but_takes_nothing_away(registry: Registry, tmp_path: Path) -> None:
    first, second = write(tmp_path, a=AREAS, b="code,name\n500113,巴南新区\n")
    load(registry, first)
    load(registry, second)
    table = read_frame(registry, "division-codes").set_index("code")["name"]
    assert table.to_dict() == {"500112": "渝北区", "500113": "巴南新区"}


def test_what_was_asked_wrongly_is_told(registry: Registry, tmp_path: Path) -> None:
    (path,) = write(tmp_path, a=AREAS)
    with pytest.raises(UsageError, match="巴南"):
        load(registry, path, constants={"within": "巴南"})
    with pytest.raises(UsageError, match="火星"):
        load(registry, path, constants={"standard": "火星"})
    (other,) = write(tmp_path, b="姓名,电话\n张三,1\n")
    with pytest.raises(FileProblem, match="表头") as caught:
        load(registry, path, other)
    assert caught.value.report.findings[0].code == "F05"


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.from_regex(r"[0-9]{1,13}|(44|62|50)[0-3]?(19|02|00)?0*|SQ-3", fullmatch=True), max_size=20)
)
def test_a_column_of_codes_is_cut_as_each_of_them(codes: list[str]) -> None:
    cut = cut_codes(pd.Series(codes, dtype=object)).tolist()
    for code, result in zip(codes, cut, strict=True):
        # Nothing but zeros is no code of any level, whatever is left of it.
        assert result == cut_code(code) or (cut_code(code) is None and result in (code, "00"))


def test_the_national_table_is_loaded_whole(gpkg_registry: Registry, real_data: Path) -> None:
    folder = real_data / "cn-division-codes"
    names = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv.gz")
    report = load(gpkg_registry, *(folder / name for name in names))
    assert (report.checked, report.rejected, report.findings) == (665_276, 0, [])
    table = read_frame(gpkg_registry, "division-codes", columns=["code", "name", "level"])
    # 金门 has a county, a street and a community of one code: two of the three rows repeat the first.
    assert table["level"].value_counts().to_dict() == {
        "community": 620_572,
        "street": 41_351,
        "county": 2_978,
        "prefecture": 342,
        "province": 31,
    }
    names_by_code = table.set_index("code")["name"]
    assert names_by_code[["500113", "441900003", "110101001001", "350527"]].tolist() == [
        "巴南区",
        "东城街道",
        "多福巷社区居委会",
        "金门县",
    ]
