"""Under which headings deliveries carry the fields of divisions and grids.

Legacy names, the pinyin names that the 2026 series uses or suggests, and Chinese headings. The order
within a field is the order of preference.
"""

from __future__ import annotations

from gis.mapping import Field


def field(name: str, headings: str, *, required: bool = False) -> Field:
    """Make a field of headings separated by blanks."""
    return Field(name, tuple(headings.split()), required=required)


_NAMES = "名称 MC ObjName"
NOTES = "BZ 备注 说明 Note Note_ Remark"

DIVISION_FIELDS = (
    field(
        "code",
        "QHDM 区划代码 行政区划代码 行政区划编码 行政区划完整代码 XZQHDM XZQHBM XZQDM"
        " 社区代码 社区编码 SQDM 村社区代码 街道代码 街道编码 JDDM 街镇代码 乡镇代码 区县代码 XQDM"
        " areaCode AreaID 代码 编码 DM BM 标识码 ObjID ObjCode",
        required=True,
    ),
    field(
        "name",
        "QHMC 区划名称 行政区划名称 XZQMC 社区名称 SQMC 社区 村社区 cunshe 街道名称 JDMC 街道 街镇 乡镇"
        f" zhenjie 区县名称 XQMC 区县 quxian areaName {_NAMES}",
    ),
    field("level", "JB 级别 行政级别 区划级别"),
    field(
        "parent_code",
        "SJDM 上级代码 上级区划代码 父级代码 parentAreaCode parentCode PID ZJ_XZQHBM"
        " 所属街道代码 所在街道代码 街道代码 街道编码 所属区县代码 区县代码",
    ),
    field("statistics_code", "TJDM 统计用区划代码 统计代码"),
    field("former_names", "CYM 曾用名 原名"),
)

GRID_FIELDS = (
    field(
        "code",
        "DYWGBSM BGID BGCode 单元网格标识码 单元网格编码 单元网格代码 网格标识码 网格编码 网格代码 网格编号"
        " 标识码 GridCode GridID ObjID ObjCode 编码 代码",
        required=True,
    ),
    field("name", f"DYWGMC BGName 单元网格名称 网格名称 GridName {_NAMES}"),
    field("area_m2", "MJ 面积 网格面积 ObjArea Area Area_"),
    field("initial_date", "CSRQ 初始日期 初始时间 ORDate"),
    field("change_date", "BGRQ 变更日期 变更时间 CHDate"),
    field("end_date", "ZZRQ 终止日期 终止时间"),
    field("state", "ZT 状态 ObjState"),
    field("responsible", "ZRZT 责任主体"),
    field("legacy_code", "原标识码 原编码 旧编码 OldCode"),
    field("note", NOTES),
)

GOVERNANCE_FIELDS = (
    field("line", "条线 TX"),
    field(
        "code",
        "WGBM WGDM 网格编码 网格代码 网格编号 XZQHBM areaCode GridCode GridID 编码 代码",
        required=True,
    ),
    field("name", f"WGMC 网格名称 areaName GridName 所属组织 {_NAMES}"),
    field("community_name", "社区名称 所属社区 所在社区 SQMC 社区 村社区 cunshe parentAreaName"),
    field("street_name", "街道名称 所属街道 所在街道 JDMC 街道 街镇 乡镇 zhenjie"),
)

RESPONSIBILITY_FIELDS = (
    field("line", "条线 TX 业务线 网格类型", required=True),
    field(
        "code",
        "ZRWGBM 责任网格编码 责任网格代码 网格编码 网格代码 网格编号 GridCode 编码 代码",
        required=True,
    ),
    field("name", f"ZRWGMC 责任网格名称 网格名称 GridName {_NAMES}"),
    field("unit_code", "ZRDWDM 责任单位代码 单位代码 DeptCode DeptCode1"),
    field("unit_name", "ZRDWMC 责任单位名称 责任单位 单位名称 DeptName DeptName1"),
)
