// The search box: codes and names of grids, components, organisations, places.

import { search } from "./api.js";
import { makeCombo } from "./combo.js";
import { $, h } from "./dom.js";
import { t } from "./i18n.js";
import { KINDS } from "./words.js";

const SUGGESTIONS = 12;
const PAUSE = 160;

/** Wire the search box; `taken(result)`, `nothing(text)` and `failed(problem, again)` tell what came of it. */
export function makeSearch({ taken, nothing, failed, cleared }) {
  const later = debounced((text, signal) => search(text, SUGGESTIONS, signal).then((found) => found.results));
  const combo = makeCombo($("search"), {
    suggest: (text) => (text.trim() ? later(text.trim()) : Promise.resolve([])),
    render: row,
    pick: take,
    submit: find,
    cleared,
  });
  function take(result) {
    combo.set(result.code && result.kind !== "address" ? result.code : result.name);
    taken(withKindName(result));
  }
  async function find(text) {
    try {
      const { results } = await search(text, SUGGESTIONS);
      if (results.length > 0) take(results[0]);
      else nothing(text);
    } catch (problem) {
      failed(problem, () => find(text));
    }
  }
  return { find, set: combo.set };
}

const withKindName = (result) => ({ ...result, kindName: t(KINDS[result.kind] ?? result.kind) });

function row(result) {
  const main = result.name || result.code;
  return [
    h("span", { class: `kind is-${result.kind}` }, t(KINDS[result.kind] ?? result.kind)),
    h("span", { class: "row-main" }, main),
    h("span", { class: "row-side" }, [main === result.code ? null : result.code, result.detail].filter(Boolean).join(" · ")),
  ];
}

/** Run only the last of calls in quick succession, and give up one that is overtaken: it yields null. */
function debounced(run) {
  let timer;
  let controller;
  let giveUp = () => {};
  return (text) => {
    clearTimeout(timer);
    controller?.abort();
    giveUp();
    controller = new AbortController();
    const { signal } = controller;
    return new Promise((done) => {
      giveUp = () => done(null);
      // A suggestion that fails is not worth an alarm: Enter asks again and says what is wrong.
      timer = setTimeout(() => run(text, signal).then(done, () => done(null)), PAUSE);
    });
  };
}
