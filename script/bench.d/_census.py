"""A census of components as surveyors deliver it: one GBK shapefile of points with the 14 standard fields.

Rows are in the order of classes, and within a class from unit grid to unit grid. Two components of one class
are never nearer than 1.6 m. The second census of a district has the same identifiers; of its rows, one in a
hundred moved by 3 m, one has another owner, one is new. Streets are made one after another, so that memory
does not grow with the number of rows.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import shapely
from _district import AUTHORITIES, COMMUNITIES, OTHERS, STREETS, UP, District, organisations
from _irregular import SPACING
from _points_shapefile import Field, PointShapefile, padded

from components.catalogue import SHIPPED
from components.class_info import ClassInfo

FIELDS = (
    Field("ObjID", "C", 16),
    Field("ObjName", "C", 60),
    *(Field(f"Dept{part}{n}", "C", width) for n in (1, 2, 3) for part, width in (("Code", 21), ("Name", 60))),
    Field("BGID", "C", 16),
    Field("ObjState", "C", 10),
    Field("ORDate", "D", 8),
    Field("CHDate", "D", 8),
    Field("DataSource", "C", 20),
    Field("Note", "C", 60),
)
CLASSES = 60
CHANGED = 0.01  # of the rows of a second census: moved; given another owner; new
_COMMON = "0402 0137 0104 0103 0102 0107 0210 0101 0105 0305 0109 0111 0306 0150 0212"
# Places to stand: 6 m by 3 m apart, with 3 m of room to move east.
_SLOT_EAST, _SLOT_NORTH, _JITTER = 3.1e-5, 2.7e-5, 0.22
_STATES = ("完好", "破损", "丢失")
_SOURCES = ("实测", "地形图", "其他")
_FIRST_DAYS = [f"2023{month:02d}{day:02d}" for month in range(3, 10) for day in range(1, 29)]
_LATER_DAYS = ["", *(f"2024{month:02d}{day:02d}" for month in range(1, 12) for day in range(1, 29))]
_CHANGE_DAY = "20241216"
_MADE_BY = ("_census", "_district", "_irregular", "_points_shapefile")
_THINGS = ("号门前", "号楼东侧", "路口", "号围墙外", "站台旁")
_NOTES = ["", *(f"近{number}{thing}" for number in range(1, 401) for thing in _THINGS)]


@dataclass(frozen=True)
class Census:
    """A delivery: the file, and what it does to a registry that has what was there before."""

    path: str
    rows: int
    added: int
    changed: int


@dataclass
class _Rows:
    """Components of one street: positions in the lists of classes, grids, organisations and words."""

    kind: np.ndarray
    new: np.ndarray
    grid: np.ndarray
    x: np.ndarray
    y: np.ndarray
    parties: np.ndarray
    state: np.ndarray
    source: np.ndarray
    first_day: np.ndarray
    later_day: np.ndarray
    note: np.ndarray
    number: np.ndarray

    def take(self, rows: np.ndarray) -> _Rows:
        return _Rows(**{name: values[rows] for name, values in vars(self).items()})


def write_census(folder: Path, district: District, *, second: bool = False) -> Census:
    """Write the first or second census of a district, unless the folder has it from the same program."""
    here = Path(__file__).parent
    made_by = zlib.crc32(b"".join((here / f"{name}.py").read_bytes() for name in _MADE_BY))
    folder = folder / f"{district.first_county}-{district.rows}-{district.seed}-{1 + second}-{made_by:x}"
    told = folder / "census.json"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        census = _write(folder / "census.shp", district, second)
        told.write_text(json.dumps(asdict(census)), "ascii")
    return replace(Census(**json.loads(told.read_text("ascii"))), path=str(folder / "census.shp"))


def _write(path: Path, district: District, second: bool) -> Census:
    grids = district.grids()
    old, new = _counts(district)
    counts = old + new if second else old
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).reshape(counts.shape)
    file = PointShapefile(path, int(counts.sum()), FIELDS, grids.total_bounds)
    changed = 0
    for street in range(district.streets):
        rows = _surveyed(district, grids, street, old, new)
        if second:
            changed += _change(rows, grids, np.random.default_rng([district.seed, 2, street]))
        else:
            rows = rows.take(np.flatnonzero(~rows.new))
        columns = _columns(rows, district.county(street), grids["code"])
        ends = np.cumsum(counts[:, street])
        for start, end, first in zip(ends - counts[:, street], ends, starts[:, street], strict=True):
            here = slice(start, end)
            part = {name: values[here] for name, values in columns.items()}
            file.write(int(first), rows.x[here], rows.y[here], part)
    return Census(str(path), int(counts.sum()), int(new.sum() if second else old.sum()), changed)


@cache
def _classes() -> tuple[list[ClassInfo], np.ndarray]:
    """Return the classes by code, and how large a part of all components each is."""
    points = [code for code, info in SHIPPED.classes("2013").items() if info.geometry == "point"]
    ranked = list(dict.fromkeys([*_COMMON.split(), *points]))[:CLASSES]
    share = dict(zip(ranked, 1 / np.arange(4.0, CLASSES + 4), strict=True))
    infos = [info for code, info in SHIPPED.classes("2013").items() if code in share]
    weights = np.array([share[info.code] for info in infos])
    return infos, weights / weights.sum()


def _counts(district: District) -> tuple[np.ndarray, np.ndarray]:
    """Return how many components of each class (rows) the streets (columns) have, and get later."""
    ends = np.minimum(np.arange(district.streets + 1) * COMMUNITIES, district.communities)
    rows = np.diff(np.round(ends / district.communities * district.rows))
    shares = np.concatenate([[0], np.cumsum(_classes()[1])])[:, None]
    return tuple(np.diff(np.round(shares * total), axis=0).astype(int) for total in (rows, rows * CHANGED))


def _surveyed(
    district: District, grids: geopandas.GeoDataFrame, street: int, old: np.ndarray, new: np.ndarray
) -> _Rows:
    """Survey a street: by class, then by unit grid; what only the second census has is marked as new."""
    random = np.random.default_rng([district.seed, 1, street])
    wanted = old[:, street] + new[:, street]
    kind, grid, x, y = _placed(district, grids, street, wanted, random)
    rank = np.arange(len(kind)) - (np.cumsum(wanted) - wanted)[kind]
    size = len(kind)
    rows = _Rows(
        kind=kind,
        new=rank >= old[kind, street],
        grid=grid,
        x=x,
        y=y,
        parties=_parties(kind, street, random),
        state=random.choice(len(_STATES), size, p=[0.97, 0.027, 0.003]),
        source=random.choice(len(_SOURCES), size, p=[0.9, 0.08, 0.02]),
        first_day=random.integers(len(_FIRST_DAYS), size=size),
        later_day=random.integers(1, len(_LATER_DAYS), size=size) * (random.random(size) < 0.03),
        note=random.integers(1, len(_NOTES), size=size) * (random.random(size) < 0.05),
        number=np.zeros(size, dtype=int),
    )
    rows = rows.take(np.lexsort((grid, kind)))
    _give_numbers(rows, street, old, new)
    return rows


def _placed(
    district: District,
    grids: geopandas.GeoDataFrame,
    street: int,
    wanted: np.ndarray,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find so many places for each class; return class, position of the unit grid, longitude, latitude."""
    across = int(district.columns * SPACING / (2 * _SLOT_EAST))
    up = int(UP * SPACING / _SLOT_NORTH)
    # some places of the outline, or beyond a street that is not complete, lie in no grid of the street
    share = (grids["street"] == street).sum() / (UP * district.columns)
    tried = (wanted * 1.1 / share).astype(int) + 20
    slots = np.concatenate([random.choice(across * up, count, replace=False) for count in tried])
    row, column = np.divmod(slots, across)
    shaken = random.uniform(-_JITTER, _JITTER, (2, len(slots)))
    west, south = district.corner(street)
    x = west + (2 * column + 0.5 + shaken[0]) * _SLOT_EAST
    y = south + (row + 0.5 + shaken[1]) * _SLOT_NORTH
    own = np.flatnonzero(grids["street"] == street)
    inside, grid = shapely.STRtree(grids.geometry.to_numpy()[own]).query(shapely.points(x, y), "within")
    order = np.argsort(inside)
    inside, grid = inside[order], own[grid[order]]
    kind = np.repeat(np.arange(len(wanted)), tried)[inside]
    found = np.bincount(kind, minlength=len(wanted))
    if (found < wanted).any():
        raise RuntimeError("too few places lie in a unit grid: another seed, or more rows")
    kept = np.arange(len(kind)) - (np.cumsum(found) - found)[kind] < wanted[kind]
    return kind[kept], grid[kept], x[inside[kept]], y[inside[kept]]


