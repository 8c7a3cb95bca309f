"""Under which headings deliveries carry organisations, rules, areas, agreements and facilities."""

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
    _field("valid_from_date", "成立日期 启用日期 设立日期"),
    _field("valid_to_date", "撤销日期 注销日期 停用日期 撤并日期"),
)

RULE_FIELDS = (
    _field("kind", "部件或事件 部件/事件 问题类型 案件类型 案卷类型 事部件类型 类型 类别"),
    _field("major_code", "大类代码 大类编码 大类编号"),
    _field("major_name", "大类名称 大类 所属大类"),
    _field(
        "minor_code",
        "小类代码 小类编码 小类编号 部件代码 部件编码 事件代码 事件编码 类别代码 类别编码 分类代码 分类编码",
    ),
    _field("minor_name", "小类名称 小类 部件名称 事件名称 部件类型 事件类型 类别名称 分类名称"),
    _field("condition", "立案条件 立案标准 立案规范 立案要求 立案情形 问题描述 问题情形"),
    _field(
        "limit_text",
        "处置时限 完成时限 处理时限 处置期限 处理期限 完成期限 办理时限 结案时限 整改时限 时限 期限",
    ),
    _field("closing", "结案条件 结案标准 结案规范 结案要求 处置标准 处置要求"),
    _field("supervising", "监管主体 主管部门 监管部门 监管单位 主管单位 监督单位 行业主管部门 行业监管部门"),
    _field(
        "acting",
        "责任主体 处置单位 责任单位 处置部门 责任部门 处置主体 处置责任单位 责任处置单位 牵头单位 主办单位"
        " 承办单位 牵头部门 主办部门 承办部门 专业部门",
    ),
    _field("assisting", "配合单位 协办单位 配合部门 协办部门 协同单位 协助单位 辅助单位"),
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

FACILITY_FIELDS = (
    _field("code", "清单编号 条目编号 设施编号"),
    _field("component_id", "标识码 部件标识码 部件编号 部件代码 部件编码 BSM ObjID"),
    _field("place_code", "地点 地点代码 地点名称 场所 场所名称"),
    _field("name", "设施名称 名称 MC ObjName"),
    _field("classes", "适用类别 适用类别代码 类别 部件类别"),
    _field("authority_code", "主管部门代码 ZGBMDM DeptCode1"),
    _field("authority_name", "主管部门 主管部门名称 主管单位 ZGBMMC DeptName1"),
    _field("owner_code", "权属单位代码 产权单位代码 QSDWDM DeptCode2"),
    _field("owner_name", "权属单位 权属单位名称 产权单位 QSDWMC DeptName2"),
    _field("maintainer_code", "养护单位代码 管护单位代码 YHDWDM DeptCode3"),
    _field("maintainer_name", "养护单位 养护单位名称 管护单位 管养单位 YHDWMC DeptName3"),
    _field("builder_code", "建设单位代码 移交单位代码"),
    _field("builder_name", "建设单位 建设单位名称 移交单位 施工单位"),
    _field("ownership", "权属状态 确权状态 确权情况"),
    _field("evidence", "依据 权属依据 确权依据 证明材料"),
    _field("evidence_date", "依据日期 文件日期 确权日期"),
    _field("documents", "附件 佐证材料 文件 文号"),
    _field("handover", "移交状态 移交情况"),
    _field("handover_date", "移交日期 移交时间"),
    _field("warranty_to", "质保期至 质保到期日 质保截止日期"),
    _field("radius_m", "半径 范围半径"),
    _field("valid_from_date", "起始日期 开始日期 生效日期"),
    _field("valid_to_date", "终止日期 结束日期 截止日期 失效日期"),
    _field("note", "备注 说明"),
)
