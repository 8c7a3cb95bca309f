// The API key of whoever sits here: asked for when the server wants one, kept until the tab is closed.

import { h } from "./dom.js";
import { t } from "./i18n.js";

const STORED = "wangge.key";
let asking = null;

export const heldKey = () => sessionStorage.getItem(STORED);

/** Add the key to the headers of a call. */
export function withKey(headers = {}) {
  const key = heldKey();
  return key ? { ...headers, "x-api-key": key } : headers;
}

/** Ask for a key and load the page anew with it; a key the server refused is forgotten. */
export function askForKey(why) {
  sessionStorage.removeItem(STORED);
  asking ??= open(why);
}

/** Options of a source whose tiles are loaded with the key; none without one. */
export const tilesWithKey = () => (heldKey() ? { tileLoadFunction: loadTile } : {});

/** Read features with the key; for sources that are given an address by their extent. */
export async function featuresWithKey(url, format, options) {
  const response = await fetch(url, { headers: withKey() });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return format.readFeatures(await response.json(), options);
}

function loadTile(tile, url) {
  tile.setLoader(async (extent, _resolution, featureProjection) => {
    try {
      const response = await fetch(url, { headers: withKey() });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const data = await response.arrayBuffer();
      tile.onLoad(tile.getFormat().readFeatures(data, { extent, featureProjection }), featureProjection);
    } catch {
      tile.onError();
    }
  });
}

function open(why) {
  const field = h("input", { type: "password", autocomplete: "off", required: true, "aria-label": t("API key") });
  const form = h("form", { method: "dialog" },
    h("p", { class: "strong" }, t("API key")),
    why && h("p", { class: "note" }, why),
    field,
    h("menu", {},
      h("button", { type: "button", onclick: () => dialog.close() }, t("Cancel")),
      h("button", { type: "submit" }, t("Continue"))));
  const dialog = h("dialog", { id: "key", onclose: () => { dialog.remove(); asking = null; } }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(STORED, field.value.trim());
    location.reload();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