def _parties(kind: np.ndarray, street: int, random: np.random.Generator) -> np.ndarray:
    """Return positions of authority, owner and maintainer, -1 where the class has neither of the last two."""
    usual = kind * 13 + street * 5
    owner = AUTHORITIES + (usual + random.integers(4, size=len(kind))) % OTHERS
    maintainer = AUTHORITIES + OTHERS + (usual + random.integers(6, size=len(kind))) % OTHERS
    ownerless = np.array([info.ownerless for info in _classes()[0]])[kind]
    owner[ownerless], maintainer[ownerless] = -1, -1
    return np.column_stack((kind % AUTHORITIES, owner, maintainer))


def _give_numbers(rows: _Rows, street: int, old: np.ndarray, new: np.ndarray) -> None:
    """Number the components of a county and class in the order of the file, new ones after all others."""
    county = slice(street // STREETS * STREETS, (street // STREETS + 1) * STREETS)
    before = slice(county.start, street)
    for first, counts, at in (
        (old[:, before].sum(axis=1), old, np.flatnonzero(~rows.new)),
        (old[:, county].sum(axis=1) + new[:, before].sum(axis=1), new, np.flatnonzero(rows.new)),
    ):
        here, kind = counts[:, street], rows.kind[at]
        rows.number[at] = 1 + first[kind] + np.arange(len(at)) - (np.cumsum(here) - here)[kind]


def _change(rows: _Rows, grids: geopandas.GeoDataFrame, random: np.random.Generator) -> int:
    """Do to some components what happens to them between two surveys; return to how many."""
    known = random.permutation(np.flatnonzero(~rows.new))
    count = round(CHANGED * len(known))
    tried, others = known[: 4 * count], known[4 * count :]
    east = rows.x[tried] + _SLOT_EAST
    stays = shapely.contains_xy(grids.geometry.to_numpy()[rows.grid[tried]], east, rows.y[tried])
    moved = tried[stays][:count]
    rows.x[moved] += _SLOT_EAST
    sold = others[rows.parties[others, 1] >= 0][:count]
    rows.parties[sold, 1] = AUTHORITIES + (rows.parties[sold, 1] - AUTHORITIES + 1) % OTHERS
    rows.later_day[np.concatenate([moved, sold])] = len(_LATER_DAYS)
    return len(moved) + len(sold)


def _columns(rows: _Rows, county: str, codes: geopandas.GeoSeries) -> dict[str, np.ndarray]:
    """Write the rows down, one array of bytes per field."""
    width = {field.name: field.width for field in FIELDS}
    infos = _classes()[0]
    classes = np.array([county + info.code for info in infos])
    units = [*organisations(), ("", "")]  # position -1: nobody
    words = {
        "ObjName": ([info.name for info in infos], rows.kind),
        "BGID": (codes.tolist(), rows.grid),
        "ObjState": (_STATES, rows.state),
        "ORDate": (_FIRST_DAYS, rows.first_day),
        "CHDate": ([*_LATER_DAYS, _CHANGE_DAY], rows.later_day),
        "DataSource": (_SOURCES, rows.source),
        "Note": (_NOTES, rows.note),
    }
    for n in (1, 2, 3):
        words[f"DeptCode{n}"] = ([code for code, _ in units], rows.parties[:, n - 1])
        words[f"DeptName{n}"] = ([name for _, name in units], rows.parties[:, n - 1])
    identifiers = np.char.add(classes[rows.kind], np.char.mod("%06d", rows.number)).astype("S16")
    return {"ObjID": identifiers} | {
        name: padded(texts, width[name])[positions] for name, (texts, positions) in words.items()
    }
