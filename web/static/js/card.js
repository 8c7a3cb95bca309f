// The resolution card (定责结果): who acts, and why.

import { addressOf } from "./address.js";
import { t } from "./i18n.js";
import { $, h } from "./dom.js";
import { DATASETS, DECISIONS, OWNERSHIPS, PARTIES, SOURCES, STATUSES } from "./words.js";
import { degrees, duePhrase, metres, moment } from "./format.js";
import { problemText } from "./problem.js";

/** The card on the page; `actions` are `{close, ask, copyLink}`. */
export function makeCard(actions) {
  const element = $("card");
  const put = (busy, ...parts) => {
    element.replaceChildren(...parts.flat().filter(Boolean));
    element.setAttribute("aria-busy", String(busy));
    element.hidden = false;
    element.scrollTop = 0;
  };
  return {
    get isOpen() { return !element.hidden; },
    close() {
      element.hidden = true;
      element.replaceChildren();
    },
    loading(what) { put(true, head(null, actions), loadingBody(what)); },
    failed(problem, again) { put(false, head(null, actions), failedBody(problem, again)); },
    nothing(text) { put(false, head(null, actions, t("Search")), nothingBody(text)); },
    show(resolution, question) {
      put(false, resolutionParts(resolution, question, actions));
      tellAddress(element.querySelector(".facts.place"), resolution, question);
    },
    about(result) { put(false, head(null, actions, t("Found")), aboutBody(result)); },
  };
}

function resolutionParts(resolution, question, actions) {
  return [
    head(resolution, actions),
    acting(resolution, question),
    caveat(resolution),
    deadline(resolution),
    componentPart(resolution),
    partiesPart(resolution),
    placePart(resolution),
    alternativesPart(resolution),
    rulesPart(resolution, question, actions),
    reasonsPart(resolution),
    linesPart(resolution),
    othersPart(resolution, actions),
    foot(resolution),
  ];
}

function head(resolution, actions, title = t("Resolution")) {
  return h("header", { class: "card-head" },
    h("h2", { class: "card-title" }, title),
    resolution && h("button", { type: "button", class: "quiet", onclick: actions.copyLink }, t("Copy link")),
    h("button", { type: "button", class: "close", "aria-label": t("Close"), title: t("Close (Esc)"), onclick: actions.close }, "×"));
}

function acting({ decision, parties }, question) {
  const unit = parties.acting ?? parties.interim;
  if (!unit && !question.class && !question.component) return classWanted();
  return h("section", { class: `acting is-${decision}` },
    h("p", { class: "badge" }, t(DECISIONS[decision] ?? decision)),
    h("h3", { class: "label" }, parties.acting || !parties.interim ? t("Acting unit") : t("Acts until it is settled")),
    unit ? h("p", { class: "unit" }, unit.name ?? unit.code) : h("p", { class: "unit is-missing" }, t("No unit could be named")),
    unit?.name && unit.code && h("p", { class: "code" }, unit.code),
    parties.assisting.length > 0 && h("p", { class: "assisting" },
      h("span", { class: "label" }, t("Assisting units")), " ", parties.assisting.map(nameOf).join(t(", "))));
}

function classWanted() {
  return h("section", { class: "acting" },
    h("p", { class: "badge" }, t("No class chosen")),
    h("p", { class: "unit is-missing" }, t("Choose a class, or a component on the map, to learn who acts")));
}

function caveat({ differs_within_accuracy: differs, location }) {
  if (!differs.includes("acting")) return null;
  return h("p", { class: "caveat", role: "note" },
    t("The place is known to {metres} only; within that another unit would act. Check on the spot.", { metres: metres(location.accuracy_m) }));
}

function deadline({ deadline: limit }) {
  if (!limit?.limit) return null;
  return h("section", { class: "deadline" },
    h("h3", { class: "label" }, t("Time limit")),
    h("p", { class: "limit" }, limit.limit, limit.due && h("span", { class: "due" }, duePhrase(limit.due))));
}

function componentPart({ component, ownership }) {
  if (!component && !ownership) return null;
  return section(t("Component"),
    component && h("p", { class: "strong" }, component.name ?? component.class,
      component.distance_m > 0 && h("span", { class: "aside" }, t("{metres} away", { metres: metres(component.distance_m) }))),
    component && h("p", { class: "code" }, component.id),
    h("p", { class: "tags" },
      component?.state && h("span", { class: "tag" }, component.state),
      ownership && h("span", { class: `tag is-${ownership}` }, t(OWNERSHIPS[ownership] ?? ownership))));
}

function placePart({ location, unit_grid: grid, divisions }) {
  const { county, street, community } = divisions;
  return section(t("Place"),
    facts([
      [t("Unit grid"), grid && [h("span", { class: "code" }, grid.code), gridNote(grid)]],
      [t("Community"), nameOf(community)],
      [t("Street"), nameOf(street)],
      [t("County"), nameOf(county)],
      [t("Position"), `${degrees(location.lon)}, ${degrees(location.lat)}`],
    ], "facts place"),
    location.status !== "inside" && h("p", { class: "note" }, t(STATUSES[location.status] ?? location.status)));
}

/** Put the address of the place above the rest; a card that is gone meanwhile is not changed. */
async function tellAddress(list, resolution, question) {
  const answer = await addressOf(resolution, question.as_of);
  if (!answer) return;
  const away = answer.distance_m > 0 && t("{metres} away", { metres: metres(answer.distance_m) });
  list.prepend(
    h("dt", {}, t("Address")),
    h("dd", { class: "address" }, answer.address, away && h("p", { class: "note" }, away)));
}

