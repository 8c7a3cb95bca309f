// The class picker: a group of classes (井盖), a major class, or one class.

import { getJson } from "./api.js";
import { makeCombo } from "./combo.js";
import { $, h } from "./dom.js";
import { language, t } from "./i18n.js";

const SHOWN = 60;

/** Wire the picker; `changed(code)` is called with the chosen code or null. */
export async function makeClassPicker(changed) {
  const { choices } = await getJson("api/classes", { lang: language });
  const byCode = new Map(choices.map((choice) => [choice.code, choice]));
  let chosen = null;
  const choose = (choice, tell = true) => {
    chosen = choice?.code ?? null;
    combo.set(choice ? choice.name : "");
    if (tell) changed(chosen);
  };
  const combo = makeCombo($("class-picker"), {
    suggest: (text) => Promise.resolve(matching(choices, text === byCode.get(chosen)?.name ? "" : text.trim())),
    render: row,
    pick: choose,
    submit: (text) => choose(matching(choices, text)[0] ?? null),
    cleared: () => choose(null),
  });
  return {
    get code() { return chosen; },
    standard: (code) => byCode.get(code)?.standard,
    set: (code) => choose(code ? byCode.get(code) ?? { code, name: code } : null, false),
  };
}

function matching(choices, text) {
  const wanted = text.toLowerCase();
  return choices
    .filter((one) => !wanted || one.code.startsWith(wanted) || one.name.toLowerCase().includes(wanted))
    .slice(0, SHOWN);
}

function row(choice) {
  return [
    h("span", { class: `kind is-${choice.level}` }, { group: t("group"), major: t("major class"), class: choice.code }[choice.level]),
    h("span", { class: "row-main" }, choice.name),
    choice.major_name && h("span", { class: "row-side" }, choice.major_name),
  ];
}
