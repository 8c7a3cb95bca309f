// The layers of the catalogue as vector tiles. How a layer looks is data (a MapLibre style), not code.

import { quadGrid, STYLE_RESOLUTIONS, CODE } from "./projection.js";

const { layer: layers, source: sources, format, loadingstrategy, style: styles } = window.ol;

const FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", "sans-serif"];

// From the ground up; layers a city adds lie by their geometry between these.
const ORDER = ["divisions", "areas", "governance-grids", "responsibility-grids", "streets", "unit-grids",
  "boundaries", "addresses", "places", "components"];
const ORDER_OF_GEOMETRY = { polygon: 1.5, line: 5.5, point: 8.5 };

// Deeper zooms draw the tiles of this one larger; they are exact to four centimetres.
const DEEPEST_TILE = 17;

export const PICKABLE = "components";

/** Make the map layers of a configuration, lowest first, as `{config, layer, all, isVisible, setVisible}`. */
export function makeLayers(configs) {
  return configs.map(entryOf).sort((a, b) => a.layer.getZIndex() - b.layer.getZIndex());
}

function entryOf(config) {
  const layer = tileLayer(config);
  const all = [layer, labelLayer(config)].filter(Boolean);
  const setVisible = (visible) => all.forEach((one) => one.setVisible(visible));
  setVisible(config.visible);
  return { config, layer, all, isVisible: () => layer.getVisible(), setVisible };
}

/** Draw the features of a layer for which the shown `test(properties)` is true once more, in another style. */
export function makeHighlight(entry, style) {
  let wanted = () => false;
  const layer = new layers.VectorTile({
    source: entry.layer.getSource(), renderMode: "vector", zIndex: 20,
    style: (feature) => (wanted(feature.getProperties()) ? style : undefined),
  });
  return {
    layer,
    show(test) {
      wanted = test;
      layer.changed();
    },
  };
}

/** An outline with a breath of fill, for polygons. */
export function outline(colour, width) {
  return new styles.Style({
    stroke: new styles.Stroke({ color: colour, width }),
    fill: new styles.Fill({ color: `${colour}12` }),
  });
}

/** A ring around a point; a line or polygon gets the same stroke. */
export function ring(colour, radius) {
  const stroke = new styles.Stroke({ color: colour, width: 3 });
  return new styles.Style({ stroke, image: new styles.Circle({ radius, stroke }) });
}

function tileLayer(config) {
  const layer = new layers.VectorTile({
    source: new sources.VectorTile({
      format: new format.MVT({ idProperty: "fid" }),
      projection: CODE,
      tileGrid: quadGrid(config.min_zoom - 1, DEEPEST_TILE),
      url: `ogc/collections/${encodeURIComponent(config.id)}/tiles/CGCS2000Quad/{z}/{y}/{x}?f=mvt`,
      overlaps: config.geometry !== "polygon",
    }),
    // Only texts give way to each other; a layer without any is drawn in its place in the order.
    declutter: config.geometry !== "polygon" && config.style.layers.some((one) => one.type === "symbol"),
    // Sharp at every zoom; tiles drawn as pictures would blur until those of the next zoom are there.
    renderMode: "vector",
    zIndex: zIndexOf(config),
  });
  const drawn = config.style.layers.filter((one) => one.type !== "symbol" || config.geometry !== "polygon");
  applyStyle(layer, drawn, { type: "vector" }, { "source-layer": config.id });
  layer.setMaxResolution(coarsest(drawn));
  return layer;
}

/** The resolution from which on a style draws anything; no tile is asked for before. */
function coarsest(styleLayers) {
  return STYLE_RESOLUTIONS[0] / 2 ** Math.min(...styleLayers.map((one) => one.minzoom ?? 0));
}

/** Labels of polygons come apart from the tiles, which would repeat them in every piece of a polygon. */
function labelLayer(config) {
  const texts = config.style.layers.filter((one) => one.type === "symbol");
  if (config.geometry !== "polygon" || texts.length === 0) return null;
  const firstZoom = Math.min(...texts.map((one) => one.minzoom ?? 0));
  const source = new sources.Vector({
    format: new format.GeoJSON({ dataProjection: CODE, featureProjection: CODE }),
    url: ([west, south, east, north]) => `api/labels/${encodeURIComponent(config.id)}?bbox=${[west, south, east, north].join(",")}`,
    strategy: loadingstrategy.tile(quadGrid(0, Math.max(0, Math.floor(firstZoom) - 1))),
  });
  const layer = new layers.Vector({
    source, declutter: true, zIndex: 15 + zIndexOf(config) / 100, maxResolution: coarsest(texts),
  });
  applyStyle(layer, texts, { type: "geojson" });
  return layer;
}

function applyStyle(layer, styleLayers, source, extra = {}) {
  const own = styleLayers.map((one) => ({ ...extra, ...one, source: "own" }));
  const style = { version: 8, sources: { own: source }, layers: own };
  window.olms.stylefunction(layer, style, "own", STYLE_RESOLUTIONS, undefined, undefined, () => FONTS);
}

function zIndexOf(config) {
  const known = ORDER.indexOf(config.id);
  return 1 + (known >= 0 ? known : ORDER_OF_GEOMETRY[config.geometry] ?? 1.5);
}
