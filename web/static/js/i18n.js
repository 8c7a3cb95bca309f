// Texts of the page: English message ids, translated by the dictionary of the page's language.

import { getJson } from "./api.js";

let dictionary = {};

export const language = document.documentElement.lang === "en" ? "en" : "zh";

export async function loadTexts() {
  dictionary = await getJson(`i18n/${language}.json`);
}

/** Translate a message id and fill in its {placeholders}. */
export function t(message, values = {}) {
  const text = dictionary[message] ?? message;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Take the text of the page's language from an object with `…_zh` and `…_en`. */
export function localised(thing, name) {
  const other = language === "en" ? "zh" : "en";
  return thing[`${name}_${language}`] || thing[`${name}_${other}`] || "";
}
