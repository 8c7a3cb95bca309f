// What the card talks about, marked on the map: the place asked and how exactly it is known.

const { Feature, geom, layer: layers, source: sources, style: styles } = window.ol;

const INK = "#14515a";

/** Make the layer of marks, with `show(resolution)` and `clear()`. */
export function makeMarks() {
  const source = new sources.Vector();
  const layer = new layers.Vector({ source, zIndex: 30, style: styleOf });
  const add = (role, geometry) => source.addFeature(new Feature({ geometry, role }));
  return {
    layer,
    clear: () => source.clear(),
    pending(place) {
      source.clear();
      add("place", new geom.Point(place));
    },
    show({ location }) {
      source.clear();
      const place = [location.lon, location.lat];
      if (location.accuracy_m > 0) add("accuracy", circle(place, location.accuracy_m));
      add("place", new geom.Point(place));
    },
  };
}

function circle(place, metres) {
  return geom.Polygon.circular(place, metres, 48);
}

const MARKS = {
  place: [
    new styles.Style({ image: new styles.Circle({ radius: 9, fill: new styles.Fill({ color: "#ffffffcc" }), stroke: new styles.Stroke({ color: INK, width: 2.5 }) }) }),
    new styles.Style({ image: new styles.Circle({ radius: 3, fill: new styles.Fill({ color: INK }) }) }),
  ],
  accuracy: [new styles.Style({
    stroke: new styles.Stroke({ color: `${INK}99`, width: 1, lineDash: [4, 4] }), fill: new styles.Fill({ color: `${INK}14` }),
  })],
};

function styleOf(feature) {
  return MARKS[feature.get("role")];
}
