// Base maps a city has configured; none is drawn otherwise. Tiles in another system are reprojected.

import { CODE, quadGrid, WORLD } from "./projection.js";

const { layer: layers, source: sources, tilegrid, format } = window.ol;

/** Make the tile layers of the configured base maps, lowest first. */
export async function makeBasemaps(configs) {
  const made = await Promise.all(configs.map(sourceOf));
  return made.map((source, index) => new layers.Tile({ source, zIndex: 0, opacity: configs[index].opacity ?? 1 }));
}

function sourceOf(config) {
  if (config.type === "xyz") return xyz(config);
  return config.capabilities ? wmtsOfCapabilities(config) : wmts(config);
}

function xyz(config) {
  return new sources.XYZ({
    url: config.url, projection: config.crs, attributions: config.attribution, crossOrigin: "anonymous",
    ...(config.crs === CODE ? { tileGrid: geodeticGrid(config) } : { maxZoom: config.max_zoom }),
  });
}

function wmts(config) {
  return new sources.WMTS({
    url: config.url, layer: config.layer, matrixSet: config.matrix_set, format: config.format,
    style: config.style, projection: config.crs, attributions: config.attribution, crossOrigin: "anonymous",
    tileGrid: matrixGrid(config),
  });
}

async function wmtsOfCapabilities(config) {
  const response = await fetch(config.capabilities);
  if (!response.ok) throw new Error(`${config.capabilities}: HTTP ${response.status}`);
  const capabilities = new format.WMTSCapabilities().read(await response.text());
  const options = sources.WMTS.optionsFromCapabilities(capabilities, {
    layer: config.layer, matrixSet: config.matrix_set, projection: config.crs, crossOrigin: "anonymous",
  });
  if (!options) throw new Error(`${config.capabilities}: ${config.layer} / ${config.matrix_set}`);
  return new sources.WMTS({ ...options, attributions: config.attribution });
}

// Published geodetic pyramids count 256-pixel tiles from 180 degrees, some of them from level 1.
function geodeticGrid(config) {
  const quad = quadGrid(0, config.max_zoom);
  return new tilegrid.TileGrid({
    extent: WORLD, origin: [-180, 90], tileSize: 256,
    resolutions: quad.getResolutions().map((resolution) => resolution * 2),
  });
}

function matrixGrid(config) {
  const quad = config.crs === CODE ? geodeticGrid(config) : tilegrid.createXYZ({ maxZoom: config.max_zoom });
  const first = config.first_matrix ?? 0;
  return new tilegrid.WMTS({
    origin: quad.getOrigin(0), tileSize: 256, resolutions: quad.getResolutions(),
    matrixIds: quad.getResolutions().map((_, zoom) => String(zoom + first)),
  });
}
