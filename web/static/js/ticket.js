// A hotline's ticket pasted in: where, what, which class; a click goes to the place and asks who is responsible.
// Its text is sent in a body, shown with asterisks for personal data, and kept nowhere.

import { postJson } from "./api.js";
import { $, h } from "./dom.js";
import { language, t } from "./i18n.js";
import { problemText } from "./problem.js";

const SHORTEST = 40;
const LONGEST = 10000;
const PUNCTUATION = /[,，.。;；!！?？:：、]/;
const KINDS = ["address", "phenomenon", "class", "private"];

let controller = null;
let chosenClass = null;

/** Whether a text is a ticket: lines, or a paragraph with punctuation. */
export const looksLikeTicket = (text) =>
  text.trim().includes("\n") || ([...text].length > SHORTEST && PUNCTUATION.test(text));

/** Open the panel with a ticket; returns whether the text was taken for one. */
export function offerTicket(text) {
  if (!looksLikeTicket(text)) return false;
  open();
  read(text);
  return true;
}

$("ticket-open").addEventListener("click", () => open());

// The box keeps one line of a hundred characters: what is pasted or dropped is looked at before it gets there.
for (const given of ["paste", "drop"]) {
  $("q").addEventListener(given, (event) => {
    const text = (event.clipboardData ?? event.dataTransfer)?.getData("text/plain") ?? "";
    if (!event.defaultPrevented && offerTicket(text)) event.preventDefault();
  });
}

function open() {
  show(pasteForm());
  $("ticket").querySelector("textarea").focus();
}

function close() {
  controller?.abort();
  $("ticket").hidden = true;
  $("ticket").replaceChildren();
  $("ticket-open").focus();
}

function show(...parts) {
  const panel = $("ticket");
  const head = h("header", { class: "card-head" },
    h("h2", { class: "card-title" }, t("Ticket")),
    h("button", { type: "button", class: "close", "aria-label": t("Close"), title: t("Close (Esc)"), onclick: close }, "×"));
  panel.replaceChildren(head, ...parts.flat().filter(Boolean));
  panel.hidden = false;
  panel.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
}

function pasteForm(text = "", problem = null) {
  const field = h("textarea", {
    rows: 7, maxlength: LONGEST, autocomplete: "off", spellcheck: "false", required: true,
    "aria-label": t("Text of the ticket"), placeholder: t("Paste the whole ticket here"),
  });
  field.value = text;
  const send = (event) => {
    event.preventDefault();
    if (field.value.trim()) read(field.value);
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send(event));
  return h("form", { class: "part ticket-form", autocomplete: "off", onsubmit: send },
    field,
    h("p", { class: "note" }, t("The ticket is read, not stored; personal data is shown as asterisks.")),
    problem && h("div", { class: "failed", role: "alert" }, problemText(problem)),
    h("button", { type: "submit", class: "button" }, t("Read the ticket")));
}

/** Ask the server; what failed stays in the field, what was read does not. */
async function read(text) {
  controller?.abort();
  const own = (controller = new AbortController());
  show(h("div", { class: "loading", role: "status" }, h("p", {}, t("Reading the ticket…")), h("div", { class: "bone wide" })));
  try {
    const answer = await postJson("api/ticket", { text }, { lang: language }, own.signal);
    if (own.signal.aborted) return;
    chosenClass = answer.best_class;
    show(answerParts(answer));
    $("ticket").querySelector(".ticket-place, .ticket-class, .ticket-again").focus();
  } catch (problem) {
    if (problem.name !== "AbortError") show(pasteForm(text, problem));
  }
}

function answerParts(answer) {
  return [
    h("section", { class: "part" }, h("p", { class: "ticket-text" }, marked(answer)), legend()),
    classesPart(answer),
    placesPart(answer),
    h("section", { class: "part" }, h("button", { type: "button", class: "quiet ticket-again", onclick: open }, t("Another ticket"))),
  ];
}

