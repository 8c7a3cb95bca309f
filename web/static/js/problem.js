// A problem document in words.

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** Say what went wrong, what was given and what would do. */
export function problemText(problem) {
  const body = problem.body ?? {};
  const detail = body.offline ? t("The server cannot be reached.") : body.detail ?? body.title ?? t("The answer could not be read.");
  return [
    h("p", { class: "strong" }, detail),
    body.value !== undefined && h("p", { class: "note" }, t("Given: {value}", { value: body.value })),
    body.expected && h("p", { class: "note" }, t("Expected: {expected}", { expected: body.expected })),
    body.hint && h("p", { class: "note" }, body.hint),
  ].filter(Boolean);
}
