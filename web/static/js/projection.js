// EPSG:4490 (CGCS2000, longitude and latitude) and its tile grid, stated explicitly: OpenLayers knows
// neither, and a grid guessed from the projection would not be CGCS2000Quad.

const { proj, tilegrid } = window.ol;

export const CODE = "EPSG:4490";
export const WORLD = [-180, -90, 180, 90];

// Tiles of 180 degrees at zoom 0, drawn at 512 pixels: a quarter of the requests of 256.
const TILE_SIZE = 512;
const DEEPEST = 22;

// Degrees per pixel at the zoom levels styles speak of (512-pixel world, as in MapLibre styles).
export const STYLE_RESOLUTIONS = resolutionsFrom(360 / 512, DEEPEST + 2);

export function registerProjections(definitions = {}) {
  window.proj4.defs(CODE, "+proj=longlat +ellps=GRS80 +no_defs +type=crs");
  window.proj4.defs(Object.entries(definitions));
  proj.proj4.register(window.proj4);
  const cgcs2000 = proj.get(CODE);
  cgcs2000.setExtent(WORLD);
  cgcs2000.setWorldExtent(WORLD);
  return cgcs2000;
}

/** The tile grid CGCS2000Quad between two of its zooms, and where there is anything in its tiles. */
export function quadGrid(minZoom, maxZoom, extent = WORLD) {
  const resolutions = resolutionsFrom(180 / TILE_SIZE, Math.min(maxZoom, DEEPEST) + 1);
  return new tilegrid.TileGrid({
    extent, origin: [-180, 90], minZoom, resolutions, tileSize: TILE_SIZE,
  });
}

function resolutionsFrom(first, count) {
  return Array.from({ length: count }, (_, zoom) => first / 2 ** zoom);
}