/** The ticket with its parts marked; positions count characters, not the units of JavaScript's strings. */
function marked(answer) {
  const characters = [...answer.text];
  const kinds = characters.map(() => new Set());
  const spans = {
    address: answer.addresses, phenomenon: answer.phenomena, class: [...answer.classes, ...answer.groups], private: answer.private,
  };
  for (const kind of KINDS) for (const { start, end } of spans[kind]) for (let at = start; at < end; at += 1) kinds[at].add(kind);
  const names = kinds.map((set) => [...set].map((kind) => `is-${kind}`).join(" "));
  const pieces = [];
  for (let at = 0, from = 0; at < characters.length; at += 1) {
    if (at + 1 < characters.length && names[at + 1] === names[at]) continue;
    const text = characters.slice(from, at + 1).join("");
    pieces.push(names[at] ? h("mark", { class: names[at] }, text) : text);
    from = at + 1;
  }
  return pieces;
}

function legend() {
  const words = { address: t("address"), phenomenon: t("what is the matter"), class: t("class named"), private: t("personal data") };
  return h("p", { class: "note ticket-legend" }, KINDS.map((kind) => [h("mark", { class: `is-${kind}` }, words[kind]), " "]));
}

function classesPart({ classes, groups, best_class: best }) {
  const choices = [
    ...groups.map(({ name }) => ({ class: name, kind: "component", name, label: t("group") })),
    ...classes.map(({ code, kind, standard, name }) => (
      { class: code, kind, standard, name, label: `${kind === "matter" ? t("matter") : t("component")} ${code}` })),
  ].filter((one, at, all) => all.findIndex((other) => same(one, other)) === at);
  const buttons = choices.map((choice) => h("button", {
    type: "button", class: "ticket-class", "aria-pressed": String(same(choice, chosenClass)), onclick: () => take(choice),
  }, h("span", {}, choice.name), h("span", { class: "aside" }, choice.label)));
  const take = (choice) => {
    chosenClass = same(choice, chosenClass) ? null : choice;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(same(choices[at], chosenClass))));
  };
  const note = choices.length === 0
    ? t("The ticket names no class: choose one above the map.")
    : best ? null : t("The ticket names several: choose one.");
  return part(t("Class"), note && h("p", { class: "note" }, note), h("div", { class: "ticket-classes" }, buttons));
}

const same = (one, other) => one?.class === other?.class && one?.kind === other?.kind;

function placesPart({ addresses }) {
  if (addresses.length === 0) return part(t("Place"), h("p", { class: "note" }, t("The ticket names no address: click the map.")));
  return part(t("Place"), addresses.map((address) => [
    h("p", { class: "strong ticket-address" }, address.text, address.home && h("span", { class: "aside" }, t("where the caller lives"))),
    address.places.length === 0
      ? h("p", { class: "note" }, t("Nothing in the registry fits this address."))
      : h("ul", { class: "plain" }, address.places.map((place) => h("li", {}, placeButton(place)))),
  ]));
}

function placeButton(place) {
  const chosen = (event) => {
    go(place);
    // On a telephone the card now takes the lower half
    const button = event.currentTarget;
    window.requestAnimationFrame(() => button.scrollIntoView({ block: "nearest" }));
  };
  return h("button", { type: "button", class: "ticket-place", onclick: chosen },
    h("span", {}, place.address),
    h("span", { class: "aside" }, t("{percent} % · within {metres} m", {
      percent: Math.round(100 * place.score), metres: Math.round(place.accuracy_m),
    })));
}

/** Ask about the place as a link does: the page follows what its address says, which holds nothing of the text. */
function go({ lon, lat, accuracy_m: accuracy }) {
  const { class: code, kind, standard } = chosenClass ?? {};
  const question = new URLSearchParams({ lon, lat, source: "hotline", accuracy });
  if (code) question.set("class", code);
  if (code && standard) question.set("standard", standard);
  if (kind === "matter") question.set("kind", kind);
  window.history.replaceState(null, "", `#${question}`);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

const part = (title, ...children) => h("section", { class: "part" }, h("h3", { class: "label" }, title), ...children);
