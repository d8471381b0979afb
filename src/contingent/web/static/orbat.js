// The order of battle: the day is said while the slider moves and the address follows; what a planner takes hold of is put under
// another formation. Nothing is written before the form in the drawer is sent.
import { dayAndDate } from "./days.js";
import { openDrawer } from "./page.js";

const form = document.getElementById("orbat-form");
if (form) {
  const slider = form.elements.namedItem("day"), said = document.getElementById("day-words");
  slider.addEventListener("input", () => {
    said.textContent = dayAndDate(Number(slider.value));
    slider.setAttribute("aria-valuetext", said.textContent);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "orbat-day") return;
    const here = new URL(location.href);
    here.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", here);
    document.querySelectorAll(".segments a").forEach((link) => {
      const there = new URL(link.href), show = there.searchParams.get("show");
      there.search = here.search;
      if (show) there.searchParams.set("show", show);
      else there.searchParams.delete("show");
      link.href = there;
    });
  });
}

// A pointer takes a row of the tree to a formation. A finger scrolls instead: for it stands "Put under …" beside each row.
const FAR = 5, EDGE = 60, STEP = 14;
let carry = null;
const label = () => document.getElementById("orbat-said");
const treeOf = (carried) => carried.row.closest("[data-may-move]");
const mark = (target) => {
  if (carry.target === target) return;
  carry.target?.classList.remove("drop-here", "no-drop");
  carry.target = target;
  target?.classList.add(fits(target) ? "drop-here" : "no-drop");
};
// Not itself, and nothing that stands under it: the branch that is taken along.
const fits = (target) => Boolean(target) && !carry.row.parentElement.contains(target);
const formationOf = (row) => {
  for (let item = row.closest("li").parentElement.closest("li"); item; item = item.parentElement.closest("li")) {
    const above = item.querySelector(":scope > details > summary[data-drop]");
    if (above) return above;
  }
  return null;
};
const stop = (event) => {
  event.preventDefault();
  event.stopPropagation();
};
const letGo = () => {
  if (!carry) return;
  mark(null);
  treeOf(carry)?.classList.remove("carrying");
  carry.row.classList.remove("carried-row");
  label()?.classList.remove("shown");
  label()?.style.removeProperty("transform");
  if (label()) label().textContent = "";
  carry = null;
};
const address = (row, to) => {
  const there = new URL(row.dataset.move, location.href);
  there.searchParams.set("to", to);
  return there.pathname + there.search;
};

document.body.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("[data-may-move] [data-move]");
  if (!row || event.button || event.pointerType === "touch" || event.target.closest("a, button")) return;
  carry = { row, x: event.clientX, y: event.clientY, far: false, target: null };
});
document.body.addEventListener("pointermove", (event) => {
  if (!carry) return;
  if (!carry.far && Math.hypot(event.clientX - carry.x, event.clientY - carry.y) < FAR) return;
  if (!carry.far) {
    carry.far = true;
    treeOf(carry).classList.add("carrying");
    carry.row.classList.add("carried-row");
    getSelection()?.removeAllRanges();
  }
  event.preventDefault();
  if (event.clientY < EDGE) scrollBy(0, -STEP);
  else if (event.clientY > innerHeight - EDGE) scrollBy(0, STEP);
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-drop]") ?? null;
  mark(over === carry.row || over === formationOf(carry.row) ? null : over);
  const told = label();
  told.textContent = !carry.target ? carry.row.dataset.named
    : fits(carry.target) ? `${carry.row.dataset.named} → under ${carry.target.dataset.name}`
    : `${carry.row.dataset.named} cannot stand under ${carry.target.dataset.name}`;
  told.classList.add("shown");
  told.style.transform = `translate(${Math.min(event.clientX + 14, innerWidth - 350)}px, ${event.clientY + 16}px)`;
});
document.body.addEventListener("pointerup", () => {
  if (!carry) return;
  const { row, target, far } = carry, to = fits(target) ? target.dataset.drop : null;
  letGo();
  if (!far) return;
  // The click that ends a drag opens and closes no branch.
  addEventListener("click", stop, true);
  setTimeout(() => removeEventListener("click", stop, true), 0);
  if (to) openDrawer(address(row, to));
});
document.body.addEventListener("pointercancel", letGo);
document.body.addEventListener("dragstart", (event) => event.target.closest("[data-may-move]") && event.preventDefault());
document.addEventListener("keydown", (event) => event.key === "Escape" && letGo());
