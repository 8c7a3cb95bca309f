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
    _field("contractor", "作业单位 普查单位 采集单位 调查单位"),
    _field(
        "photos",
        "Picture Pictures Photo 照片 照片编号 照片名称 照片名 照片文件 照片路径 照片号 现场照片 图片 图片名称"
        " IMGURL ZP ZPBH ZPMC",
    ),
    _field("manhole_number", "一井一编号 一井一码 井盖编号 窨井编号 窨井盖编号"),
)

CLASS_FIELDS = (
    _field("standard", "分类标准 标准版次 标准 版本 版次"),
    _field("kind", "类别种类 种类 类型 部件事件"),
    _field("code", "小类代码 小类编码 分类代码 类别代码 子类代码 子类编码 代码 编码"),
    _field("name", "小类名称 分类名称 类别名称 子类名称 名称"),
    _field("major", "大类名称 大类"),
    _field("parent_code", "上级类别代码 上级代码 所属小类代码 所属小类"),
    _field("geometry_kind", "几何类型 图形类型 几何"),
    _field("accuracy_class", "精度等级 精度类别 精度"),
    _field("ownerless", "无主类别 权属不明 是否无主"),
    _field("aliases", "别名 异名 俗称"),
    _field("group_names", "分组 组 归组"),
    _field("valid_from_date", "启用日期 起始日期 生效日期"),
    _field("valid_to_date", "停用日期 终止日期 失效日期"),
    _field("note", "备注 说明"),
)

ALIAS_FIELDS = (
    _field("scheme", "编号体系 编码体系 编号类型 体系"),
    _field("identifier", "其他编号 外部编号 一井一编号 一井一码 井盖编号 原标识码 旧标识码 原编号 旧编号"),
    _field("component_id", "部件标识码 管理部件标识码 标识码 部件编码 ObjID GLBJBSM"),
    _field("note", "备注 说明"),
)

BLOCK_FIELDS = (
    _field("county", "县级代码 区县代码 县区代码 区划代码"),
    _field("class_code", "类别代码 小类代码 分类代码 部件类别"),
    _field("first_number", "起始号 起号 起始顺序码 起始"),
    _field("last_number", "终止号 止号 终止顺序码 截止号 终止"),
    _field("contractor", "作业单位 普查单位 承包单位 领用单位 单位"),
    _field("handed_out_date", "发放日期 领用日期 日期"),
    _field("state", "状态"),
    _field("note", "备注 说明"),
)
