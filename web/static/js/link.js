// The question in the address of the page: `#lon=…&lat=…&class=…`, `#component=…`, `#q=…`.

const NAMES = ["lon", "lat", "class", "standard", "kind", "rule", "source", "accuracy", "address", "component", "q"];

/** Read what the address asks. */
export function readLink() {
  const given = new URLSearchParams(window.location.hash.slice(1));
  return Object.fromEntries(NAMES.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
}

/** Put a question into the address without a new entry in the history; returns the whole address. */
export function writeLink(question) {
  const hash = new URLSearchParams();
  for (const name of NAMES) if (question[name] !== undefined && question[name] !== null) hash.set(name, question[name]);
  const text = hash.toString();
  window.history.replaceState(null, "", text ? `#${text}` : window.location.pathname + window.location.search);
  return window.location.href;
}
