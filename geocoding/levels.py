"""Levels of an address text (地址要素层级): the ten of the standards and what lies below and beside them.

The ten and their order are those of GB/T 37149-2018, annex B, which builds on CJ/T 215 and
GB/T 30428.3. What stands inside a door or building plate (unit, floor, room) has no number there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """What a part of an address text names."""

    PROVINCE = "province"
    """省级; a municipality (直辖市) stands here."""
    PREFECTURE = "prefecture"
    """地级."""
    COUNTY = "county"
    """县级."""
    TOWNSHIP = "township"
    """乡级: 街道, 镇, 乡."""
    COMMUNITY = "community"
    """村级: 社区, 村."""
    STREET = "street"
    """街巷."""
    ZONE = "zone"
    """地片, 区片: residential quarters, parks, development zones."""
    PLATE = "plate"
    """门牌."""
    BUILDING = "building"
    """楼牌."""
    POI = "poi"
    """兴趣点, 标志物."""
    SUB_PLATE = "sub_plate"
    """附号."""
    UNIT = "unit"
    """单元."""
    FLOOR = "floor"
    """楼层."""
    ROOM = "room"
    """室, 户."""
    SUPPLEMENT = "supplement"
    """补充说明: in brackets, or a remark."""
    RELATIVE = "relative"
    """方位: a direction, a distance, beside, opposite, a crossing."""

    @property
    def number(self) -> int | None:
        """Number 1 to 10 in the standard; None for what it does not number."""
        return _NUMBERS.get(self)


_NUMBERS: Mapping[Level, int] = MappingProxyType({level: at for at, level in enumerate(list(Level)[:10], 1)})
