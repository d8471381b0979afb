// The map: our own style over shapes that travel with the application. Where it cannot be drawn the still picture stays.
import { dayAndDate } from "./days.js";
import { mgrs } from "./mgrs.js";

const place = document.getElementById("map"), still = document.getElementById("still"), said = document.getElementById("map-said");
const slider = document.getElementById("map-slider"), dayWords = document.getElementById("map-day-words");
const boxes = [...document.querySelectorAll("[data-layer]")];
const keys = [...document.querySelectorAll("[data-key]")];
const MODES = { rail: ["#1f5078", [1]], road: ["#b04a00", [2, 1]], sea: ["#0b7285", [5, 1.4]], air: ["#7a1f6d", [0.6, 1.4]], river: ["#0b7285", [3, 1, 1, 1]] };
const LAYERS = {
  sectors: ["sector-fill", "sector-edge"], line: ["line"], force: ["force"], ways: Object.keys(MODES).map((mode) => `ways-${mode}`),
  flows: Object.keys(MODES).map((mode) => `flows-${mode}`), reach: ["reach", "bases"], incidents: ["incidents"],
};
const empty = { type: "FeatureCollection", features: [] };
const points = (features) => ({ type: "FeatureCollection", features });
const grouped = (figure) => String(Math.round(figure)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
let map = null, data = null, names = [];

const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);

// ------------------------------------------------------------------------------------------------------- what stands on a day
const on = (rows, day) => rows.filter(([from, until]) => from <= day && day < until);
const forceOn = (day) =>
  points(
    (data.force?.places ?? []).flatMap((each) => {
      const need = on(each.need, day), units = on(each.units, day);
      if (!need.length && !units.length) return [];
      const required = need.reduce((sum, row) => sum + row[2], 0), filled = need.reduce((sum, row) => sum + row[3], 0);
      const people = units.reduce((sum, row) => sum + row[2], 0);
      const state = required <= 1e-9 || filled >= required - 1e-9 ? "filled" : filled <= 1e-9 ? "none" : "half";
      const nations = [...new Set(units.map((row) => row[3]))].join(" ");
      const words = `${each.name}: ${grouped(people)} people, ${Math.round(filled * 10) / 10} of ${Math.round(required * 10) / 10} posts held${nations ? `; ${nations}` : ""}`;
      const size = 0.5 + Math.min(1, Math.sqrt(people / 4000)) * 0.75;
      return [{ type: "Feature", geometry: { type: "Point", coordinates: each.at }, properties: { state, size, name: words } }];
    }),
  );
const stepOf = (day) => data.flows.starts.reduce((found, start, at) => (start <= day ? at : found), 0);
const flowsOn = (day) => {
  if (!data.flows) return empty;
  const step = stepOf(day);
  return points(
    data.flows.ways.flatMap((way) => {
      const moved = way.moved.find((row) => row[0] === step);
      if (!moved) return [];
      const width = 1 + 8 * Math.sqrt(Math.max(moved[1], 1) / Math.max(data.flows.most, 1));
      const name = `${way.name}: ${grouped(moved[1])} t and ${grouped(moved[2])} people a week`;
      return [{ type: "Feature", geometry: { type: "LineString", coordinates: way.ends }, properties: { mode: way.mode, width, name } }];
    }),
  );
};
const incidentsOn = (day) =>
  points((data.incidents?.points.features ?? []).filter(({ properties }) => properties.day <= day && properties.day > day - data.incidents.days));

const show = (day) => {
  dayWords.textContent = dayAndDate(day);
  slider.setAttribute("aria-valuetext", dayWords.textContent);
  if (!map) return;
  map.getSource("force").setData(forceOn(day));
  map.getSource("flows").setData(flowsOn(day));
  map.getSource("incidents").setData(incidentsOn(day));
  said.textContent = data.flows && chosen().includes("flows") ? data.flows.said[stepOf(day)] : "";
};

// ------------------------------------------------------------------------------------------------------- what is drawn
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
  filled: (pen) => disc(pen, "#009e73"),
  half: (pen) => {
    disc(pen, "#fff6df");
    pen.beginPath();
    pen.arc(24, 24, 17, Math.PI / 2, (3 * Math.PI) / 2);
    pen.fillStyle = "#e69f00";
    pen.fill();
  },
  none: (pen) => {
    pen.strokeStyle = "#d55e00";
    pen.lineWidth = 7;
    disc(pen, "#fdf0e6");
  },
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
const style = (land, coast, lines) => ({
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
    icons("force", "force", ["get", "state"], ["*", ["get", "size"], 0.55]),
  ],
});

// Names that would cover each other are left out, the later ones first; closer up there is room for them.
const unfold = () => {
  const taken = [], now = chosen();
  for (const { marker, layer, width } of names) {
    const { x, y } = map.project(marker.getLngLat()), box = [x - width / 2, y - 8, x + width / 2, y + 8];
    const free = now.includes(layer) && taken.every((each) => box[2] < each[0] || box[0] > each[2] || box[3] < each[1] || box[1] > each[3]);
    marker.getElement().hidden = !free;
    if (free) taken.push(box);
  }
};

const choose = () => {
  const now = chosen();
  for (const key of keys) key.hidden = !now.includes(key.dataset.key);
  const here = new URL(location.href);
  here.searchParams.set("layers", now.join(","));
  here.searchParams.set("day", slider.value);
  history.replaceState(null, "", here);
  if (!map) return;
  for (const [name, ids] of Object.entries(LAYERS))
    for (const id of ids) map.setLayoutProperty(id, "visibility", now.includes(name) ? "visible" : "none");
  unfold();
  show(Number(slider.value));
};

