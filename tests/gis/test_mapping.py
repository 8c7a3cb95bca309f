"""From the columns of a delivery to the fields of a dataset."""

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely

from gis.errors import UsageError
from gis.findings import Severity
from gis.mapping import Field, map_fields

CODE = Field("code", ("ObjID", "网格编码", "wgbm"), required=True)
NAME = Field("name", ("网格名称",))
OWNER_CODE = Field("owner_code", ("DeptCode3", "权属单位代码"))
OWNER_NAME = Field("owner_name", ("DeptName3", "权属单位名称"))
AREA = Field("area_m2", ("面积",), kind="any")
FIELDS = [CODE, NAME, OWNER_CODE, OWNER_NAME, AREA]


def frame(**columns):
    return pd.DataFrame(columns)


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize("heading", ["code", "CODE", "objid", " ObjID ", "网格编码", "ＯｂｊＩＤ", "WGBM"])
def test_headings_match_without_case_width_and_blanks(heading):
    out, findings = map_fields(frame(**{heading: ["1"]}), [CODE])
    assert list(out["code"]) == ["1"]
    assert findings == []


def test_own_name_beats_alias_and_alias_order_decides():
    out, _ = map_fields(frame(wgbm=["c"], ObjID=["b"], code=["a"]), [CODE])
    assert list(out["code"]) == ["a"]
    assert orjson.loads(out["attributes"][0]) == {"wgbm": "c", "ObjID": "b"}
    out, _ = map_fields(frame(wgbm=["c"], ObjID=["b"]), [CODE])
    assert list(out["code"]) == ["b"]


def test_a_name_that_is_an_alias_of_another_field_stays_with_its_own():
    fields = [Field("unit_name", ("name",)), Field("name")]
    out, _ = map_fields(frame(name=["x"]), fields)
    assert list(out["name"]) == ["x"]
    assert list(out["unit_name"]) == [None]


def test_absent_fields_are_there_and_empty():
    out, _ = map_fields(frame(code=["1", "2"]), FIELDS)
    assert list(out.columns) == ["code", "name", "owner_code", "owner_name", "area_m2", "attributes"]
    assert list(out["name"]) == [None, None]
    assert list(out["attributes"]) == [None, None]


def test_required_field_without_a_column_is_a_finding_that_lists_columns():
    _, findings = map_fields(frame(foo=["1"]), [CODE], dataset="grids")
    assert codes(findings) == ["F05", "F08"]
    assert findings[0].severity is Severity.ERROR
    assert findings[0].field == "code"
    assert "foo" in str(findings[0].hint)


def test_given_column_beats_the_aliases():
    out, _ = map_fields(frame(code=["a"], DISTRICT=["408"]), [CODE], given={"code": "DISTRICT"})
    assert list(out["code"]) == ["408"]
    assert orjson.loads(out["attributes"][0]) == {"code": "a"}


def test_given_column_is_found_regardless_of_case_when_unambiguous():
    out, _ = map_fields(frame(District=["408"]), [CODE], given={"code": "DISTRICT"})
    assert list(out["code"]) == ["408"]


def test_given_column_that_is_not_there_lists_those_there_are():
    with pytest.raises(UsageError) as refused:
        map_fields(frame(foo=["1"], bar=["2"]), [CODE], given={"code": "DISTRICT"})
    assert "DISTRICT" in str(refused.value)
    assert "foo, bar" in str(refused.value.expected)


@pytest.mark.parametrize("option", [{"given": {"nocode": "foo"}}, {"constants": {"nocode": "1"}}])
def test_unknown_target_lists_the_fields(option):
    with pytest.raises(UsageError) as refused:
        map_fields(frame(foo=["1"]), [CODE], **option)
    assert "nocode" in str(refused.value)
    assert "code" in str(refused.value.expected)


def test_constant_beats_the_column_which_is_kept_as_attribute():
    out, _ = map_fields(frame(code=["a", "b"]), [CODE], constants={"code": "police"})
    assert list(out["code"]) == ["police", "police"]
    assert orjson.loads(out["attributes"][1]) == {"code": "b"}


def test_constant_satisfies_a_required_field():
    _, findings = map_fields(frame(foo=["1"]), [CODE], constants={"code": "x"})
    assert codes(findings) == ["F08"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["0101", "0102"], ["0101", "0102"]),
        (np.array([101, 102]), ["101", "102"]),
        (np.array([101.0, np.nan]), ["101", None]),
        (np.array([500113001002017.0, 1e15]), ["500113001002017", "1000000000000000"]),
    ],
)
def test_codes_become_text_and_never_floats(column, expected):
    out, _ = map_fields(frame(code=column), [CODE])
    assert list(out["code"]) == expected


def test_numbers_too_long_for_a_double_are_a_warning():
    _, findings = map_fields(frame(code=[915001130000000123.0]), [CODE])
    assert codes(findings) == ["F13"]
    assert findings[0].severity is Severity.WARNING


def test_fields_of_any_kind_keep_their_values():
    out, _ = map_fields(frame(code=["1"], 面积=[12.5]), FIELDS)
    assert list(out["area_m2"]) == [12.5]


