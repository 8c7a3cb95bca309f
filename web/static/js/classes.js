// The class picker: a group of classes (井盖), a major class, one class of components, or a matter (事件).

import { getJson } from "./api.js";
import { makeCombo } from "./combo.js";
import { $, h } from "./dom.js";
import { language, t } from "./i18n.js";

const SHOWN = 80;

/** Wire the picker; `changed()` is called when another class, or none, is chosen. */
export async function makeClassPicker(changed) {
  const { choices } = await getJson("api/classes", { lang: language });
  let chosen = null;
  const choose = (choice) => {
    chosen = choice;
    combo.set(choice ? choice.name : "");
  };
  const chooseAndTell = (choice) => {
    choose(choice);
    changed();
  };
  const combo = makeCombo($("class-picker"), {
    suggest: (text) => Promise.resolve(matching(choices, text === chosen?.name ? "" : text.trim())),
    render: row,
    pick: chooseAndTell,
    submit: (text) => chooseAndTell(matching(choices, text)[0] ?? null),
    cleared: () => chooseAndTell(null),
  });
  return {
    /** The parameters that name the chosen class in a question; none when no class is chosen. */
    get asked() { return chosen ? parameters(chosen) : {}; },
    /** Whether a component of a class is what the choice means. */
    means: (code) => !chosen || (chosen.kind === "component" && chosen.code === code),
    /** Show the class a question names, without telling of a change. */
    show: (question) => choose(question.class ? choices.find((one) => names(question, one)) ?? unlisted(question) : null),
  };
}

const parameters = ({ code, kind, standard }) => ({ class: code, standard, ...(kind === "matter" ? { kind } : {}) });
const names = (question, choice) => choice.code === question.class && choice.kind === (question.kind ?? "component");
const unlisted = (question) => ({
  code: question.class, name: question.class, kind: question.kind ?? "component", standard: question.standard,
});

function matching(choices, text) {
  const wanted = text.toLowerCase();
  return choices
    .filter((one) => !wanted || one.code.startsWith(wanted) || one.name.toLowerCase().includes(wanted))
    .slice(0, SHOWN);
}

function row(choice) {
  const label = choice.kind === "matter" ? t("matter") : { group: t("group"), major: t("major class"), class: t("component") }[choice.level];
  return [
    h("span", { class: `kind is-${choice.kind === "matter" ? "matter" : choice.level}` }, label),
    h("span", { class: "row-main" }, choice.name),
    choice.level === "class" && h("span", { class: "row-side" }, `${choice.major_name} ${choice.code}`),
  ];
}