const borderLines = async (topology, mesh) => {
  const ours = await (await fetch("/map/borders.json")).json();
  const [west, south, east, north] = ours.window;
  const inside = ([x, y]) => x > west && x < east && y > south && y < north;
  // Within the window the borders are those of the report; beyond it, those of the atlas.
  const beyond = mesh(topology, topology.objects.countries, (one, other) => one !== other).coordinates.filter((line) => !line.some(inside));
  return points([...ours.lines.features, { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: beyond } }]);
};

const draw = async () => {
  const [maplibre, topojson] = await Promise.all([import("/parts/maplibre-gl.mjs"), import("/parts/topojson.js")]);
  const [atlas, found] = await Promise.all([fetch(place.dataset.countries), fetch(place.dataset.source)]);
  data = await found.json();
  show(Number(slider.value));
  const topology = await atlas.json();
  maplibre.setWorkerUrl(new URL(place.dataset.worker, location.href).href);
  const land = topojson.feature(topology, topology.objects.countries), lines = await borderLines(topology, topojson.mesh);
  const coast = { type: "Feature", properties: {}, geometry: topojson.mesh(topology, topology.objects.countries, (one, other) => one === other) };
  place.hidden = false;
  const made = new maplibre.Map({
    container: place, style: style(land, coast, lines), bounds: data.box, fitBoundsOptions: { padding: 36 }, maxZoom: 11, dragRotate: false,
    pitchWithRotate: false, attributionControl: false, renderWorldCopies: false, canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  made.addControl(new maplibre.NavigationControl({ showCompass: false }));
  made.addControl(new maplibre.ScaleControl({ unit: "metric" }));
  made.addControl(new maplibre.AttributionControl({ compact: true, customAttribution: "Natural Earth" }));
  for (const [name, each] of Object.entries(PICTURES)) made.addImage(name, picture(each), { pixelRatio: 1 });
  await new Promise((done, failed) => {
    made.once("load", done);
    setTimeout(() => failed(new Error("the map did not load in time")), 20_000);
  });
  map = made;
  still.hidden = true;
  for (const each of data.names) {
    const element = document.createElement("span");
    element.className = `map-name ${each.kind}`;
    element.textContent = each.name;
    const marker = new maplibre.Marker({ element }).setLngLat(each.at).addTo(map);
    names.push({ marker, layer: "sectors", width: element.offsetWidth });
  }
  const popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, maxWidth: "320px" });
  const marks = Object.values(LAYERS).flat().filter((id) => !["sector-fill", "sector-edge"].includes(id));
  map.on("moveend", unfold);
  map.on("mousemove", (event) => {
    const box = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]];
    const hit = map.queryRenderedFeatures(box, { layers: marks })[0];
    map.getCanvas().classList.toggle("pointing", Boolean(hit));
    grid.textContent = mgrs(event.lngLat.lng, event.lngLat.lat);
    if (!hit) popup.remove();
    else popup.setLngLat(event.lngLat).setText(hit.properties.name).addTo(map);
  });
  map.on("click", (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers: marks })[0];
    if (hit) said.textContent = hit.properties.name;
    const within = map.queryRenderedFeatures(event.point, { layers: ["sector-fill"] })[0];
    sector = within ? within.properties.sector : "";
    showSector();
  });
  map.on("mouseout", () => (grid.textContent = ""));
  choose();
};

// What the table says of a sector on the day that is shown, beside it on the map; a click elsewhere closes it.
const grid = document.getElementById("map-grid"), panel = document.getElementById("map-sector");
let sector = "";
const showSector = () => {
  const row = sector && document.querySelector(`#map-sectors tr[data-sector="${CSS.escape(sector)}"]`);
  panel.hidden = !row;
  if (!row) return;
  const heads = [...row.closest("table").querySelectorAll("thead th")], list = document.createElement("dl"), title = document.createElement("h2");
  title.textContent = row.cells[0].textContent;
  [...row.cells].slice(1).forEach((cell, at) => {
    const term = document.createElement("dt"), value = document.createElement("dd");
    term.textContent = heads[at + 1].textContent;
    value.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
    list.append(term, value);
  });
  panel.replaceChildren(title, list);
};
document.body.addEventListener("htmx:afterSwap", (event) => event.detail.target.id === "map-table" && showSector());

let waits = 0;
slider.addEventListener("input", () => {
  show(Number(slider.value));
  clearTimeout(waits);
  waits = setTimeout(() => {
    choose();
    const there = new URL(place.dataset.table, location.href);
    there.searchParams.set("day", slider.value);
    window.htmx?.ajax("GET", there.pathname + there.search, { target: "#map-table", swap: "innerHTML" });
  }, 160);
});
for (const box of boxes) box.addEventListener("change", choose);
for (const key of keys) key.hidden = !chosen().includes(key.dataset.key);

const able = () => {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
};
if (able())
  draw().catch((fault) => {
    place.hidden = true;
    still.hidden = false;
    said.textContent = `The map cannot be drawn here; a still picture stands in its place. (${fault.message})`;
    place.dataset.ready = "still";
  }).then(() => (place.dataset.ready ??= "yes"));
else {
  place.dataset.ready = "still";
  const load = async () => {
    data = await (await fetch(place.dataset.source)).json();
    show(Number(slider.value));
  };
  load();
}
