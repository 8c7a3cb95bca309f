"""Build the sample city: everything its surveyors and its authority would deliver, the same for a seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Font
from shapely.geometry import Point

from wangge.demo import (
    areas,
    blocks,
    case_table,
    cases,
    components,
    delivery,
    dirty,
    gazetteer,
    inputs,
    organisations,
    plan,
    roads,
    territory,
)
from wangge.demo.delivery import City
from wangge.demo.files import write_archive, write_workbook
from wangge.demo.ground import Ground
from wangge.demo.placement import Placement
from wangge.demo.scenarios import SCENARIOS

Progress = Callable[[int, int], None]
Scale = Literal["full", "small"]

# Factors on the size of unit grids and on the distances of components.
_SCALES = {"full": (1.0, 1.0), "small": (3.0, 4.0)}
_STEPS = 8


@dataclass(frozen=True)
class SampleCity:
    """Where everything was written, and how much of it."""

    directory: Path
    clean: Path
    dirty: Path
    dirty_without_prj: Path
    organisations: Path
    case_table: Path
    dirty_case_table: Path
    cases: Path
    faults: Path
    manifest: Path
    counts: dict[str, int]


def build(
    directory: Path, *, seed: int = 2026, progress: Progress | None = None, scale: Scale = "full"
) -> SampleCity:
    """Build the sample city into a folder.

    The same seed and scale write the same bytes.

    Parameters
    ----------
    directory : pathlib.Path
        Made when missing; files of an earlier sample city are overwritten.
    seed : int
        Decides every place, angle and choice.
    progress : callable, optional
        Called with (steps done, steps in all).
    scale : {"full", "small"}
        ``small`` is quick, for tests: larger grids, a fraction of the components, no cases.

    Returns
    -------
    SampleCity
        Paths of everything written, and counts.
    """
    tell = progress or _silent
    directory.mkdir(parents=True, exist_ok=True)
    city = imagine(seed, scale=scale, progress=tell)
    layers = delivery.layers(city)
    table = case_table.rules()
    with TemporaryDirectory() as scratch:
        write_archive(directory / "clean.zip", layers, Path(scratch))
        tell(5, _STEPS)
        faults = dirty.write(directory, city, layers, table, Path(scratch))
    tell(6, _STEPS)
    write_workbook(directory / "organisations.xlsx", _organisations(city))
    write_workbook(directory / "case-table.xlsx", case_table.workbook(table))
    made = _cases(city, table, seed, scale)
    cases.write(directory / "cases.csv", made, Ground(city))
    tell(7, _STEPS)
    seeded = len([fault for fault in faults if not fault.standing])
    sample = _sample(directory, city, {"rules": len(table), "cases": len(made), "faults": seeded})
    _write_manifest(sample, city, seed, scale)
    tell(_STEPS, _STEPS)
    return sample


def imagine(seed: int = 2026, *, scale: Scale = "full", progress: Progress | None = None) -> City:
    """Make the city without writing anything.

    Parameters
    ----------
    seed, progress, scale
        As for :func:`build`.
    """
    tell = progress or _silent
    coarse, thin = _SCALES[scale]
    skeleton = plan.draw()
    cuts = blocks.cut(skeleton.blocks, np.random.default_rng([seed, 1]), coarse=coarse)
    tell(1, _STEPS)
    ground = territory.settle(skeleton, cuts)
    streets = roads.name_streets(skeleton.ways, cuts)
    tell(2, _STEPS)
    found = areas.areas(skeleton, streets, ground)
    placement = Placement(skeleton, streets, ground, thin)
    surveyed = components.survey(placement, found, seed)
    tell(3, _STEPS)
    plates = gazetteer.plates(streets, ground, placement, np.random.default_rng([seed, 31]))
    places = gazetteer.places(ground, placement, plates, np.random.default_rng([seed, 32]))
    tell(4, _STEPS)
    return City(
        territory=ground,
        components=tuple(surveyed),
        organisations=organisations.load(),
        areas=tuple(found),
        agreements=tuple(areas.agreements(skeleton, streets)),
        beats=tuple(areas.beats(ground)),
        streets=tuple(gazetteer.streets(streets)),
        plates=tuple(plates),
        places=tuple(places),
    )


def _cases(city: City, table: list[case_table.CaseRule], seed: int, scale: Scale) -> list[cases.Case]:
    if scale == "small":
        return []
    return cases.make(cases.Maker(Ground(city), table, seed), SCENARIOS)


def _organisations(city: City) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "组织机构"
    for row in organisations.table(dict(city.organisations)):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGHIJ", (22, 36, 28, 24, 20, 10, 8, 22, 14, 22), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    return book


def _sample(directory: Path, city: City, more: dict[str, int]) -> SampleCity:
    ground = city.territory
    counts = {
        "counties": 1,
        "streets": len(ground.streets),
        "communities": len(ground.communities),
        "grids": len(ground.grids),
        "components": len(city.components),
        "component_classes": len({component.code for component in city.components}),
        "organisations": len(city.organisations),
        "areas": len(city.areas),
        "responsibility_grids": len(city.beats),
        "boundaries": len(city.agreements),
        "street_lines": len(city.streets),
        "addresses": len(city.plates),
        "places": len(city.places),
    }
    return SampleCity(
        directory=directory,
        clean=directory / "clean.zip",
        dirty=directory / "dirty.zip",
        dirty_without_prj=directory / "dirty-noprj.zip",
        organisations=directory / "organisations.xlsx",
        case_table=directory / "case-table.xlsx",
        dirty_case_table=directory / dirty.TABLE,
        cases=directory / "cases.csv",
        faults=directory / "faults.json",
        manifest=directory / "city.json",
        counts=counts | more,
    )


def _write_manifest(sample: SampleCity, city: City, seed: int, scale: str) -> None:
    """Write what there is, for people and for whoever picks a folder up again."""
    ground = Ground(city)
    west, south, east, north = delivery.bounds(city.territory)
    corners = [ground.degrees(Point(x, y)) for x in (west, east) for y in (south, north)]
    manifest = {
        "name": inputs.city().name,
        "county": inputs.city().county,
        "seed": seed,
        "scale": scale,
        "crs": inputs.city().crs,
        "bbox": [
            min(lon for lon, _ in corners),
            min(lat for _, lat in corners),
            max(lon for lon, _ in corners),
            max(lat for _, lat in corners),
        ],
        "bbox_crs": [west, south, east, north],
        "counts": sample.counts,
        "files": {
            name: getattr(sample, name).name
            for name in (
                "clean",
                "dirty",
                "dirty_without_prj",
                "organisations",
                "case_table",
                "dirty_case_table",
                "cases",
                "faults",
            )
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    sample.manifest.write_text(text + "\n", "utf-8")


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""
