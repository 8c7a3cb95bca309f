// Where the page starts: it asks for its configuration, builds the map and ties search, class, click and card.

import { getJson, resolve } from "./api.js";
import { makeCard } from "./card.js";
import { makeClassPicker } from "./classes.js";
import { $, h } from "./dom.js";
import { language, loadTexts, localised, t } from "./i18n.js";
import { readLink, writeLink } from "./link.js";
import { makeMap } from "./map.js";
import { fillPanel } from "./panel.js";
import { problemText } from "./problem.js";
import { makeSearch } from "./search.js";

const desk = { map: null, card: null, picker: null, search: null, question: null, controller: null };

async function start() {
  await loadTexts();
  const config = await getJson("api/map", { lang: language });
  const city = localised(config, "title");
  if (city) $("title").textContent = document.title = t("{city}: who is responsible", { city });
  desk.card = makeCard({ close, ask, copyLink });
  desk.map = await makeMap(config, clicked);
  fillPanel(desk.map.entries);
  desk.search = makeSearch({
    taken, nothing, failed: (problem, again) => desk.card.failed(problem, again), cleared: close,
    centre: desk.map.middle,
  });
  desk.picker = await makeClassPicker(classChanged);
  document.addEventListener("keydown", (event) => event.key === "Escape" && desk.card.isOpen && close());
  window.addEventListener("hashchange", followLink);
  $("language").addEventListener("click", keepQuestion);
  if (!config.layers.length) $("hint").textContent = t("No layer is published yet.");
  followLink();
  document.documentElement.dataset.ready = "true";
}

function followLink() {
  const { q, ...question } = readLink();
  if (q) {
    desk.search.set(q);
    desk.search.find(q);
  } else if (Object.keys(question).length > 0) {
    if (question.class) desk.picker.show(question);
    ask(question, { look: true });
  }
}

function clicked({ lon, lat, feature }) {
  // With a class chosen, a click is about a thing of that class near the place, whatever else stands there.
  if (feature?.id && desk.picker.means(feature.class_code)) ask({ component: feature.id });
  else ask({ lon: lon.toFixed(7), lat: lat.toFixed(7), source: "map_click", ...desk.picker.asked });
}

function classChanged() {
  const question = desk.question;
  if (!question || question.component) return;
  const { class: _class, kind: _kind, standard: _standard, rule: _rule, ...place } = question;
  ask({ ...place, ...desk.picker.asked });
}

function taken(result) {
  unmark();
  if (result.kind === "component") ask({ component: result.code }, { look: true });
  else if (["grid", "place", "address"].includes(result.kind)) askAt(result);
  else tellAbout(result);
}

function askAt(result) {
  const source = result.kind === "grid" ? "map_click" : "address";
  ask({ lon: result.lon, lat: result.lat, source, ...desk.picker.asked });
  goTo(result);
}

function tellAbout(result) {
  desk.controller?.abort();
  desk.question = null;
  $("hint").hidden = true;
  desk.card.about(result);
  if (result.kind === "division") desk.map.highlights.divisions?.show(({ code }) => code === result.code);
  writeLink({ q: result.code || result.name });
  goTo(result);
}

// The card is open by now: what is shown lies beside it.
function goTo(result) {
  if (result.bbox) desk.map.fit(result.bbox);
  else if (result.lon !== null) desk.map.lookAt([result.lon, result.lat]);
}

function nothing(text) {
  unmark();
  $("hint").hidden = true;
  desk.card.nothing(text);
}

/** Ask the server who is responsible and show the answer; the newest question wins. */
async function ask(question, { look = false } = {}) {
  desk.controller?.abort();
  const controller = (desk.controller = new AbortController());
  desk.question = question;
  writeLink(question);
  $("hint").hidden = true;
  if (question.lon) desk.map.marks.pending([Number(question.lon), Number(question.lat)]);
  desk.card.loading();
  try {
    const resolution = await resolve(question, controller.signal);
    if (controller.signal.aborted) return;
    desk.card.show(resolution, question);
    mark(resolution, look);
  } catch (problem) {
    if (problem.name !== "AbortError") desk.card.failed(problem, mayHelp(problem) ? () => ask(question, { look }) : null);
  }
}

/** Whether asking the same again can give another answer: not when the question itself was refused. */
const mayHelp = (problem) => !(problem.status >= 400 && problem.status < 500);

function mark(resolution, look) {
  const place = [resolution.location.lon, resolution.location.lat];
  desk.map.marks.show(resolution);
  desk.map.highlights["unit-grids"]?.show(({ code }) => code === resolution.unit_grid?.code);
  desk.map.highlights.components?.show(({ id }) => id === resolution.component?.id);
  desk.map.highlights.divisions?.show(null);
  if (look) desk.map.lookAt(place);
  else desk.map.reveal(place);
}

function unmark() {
  desk.map.marks.clear();
  for (const highlight of Object.values(desk.map.highlights)) highlight.show(null);
}

function close() {
  desk.controller?.abort();
  desk.question = null;
  desk.card.close();
  unmark();
  writeLink({});
  $("map").focus({ preventScroll: true });
}

async function copyLink(event) {
  const button = event.currentTarget;
  const address = writeLink(desk.question);
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = t("Copied");
  } catch {
    // No clipboard without HTTPS: the address bar holds the same link.
    window.prompt(t("Copy link"), address);
  }
}

function keepQuestion(event) {
  event.preventDefault();
  window.location.href = event.currentTarget.getAttribute("href") + window.location.hash;
}

start().catch((problem) => {
  console.error(problem);
  $("map").replaceChildren(h("div", { class: "fatal", role: "alert" }, problemText(problem)));
});
