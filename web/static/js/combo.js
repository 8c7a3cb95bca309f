// A text box with a list of suggestions, after the ARIA pattern "editable combobox with list".

import { h } from "./dom.js";

/**
 * Wire a box. `suggest(text)` gives the items; `render(item)` the content of a row; `pick(item)` takes one;
 * `submit(text)` is Enter without a chosen row; `cleared()` when the box is emptied by its button.
 */
export function makeCombo(root, { suggest, render, pick, submit, cleared }) {
  const input = root.querySelector("input");
  const list = root.querySelector("[role=listbox]");
  const clear = root.querySelector(".combo-clear");
  let items = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const open = (found) => {
    items = found;
    active = -1;
    list.replaceChildren(...items.map((item, index) =>
      h("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false" }, render(item))));
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
  };
  const activate = (index) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (index + items.length) % items.length;
    const row = list.children[active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  };
  const take = (item) => {
    close();
    pick(item);
  };
  const refresh = async () => {
    clear.hidden = input.value === "";
    const text = input.value;
    const found = await suggest(text);
    if (found && text === input.value && document.activeElement === input) open(found);
  };
  // What an input method has not settled yet is no text: pinyin on its way to characters would be searched for.
  const onInput = (event) => {
    if (!event.isComposing) refresh();
  };
  const onKey = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      close();
      event.stopPropagation();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) take(items[active]);
      else if (input.value.trim()) {
        close();
        submit(input.value.trim());
      }
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length > 0 && !list.hidden) {
      event.preventDefault();
      activate(event.key === "ArrowDown" ? active + 1 : Math.max(active, 0) - 1);
    } else if (event.key === "ArrowDown") refresh();
  };

  input.addEventListener("input", onInput);
  input.addEventListener("compositionend", refresh);
  input.addEventListener("focus", refresh);
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const row = event.target.closest("[role=option]");
    if (row) take(items[[...list.children].indexOf(row)]);
  });
  clear.addEventListener("click", () => {
    input.value = "";
    clear.hidden = true;
    close();
    cleared();
    input.focus();
  });
  return {
    set(text) {
      input.value = text;
      clear.hidden = text === "";
    },
    focus: () => input.focus(),
    close,
  };
}
