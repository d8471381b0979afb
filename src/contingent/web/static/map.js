// The map: our own style over shapes that travel with the application. Where it cannot be drawn the still picture stays.
import { dayAndDate } from "./days.js";
import { drawing } from "./draw.js";
import { mgrs } from "./mgrs.js";
import { MODES, able, empty, grouped, nameMarkers, openMap, points } from "./theatre.js";
import { unitSymbols } from "./units.js";

const place = document.getElementById("map"), still = document.getElementById("still"), said = document.getElementById("map-said");
const slider = document.getElementById("map-slider"), dayWords = document.getElementById("map-day-words");
const boxes = [...document.querySelectorAll("[data-layer]")];
const keys = [...document.querySelectorAll("[data-key]")];
const LAYERS = {
  sectors: ["sector-fill", "sector-edge"], line: ["line"], force: ["force"], ways: Object.keys(MODES).map((mode) => `ways-${mode}`),
  flows: Object.keys(MODES).map((mode) => `flows-${mode}`), reach: ["reach", "bases"], incidents: ["incidents"],
};
const levels = document.getElementById("map-units"), levelSaid = document.getElementById("map-level");
let map = null, data = null, units = null, unfold = () => {};

const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);

// ------------------------------------------------------------------------------------------------------- what stands on a day
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
  map.getSource("flows").setData(flowsOn(day));
  map.getSource("incidents").setData(incidentsOn(day));
  said.textContent = data.flows && chosen().includes("flows") ? data.flows.said[stepOf(day)] : "";
};

// Who stands where on a day is asked of the server: it is the order of battle of that day.
const showUnits = () => {
  if (!units) return void unfold(chosen().includes("sectors"));
  const level = units.draw(levels.value), now = chosen();
  levelSaid.textContent = level && now.includes("force") ? `Symbols: ${level}.` : "";
  unfold(now.includes("sectors"), now.includes("force") ? units.boxes() : []);
};
let unitsOf = null;
const askUnits = async (day) => {
  if (!units || unitsOf === day) return;
  unitsOf = day;
  const there = new URL(place.dataset.units, location.href);
  there.searchParams.set("day", day);
  const answer = await fetch(there);
  if (!answer.ok || unitsOf !== day) return;
  await units.set(await answer.json());
  showUnits();
};

const choose = () => {
  const now = chosen();
  for (const key of keys) key.hidden = !now.includes(key.dataset.key);
  const here = new URL(location.href);
  here.searchParams.set("layers", now.join(","));
  here.searchParams.set("day", slider.value);
  if (levels.value) here.searchParams.set("units", levels.value);
  else here.searchParams.delete("units");
  history.replaceState(null, "", here);
  if (!map) return;
  for (const [name, ids] of Object.entries(LAYERS))
    for (const id of ids) map.setLayoutProperty(id, "visibility", now.includes(name) ? "visible" : "none");
  show(Number(slider.value));
  showUnits();
  void askUnits(slider.value);
};

const draw = async () => {
  data = await (await fetch(place.dataset.source)).json();
  show(Number(slider.value));
  const made = await openMap(place, data);
  const maplibre = made.maplibre;
  map = made.map;
  still.hidden = true;
  unfold = nameMarkers(maplibre, map, data.names);
  drawing.on(map);
  units = unitSymbols(map, "force");
  await askUnits(slider.value);
  const popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, maxWidth: "320px" });
  const marks = Object.values(LAYERS).flat().filter((id) => !["sector-fill", "sector-edge"].includes(id));
  map.on("moveend", () => {
    showUnits();
  });
  map.on("mousemove", (event) => {
    grid.textContent = mgrs(event.lngLat.lng, event.lngLat.lat);
    if (drawing.busy()) return void popup.remove();
    const box = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]];
    const hit = map.queryRenderedFeatures(box, { layers: marks })[0];
    map.getCanvas().classList.toggle("pointing", Boolean(hit));
    if (!hit) popup.remove();
    else popup.setLngLat(event.lngLat).setText(hit.properties.name).addTo(map);
  });
  map.on("click", (event) => {
    if (drawing.busy()) return;
    const hit = map.queryRenderedFeatures(event.point, { layers: marks })[0];
    if (hit) said.textContent = hit.properties.name;
    const within = map.queryRenderedFeatures(event.point, { layers: ["sector-fill"] })[0];
    sector = within ? within.properties.sector : "";
    drawing.choose(sector);
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

// Paper shows all of the map: it keeps its size, which its picture was drawn for, and is made smaller as a whole.
const PAPER = { width: 1010, height: 540 }; // what a sheet has room for [CSS pixels]
addEventListener("beforeprint", () => {
  const { offsetWidth: width, offsetHeight: height } = place;
  if (width) Object.assign(place.style, { width: `${width}px`, height: `${height}px`, zoom: Math.min(1, PAPER.width / width, PAPER.height / height) });
});
addEventListener("afterprint", () => Object.assign(place.style, { width: "", height: "", zoom: "" }));

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
for (const box of [...boxes, levels]) box.addEventListener("change", choose);
for (const key of keys) key.hidden = !chosen().includes(key.dataset.key);

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
