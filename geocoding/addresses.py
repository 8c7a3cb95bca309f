"""Put addresses together of their parts, as the model of GB/T 23705 orders them.

Divisions from the largest down, then street and number, then zone or block, then the building.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa

from gis.compact_staging import CompactStaging
from gis.texts import Texts, from_arrow

_PIECE = 1 << 17
_PARTS = (
    "address", "district_name", "town_name", "street_name", "number", "zone_name", "building",
)  # fmt: skip
_NUMBER = re.compile(r".*[0-9０-９A-Za-zＡ-Ｚａ-ｚ]")


def settle_parts(staging: CompactStaging) -> None:
    """Put ranges of numbers together, villages in the place of zones, blocks to buildings."""
    number = _merged(staging.column("number"), staging.column("number_to"), _range)
    staging.set("number", _merged(number, staging.column("village_number"), _either))
    staging.set("zone_name", _merged(staging.column("village_name"), staging.column("zone_name"), _both))
    staging.set("building", _merged(staging.column("building"), staging.column("block"), _both))


def full_addresses(staging: CompactStaging) -> Texts:
    """Return the stated address of each row, else its parts together.

    An address has more than divisions: a street with a number, a zone or a building.
    """
    pieces = []
    columns = [staging.column(name) for name in _PARTS]
    for start in range(0, len(staging), _PIECE):
        parts = [column.slice(start, start + _PIECE) for column in columns]
        pieces.append(pa.array([_address(*row) for row in zip(*parts, strict=True)], pa.large_string()))
    return from_arrow(pa.concat_arrays(pieces or [pa.array([], pa.large_string())]))


def compose(
    district: str | None,
    town: str | None,
    street: str | None,
    number: str | None,
    zone: str | None,
    building: str | None,
) -> str | None:
    """Write an address of its parts; ``None`` where these do not lead to a door.

    Examples
    --------
    >>> compose("巴南区", "鱼洞街道", "尚文大道", "1398", None, None)
    '巴南区鱼洞街道尚文大道1398号'
    """
    plate = f"{number}号" if number and _NUMBER.fullmatch(number) else number
    if not (zone or building or (street and plate)):
        return None
    door = (street, plate, zone, building) if street else (zone, plate, building)
    return "".join(part for part in (district, town, *door) if part)


def _address(address: str | None, *parts: str | None) -> str | None:
    return address or compose(*parts)


def _merged(one: Texts, other: Texts, merge: Callable[[str | None, str | None], str | None]) -> Texts:
    if not other.present().any():
        return one
    pieces = []
    for start in range(0, len(one), _PIECE):
        pairs = zip(one.slice(start, start + _PIECE), other.slice(start, start + _PIECE), strict=True)
        pieces.append(pa.array([merge(*pair) for pair in pairs], pa.large_string()))
    return from_arrow(pa.concat_arrays(pieces))


def _range(low: str | None, high: str | None) -> str | None:
    return f"{low}-{high}" if low and high and low != high else low or high


def _either(one: str | None, other: str | None) -> str | None:
    return one or other


def _both(one: str | None, other: str | None) -> str | None:
    return f"{one}{other}" if one and other and one != other else one or other
