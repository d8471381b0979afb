// The calendar: tours are taken hold of by pointer or key, moved by whole periods, and the server's rules answer. Nothing is written
// before the form in the drawer is sent.
import { dayWords } from "./days.js";
import { openDrawer } from "./page.js";

const table = document.getElementById("calendar");
const said = document.getElementById("calendar-said");
const step = Number(table?.dataset.step ?? 1), mayPin = table?.hasAttribute("data-may-pin");
const tours = table ? [...table.querySelectorAll(".tour")] : [];
const number = (tour, name) => (tour.dataset[name] === undefined ? null : Number(tour.dataset[name]));
const perDay = (tour) => {
  const { width, dataset } = { width: tour.ownerSVGElement.getBoundingClientRect().width, dataset: tour.ownerSVGElement.dataset };
  return width / (Number(dataset.until) - Number(dataset.from));
};
const ratio = (days, length) => `1:${(days / length).toFixed(1).replace(/\.0$/, "")}`;
let moved = null;

const address = (tour, to) => {
  const there = new URL("/rotation/tour", location.href);
  const given = { unit: tour.dataset.unit, day: tour.dataset.day, plan: table.dataset.plan, to, back: table.dataset.back };
  for (const [name, value] of Object.entries(given)) if (value !== undefined && value !== null) there.searchParams.set(name, value);
  return there.pathname + there.search;
};

// One tour of all is in the order of the Tab key; arrows go on from it.
const hold = (tour, focus = true) => {
  for (const each of tours) if (each.tabIndex === 0) each.tabIndex = -1;
  tour.tabIndex = 0;
  if (focus) tour.focus({ preventScroll: false });
};
if (tours.length) hold(tours[0], false);

// What the move would do to the unit's rest, told while it moves: its other tours stay where they are.
const words = (tour, to) => {
  const days = number(tour, "days"), rest = number(tour, "rest"), before = number(tour, "before"), after = number(tour, "after");
  const told = [`${tour.dataset.unit}: from ${dayWords(to)}`];
  if (before !== null && to < before) told.push(`✕ ${before - to} days of rest before it lost`);
  if (after !== null && after < to + days + rest)
    told.push(`✕ rest after it ${after > to + days ? ratio(after - to - days, days) : "none"}, ${ratio(rest, days)} needed`);
  if (told.length === 1) told.push("rest kept");
  return told;
};

const put = (tour, to) => {
  const by = to - number(tour, "day");
  moved = by ? { tour, to } : null;
  const svg = tour.ownerSVGElement, scale = svg.viewBox.baseVal.width / (Number(svg.dataset.until) - Number(svg.dataset.from));
  if (by) tour.setAttribute("transform", `translate(${(by * scale).toFixed(1)} 0)`);
  else tour.removeAttribute("transform");
  tour.classList.toggle("moving", Boolean(by));
  const told = by ? words(tour, to) : [];
  tour.classList.toggle("breaks", told.some((each) => each.startsWith("✕")));
  said.textContent = told.join(" · ");
};
const back = () => moved && put(moved.tour, number(moved.tour, "day"));
const nearest = (tour, by) => {
  const to = Math.round((number(tour, "day") + by) / step) * step;
  return Math.max(0, to);
};
const ask = (tour, to) => openDrawer(address(tour, to));

let drag = null;
table?.addEventListener("pointerdown", (event) => {
  const tour = event.target.closest(".tour");
  if (!tour || event.button) return;
  back();
  hold(tour);
  drag = { tour, from: event.clientX, far: false };
  if (mayPin) tour.setPointerCapture(event.pointerId);
});
table?.addEventListener("pointermove", (event) => {
  if (!drag || !mayPin) return;
  const by = event.clientX - drag.from;
  drag.far ||= Math.abs(by) > 4;
  if (drag.far) put(drag.tour, nearest(drag.tour, by / perDay(drag.tour)));
});
table?.addEventListener("pointerup", () => {
  if (!drag) return;
  const { tour, far } = drag;
  drag = null;
  if (!far) ask(tour);
  else if (moved) ask(tour, moved.to);
});
table?.addEventListener("pointercancel", () => {
  drag = null;
  back();
});

const middle = (tour) => {
  const box = tour.getBoundingClientRect();
  return box.left + box.width / 2;
};
const beside = (tour, way) => tours[tours.indexOf(tour) + way];
const above = (tour, way) => {
  const strips = [...new Set(tours.map((each) => each.ownerSVGElement))], at = strips.indexOf(tour.ownerSVGElement) + way;
  const own = tours.filter((each) => each.ownerSVGElement === strips[at]);
  return own.sort((one, other) => Math.abs(middle(one) - middle(tour)) - Math.abs(middle(other) - middle(tour)))[0];
};
table?.addEventListener("keydown", (event) => {
  const tour = event.target.closest?.(".tour");
  if (!tour) return;
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.shiftKey && way && mayPin) put(tour, nearest(tour, (moved?.tour === tour ? moved.to - number(tour, "day") : 0) + way * step));
  else if (way) {
    back();
    const next = beside(tour, way);
    if (next) hold(next);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    back();
    const next = above(tour, event.key === "ArrowDown" ? 1 : -1);
    if (next) hold(next);
  } else if (event.key === "Enter" || event.key === " ") ask(tour, moved?.tour === tour ? moved.to : undefined);
  else if (event.key === "Escape") back();
  else return;
  event.preventDefault();
});
document.getElementById("drawer").addEventListener("click", (event) => event.target.closest("[data-close]") && back());

// Another day in the form: the rules answer anew.
document.body.addEventListener("change", (event) => {
  const select = event.target.closest("[data-try]");
  if (!select) return;
  const there = new URL(select.dataset.try, location.href);
  there.searchParams.set("to", select.value);
  if (select.closest("#drawer")) openDrawer(there.pathname + there.search);
  else location.assign(there);
});

const zooms = [...document.querySelectorAll("[data-zoom]")];
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    const undo = document.getElementById("undo-pin");
    if (!undo) return;
    event.preventDefault();
    undo.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const way = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
  if (!way) return;
  zooms[zooms.findIndex((each) => each.hasAttribute("aria-current")) + way]?.click();
});