@pytest.mark.parametrize("cut", ["权属单位代", "DeptCode3"])
def test_names_cut_to_ten_gbk_bytes_match(cut):
    out, _ = map_fields(frame(code=["1"], **{cut: ["9150"]}), FIELDS)
    assert list(out["owner_code"]) == ["9150"]


def test_a_cut_name_that_fits_two_fields_matches_none():
    # Ten bytes of UTF-8 hold three characters: 权属单 is the start of both 权属单位代码 and 权属单位名称.
    out, findings = map_fields(frame(code=["1"], 权属单=["x"]), FIELDS)
    assert list(out["owner_code"]) == [None]
    assert list(out["owner_name"]) == [None]
    assert codes(findings) == ["F08"]


def test_short_prefixes_do_not_match():
    out, _ = map_fields(frame(code=["1"], 权属=["x"]), FIELDS)
    assert list(out["owner_name"]) == [None]


def test_attributes_keep_types_and_leave_out_what_is_missing():
    source = frame(code=["1", "2"], n=[5, 6], f=[1.5, np.nan], s=[" x ", None], b=[True, False])
    source["long"] = [2**60, 1]
    out, findings = map_fields(source, [CODE])
    assert orjson.loads(out["attributes"][0]) == {"n": 5, "f": 1.5, "s": "x", "b": True, "long": str(2**60)}
    assert orjson.loads(out["attributes"][1]) == {"n": 6, "b": False, "long": 1}
    assert findings[0].value == "n, f, s, b, long"


def test_attributes_of_an_earlier_export_do_not_nest():
    out, _ = map_fields(frame(code=["1"], attributes=['{"RNAME": "尚文大道"}'], x=["y"]), [CODE])
    assert orjson.loads(out["attributes"][0]) == {"RNAME": "尚文大道", "x": "y"}


def test_geometry_row_and_crs_pass_through():
    source = gpd.GeoDataFrame(
        {"_row": [1, 2], "ObjID": ["a", "b"]},
        geometry=[shapely.Point(106, 29), None],
        crs="EPSG:4490",
    )
    out, _ = map_fields(source, [CODE])
    assert isinstance(out, gpd.GeoDataFrame)
    assert list(out.columns) == ["_row", "code", "attributes", "geometry"]
    assert out.crs.to_epsg() == 4490
    assert out.geometry[1] is None


def test_no_rows():
    out, _ = map_fields(frame(code=[], extra=[]), FIELDS)
    assert len(out) == 0
    assert "attributes" in out


def test_source_frame_is_not_changed():
    source = frame(code=["1"], extra=["2"])
    before = source.copy()
    map_fields(source, FIELDS)
    pd.testing.assert_frame_equal(source, before)


KIND = Field("class_code", ("类别",))
WORDS = {"class_code": {"street_lamp": "0137", "Bench": "0407", "none": ""}}


def test_values_become_their_counterparts_without_case_and_width():
    out, findings = map_fields(
        frame(kind=["street_lamp", " Ｂench ", "none", None, "0137"]),
        [KIND],
        given={"class_code": "kind"},
        words=WORDS,
    )
    assert list(out["class_code"]) == ["0137", "0407", None, None, "0137"]
    assert findings == []


def test_values_without_a_counterpart_stay_and_are_counted_most_frequent_first():
    out, findings = map_fields(frame(类别=["stop", "crossing", "Bench", "crossing"]), [KIND], words=WORDS)
    assert list(out["class_code"]) == ["stop", "crossing", "0407", "crossing"]
    assert [(f.code, f.severity, f.value) for f in findings] == [
        ("F14", Severity.WARNING, "crossing (2), stop (1)")
    ]


def test_many_values_without_a_counterpart_are_cut_short():
    _, findings = map_fields(frame(类别=[f"v{n:03d}" for n in range(100)]), [KIND], words=WORDS)
    assert "100" in str(findings[0].message)
    assert str(findings[0].message).endswith("…")
    assert "v020" not in findings[0].value


def test_numbers_and_constants_under_values():
    numbers = {"class_code": {"5": "0137"}}
    out, _ = map_fields(frame(类别=[5.0, 6.0]), [KIND], words=numbers)
    assert list(out["class_code"]) == ["0137", "6"]
    out, findings = map_fields(frame(类别=[5.0]), [KIND], constants={"class_code": "0407"}, words=numbers)
    assert list(out["class_code"]) == ["0407"]
    assert "F14" not in codes(findings)


def test_one_value_with_two_counterparts_is_refused():
    with pytest.raises(UsageError, match="Lamp") as caught:
        map_fields(frame(类别=["x"]), [KIND], words={"class_code": {"lamp": "0137", "Lamp": "0106"}})
    assert caught.value.field == "--map"


def test_values_of_a_field_that_is_not_there_are_refused():
    with pytest.raises(UsageError, match=r"\[values\]"):
        map_fields(frame(类别=["x"]), [KIND], words={"klass": {"a": "b"}})


def test_a_column_may_be_kept_from_a_field_of_its_name():
    out, findings = map_fields(frame(code=["17"], ObjID=["b"]), [CODE], given={"code": ""})
    assert list(out["code"]) == [None]
    assert orjson.loads(out["attributes"][0]) == {"code": "17", "ObjID": "b"}
    assert codes(findings) == ["F05", "F08"]
