// What a place is called (事发位置): asked for once the card says where it lies.

import { getJson } from "./api.js";
import { language } from "./i18n.js";

/** The address text of a resolution's place; null where it lies in no division, or the server does not tell. */
export async function addressOf({ location: { lon, lat }, divisions }, asOf) {
  if (!divisions.street && !divisions.community) return null;
  try {
    return await getJson("api/reverse", { lon, lat, as_of: asOf, lang: language });
  } catch {
    // The card stands without it: who acts is what was asked
    return null;
  }
}
