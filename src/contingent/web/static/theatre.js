// What maps of the theatre have in common: their ground, style and marks, from shapes that travel with the application.
export const MODES = { rail: ["#1f5078", [1]], road: ["#b04a00", [2, 1]], sea: ["#0b7285", [5, 1.4]], air: ["#7a1f6d", [0.6, 1.4]], river: ["#0b7285", [3, 1, 1, 1]] };
export const empty = { type: "FeatureCollection", features: [] };
export const points = (features) => ({ type: "FeatureCollection", features });
export const grouped = (figure) => String(Math.round(figure)).replace(/\B(?=(\d{3})+$)/g, "\u202f");

// A mark is drawn once as a picture: what its colour says, its shape says as well.
const picture = (draw) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 48;
  const pen = canvas.getContext("2d");
  pen.lineWidth = 4;
  pen.strokeStyle = "#1b1f24";
  draw(pen);
  return pen.getImageData(0, 0, 48, 48);
};
const disc = (pen, fill) => {
  pen.beginPath();
  pen.arc(24, 24, 19, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.stroke();
};
const PICTURES = {
  soon: (pen) => disc(pen, "#009e73"),
  "in-time": (pen) => {
    pen.fillStyle = "#56b4e9";
    pen.fillRect(8, 8, 32, 32);
    pen.strokeRect(8, 8, 32, 32);
  },
  late: (pen) => {
    pen.beginPath();
    pen.moveTo(24, 5);
    pen.lineTo(44, 41);
    pen.lineTo(4, 41);
    pen.closePath();
    pen.fillStyle = "#e69f00";
    pen.fill();
    pen.stroke();
  },
  never: (pen) => {
    pen.strokeStyle = "#9b2c00";
    pen.lineWidth = 8;
    pen.beginPath();
    for (const [x, y] of [[9, 9], [39, 39], [39, 9], [9, 39]]) (x === 9 && y === 9) || (x === 39 && y === 9) ? pen.moveTo(x, y) : pen.lineTo(x, y);
    pen.stroke();
  },
  base: (pen) => {
    pen.fillStyle = "#1b1f24";
    pen.fillRect(8, 8, 32, 32);
    pen.fillStyle = "#fff";
    pen.fillRect(18, 18, 12, 12);
  },
};

const lineLayers = (kind, width, opacity) =>
  Object.entries(MODES).map(([mode, [colour, dashes]]) => ({
    id: `${kind}-${mode}`, type: "line", source: kind, filter: ["==", ["get", "mode"], mode],
    paint: { "line-color": colour, "line-width": width, "line-opacity": opacity, ...(mode === "rail" ? {} : { "line-dasharray": dashes }) },
  }));
const icons = (id, source, image, size) => ({
  id, type: "symbol", source, layout: { "icon-image": image, "icon-size": size, "icon-allow-overlap": true },
});
const style = (data, { land, coast, lines }) => ({
  version: 8,
  sources: {
    land: { type: "geojson", data: land }, coast: { type: "geojson", data: coast }, borders: { type: "geojson", data: lines },
    sectors: { type: "geojson", data: data.sectors }, line: { type: "geojson", data: data.line },
    ways: { type: "geojson", data: data.ways ?? empty }, flows: { type: "geojson", data: empty },
    reach: { type: "geojson", data: data.reach?.points ?? empty }, bases: { type: "geojson", data: data.reach?.bases ?? empty },
    incidents: { type: "geojson", data: empty }, force: { type: "geojson", data: empty },
  },
  layers: [
    { id: "water", type: "background", paint: { "background-color": "#eaf1f6" } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": "#fbfaf7", "fill-antialias": false } },
    { id: "coast", type: "line", source: "coast", paint: { "line-color": "#9aa9b5", "line-width": 0.8 } },
    { id: "borders", type: "line", source: "borders", paint: { "line-color": "#aeb8c2", "line-width": 1 } },
    { id: "sector-fill", type: "fill", source: "sectors", paint: { "fill-color": "#7f93a8", "fill-opacity": 0.16 } },
    { id: "sector-edge", type: "line", source: "sectors", paint: { "line-color": "#56616f", "line-width": 1.2 } },
    ...lineLayers("ways", 1, 0.55),
    ...lineLayers("flows", ["get", "width"], 0.85),
    { id: "line", type: "line", source: "line", paint: { "line-color": "#7a1f3d", "line-width": 3, "line-dasharray": [2.4, 1] } },
    { id: "incidents", type: "circle", source: "incidents", paint: { "circle-radius": 3, "circle-color": "#b3261e", "circle-opacity": 0.55, "circle-stroke-color": "#5c0f0a", "circle-stroke-width": 0.6 } },
    icons("reach", "reach", ["get", "band"], 0.34),
    icons("bases", "bases", "base", 0.42),
    icons("force", "force", ["get", "icon"], 1),
  ],
});

const borderLines = async (topology, mesh) => {
  const ours = await (await fetch("/map/borders.json")).json();
  const [west, south, east, north] = ours.window;
  const inside = ([x, y]) => x > west && x < east && y > south && y < north;
  // Within the window the borders are those of the report; beyond it, those of the atlas.
  const beyond = mesh(topology, topology.objects.countries, (one, other) => one !== other).coordinates.filter((line) => !line.some(inside));
  return points([...ours.lines.features, { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: beyond } }]);
};

const groundOf = async (countries) => {
  const topojson = await import("/parts/topojson.js");
  const topology = await (await fetch(countries)).json();
  const coast = { type: "Feature", properties: {}, geometry: topojson.mesh(topology, topology.objects.countries, (one, other) => one === other) };
  return { land: topojson.feature(topology, topology.objects.countries), coast, lines: await borderLines(topology, topojson.mesh) };
};
let ground = null;

export const able = () => {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
};

// A map in a place of the page, with the ground and what `data` holds of sectors, the line, ways and reach; the rest is set as it is shown.
export const openMap = async (place, data) => {
  const maplibre = await import("/parts/maplibre-gl.mjs");
  maplibre.setWorkerUrl(new URL(place.dataset.worker, location.href).href);
  ground ??= groundOf(place.dataset.countries);
  const drawn = style(data, await ground);
  place.hidden = false;
  const map = new maplibre.Map({
    container: place, style: drawn, bounds: data.box, fitBoundsOptions: { padding: 36 }, maxZoom: 11, dragRotate: false,
    pitchWithRotate: false, attributionControl: false, renderWorldCopies: false, canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  map.getCanvas().setAttribute("aria-label", place.dataset.label ?? "Map");
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }));
  map.addControl(new maplibre.AttributionControl({ compact: true, customAttribution: "Natural Earth" }));
  for (const [name, each] of Object.entries(PICTURES)) map.addImage(name, picture(each), { pixelRatio: 1 });
  await new Promise((done, failed) => {
    map.once("load", done);
    setTimeout(() => failed(new Error("the map did not load in time")), 20_000);
  });
  return { maplibre, map };
};

// Names beside what they name, a little up or down where a symbol lies under them (`boxes`: left, top, right, bottom on the screen). Those
// that would cover each other or a symbol are left out, the later ones first; closer up there is room for them.
const BESIDE = [0, -22, 22, -40, 40];
export const nameMarkers = (maplibre, map, names) => {
  const markers = names.map((each) => {
    const element = document.createElement("span");
    element.className = `map-name ${each.kind}`;
    element.textContent = each.name;
    const marker = new maplibre.Marker({ element }).setLngLat(each.at).addTo(map);
    return { marker, width: element.offsetWidth };
  });
  return (shown, boxes = []) => {
    const taken = [...boxes];
    for (const { marker, width } of markers) {
      const { x, y } = map.project(marker.getLngLat()), boxAt = (off) => [x - width / 2, y + off - 8, x + width / 2, y + off + 8];
      const isFree = (box) => taken.every((each) => box[2] < each[0] || box[0] > each[2] || box[3] < each[1] || box[1] > each[3]);
      const off = shown ? BESIDE.find((each) => isFree(boxAt(each))) : undefined;
      marker.getElement().hidden = off === undefined;
      if (off === undefined) continue;
      marker.setOffset([0, off]);
      taken.push(boxAt(off));
    }
  };
};
