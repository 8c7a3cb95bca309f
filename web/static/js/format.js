// Numbers and times as people read them.

import { language, t } from "./i18n.js";

const LOCALE = language === "en" ? "en-GB" : "zh-CN";

/** A distance: decimetres when near, whole metres from ten on. */
export function metres(value) {
  if (value === null || value === undefined) return "";
  const text = value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString(LOCALE);
  return t("{number} m", { number: text });
}

/** How far away something is: metres, from a kilometre on kilometres. */
export function distance(value) {
  if (value < 1000) return t("{number} m", { number: String(Math.round(value)) });
  const kilometres = value / 1000;
  return t("{number} km", { number: kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres).toLocaleString(LOCALE) });
}

/** A coordinate in degrees, to the decimetre. */
export const degrees = (value) => value.toFixed(6);

/** When a limit ends, by the clock of the city. */
export function duePhrase(due) {
  return t("until {moment}", { moment: shown(due, { month: "short", day: "numeric" }) });
}

/** A moment by the clock of the city, not by that of the reader's machine. */
export const moment = (text) => shown(text, { year: "numeric", month: "short", day: "numeric" });

function shown(text, date) {
  const asIfUtc = new Date(`${text.slice(0, 19)}Z`);
  return asIfUtc.toLocaleString(LOCALE, { ...date, hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
}
