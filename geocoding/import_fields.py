"""Under which headings deliveries carry streets, door plates and places.

Fields that no dataset stores (``village_name``, ``village_number``, ``number_to``, ``block``) are put
together with others: see :mod:`geocoding.addresses`.
"""

from __future__ import annotations

from gis.mapping import Field


def _field(name: str, headings: str) -> Field:
    return Field(name, tuple(headings.split()))


_CODES = "标识码 代码 编码 BSM DM BM ObjID OBJCODE"
_FORMER = _field("former_names", "曾用名 曾用名称 原名 原名称 历史名称 历史地名 旧名 旧称 CYM LSMC old_name")
_DIVISIONS = (
    _field("district_name", "区县名称 所在区县 县级名称 县区名称 行政区名称 行政区 区县 县区 QXMC XZQMC"),
    _field("town_name", "街道名称 所在街道 乡镇名称 镇街名称 镇街 乡镇街道 乡镇 JDMC XZMC"),
    _field("community_name", "社区名称 所在社区 村社名称 村居名称 社区村 SQMC"),
    _field("county", "县级代码 区县代码 县区代码 所在行政区域代码 行政区划代码 行政区代码 QXDM XZQDM"),
    _field("street", "街道代码 所在街道代码 乡镇代码 镇街代码 JDDM"),
    _field("community", "社区代码 所在社区代码 村居代码 SQDM"),
)
_LIFE = (
    _field("source", "数据来源 来源 SJLY DataSource"),
    _field("initial_date", "初始日期 初始时间 采集日期 普查日期 CSRQ ORDate"),
    _field("change_date", "变更日期 变更时间 更新日期 更新时间 BGRQ CHDate"),
    _field("valid_from_date", "启用日期 命名日期 编制日期 设立日期 生效日期 起始日期 QYRQ MMRQ"),
    _field("valid_to_date", "停用日期 注销日期 废止日期 失效日期 销号日期 终止日期 TYRQ ZXRQ"),
    _field("state", "状态 使用状态 门牌状态 地名状态 ZT"),
)
_ON_STREET = (
    _field("street_name", "所在街巷 街路巷 街巷名称 所在街巷名称 所在道路 道路名称 路名 街巷 JXMC SZJX"),
    _field("street_code", "所在街巷代码 街巷代码 街路巷代码 道路编码 道路代码 JXDM"),
)
_ZONE = _field(
    "zone_name", "所在地片 所在区片 地片名称 区片名称 小区名称 居住小区 住宅小区 小区 院落名称 XQMC SZQP"
)

STREET_FIELDS = (
    _field("code", f"街巷代码 街路巷代码 道路编码 道路代码 {_CODES}"),
    _field("name", "街巷名称 街路巷名称 道路名称 标准名称 路名 名称 MC RNAME ObjName"),
    _field("aliases", "别名 别称 俗称 简称 BM_ALIAS alt_name"),
    _field("from_name", "起点名称 起点 QDMC QD"),
    _field("to_name", "止点名称 止点 终点名称 终点 ZDMC ZD"),
    _FORMER,
    _field("direction", "走向 道路走向 ZX"),
    _field("min_number", "最小门牌号 起始门牌号 最小门牌 ZXMPH"),
    _field("max_number", "最大门牌号 终止门牌号 最大门牌 ZDMPH"),
    *_DIVISIONS,
    *_LIFE,
)

ADDRESS_FIELDS = (
    _field("code", f"门牌代码 门楼牌代码 地址编码 地址代码 门牌编码 {_CODES}"),
    _field("address", "标准地址 地址全称 详细地址 地址名称 标准地址名称 全称 地址 名称 DZ BZDZ 商铺地址"),
    *_ON_STREET,
    _field("number", "门楼牌号 门（楼）牌号 门牌号 门牌号码 门牌 MPH MLPH"),
    _field("number_to", "门牌号止 终止门牌 门牌止号"),
    _field("building", "楼栋 楼栋名称 建筑物名称 楼名 楼宇名称 建筑名称 LDMC"),
    _field("block", "楼栋号 栋号 幢号 楼牌号 座号 LDH"),
    _ZONE,
    _field("village_name", "自然村 自然村名称 村名 村庄名称 ZRCMC"),
    _field("village_number", "村内门牌号 户号 村牌号"),
    _field("former_names", "曾用地址 原地址 历史地址 旧地址 原门牌 旧门牌 曾用门牌 曾用名"),
    *_DIVISIONS,
    *_LIFE,
)

PLACE_FIELDS = (
    _field("code", f"地点代码 兴趣点代码 地名代码 内部编码 {_CODES}"),
    _field("name", "标准名称 地名 地名名称 兴趣点名称 地片名称 区片名称 名称 MC ObjName"),
    _field("type", "地点类型 类型 类别 地名类别 LX 大类"),
    _field("poi_type", "所属类型 兴趣点类型 兴趣点类别 POI类型 小类 中类 fclass"),
    _field("aliases", "别名 别称 俗称 简称 alt_name"),
    _FORMER,
    _field("description", "边界描述 四至范围 四至 范围描述 BJMS SZFW"),
    _field("floor", "所在层 所在楼层 楼层 SZC"),
    _field("address", "地址 详细地址 标准地址 DZ"),
    *_ON_STREET,
    _ZONE,
    *_DIVISIONS,
    *_LIFE,
)
