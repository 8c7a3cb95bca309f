"""Pictures of division proposals: the sample city, and a community of it with invented houses."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import shapely
from playwright.sync_api import sync_playwright

from grids.proposals.faces import faces_inside
from grids.proposals.inputs import ANYTHING, read_communities, read_features, read_roads
from grids.proposals.picture import STYLE, draw
from grids.proposals.plane import Geometries, Plane
from grids.proposals.proposals import Proposals, propose
from grids.proposals.request import Request
from wangge.demo.city import build

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
COMMUNITY = "500113003002"
WIDTH, HEIGHT = 860, 630
HOUSE_M, DEPTH_M, ROW_M, SETBACK_M = 34.0, 11.0, 24.0, 13.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        city = build(Path(folder))
        with zipfile.ZipFile(city.clean, metadata_encoding="gbk") as archive:
            archive.extractall(folder)
        request = read(Path(folder))
    save(propose(request, silent), "division-city.png")
    save(propose(one_with_houses(request), silent), "division-houses.png")


def silent(*_: object) -> None:
    return None


def read(folder: Path) -> Request:
    communities = read_communities([folder / "社区.shp"]).accepted(partial=False)
    roads, main, _ = read_roads(folder / "街巷.shp", communities.geometries)
    components, _ = read_features(folder / "部件", ANYTHING, communities.geometries, "--components")
    return Request(communities, roads=roads, main_roads=main, components=components)


def one_with_houses(request: Request) -> Request:
    """Take one community, and put rows of houses into its blocks."""
    communities = request.communities.take(request.communities.codes == COMMUNITY)
    plane = Plane.around(communities.geometries)
    roads = plane.forward(request.roads)
    area = plane.forward(communities.geometries)[0]
    blocks = faces_inside(area, roads)
    houses = np.concatenate([rows_of_houses(block, at) for at, block in enumerate(blocks)])
    placed = shapely.transform(houses, plane.to_degrees)
    return Request(communities, roads=request.roads, main_roads=request.main_roads, buildings=placed)


def rows_of_houses(block: shapely.Polygon, seed: int) -> Geometries:
    """Fill a block with rows of houses along its longer side, some left out."""
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(block))[:3]
    sides = np.diff(corners, axis=0)
    along = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    flat = shapely.affinity.rotate(block, -angle, origin=(0, 0))
    west, south, east, north = flat.bounds
    x, y = np.meshgrid(np.arange(west, east, HOUSE_M + 7), np.arange(south, north, ROW_M))
    x = x + rng.normal(0, 1.5, x.shape)
    houses = shapely.box(x, y, x + HOUSE_M * rng.uniform(0.6, 1.0, x.shape), y + DEPTH_M).ravel()
    room = flat.buffer(-SETBACK_M)
    shapely.prepare(room)
    kept = houses[shapely.contains(room, houses) & (rng.random(houses.shape) < 0.9)]
    return np.array([shapely.affinity.rotate(house, angle, origin=(0, 0)) for house in kept], dtype=object)


def save(proposals: Proposals, name: str) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    page_size = {"width": WIDTH, "height": HEIGHT}
    fitted = f"svg.division {{ width: {WIDTH}px; height: {HEIGHT}px; border: 0 }} body {{ margin: 0 }}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=page_size)  # type: ignore[arg-type]
        page.set_content(f"<style>{STYLE}{fitted}</style>{draw(proposals)}")
        page.screenshot(path=IMAGES / name)
        browser.close()
    print(f"{name}: {(IMAGES / name).stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
