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
        " areaCode AreaID 代码 编码 DM BM 标识码 ObjID ObjCode"
        " 社区码 乡镇码 街道码 区县码 adcode district_adcode area_code",
        required=True,
    ),
    field(
        "name",
        "QHMC 区划名称 行政区划名称 XZQMC 社区名称 SQMC 社区 村社区 cunshe 街道名称 JDMC 街道 街镇 乡镇"
        f" zhenjie 区县名称 XQMC 区县 quxian areaName {_NAMES} district_name",
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

DIVISION_CODE_FIELDS = (
    field(
        "code",
        "统计用区划代码 区划代码 行政区划代码 行政区划编码 区划编码 代码 编码 QHDM XZQHDM TJDM DM BM id",
        required=True,
    ),
    field(
        "name",
        "ext_name fullname full_name 全称 名称 区划名称 行政区划名称 单位名称 地名 QHMC XZQMC MC 社区名称",
    ),
    field("level", "级别 JB 行政级别 区划级别 层级"),
    field("standard", "编码体系 代码体系 区划体系"),
    field("source", "来源 数据来源 SJLY"),
    field("urban_rural", "城乡分类代码 城乡分类 CXFLDM"),
    field("within", ""),
)
"""``within`` is no column: ``--set within=CODE`` keeps the codes of one division."""

RETIREMENT_FIELDS = (
    field("kind", "对象 对象类型 类别"),
    field(
        "code", "旧代码 原代码 旧编码 原编码 变更前代码 调整前代码 撤销代码 old_code JDM YDM", required=True
    ),
    field(
        "successors",
        "新代码 现代码 新编码 现编码 变更后代码 调整后代码 并入代码 后继代码 new_code XDM HJDM",
    ),
    field("name", "旧名称 原名称 变更前名称 调整前名称 撤销名称 old_name JMC YMC"),
    field("new_name", "新名称 现名称 变更后名称 调整后名称 并入单位 new_name XMC"),
    field("operation", "变更类型 调整类型 变更方式 调整方式 变更情况 类型 BGLX", required=True),
    field("date", "变更日期 调整日期 变更时间 调整时间 生效日期 批准日期 日期 BGRQ"),
    field("reason", "依据 批准文号 文号 变更依据 变更原因 原因 说明 备注 YJ BZ"),
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
    field("void_reason", "ZFYY 作废原因 终止原因 注销原因"),
    field("predecessors", "QDBSM 前代标识码 前代编码 前代网格"),
    field("successors", "HJBSM 后继标识码 后继编码 后继网格"),
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

_UNIT_MEMBERS = (
    "包含单元网格 单元网格列表 单元网格 所含单元网格 单元网格标识码 单元网格编码 单元网格代码 包含网格"
    " 成员网格 成员 DYWGBSM DYWGLB BHDYWG unit_grids"
)

RESPONSIBILITY_FIELDS = (
    field("line", "条线 TX 业务线 网格类型", required=True),
    field(
        "code",
        "ZRWGBM 责任网格编码 责任网格代码 监督网格编码 工作网格编码 网格编码 网格代码 网格编号 GridCode 编码"
        " 代码",
        required=True,
    ),
    field("name", f"ZRWGMC 责任网格名称 监督网格名称 工作网格名称 网格名称 GridName {_NAMES}"),
    field("unit_code", "ZRDWDM 责任单位代码 单位代码 DeptCode DeptCode1"),
    field("unit_name", "ZRDWMC 责任单位名称 责任单位 单位名称 DeptName DeptName1"),
    field("members", _UNIT_MEMBERS),
)

MANAGEMENT_FIELDS = (
    field(
        "code",
        "GLWGBSM GLWGBM 管理网格标识码 管理网格编码 管理网格代码 网格编码 网格代码 网格编号 标识码 编码 代码",
        required=True,
    ),
    field("name", f"GLWGMC 管理网格名称 网格名称 GridName {_NAMES}"),
    field("members", _UNIT_MEMBERS),
    field("most_members", ""),
)
"""``most_members`` is no column: ``--set most_members=N`` says how many unit grids a group may have."""

EVALUATION_FIELDS = (
    field(
        "code",
        "PJWGBSM PJWGBM 评价网格标识码 评价网格编码 评价网格代码 网格编码 网格代码 网格编号 标识码 编码 代码",
        required=True,
    ),
    field("name", f"PJWGMC 评价网格名称 网格名称 GridName {_NAMES}"),
    field(
        "members",
        "包含管理网格 管理网格列表 管理网格 所含管理网格 管理网格标识码 管理网格编码 管理网格代码 包含网格"
        " 成员网格 成员 GLWGBSM GLWGLB BHGLWG management_grids",
    ),
)

MEMBERSHIP_FIELDS = (
    field("kind", "类别 网格类别 网格种类 种类", required=True),
    field("line", "条线 TX 业务线 网格类型"),
    field(
        "code", "网格编码 网格代码 网格编号 责任网格编码 管理网格编码 评价网格编码 编码 代码", required=True
    ),
    field("members", f"member {_UNIT_MEMBERS}", required=True),
    field("most_members", ""),
)
