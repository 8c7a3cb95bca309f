"""A registry to resolve on: 65 000 unit grids, a million components, the case table of 250 classes."""

from __future__ import annotations

import geopandas
import numpy as np
import pandas as pd
import shapely
from _district import AUTHORITIES, OTHERS, ROWS, District, divisions, organisations

from components.catalogue import SHIPPED
from gis.editions import commit
from gis.registry import Registry
from responsibility.limits import parse_limit
from responsibility.roles import Party

STANDARD = "2026"
CLASSES, COMPONENT_CLASSES = 250, 150
OTHERWISE = 0.02  # of the components belong to another than the usual owner of their class
METRE = 1e-5  # about, in degrees
_LIMITS = ("2紧急工作时", "4工作时", "1工作日", "5工作日", "停工4工作时；拆除20工作日")
_PARTIES = (
    [Party("owner", "各产权单位"), Party("street", "所属街办")],
    [Party("maintainer", "养护单位"), Party("owner", "产权单位")],
    [Party("street", "属地街道办")],
    [Party("enforcement", "执法中队"), Party("district", "区政府")],
)


def made(url: str, communities: int, components: int, random: np.random.Generator) -> geopandas.GeoDataFrame:
    """Fill a new registry and return its components."""
    district = District(communities * ROWS, 500101, 0.0, 1)
    grids = district.grids()
    with Registry.open(url, create=True) as registry:
        commit(registry, "divisions", _divisions(grids))
        commit(registry, "grids", grids[["code", "geometry"]].assign(state="有效"))
        commit(registry, "organisations", _organisations(grids))
        commit(registry, "rules", _rules())
        pieces = _components(grids, components, random)
        commit(registry, "components", pieces)
    return pieces


def classes() -> list[tuple[str, str]]:
    """Return kind and code of the classes that have rules, those of components first."""
    pieces = [("component", code) for code in sorted(SHIPPED.classes(STANDARD, "component"))]
    matters = [("matter", code) for code in sorted(SHIPPED.classes(STANDARD, "matter"))]
    return pieces[:COMPONENT_CLASSES] + matters[: CLASSES - COMPONENT_CLASSES]


def questions(pieces: geopandas.GeoDataFrame, count: int, random: np.random.Generator) -> pd.DataFrame:
    """Ask: of components a few metres from one of the class, of matters anywhere."""
    known = classes()
    chosen = random.integers(len(pieces), size=count)
    x, y = (values[chosen] for values in shapely.get_coordinates(pieces.geometry).T)
    kinds = np.array([kind for kind, _ in known], dtype=object)
    codes = np.array([code for _, code in known], dtype=object)
    asked = random.integers(COMPONENT_CLASSES, len(known), count)
    of_component = random.random(count) < COMPONENT_CLASSES / CLASSES
    code = np.where(of_component, pieces["class_code"].to_numpy(dtype=object)[chosen], codes[asked])
    return pd.DataFrame(
        {
            "lon": x + random.normal(0, 3 * METRE, count),
            "lat": y + random.normal(0, 3 * METRE, count),
            "class": code,
            "kind": np.where(of_component, "component", kinds[asked]),
        }
    )


def _divisions(grids: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    frame = divisions(grids).rename(columns={"QHDM": "code", "QHMC": "name"})
    width = frame["code"].str.len()
    frame["level"] = width.map({6: "county", 9: "street", 12: "community"})
    frame["parent_code"] = [
        code[:-3] if size > 6 else None for code, size in zip(frame["code"], width, strict=True)
    ]
    return frame


def _organisations(grids: geopandas.GeoDataFrame) -> pd.DataFrame:
    rows = [{"code": code, "name": name, "types": []} for code, name in organisations()]
    for digits, duty in ((6, "government"), (9, "street")):
        rows += [
            {"code": f"U{division}", "name": f"机关{division}", "types": [duty], "division_code": division}
            for division in sorted(set(grids["code"].str[:digits]))
        ]
    return pd.DataFrame(rows)


def _rules() -> pd.DataFrame:
    rows = []
    for number, (kind, code) in enumerate(classes()):
        limit = _LIMITS[number % len(_LIMITS)]
        rows.append(
            {
                "standard": STANDARD,
                "kind": kind,
                "class_code": code,
                "class_name": code,
                "rule_no": 1,
                "condition": "破损",
                "limit_text": limit,
                "steps": [step.to_dict() for step in parse_limit(limit)],
                "closing": "修复",
                "acting": [party.to_dict() for party in _PARTIES[number % len(_PARTIES)]],
                "mode": "ordered",
                "supervising": [Party("authority", "主管部门").to_dict()],
            }
        )
    return pd.DataFrame(rows)


def _components(
    grids: geopandas.GeoDataFrame, count: int, random: np.random.Generator
) -> geopandas.GeoDataFrame:
    west, south, east, north = grids.total_bounds
    x, y = random.uniform(west, east, count), random.uniform(south, north, count)
    kind = np.sort(random.integers(COMPONENT_CLASSES, size=count))
    street = ((y - south) / (north - south) * len(set(grids["code"].str[:9]))).astype(int)
    usual = kind * 13 + street // 5 * 7
    owner = AUTHORITIES + usual % OTHERS
    maintainer = AUTHORITIES + OTHERS + (usual + street) % OTHERS
    otherwise = random.random(count) < OTHERWISE
    owner[otherwise] = AUTHORITIES + random.integers(OTHERS, size=int(otherwise.sum()))
    units = organisations()
    codes = np.array([code for code, _ in units], dtype=object)
    names = np.array([name for _, name in units], dtype=object)
    known = np.array([code for _, code in classes()[:COMPONENT_CLASSES]], dtype=object)
    return geopandas.GeoDataFrame(
        {
            "id": [f"500101{known[k]}{n:06d}" for n, k in enumerate(kind.tolist())],
            "class_code": known[kind],
            "standard": STANDARD,
            "name": known[kind],
            "state": "完好",
            "authority_code": codes[kind % AUTHORITIES],
            "authority_name": names[kind % AUTHORITIES],
            "owner_code": codes[owner],
            "owner_name": names[owner],
            "maintainer_code": codes[maintainer],
            "maintainer_name": names[maintainer],
        },
        geometry=shapely.points(x, y),
        crs="EPSG:4490",
    )
