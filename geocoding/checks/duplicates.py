"""Codes, addresses and plates that occur twice: P01 and P06."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from geocoding.checks.limits import PlaceLimits
from geocoding.checks.numbers import arrow_of, numbers_of, plate_text, repeats
from geocoding.checks.street_lines import Nearest
from geocoding.validity import CLOSED, in_force
from gis.combinations import alike
from gis.compact_staging import CompactStaging, Rows
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.places import Coordinates
from gis.registry import Registry
from gis.text import t

_SIZE = 100_000


def check_codes(staging: CompactStaging, name: str) -> None:
    """Refuse codes given twice (P01): of rows that say the same the first is kept, else none.

    Parameters
    ----------
    staging : CompactStaging
    name : str
        Field that, with the place, tells whether two rows say the same.
    """
    numbers, _ = numbers_of(staging.column("code"))
    later, first = repeats(numbers, (numbers > 0) & ~staging.refused)
    texts, _ = numbers_of(staging.column(name))
    places = (staging.places.take(rows).geometries() for rows in (first, later))
    same = (texts[first] == texts[later]) & shapely.equals(*places)
    tell_codes(staging, later, first)
    staging.refused[first[~same]] = True


def tell_codes(staging: CompactStaging, later: Rows, first: Rows) -> None:
    """Refuse rows with the code of an earlier one (P01)."""
    of = dict(zip(later.tolist(), first.tolist(), strict=True))

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "Code {code} is there in {where} already", code=staging.name_of(at), where=staging.where(of[at])
        )
        return {"message": message, "field": "code", "hint": t("Give one of the two another code")}

    staging.flag_rows(later, "P01", Severity.ERROR, tell)


def check_plates(staging: CompactStaging, points: Coordinates, nearest: Nearest, limits: PlaceLimits) -> None:
    """Report addresses under several codes (P01), and numbers twice on one street (P06).

    Retired plates are left out: the address may have gone to another door.
    """
    usable = in_force(staging) & ~staging.refused
    numbers, _ = numbers_of(staging.column("address"))
    later, first = repeats(numbers, usable & (numbers > 0))
    _tell_addresses(staging, later, first)
    usable[later] = False
    doors, known = _doors(staging, nearest)
    later, first = repeats(doors, usable & known)
    _tell_doors(staging, later, first, points, limits)


def check_known_addresses(staging: CompactStaging, registry: Registry) -> None:
    """Report addresses that the registry has under a code that is not delivered (P01)."""
    table = DATASETS["addresses"].live.c
    codes, addresses = (arrow_of(staging.column(name)) for name in ("code", "address"))
    usable = in_force(staging) & ~staging.refused
    met: dict[int, str] = {}
    statement = select(table.code, table.address).where(table.state.is_distinct_from(CLOSED))
    with registry.connect() as connection:
        for rows in registry.backend.raw_rows(connection, statement, _SIZE):
            known, texts = (pa.array(values, pa.large_string()) for values in zip(*rows, strict=True))
            at = pc.fill_null(pc.index_in(texts, value_set=addresses), -1).to_numpy(zero_copy_only=False)
            other = pc.invert(pc.is_in(known, value_set=codes)).to_numpy(zero_copy_only=False)
            for number in np.flatnonzero((at >= 0) & other & texts.is_valid().to_numpy(False)).tolist():
                if usable[at[number]]:
                    met.setdefault(int(at[number]), rows[number][0])

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "{address} is the address of {code} in the registry", address=addresses[at].as_py(), code=met[at]
        )
        return {"message": message, "field": "address"}

    staging.flag_rows(np.array(sorted(met), dtype=np.intp), "P01", Severity.WARNING, tell)


def _tell_addresses(staging: CompactStaging, later: Rows, first: Rows) -> None:
    of = dict(zip(later.tolist(), first.tolist(), strict=True))

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "{address} is the address of {where} too",
            address=staging.column("address")[at],
            where=staging.where(of[at]),
        )
        return {"message": message, "field": "address"}

    staging.flag_rows(later, "P01", Severity.WARNING, tell)


def _doors(staging: CompactStaging, nearest: Nearest) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Number the doors: the same street, number, zone and building have one number.

    A street the registry does not know is told apart by its name and the county and town the plate is in.
    """
    number = staging.column("number").map(plate_text)
    street, named = nearest.street.astype(np.int64) + 1, numbers_of(staging.column("street_name"))
    unknown = street == 0
    columns = [(street, int(street.max(initial=0)) + 1)]
    for field in ("street_name", "district_name", "town_name", "county", "street"):
        numbers, size = numbers_of(staging.column(field))
        columns.append((np.where(unknown, numbers, 0), size))
    columns += [
        numbers_of(column) for column in (number, staging.column("zone_name"), staging.column("building"))
    ]
    which, _ = alike(*columns)
    return which, number.present() & (~unknown | (named[0] > 0))


def _tell_doors(
    staging: CompactStaging, later: Rows, first: Rows, points: Coordinates, limits: PlaceLimits
) -> None:
    of = dict(zip(later.tolist(), first.tolist(), strict=True))

    def tell(at: int) -> dict[str, Any]:
        metres = _apart(points, at, of[at])
        told = {
            "street": staging.column("street_name")[at] or staging.column("street_code")[at],
            "number": staging.column("number")[at],
            "where": staging.where(of[at]),
        }
        message = (
            t("{street} {number} is in {where} too, at the same place", **told)
            if metres <= limits.same_place_m
            else t("{street} {number} is in {where} too, {away} m away", away=f"{metres:.0f}", **told)
        )
        return {"message": message, "field": "number"}

    staging.flag_rows(later, "P06", Severity.WARNING, tell)


def _apart(points: Coordinates, at: int, other: int) -> float:
    pair = np.asarray(shapely.points(points[[at, other]]), dtype=object)
    one, two = LocalMetres.around_points(points[[at, other]]).forward(pair)
    return float(shapely.distance(one, two))
