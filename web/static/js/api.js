// Calls to this server. What goes wrong is always a Problem with words for the person in front.

import { askForKey, withKey } from "./key.js";

const lang = document.documentElement.lang;

/** A refused or failed call: the server's problem+json, or the network's silence. */
export class Problem extends Error {
  constructor(body, status) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.body = body;
  }
}

export async function getJson(path, parameters = {}, signal = undefined) {
  return answered(await request(withParameters(path, parameters), { signal }));
}

/** Send what must not stand in an address of a page. */
export async function postJson(path, document, parameters = {}, signal = undefined) {
  const sent = { method: "POST", body: JSON.stringify(document), headers: { "content-type": "application/json" } };
  return answered(await request(withParameters(path, parameters), { ...sent, signal }));
}

async function answered(response) {
  const body = await jsonOf(response);
  if (response.status === 401) askForKey(body?.detail);
  if (!response.ok) throw new Problem(body ?? {}, response.status);
  if (body === null) throw new Problem({}, response.status);
  return body;
}

export function resolve(question, signal) {
  return getJson("api/resolve", { ...question, lang }, signal);
}

export function search(text, options, signal) {
  return getJson("api/search", { q: text, ...options, lang }, signal);
}

function withParameters(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function request(url, { headers = {}, ...options }) {
  try {
    return await fetch(url, { ...options, headers: withKey({ accept: "application/json", ...headers }) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ offline: true }, 0);
  }
}

async function jsonOf(response) {
  if (!/json/.test(response.headers.get("content-type") || "")) return null;
  return response.json();
}
