// The heat table of cover: arrows move from cell to cell, a cell opens in the drawer, and the mark moves without losing one's place.
import { openDrawer } from "./page.js";

const table = () => document.querySelector("#cover table.cover");
const cells = (row) => [...row.querySelectorAll("td > a")];

// One cell is reached by Tab, the others by arrows: thousands of stops are none.
const rove = (link) => {
  for (const each of table()?.querySelectorAll("a[tabindex='0']") ?? []) each.tabIndex = -1;
  link.tabIndex = 0;
};
const begin = () => {
  const links = table()?.querySelectorAll("td > a") ?? [];
  for (const each of links) each.tabIndex = -1;
  if (links.length) links[0].tabIndex = 0;
};
begin();

const beside = (link, way) => {
  const own = link.parentElement, rows = [...table().querySelectorAll("tbody tr:not(.group)")], at = rows.indexOf(own.parentElement);
  const along = cells(own.parentElement), place = along.indexOf(link);
  if (way === "Home") return along[0];
  if (way === "End") return along.at(-1);
  if (way === "ArrowRight") return along[place + 1];
  if (way === "ArrowLeft") return along[place - 1];
  const step = way === "ArrowDown" ? 1 : -1;
  for (let next = at + step; rows[next]; next += step) {
    const found = rows[next].cells[own.cellIndex]?.querySelector("a");
    if (found) return found;
  }
  return null;
};
const MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("#cover table.cover td > a");
  if (!link || !MOVES.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = beside(link, event.key);
  if (!next) return;
  rove(next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#cover table.cover td > a, #holes-table a[data-drawer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.closest("table.cover")) rove(link);
  link.focus();
  openDrawer(link.getAttribute("href"));
});

// The mark: said while it moves; what is marked follows, the address with it, and whatever else carries it on.
const form = document.getElementById("mark-form");
if (form) {
  const slider = form.elements.namedItem("under"), said = document.getElementById("mark-words");
  let place = [0, 0];
  const say = () => {
    said.textContent = `${slider.value} %`;
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  say();
  slider.addEventListener("input", say);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "cover") return;
    const scrolled = event.detail.target.querySelector(".grid-scroll");
    place = [scrolled?.scrollLeft ?? 0, scrolled?.scrollTop ?? 0];
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const shown = document.getElementById("cover");
    if (!shown || shown.dataset.begun === "yes") return;
    shown.dataset.begun = "yes";
    const scrolled = shown.querySelector(".grid-scroll");
    if (scrolled) [scrolled.scrollLeft, scrolled.scrollTop] = place;
    begin();
    const here = new URL(location.href);
    here.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", here);
    for (const kept of document.querySelectorAll("input[type=hidden][data-mark]")) kept.value = slider.value;
    for (const link of document.querySelectorAll("a[data-carries-mark]")) {
      const there = new URL(link.href);
      there.searchParams.set("under", slider.value);
      link.href = there;
    }
  });
  document.getElementById("cover").dataset.begun = "yes";
}
