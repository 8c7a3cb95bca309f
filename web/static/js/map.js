// The map itself: view, layers, marks, and what a click or a hovering pointer means.

import { makeBasemaps } from "./basemap.js";
import { $ } from "./dom.js";
import { makeHighlight, makeLayers, outline, PICKABLE, ring } from "./layers.js";
import { makeMarks } from "./marks.js";
import { CODE, registerProjections, STYLE_RESOLUTIONS } from "./projection.js";
import { t } from "./i18n.js";

const { Map, View, control, coordinate, extent: extents, interaction } = window.ol;

const SHALLOWEST = 6;
const HIT_PIXELS = 5;
const CLOSE_UP = 18.4;

/** Build the map of a configuration; `onAsk({lon, lat, feature})` is called for a click. */
export async function makeMap(config, onAsk) {
  registerProjections(config.projections);
  const entries = makeLayers(config.layers);
  const marks = makeMarks();
  const highlights = highlightsOf(entries);
  const map = new Map({
    target: "map",
    controls: control.defaults.defaults({
      rotate: false,
      zoomOptions: { zoomInTipLabel: t("Zoom in"), zoomOutTipLabel: t("Zoom out") },
      attributionOptions: { collapsible: false },
    }).extend([new control.ScaleLine({ minWidth: 90 })]),
    // OpenLayers' own default would zoom by wheel only once the map has the focus.
    interactions: interaction.defaults.defaults({ altShiftDragRotate: false, pinchRotate: false }),
    layers: [...entries.flatMap((entry) => entry.all), ...Object.values(highlights).map((one) => one.layer), marks.layer],
    view: viewOf(config.extent),
  });
  for (const layer of await makeBasemaps(config.basemaps)) map.addLayer(layer);
  fit(map, config.extent);
  const pickable = entries.find((entry) => entry.config.id === PICKABLE)?.layer;
  listen(map, pickable, onAsk);
  return {
    map, entries, marks, highlights,
    fit: (box) => fit(map, box),
    lookAt: (place, zoom = CLOSE_UP) => lookAt(map, place, zoom),
    reveal: (place) => reveal(map, place),
    middle: () => middle(map),
  };
}

function highlightsOf(entries) {
  const made = {};
  for (const [id, style] of [
    ["divisions", outline("#14515a", 3)], ["unit-grids", outline("#a3005f", 3)], [PICKABLE, ring("#d9480f", 15)],
  ]) {
    const entry = entries.find((one) => one.config.id === id);
    if (entry) made[id] = makeHighlight(entry, style);
  }
  return made;
}

function viewOf(extent) {
  return new View({
    projection: CODE,
    resolutions: STYLE_RESOLUTIONS,
    minZoom: SHALLOWEST,
    constrainResolution: false,
    extent: extent ? extents.buffer(extent, Math.max(extents.getWidth(extent), 0.05) * 2) : undefined,
    showFullExtent: true,
    smoothExtentConstraint: true,
    enableRotation: false,
    center: [105, 35],
    zoom: 5,
  });
}

function fit(map, box) {
  if (box) map.getView().fit(box, { padding: [24, padRight(), padBottom() + 24, padLeft()], maxZoom: CLOSE_UP });
}

function lookAt(map, place, zoom) {
  const view = map.getView();
  view.setZoom(Math.max(view.getZoom(), zoom));
  const [width, height] = map.getSize();
  view.centerOn(place, [width, height], [(padLeft() + width - padRight()) / 2, (height - padBottom()) / 2]);
}

/** Longitude and latitude in the middle of what panel and card leave of the map; null before it is drawn. */
function middle(map) {
  const [width, height] = map.getSize() ?? [0, 0];
  return map.getCoordinateFromPixel([(padLeft() + width - padRight()) / 2, (height - padBottom()) / 2]);
}

/** Move the map just enough to bring a place out from under the card. */
function reveal(map, place) {
  const pixel = map.getPixelFromCoordinate(place);
  if (!pixel) return;
  const [width, height] = map.getSize();
  const free = { right: width - padRight() - 40, bottom: height - padBottom() - 40 };
  const [dx, dy] = [Math.max(0, pixel[0] - free.right), Math.max(0, pixel[1] - free.bottom)];
  if (!dx && !dy) return;
  const view = map.getView();
  const [x, y] = view.getCenter();
  const resolution = view.getResolution();
  view.animate({ center: [x + dx * resolution, y - dy * resolution], duration: 200 });
}

const padLeft = () => (isSheet() ? 24 : $("layers").offsetWidth + 24);
const padRight = () => ($("card").hidden || isSheet() ? 24 : $("card").offsetWidth + 24);
const padBottom = () => ($("card").hidden || !isSheet() ? 0 : $("card").offsetHeight);
const isSheet = () => window.matchMedia("(max-width: 820px)").matches;

function listen(map, pickable, onAsk) {
  // What stands for many components is none of them
  const pick = (pixel) => map.forEachFeatureAtPixel(pixel, (feature) => (feature.get("count") ? undefined : feature),
    { layerFilter: (layer) => layer === pickable, hitTolerance: HIT_PIXELS });
  map.on("singleclick", (event) => {
    const [lon, lat] = event.coordinate;
    onAsk({ lon, lat, feature: pick(event.pixel)?.getProperties() });
  });
  map.on("pointermove", (event) => {
    $("position").textContent = coordinate.format(event.coordinate, "{x}, {y}", 6);
    if (!event.dragging) hover(map, event.pixel, pick(event.pixel)?.getProperties());
  });
  map.getViewport().addEventListener("pointerleave", () => {
    $("position").textContent = "";
    hover(map, null, null);
  });
}

function hover(map, pixel, properties) {
  const tooltip = $("tooltip");
  tooltip.hidden = !properties;
  map.getTargetElement().classList.toggle("is-pointing", Boolean(properties));
  if (!properties) return;
  tooltip.textContent = [properties.name, properties.id].filter(Boolean).join(" · ");
  tooltip.style.transform = `translate(${Math.round(pixel[0]) + 14}px, ${Math.round(pixel[1]) + 14}px)`;
}
