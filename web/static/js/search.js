// The search box: while one types, codes and names of grids, components, organisations, places, also by pinyin.

import { search } from "./api.js";
import { makeCombo } from "./combo.js";
import { $, h, svg } from "./dom.js";
import { distance } from "./format.js";
import { t } from "./i18n.js";
import { ICONS } from "./icons.js";
import { KINDS } from "./words.js";

const SUGGESTIONS = 12;
const PAUSE = 120;

/**
 * Wire the search box; `taken(result)`, `nothing(text)` and `failed(problem, again)` tell what came of it;
 * `centre()` is longitude and latitude of the middle of the map.
 */
export function makeSearch({ taken, nothing, failed, cleared, centre }) {
  let shown = "";
  const later = debounced((text, signal) => ask(text, centre(), signal));
  const combo = makeCombo($("search"), {
    suggest: (text) => {
      shown = text.trim();
      return shown ? later(shown) : later.stop();
    },
    render: (found) => row(found, shown),
    pick: take,
    submit: find,
    cleared,
  });
  function take(result) {
    combo.set(result.code && result.kind !== "address" ? result.code : result.name);
    taken(withKindName(result));
  }
  async function find(text) {
    later.stop();
    try {
      const [best] = await ask(text, centre());
      if (best) take(best);
      else nothing(text);
    } catch (problem) {
      failed(problem, () => find(text));
    }
  }
  return { find, set: combo.set };
}

/** Ask the server; every result knows the part of its name that was met and how far it is from the middle. */
async function ask(text, centre, signal) {
  const place = centre ? { lon: centre[0].toFixed(5), lat: centre[1].toFixed(5) } : {};
  const { results, marks } = await search(text, { limit: SUGGESTIONS, ...place }, signal);
  return byKind(results.map((result, index) => ({ ...result, mark: marks[index], metres: metresTo(result, centre) })));
}

const withKindName = (result) => ({ ...result, kindName: t(KINDS[result.kind] ?? result.kind) });

/** Put results of one kind together, in the order of the best of each, and note where a group begins. */
function byKind(results) {
  const groups = new Map();
  for (const result of results) groups.set(result.kind, [...(groups.get(result.kind) ?? []), result]);
  return [...groups.values()].flatMap((group) => group.map((result, index) => ({ ...result, first: index === 0 })));
}

function metresTo({ lon, lat }, centre) {
  if (!centre || lon === null || lat === null) return null;
  const north = (lat - centre[1]) * 111_000;
  const east = (lon - centre[0]) * 111_320 * Math.cos((lat * Math.PI) / 180);
  return Math.hypot(north, east);
}

function row(result, text) {
  const { kind, name, code, detail, mark, metres } = result;
  const main = name || code;
  const beside = [main === code ? null : h("span", {}, ...markedCode(code, text)), detail, metres === null ? null : distance(metres)];
  return [
    h("span", { class: `kind is-${kind}${result.first ? " is-first" : ""}` }, icon(kind), t(KINDS[kind] ?? kind)),
    h("span", { class: "row-main" }, ...(name ? marked(name, mark) : markedCode(code, text))),
    h("span", { class: "row-side" }, ...joined(beside.filter(Boolean))),
  ];
}

const icon = (kind) => ICONS[kind] && svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[kind] }));

const joined = (parts) => parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part]));

/** Mark a part of a name, counted in characters as the server counts them. */
function marked(name, mark) {
  if (!mark) return [name];
  const characters = [...name];
  const [start, end] = mark;
  const part = (from, to) => characters.slice(from, to).join("");
  return [part(0, start), h("mark", {}, part(start, end)), part(end)];
}

function markedCode(code, text) {
  const typed = text.normalize("NFKC").replaceAll(" ", "").toUpperCase();
  return marked(code, typed && code.toUpperCase().startsWith(typed) ? [0, typed.length] : null);
}

/** Run only the last of calls in quick succession, and give up one that is overtaken: it yields null. */
function debounced(run) {
  let timer;
  let controller;
  let giveUp = () => {};
  const stop = () => {
    clearTimeout(timer);
    controller?.abort();
    giveUp();
    return Promise.resolve([]);
  };
  const later = (text) => {
    stop();
    controller = new AbortController();
    const { signal } = controller;
    return new Promise((done) => {
      giveUp = () => done(null);
      // A suggestion that fails is not worth an alarm: Enter asks again and says what is wrong.
      timer = setTimeout(() => run(text, signal).then(done, () => done(null)), PAUSE);
    });
  };
  return Object.assign(later, { stop });
}
