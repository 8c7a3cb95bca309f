// The words of the page for the codes of the public interface, as message ids.

export const DECISIONS = {
  decided: "Decided",
  decided_with_alternatives: "Decided, with alternatives",
  joint: "Lead and assisting units",
  pending_ownership: "Ownership to be settled",
  not_ours: "Not ours",
  fallback: "Fallback to the local government",
  undecided: "Doubtful, for the dispatcher to judge",
};

export const OWNERSHIPS = {
  recorded: "ownership on record",
  settled: "ownership settled",
  unknown: "no known owner",
  disputed: "ownership disputed",
  not_surveyed: "not surveyed",
};

export const STATUSES = {
  inside: "inside the grid",
  near_boundary: "near the edge of the grid",
  gap_snapped: "in a gap between grids, nearest taken",
  overlap: "where grids overlap",
  outside: "outside every grid",
};

export const PARTIES = {
  authority: "Authority in charge",
  owner: "Owner",
  maintainer: "Maintaining unit",
  supervising: "Supervising unit",
  interim: "Acts until it is settled",
};

export const KINDS = {
  grid: "Unit grid",
  component: "Component",
  organisation: "Organisation",
  place: "Place",
  address: "Address",
  street: "Street name",
  division: "Division",
  area: "Responsibility area",
};

export const SOURCES = {
  gps: "GPS",
  map_click: "click on the map",
  address: "address",
  component: "component",
  camera: "camera",
  vehicle: "vehicle",
  hotline: "hotline",
};

export const DATASETS = {
  divisions: "divisions",
  grids: "unit grids",
  "responsibility-grids": "responsibility grids",
  "governance-grids": "governance grids",
  components: "components",
  organisations: "organisations",
  rules: "case table",
  areas: "areas",
  boundaries: "boundary agreements",
  places: "places",
  addresses: "addresses",
  streets: "roads and lanes",
};
