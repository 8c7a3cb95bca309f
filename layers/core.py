"""The layers every registry is born with: one for each dataset that lies on the map.

None is public before somebody marks it so: large contiguous areas at large scales are restricted.
Columns that hold whatever a delivery brought along (``attributes``), free remarks and the named
responsible of a grid are not among the published properties.
"""

from __future__ import annotations

from layers.layer import Layer

_GRID_ZOOM = 12
_POINT_ZOOM = 14
_VALIDITY = ("state", "valid_from_date", "valid_to_date", "initial_date", "change_date", "source")

CORE_LAYERS: tuple[Layer, ...] = (
    Layer(
        id="divisions",
        dataset="divisions",
        title_zh="行政区划",
        title_en="Divisions",
        description_zh="区县、街道（乡镇）、社区（村）",
        description_en="Counties, streets and communities",
        properties=("code", "name", "level", "parent_code", "statistics_code", "former_names"),
        style={"label": ["code", "name", "level"]},
        min_zoom=6,
        position=10,
    ),
    Layer(
        id="unit-grids",
        dataset="grids",
        title_zh="单元网格",
        title_en="Unit grids",
        description_zh="城市管理单元网格（万米网格）",
        description_en="Unit grids of urban management, about 10 000 square metres each",
        properties=(
            *("code", "name", "county", "street", "community", "area_m2"),
            *("initial_date", "change_date", "end_date", "state", "legacy_code"),
        ),
        style={"label": ["code", "name", "state"]},
        min_zoom=_GRID_ZOOM,
        position=20,
    ),
    Layer(
        id="management-grids",
        dataset="management-grids",
        title_zh="管理网格",
        title_en="Management grids",
        description_zh="由同一社区内若干相邻单元网格组成的管理网格",
        description_en="Groups of a few adjacent unit grids of one community",
        properties=("code", "name", "community"),
        style={"label": ["code", "name", "community"]},
        min_zoom=_GRID_ZOOM,
        position=24,
    ),
    Layer(
        id="evaluation-grids",
        dataset="evaluation-grids",
        title_zh="评价网格",
        title_en="Evaluation grids",
        description_zh="由管理网格组成、用于综合评价的网格",
        description_en="Groups of management grids, for evaluation",
        properties=("code", "name", "street"),
        style={"label": ["code", "name", "street"]},
        min_zoom=_GRID_ZOOM - 1,
        position=26,
    ),
    Layer(
        id="responsibility-grids",
        dataset="responsibility-grids",
        title_zh="责任网格",
        title_en="Responsibility grids",
        description_zh="按条线划分的责任网格",
        description_en="Grids of responsibility, one set for each line of business",
        properties=("line", "code", "name", "unit_code", "unit_name"),
        style={"label": ["line", "code", "name"]},
        min_zoom=_GRID_ZOOM,
        position=30,
    ),
    Layer(
        id="governance-grids",
        dataset="governance-grids",
        title_zh="综治网格",
        title_en="Governance grids",
        description_zh="综治网格、基层治理网格，自有编码",
        description_en="Grids of community governance, with codes of their own",
        properties=("line", "code", "name", "community_name", "street_name"),
        style={"label": ["line", "code", "name"]},
        min_zoom=_GRID_ZOOM,
        position=40,
    ),
    Layer(
        id="components",
        dataset="components",
        title_zh="部件",
        title_en="Components",
        description_zh="城市管理部件：井盖、路灯、行道树等",
        description_en="Components of the city: covers, lamps, trees and the like",
        properties=(
            *("id", "class_code", "standard", "name", "county", "authority_code", "authority_name"),
            *("owner_code", "owner_name", "maintainer_code", "maintainer_name", "unit_grid", "street"),
            *("community", "state", "initial_date", "change_date", "source", "position_text"),
        ),
        style={"label": ["id", "class_code", "standard", "name", "state"]},
        min_zoom=_POINT_ZOOM + 1,
        position=50,
    ),
    Layer(
        id="places",
        dataset="places",
        title_zh="地名",
        title_en="Places",
        description_zh="地片、区片、兴趣点与标志物",
        description_en="Named localities, points of interest and landmarks",
        properties=(
            *("code", "name", "type", "poi_type", "aliases", "former_names", "address", "street_name"),
            *("street_code", "zone_name", "floor", "description", "county", "street", "community"),
            *("district_name", "town_name", "community_name"),
            *_VALIDITY,
        ),
        style={"label": ["code", "name", "type"]},
        min_zoom=_POINT_ZOOM,
        position=60,
    ),
    Layer(
        id="addresses",
        dataset="addresses",
        title_zh="门牌地址",
        title_en="Addresses",
        description_zh="门（楼）牌及其标准地址",
        description_en="Door plates with their standard address",
        properties=(
            *("code", "address", "former_names", "street_name", "street_code", "number", "zone_name"),
            *("building", "county", "street", "community", "district_name", "town_name", "community_name"),
            *_VALIDITY,
        ),
        style={"label": ["code", "address", "number"]},
        min_zoom=_POINT_ZOOM + 2,
        position=70,
    ),
    Layer(
        id="streets",
        dataset="streets",
        title_zh="街巷",
        title_en="Roads and lanes",
        description_zh="道路与街巷",
        description_en="Roads and lanes by name",
        properties=(
            *("code", "name", "aliases", "former_names", "from_name", "to_name", "direction"),
            *("min_number", "max_number", "county", "street", "district_name", "town_name"),
            *_VALIDITY,
        ),
        style={"label": ["code", "name"]},
        min_zoom=_GRID_ZOOM,
        position=80,
    ),
    Layer(
        id="areas",
        dataset="areas",
        title_zh="责任区",
        title_en="Areas of responsibility",
        description_zh="责任区与标段",
        description_en="Areas and contract lots, each in the hands of one unit",
        properties=(
            *("line", "code", "name", "unit_code", "unit_name", "classes", "handover", "in_scope"),
            *("contract", "valid_from_date", "valid_to_date"),
        ),
        style={"label": ["line", "code", "name", "unit_name"]},
        min_zoom=_GRID_ZOOM,
        position=90,
    ),
    Layer(
        id="boundaries",
        dataset="boundaries",
        title_zh="边界协议",
        title_en="Boundary agreements",
        description_zh="边界两侧单位的责任约定",
        description_en="What units on both sides of a boundary agreed on",
        properties=(
            *("code", "name", "unit_a_code", "unit_b_code", "taken_by", "width_m", "classes"),
            "agreement",
        ),
        style={"label": ["code", "name", "taken_by"]},
        min_zoom=_GRID_ZOOM,
        position=100,
    ),
)

FORMER_PROPERTIES: dict[str, tuple[str, ...]] = {
    "places": ("code", "name", "type", "aliases", "address", "street_name"),
    "addresses": ("code", "address", "street_name", "number", "community"),
    "streets": ("code", "name", "aliases", "from_name", "to_name"),
}
"""What core layers showed before place data had all its columns."""
