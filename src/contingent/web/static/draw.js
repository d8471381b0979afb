// A sector drawn by pointer, or by its corners in the form: each follows the other. What it changes is said by the server.
import { empty } from "./theatre.js";

const form = document.getElementById("draw-form"), told = document.getElementById("sketch-told");
const corners = form.elements.corners, sector = form.elements.sector;
const pen = form.querySelector("[data-draw]"), said = form.querySelector("[data-draw-said]"), tools = form.querySelector("[data-mouse]");
const STROKE = "#7a3e9d", HOWTO = {
  split: "Click each corner of the line, the last one twice. Corners can be moved afterwards.",
  new: "Click each corner, the first one again to close it. Corners can be moved afterwards.",
  redraw: "Move its corners; a click between two makes a new one.",
};
let map = null, pens = null, drawn = null, isDrawing = false, rings = null;

const kind = () => form.elements.kind.value;
const degrees = (value) => String(Number(value.toFixed(5)));
const written = (coordinates) => coordinates.map(([east, north]) => `${degrees(north)} ${degrees(east)}`).join("\n");
const read = (text) => text.split("\n").map((line) => line.trim().split(/[\s,]+/).map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite)).map(([north, east]) => [east, north]);
const ask = () => corners.dispatchEvent(new Event("change", { bubbles: true }));

// ------------------------------------------------------------------------------------------------------- what the answer shows
const showShapes = () => {
  const shapes = told.querySelector("[data-shapes]")?.dataset.shapes;
  map?.getSource("sketch")?.setData(shapes ? JSON.parse(shapes) : empty);
};
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== told) return;
  showShapes();
  // What no drawing knows is asked for where it is missing.
  const missing = told.querySelector(".sketch-faults")?.textContent ?? "";
  if (/population|host_security/.test(missing)) form.querySelector("details").open = true;
});

// ------------------------------------------------------------------------------------------------------- the pen
const styles = { color: STROKE, fill: 0.12 };
const penOf = async () => {
  const { TerraDraw, TerraDrawLineStringMode, TerraDrawMapLibreGLAdapter, TerraDrawPolygonMode, TerraDrawSelectMode } = await import("/parts/terra-draw.js");
  const movable = { feature: { coordinates: { midpoints: true, draggable: true, deletable: true } } };
  const made = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [
      new TerraDrawLineStringMode({ styles: { lineStringColor: styles.color, lineStringWidth: 3 } }),
      new TerraDrawPolygonMode({ styles: { outlineColor: styles.color, outlineWidth: 3, fillColor: styles.color, fillOpacity: styles.fill } }),
      new TerraDrawSelectMode({
        flags: { linestring: movable, polygon: movable },
        styles: { selectedLineStringColor: styles.color, selectedPolygonOutlineColor: styles.color, selectedPolygonColor: styles.color, selectedPolygonFillOpacity: styles.fill, selectionPointColor: styles.color },
      }),
    ],
  });
  made.start();
  made.on("finish", (id) => {
    const feature = made.getSnapshotFeature(id);
    if (!feature || !isDrawing) return;
    const line = feature.geometry.type === "LineString" ? feature.geometry.coordinates : feature.geometry.coordinates[0].slice(0, -1);
    corners.value = drawn = written(line);
    if (made.getMode() !== "select") setTimeout(() => hold(id), 0);
    ask();
  });
  return made;
};
const hold = (id) => {
  if (!isDrawing) return;
  pens.setMode("select");
  pens.selectFeature(id);
};
const hand = (line) => {
  const isLine = kind() === "split", mode = isLine ? "linestring" : "polygon";
  const geometry = isLine ? { type: "LineString", coordinates: line } : { type: "Polygon", coordinates: [[...line, line[0]]] };
  const [added] = pens.addFeatures([{ type: "Feature", properties: { mode }, geometry }]);
  if (added.valid) hold(added.id);
  else pens.setMode(mode);
};
const take = async () => {
  pens ??= await penOf();
  pens.clear();
  isDrawing = true;
  const line = read(corners.value);
  if (line.length >= (kind() === "split" ? 2 : 3)) hand(line);
  else pens.setMode(kind() === "split" ? "linestring" : "polygon");
  drawn = corners.value;
  pen.setAttribute("aria-pressed", "true");
  pen.textContent = "Stop drawing";
  said.textContent = HOWTO[kind()];
  map.getContainer().scrollIntoView({ block: "nearest" });
};
const drop = () => {
  if (!isDrawing) return;
  isDrawing = false;
  pens.clear();
  pens.setMode("static");
  pen.setAttribute("aria-pressed", "false");
  pen.textContent = "Draw on the map";
  said.textContent = "";
};
pen.addEventListener("click", () => (isDrawing ? drop() : take()));
form.querySelector("[data-clear]").addEventListener("click", () => {
  drop();
  corners.value = "";
  told.replaceChildren();
  showShapes();
});

// ------------------------------------------------------------------------------------------------------- the form
// To redraw one begins from the corners that it has; a shape of several rings is drawn anew.
const begin = async () => {
  drop();
  corners.value = "";
  told.replaceChildren();
  showShapes();
  if (kind() !== "redraw") return;
  rings ??= await (await fetch(form.dataset.corners)).json();
  if (kind() === "redraw" && !corners.value) corners.value = rings[sector.value] ?? "";
};
form.addEventListener("change", (event) => {
  // Nothing is asked before there are corners.
  if (event.target.name === "kind" || (event.target === sector && kind() === "redraw")) void begin();
  if (event.target === corners && corners.value !== drawn) drop();
});
form.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt === form && !corners.value.trim() && event.detail.requestConfig.triggeringEvent?.type !== "submit") event.preventDefault();
});
document.getElementById("map-slider")?.addEventListener("change", (event) => {
  form.elements.day.value = event.target.value;
  if (corners.value.trim()) ask();
});

export const drawing = {
  busy: () => isDrawing,
  // A click on a sector of the map means that one, as long as nothing is drawn.
  choose: (name) => {
    if (!name || corners.value.trim() || kind() === "new" || ![...sector.options].some((each) => each.value === name)) return;
    sector.value = name;
  },
  on: (made) => {
    map = made;
    tools.hidden = false;
    map.addSource("sketch", { type: "geojson", data: empty });
    map.addLayer({ id: "sketch-fill", type: "fill", source: "sketch", paint: { "fill-color": STROKE, "fill-opacity": 0.14 } });
    map.addLayer({ id: "sketch-edge", type: "line", source: "sketch", paint: { "line-color": STROKE, "line-width": 2.4, "line-dasharray": [3, 1.4] } });
    showShapes();
  },
};
