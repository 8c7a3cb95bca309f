"""Under which headings deliveries carry streets, door plates and places."""

from __future__ import annotations

from gis.mapping import Field


def _field(name: str, headings: str) -> Field:
    return Field(name, tuple(headings.split()))


_CODES = "标识码 代码 编码 BSM DM BM ObjID OBJCODE"

STREET_FIELDS = (
    _field("code", f"街巷代码 街路巷代码 道路编码 {_CODES}"),
    _field("name", "街巷名称 街路巷名称 道路名称 路名 名称 MC RNAME ObjName"),
    _field("aliases", "别名 曾用名 BM_ALIAS"),
    _field("from_name", "起点名称 起点 QDMC"),
    _field("to_name", "止点名称 止点 终点名称 终点 ZDMC"),
)

ADDRESS_FIELDS = (
    _field("code", f"门牌代码 门楼牌代码 地址编码 地址代码 {_CODES}"),
    _field("address", "标准地址 地址全称 详细地址 地址名称 全称 地址 DZ 商铺地址"),
    _field("street_name", "所在街巷 街路巷 街巷名称 道路名称 街巷"),
    _field("number", "门楼牌号 门牌号 门牌 MPH"),
    _field("community", "社区代码 所在社区代码 SQDM"),
)

PLACE_FIELDS = (
    _field("code", f"地点代码 兴趣点代码 {_CODES}"),
    _field("name", "标准名称 地名 名称 MC ObjName"),
    _field("type", "所属类型 类型 类别 LX 大类"),
    _field("aliases", "别名 曾用名 简称"),
    _field("address", "地址 详细地址 DZ"),
    _field("street_name", "所在街巷 街路巷 街巷名称 道路名称"),
)
