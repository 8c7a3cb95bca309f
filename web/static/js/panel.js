// The list of layers, which is also the legend.

import { $, h, svg } from "./dom.js";
import { localised } from "./i18n.js";

const LEGEND = "wangge:legend";

/** Fill the list with the map's layers, topmost first. */
export function fillPanel(entries) {
  const toggle = document.querySelector(".panel-toggle");
  toggle.addEventListener("click", () => setOpen(toggle, toggle.getAttribute("aria-expanded") !== "true"));
  if (window.matchMedia("(max-width: 820px)").matches) setOpen(toggle, false);
  $("layers-list").replaceChildren(...[...entries].reverse().map(layerRow));
}

function setOpen(toggle, open) {
  toggle.setAttribute("aria-expanded", String(open));
  $("layers-list").hidden = !open;
}

function layerRow({ config, isVisible, setVisible }) {
  const legend = config.style.metadata?.[LEGEND] ?? [];
  const box = h("input", { type: "checkbox", role: "switch", id: `layer-${config.id}`, checked: isVisible() });
  const details = legend.length > 1 && h("ul", { class: "legend" }, legend.map((one) => h("li", {}, swatch(one), localised(one, "label"))));
  if (details) details.hidden = !isVisible();
  box.addEventListener("change", () => {
    setVisible(box.checked);
    if (details) details.hidden = !box.checked;
  });
  return h("li", { class: "layer" },
    h("label", { for: box.id, title: localised(config, "description") || null }, box, swatch(legend[0]), h("span", {}, localised(config, "title") || config.id)),
    config.attribution && h("p", { class: "note" }, config.attribution),
    details);
}

/** A small drawing of how a layer looks: `shape` is fill, line or circle. */
function swatch({ shape = "fill", color = "#8a94a0", fill = "none" } = {}) {
  const picture = {
    fill: () => svg("rect", { x: 1.5, y: 2.5, width: 15, height: 11, rx: 1, fill, stroke: color, "stroke-width": 1.6 }),
    line: () => svg("path", { d: "M1 11 7 5l4 5 6-6", fill: "none", stroke: color, "stroke-width": 2.2 }),
    circle: () => svg("circle", { cx: 9, cy: 8, r: 4.5, fill: color, stroke: "#fff", "stroke-width": 1.2 }),
  }[shape] ?? (() => svg("g"));
  return svg("svg", { viewBox: "0 0 18 16", class: "swatch", "aria-hidden": "true" }, picture());
}
