"""Communities without any unit grid while others of their street have some: a hole no gap search finds."""

from __future__ import annotations

from collections.abc import Collection

import pandas
from shapely.geometry.base import BaseGeometry

from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.codes import Level

MOST = 0.5
"""Where more than this share of a street's communities have grids, the street was meant to be whole, and a
community without is a warning; else deliveries come community by community, and it is information."""


def check_vacancies(
    staging: Staging, registry: Registry, delivered: Collection[str], present: Collection[str]
) -> None:
    """Report communities without any unit grid (G21).

    Parameters
    ----------
    staging : Staging
        For the findings; they belong to no row.
    registry : Registry
        Its live communities, each with the street above it, are looked at.
    delivered : collection of str
        Codes of the communities that delivered grids lie in; only their streets are looked at.
    present : collection of str
        Codes of the communities that have grids in the registry.
    """
    communities = _communities(registry)
    filled = communities.index.isin([*delivered, *present])
    streets = communities["street"][communities.index.isin(list(delivered))].dropna().unique()
    concerned = communities["street"].isin(streets)
    vacant = communities[concerned & ~filled]
    if vacant.empty:
        return
    places = _places(registry, vacant.index.tolist())
    for code, name, street in zip(vacant.index, vacant["name"], vacant["street"], strict=True):
        siblings = communities["street"] == street
        shown = code if pandas.isna(name) else f"{name} ({code})"
        _flag(staging, code, shown, (int((siblings & filled).sum()), int(siblings.sum())), places[code])


def _communities(registry: Registry) -> pandas.DataFrame:
    """Return names and streets of all communities, by code."""
    level = DATASETS["divisions"].live.c.level == str(Level.COMMUNITY)
    frame = read_frame(registry, "divisions", where=level, columns=["code", "name", "parent_code"])
    return frame.rename(columns={"parent_code": "street"}).set_index("code")


def _places(registry: Registry, codes: list[str]) -> dict[str, BaseGeometry]:
    chosen = DATASETS["divisions"].live.c.code.in_(codes)
    frame = read_frame(registry, "divisions", where=chosen, columns=["code", "geometry"])
    return dict(zip(frame["code"], frame.geometry, strict=True))


def _flag(staging: Staging, code: str, shown: str, siblings: tuple[int, int], place: BaseGeometry) -> None:
    filled, number = siblings
    staging.add(
        "G21",
        Severity.WARNING if filled > MOST * number else Severity.INFO,
        t(
            "{community} has no unit grid; {filled} of the {n} communities of its street have",
            community=shown,
            filled=filled,
            n=number,
        ),
        id=code,
        field="geometry",
        value="0",
        hint=t("Deliver the unit grids of this community too"),
        geometry=place,
    )
