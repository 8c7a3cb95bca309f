"""Under which headings deliveries carry the fields of components.

Legacy names (2007, 2013), the pinyin names of GB/T 47678.5-2026 table 2, and Chinese headings, in the order
of preference.
"""

from __future__ import annotations

from gis.mapping import Field


def _field(name: str, headings: str) -> Field:
    return Field(name, tuple(headings.split()))


COMPONENT_FIELDS = (
    _field("id", "GLBJBSM ObjID ObjCode 管理部件标识码 部件标识码 部件编码 部件代码 标识码"),
    _field(
        "class_code",
        "小类代码 小类编码 分类代码 部件分类代码 类别代码 ClassCode SmallCode SmallClass FLDM XLDM",
    ),
    _field("name", "GLBJMC ObjName 管理部件名称 部件名称 小类名称 分类名称 名称 ClassName"),
    _field("authority_code", "ZGBMDM DeptCode1 主管部门代码 主管单位代码"),
    _field("authority_name", "ZGBMMC DeptName1 主管部门名称 主管部门 主管单位"),
    _field("owner_code", "QSDWDM DeptCode2 权属单位代码"),
    _field("owner_name", "QSDWMC DeptName2 权属单位名称 权属单位 产权单位"),
    _field("maintainer_code", "YHDWDM DeptCode3 养护单位代码"),
    _field("maintainer_name", "YHDWMC DeptName3 养护单位名称 养护单位 管护单位"),
    _field(
        "unit_grid",
        "SZDYWGBSM BGID BGCode 所在单元网格标识码 所在单元网格 单元网格标识码 单元网格编码 单元网格",
    ),
    _field("street", "SZJDDM 所在街道代码 街道代码"),
    _field("community", "SZSQDM 所在社区代码 社区代码"),
    _field("state", "GLBJZT ObjState 管理部件状态 部件状态 状态"),
    _field("initial_date", "CSRQ ORDate 初始日期 初始时间 普查日期"),
    _field("change_date", "BGRQ CHDate 变更日期 变更时间"),
    _field("source", "SJLY DataSource 数据来源"),
    _field("position_text", "ObjPos 位置描述 位置 所在位置"),
    _field("note", "BZ 备注 Note Note_ Remark"),
)
