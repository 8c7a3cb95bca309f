// The layers of the catalogue as vector tiles. How a layer looks is data (a MapLibre style), not code.

import { featuresWithKey, tilesWithKey } from "./key.js";
import { quadGrid, STYLE_RESOLUTIONS, CODE, WORLD } from "./projection.js";

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
  const isText = (one) => one.type === "symbol";
  const layer = shapeLayer(config, config.style.layers.filter((one) => !isText(one)));
  const texts = config.style.layers.filter(isText);
  const all = [layer, ...(texts.length > 0 ? [textLayer(config, texts, layer.getSource())] : [])];
  const setVisible = (visible) => all.forEach((one) => one.setVisible(visible));
  setVisible(config.visible);
  return { config, layer, all, isVisible: () => layer.getVisible(), setVisible };
}

/** Draw the features of a layer for which `test(properties)` is true once more; `show(null)` draws none. */
export function makeHighlight(entry, style) {
  let wanted = null;
  const layer = new layers.VectorTile({
    source: entry.layer.getSource(), renderMode: "vector", zIndex: 20, visible: false,
    maxResolution: entry.layer.getMaxResolution(),
    style: (feature) => (wanted(feature.getProperties()) ? style : undefined),
  });
  return {
    layer,
    show(test) {
      wanted = test;
      layer.setVisible(Boolean(test));
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

function shapeLayer(config, styleLayers) {
  const source = new sources.VectorTile({
    format: new format.MVT({ idProperty: "fid" }),
    projection: CODE,
    tileGrid: quadGrid(config.tiles.first_zoom, Math.min(config.tiles.last_zoom, DEEPEST_TILE), config.tiles.extent ?? WORLD),
    url: `ogc/collections/${encodeURIComponent(config.id)}/tiles/CGCS2000Quad/{z}/{y}/{x}?f=mvt`,
    overlaps: config.geometry !== "polygon",
    ...tilesWithKey(),
  });
  const layer = tileLayer(source, styleLayers, { zIndex: zIndexOf(config) });
  applyStyle(layer, styleLayers, { type: "vector" }, { "source-layer": config.id });
  return layer;
}

/** All texts lie above all shapes, and give way to each other: numbers of components to all names. */
function textLayer(config, styleLayers, tiles) {
  const rank = config.id === PICKABLE ? 0 : zIndexOf(config);
  const options = { declutter: true, zIndex: 15 + rank / 100 };
  if (config.geometry === "polygon") return labelLayer(config, styleLayers, options);
  const layer = tileLayer(tiles, styleLayers, options);
  applyStyle(layer, styleLayers, { type: "vector" }, { "source-layer": config.id });
  return layer;
}

function tileLayer(source, styleLayers, options) {
  // As vectors, tiles are sharp at every zoom; as pictures they blur until those of the next zoom are there.
  return new layers.VectorTile({ source, renderMode: "vector", maxResolution: coarsest(styleLayers), ...options });
}

/** Labels of polygons come apart from the tiles, which would repeat them in every piece of a polygon. */
function labelLayer(config, styleLayers, options) {
  const geojson = new format.GeoJSON({ dataProjection: CODE, featureProjection: CODE });
  const source = new sources.Vector({
    loader(box, _resolution, _projection, success, failure) {
      const url = `api/labels/${encodeURIComponent(config.id)}?bbox=${box.join(",")}`;
      featuresWithKey(url, geojson).then((found) => (source.addFeatures(found), success(found)), () => {
        source.removeLoadedExtent(box);
        failure();
      });
    },
    strategy: loadingstrategy.tile(quadGrid(0, Math.max(0, Math.floor(firstZoom(styleLayers)) - 1))),
  });
  const layer = new layers.Vector({ source, maxResolution: coarsest(styleLayers), ...options });
  applyStyle(layer, styleLayers, { type: "geojson" });
  return layer;
}

/** The resolution from which on a style draws anything; no tile is asked for before. */
const coarsest = (styleLayers) => STYLE_RESOLUTIONS[0] / 2 ** firstZoom(styleLayers);

const firstZoom = (styleLayers) => Math.min(...styleLayers.map((one) => one.minzoom ?? 0));

function applyStyle(layer, styleLayers, source, extra = {}) {
  const own = styleLayers.map((one) => ({ ...extra, ...one, source: "own" }));
  const style = { version: 8, sources: { own: source }, layers: own };
  window.olms.stylefunction(layer, style, "own", STYLE_RESOLUTIONS, undefined, undefined, () => FONTS);
}

function zIndexOf(config) {
  const known = ORDER.indexOf(config.id);
  return 1 + (known >= 0 ? known : ORDER_OF_GEOMETRY[config.geometry] ?? 1.5);
}
