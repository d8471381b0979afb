// Each picture and table can be taken along: as PNG, SVG, figures, or on the briefing sheet. What is taken is what the page shows.
import { drawing, raster } from "./drawing.js";
import { csvOf, dataOf } from "./figures.js";
import { openDrawer } from "./page.js";
import { addressOf, listed, put, whose } from "./chosen.js";

const PICTURES = "#content figure, #content [data-picture], #content table[id]";
const menu = document.getElementById("take");
const said = menu?.querySelector("[role=status]");
let chosen = null, opener = null;

const plain = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
export const headingOf = (picture, root = document) => {
  const own = picture.dataset?.picture;
  if (own) return own;
  let found = null;
  for (const each of root.querySelectorAll("#content h1, #content h2, #content h3"))
    if (each.compareDocumentPosition(picture) & Node.DOCUMENT_POSITION_FOLLOWING && !picture.contains(each)) found = each;
  return plain(found) || plain(root.querySelector("title"));
};
const slug = (text) => text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
// Those that stand within another picture go along with it.
export const picturesOf = (root = document) =>
  [...root.querySelectorAll(PICTURES)].filter((each) => !each.parentElement.closest("figure, [data-picture]") && !each.closest(".untaken"));
export const keysOf = (root = document) => {
  const counts = new Map();
  return new Map(
    picturesOf(root).map((each) => {
      const name = each.id || slug(headingOf(each, root)), count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [each, count > 1 ? `${name}-${count}` : name];
    }),
  );
};

// ----------------------------------------------------------------------------------------------- what stands on each of them
export const planOf = (root = document) => {
  const plan = root.querySelector("#plan-chosen option[selected], #plan-chosen option:checked");
  const title = plain(root.querySelector(".masthead .title")), day = plain(root.querySelector(".masthead .cday"));
  return [title, plan ? `plan ${plain(plan)}` : "no plan", day].filter(Boolean).join(" · ");
};
const toldOf = (picture) => {
  const from = picture.closest("[data-told]");
  const address = from?.dataset.at ?? location.pathname + location.search;
  return {
    marking: plain(document.querySelector("aside.marking")),
    title: headingOf(picture),
    about: from?.dataset.told ?? planOf(),
    source: `Worked out by contingent from the tables of this conference; each row’s source and confidence stand on its page Sources. ${address}`,
  };
};
const fileName = (picture) => {
  const plan = document.getElementById("plan-chosen")?.value;
  return [document.body.dataset.page, slug(headingOf(picture)), plan && `plan-${plan}`].filter(Boolean).join("-");
};

const keep = (content, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
const drawn = () => drawing(chosen, toldOf(chosen));
const DOES = {
  copy: async () => {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": raster(drawn()) })]);
    return "Copied: paste it into a slide.";
  },
  png: async () => {
    keep(await raster(drawn()), `${fileName(chosen)}.png`);
    return "Saved as PNG.";
  },
  svg: async () => {
    keep(new Blob([drawn().text], { type: "image/svg+xml" }), `${fileName(chosen)}.svg`);
    return "Saved as SVG.";
  },
  csv: async () => {
    keep(new Blob(["\ufeff", await csvOf(chosen)], { type: "text/csv;charset=utf-8" }), `${fileName(chosen)}.csv`);
    return "Saved as CSV.";
  },
  origin: async () => {
    menu.hidePopover();
    await openDrawer(originOf(chosen));
    return "";
  },
  sheet: async () => {
    const count = put({ at: addressOf(chosen), key: keysOf().get(chosen) });
    link();
    return count ? "It is on the briefing sheet." : "It is on the briefing sheet already.";
  },
};

// Every number opens where it comes from: the figures of a table by a click, all of them from the menu.
const originOf = (picture) => {
  const there = new URL("/origin", location.href), plan = new URL(location.href).searchParams.get("plan");
  const asked = { of: picture.id || keysOf().get(picture), on: document.body.dataset.page, words: headingOf(picture).slice(0, 120), plan };
  for (const [name, value] of Object.entries(asked)) if (value) there.searchParams.set(name, value);
  return there.pathname + there.search;
};
document.addEventListener("click", (event) => {
  const cell = event.target.closest?.("#content table[id] td.number");
  if (!cell || event.target.closest("a, button, .strip-cell") || getSelection().toString()) return;
  const picture = cell.closest("table[id]");
  if (picture.dataset.taken) openDrawer(originOf(picture));
});

// ------------------------------------------------------------------------------------------------------------------- the menu
const link = () => {
  const place = document.getElementById("take-sheet"), count = listed().length;
  place.hidden = !count || document.body.dataset.page === "sheet";
  place.textContent = `Open the sheet: ${count} ${count === 1 ? "thing" : "things"}`;
};
const open = (button, picture) => {
  chosen = picture;
  opener = button;
  said.textContent = "";
  document.getElementById("take-title").textContent = headingOf(picture);
  menu.querySelector("[data-take=copy]").hidden = !navigator.clipboard?.write || !window.ClipboardItem;
  menu.querySelector("[data-take=csv]").hidden = !dataOf(picture);
  menu.querySelector("[data-take=sheet]").hidden = document.body.dataset.page === "sheet" || !whose();
  link();
  menu.showPopover();
  const at = button.getBoundingClientRect(), { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(6, Math.min(at.right - width, innerWidth - width - 6))}px`;
  menu.style.top = `${at.bottom + height + 6 > innerHeight ? Math.max(6, at.top - height - 2) : at.bottom + 2}px`;
  menu.querySelector("button:not([hidden])").focus();
};
menu?.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take]");
  if (!button || !chosen?.isConnected) return;
  said.textContent = "…";
  try {
    said.textContent = await DOES[button.dataset.take]();
  } catch (fault) {
    said.textContent = `That did not work here: ${fault.message}`;
  }
});
menu?.addEventListener("keydown", (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const all = [...menu.querySelectorAll("button:not([hidden])")];
  all[(all.indexOf(document.activeElement) + way + all.length) % all.length].focus();
});
menu?.addEventListener("toggle", (event) => event.newState === "closed" && menu.contains(document.activeElement) && opener?.focus());

// A button at the head of each picture; one that has come later, with a part of the page, gets its own.
export const furnish = () => {
  if (!menu) return;
  for (const picture of picturesOf()) {
    if (picture.dataset.taken) continue;
    picture.dataset.taken = "yes";
    const place = document.createElement("div"), button = document.createElement("button");
    place.className = "take-place";
    button.type = "button";
    button.className = "take quiet";
    button.textContent = "⤓";
    button.title = "Take this along: PNG, SVG, figures, briefing sheet";
    button.setAttribute("aria-label", `Take along: ${headingOf(picture)}`);
    button.addEventListener("click", () => open(button, picture));
    place.append(button);
    (picture.localName === "table" ? picture.closest(".scroll, .grid-scroll") ?? picture : picture).before(place);
  }
};
furnish();
document.body.addEventListener("htmx:afterSwap", (event) => {
  const path = event.detail.pathInfo?.finalRequestPath ?? event.detail.pathInfo?.requestPath;
  if (path && document.getElementById("content")?.contains(event.detail.target)) event.detail.target.dataset.part = path;
  furnish();
});
document.body.addEventListener("contingent:shown", furnish);
