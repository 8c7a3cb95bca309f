"""Under which headings deliveries carry organisations, rules, areas and boundary agreements."""

from __future__ import annotations

from gis.mapping import Field


def _field(name: str, headings: str, *, required: bool = False) -> Field:
    return Field(name, tuple(headings.split()), required=required)


ORGANISATION_FIELDS = (
    _field("code", "统一社会信用代码 TYSHXYDM 信用代码 机构代码 单位代码 代码 编码", required=True),
    _field("name", "单位名称 机构名称 单位全称 全称 名称 MC DWMC", required=True),
    _field("short_names", "简称 JC"),
    _field("former_names", "曾用名 CYM 原名称 原名"),
    _field("types", "单位类型 机构类型 类型 LX 职责"),
    _field("parent_code", "上级代码 上级单位代码 SJDM 主管单位代码"),
    _field("division_code", "辖区代码 辖区 管辖区划代码 管辖区划 所属区划代码 区划代码 QHDM"),
    _field("lines", "条线 业务条线 业务线"),
    _field("state", "状态 ZT"),
    _field("successor_code", "继任代码 继任单位代码 承接单位代码"),
)

RULE_FIELDS = (
    _field("major_code", "大类代码 大类编码 大类编号"),
    _field("major_name", "大类名称 大类"),
    _field("minor_code", "小类代码 小类编码 小类编号"),
    _field("minor_name", "小类名称 小类"),
    _field("condition", "立案条件 立案标准 立案规范"),
    _field("limit_text", "处置时限 完成时限 处理时限 处置期限 时限"),
    _field("closing", "结案条件 结案标准 结案规范"),
    _field("supervising", "监管主体 主管部门 监管部门 监管单位"),
    _field("acting", "责任主体 处置单位 责任单位 处置部门 责任部门 处置主体"),
    _field("legal_basis", "法律法规依据 法规依据 法律依据"),
    _field("legal_clause", "法律法规具体条款 具体条款"),
    _field("note", "采集要求 备注 说明"),
)

AREA_FIELDS = (
    _field("line", "条线 TX 业务线 业务条线", required=True),
    _field("code", "责任区代码 责任区编码 标段编号 标段代码 区域代码 代码 编码 DM BM ObjID", required=True),
    _field("name", "责任区名称 标段名称 区域名称 名称 MC ObjName"),
    _field("unit_code", "责任单位代码 单位代码 DWDM DeptCode DeptCode1"),
    _field("unit_name", "责任单位名称 责任单位 单位名称 DWMC DeptName DeptName1"),
    _field("classes", "适用类别 适用类别代码 类别 部件类别"),
    _field("handover", "移交状态 移交情况"),
    _field("in_scope", "是否管辖 在管 是否在管"),
    _field("contract", "合同编号 合同号 合同"),
    _field("valid_from_date", "起始日期 开始日期 生效日期"),
    _field("valid_to_date", "终止日期 结束日期 截止日期 失效日期"),
)

BOUNDARY_FIELDS = (
    _field("code", "边界代码 边界编码 代码 编码 DM BM ObjID", required=True),
    _field("name", "边界名称 名称 MC ObjName"),
    _field("unit_a_code", "甲方代码 甲方单位代码"),
    _field("unit_b_code", "乙方代码 乙方单位代码"),
    _field("taken_by", "承担方 责任方"),
    _field("width_m", "半宽 半宽度 宽度"),
    _field("classes", "适用类别 适用类别代码 类别"),
    _field("agreement", "协议文号 协议编号 协议"),
)