function gridNote(grid) {
  const edge = t("{metres} from its edge", { metres: metres(grid.edge_distance_m) });
  return h("p", { class: "note" }, [grid.name, edge].filter(Boolean).join(" · "));
}

function linesPart({ responsibility_grids: beats, areas }) {
  const lines = [...beats, ...areas];
  return lines.length > 0 && section(t("Lines of business"),
    facts(lines.map((one) => [one.line, `${one.name ?? ""} ${one.code}`.trim()])));
}

function partiesPart({ parties }) {
  const rows = Object.entries(PARTIES)
    .filter(([role]) => parties[role] && !(role === "interim" && !parties.acting))
    .map(([role, label]) => [t(label), nameOf(parties[role])]);
  return rows.length > 0 && section(t("Units"), facts(rows));
}

function alternativesPart({ alternatives }) {
  if (alternatives.length === 0) return null;
  return section(t("Alternatives"), h("ul", { class: "plain" }, alternatives.map((one) =>
    h("li", {}, h("span", { class: "strong" }, one.name ?? one.code), h("p", { class: "note" }, one.why)))));
}

function rulesPart({ rules }, question, actions) {
  if (rules.length === 0) return null;
  const title = rules.length > 1 && !question.rule ? t("Rules: choose the one that applies") : t("Rules");
  return section(title, h("ol", { class: "plain rules" }, rules.map((rule) => ruleItem(rule, rules, question, actions))));
}

function ruleItem(rule, rules, question, actions) {
  const chosen = String(question.rule ?? "") === String(rule.rule);
  const choose = () => actions.ask({ ...question, rule: chosen ? undefined : rule.rule });
  const title = rule.condition ?? t("Rule {number}", { number: rule.rule });
  return h("li", { class: chosen ? "rule is-chosen" : "rule" },
    rules.length > 1
      ? h("button", { type: "button", class: "rule-choice", "aria-pressed": String(chosen), onclick: choose }, title)
      : h("p", {}, title),
    h("p", { class: "note" }, rule.steps.map((step) => [step.step, step.limit].filter(Boolean).join(" ")).join(t("; "))),
    rule.closing && h("p", { class: "note" }, t("Closed when: {condition}", { condition: rule.closing })),
    rule.legal_basis && h("p", { class: "note" }, rule.legal_basis));
}

function reasonsPart({ reasons }) {
  if (reasons.length === 0) return null;
  return section(t("Reasons"), h("ol", { class: "reasons" }, reasons.map((reason) =>
    h("li", { class: reason.taken ? "is-taken" : "is-left" },
      h("span", { class: "mark", role: "img", "aria-label": reason.taken ? t("taken") : t("not taken") }, reason.taken ? "✓" : "–"),
      h("span", {}, reason.why)))));
}

function othersPart({ component, components }, actions) {
  const others = components.filter((one) => one.id !== component?.id);
  if (others.length === 0) return null;
  return h("details", { class: "part" },
    h("summary", {}, t("Other components within reach ({count})", { count: others.length })),
    h("ul", { class: "plain" }, others.map((one) => h("li", {},
      h("button", { type: "button", class: "other", onclick: () => actions.ask({ component: one.id }) },
        h("span", {}, one.name ?? one.class), h("span", { class: "code" }, one.id),
        h("span", { class: "aside" }, metres(one.distance_m)))))));
}

function foot({ answer_id: id, basis, as_of: asOf, location }) {
  const editions = Object.entries(basis.editions).map(([name, number]) => `${t(DATASETS[name] ?? name)} ${number}`).join(" · ");
  return h("footer", { class: "card-foot" },
    h("p", {}, t("Asked by: {source}", { source: t(SOURCES[location.source] ?? location.source) }), " · ", moment(asOf)),
    h("p", {}, t("Editions: {editions}", { editions })),
    h("p", { class: "code" }, id));
}

function aboutBody(result) {
  return [
    h("section", { class: "acting" },
      h("p", { class: "badge" }, result.kindName),
      h("p", { class: "unit" }, result.name || result.code),
      result.name && result.code && h("p", { class: "code" }, result.code),
      result.detail && h("p", { class: "note" }, result.detail)),
    h("p", { class: "advice" }, t("Click the map to ask who is responsible at a place.")),
  ];
}

function loadingBody(what) {
  return h("div", { class: "loading", role: "status" },
    h("p", {}, what ?? t("Working out who is responsible…")),
    h("div", { class: "bone wide" }), h("div", { class: "bone" }), h("div", { class: "bone" }));
}

function failedBody(problem, again) {
  return h("div", { class: "failed", role: "alert" }, problemText(problem),
    again && h("button", { type: "button", class: "button", onclick: again }, t("Try again")));
}

function nothingBody(text) {
  return h("div", { class: "nothing" },
    h("p", { class: "unit is-missing" }, t("Nothing found for “{text}”", { text })),
    h("p", { class: "note" }, t("Try the whole code, the beginning of a code, or part of a name.")));
}

function section(title, ...children) {
  return h("section", { class: "part" }, h("h3", { class: "label" }, title), ...children);
}

function facts(rows, name = "facts") {
  return h("dl", { class: name }, rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function nameOf(thing) {
  return thing ? thing.name ?? thing.code : null;
}
