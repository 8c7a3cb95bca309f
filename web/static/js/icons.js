// Signs of the kinds of things that are found, as paths in a square of 24.

export const ICONS = {
  division: "M3 4h8v7H3zm10 0h8v7h-8zM3 13h8v7H3zm10 0h8v7h-8z",
  street: "M7 3h3L8 21H4zm7 0h3l3 18h-4zm-3 1h2v4h-2zm0 6h2v4h-2zm0 6h2v4h-2z",
  place: "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  address: "M12 3 2 11h3v9h5v-6h4v6h5v-9h3z",
  organisation: "M4 3h10v5h6v13H4zm3 3v2h4V6zm0 4v2h4v-2zm0 4v2h4v-2zm9-4v2h2v-2zm0 4v2h2v-2z",
  area: "M4 6 12 3l8 3v12l-8 3-8-3zm2 1.4v9.2l6 2.3 6-2.3V7.4l-6-2.3z",
  grid: "M3 3h18v18H3zm2 2v4h4V5zm6 0v4h4V5zm6 0v4h2V5zM5 11v4h4v-4zm6 0v4h4v-4zm6 0v4h2v-4zM5 17v2h4v-2zm6 0v2h4v-2zm6 0v2h2v-2z",
  component: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 3a6 6 0 1 1 0 12 6 6 0 0 1 0-12zm0 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
};
