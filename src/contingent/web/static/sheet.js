// The briefing sheet: each picture is fetched from its page with what its reader may see, and stands here with its plan and its place.
import { keepList, listed, pictureOf, sheetAddress } from "./chosen.js";
import { furnish, headingOf, keysOf, planOf } from "./take.js";

const place = document.getElementById("sheet"), empty = document.getElementById("sheet-empty"), name = document.getElementById("sheet-name");
const here = new URL(location.href), usual = document.title;
let pictures = here.searchParams.getAll("of").map(pictureOf).filter(Boolean);
if (!pictures.length) pictures = listed();

// The address holds the sheet: sent to somebody else it shows what that reader may see of the same.
const address = () => {
  const there = new URL(sheetAddress(pictures), location.href);
  if (name.value.trim()) there.searchParams.set("name", name.value.trim());
  history.replaceState(null, "", there);
};
const head = () => {
  document.getElementById("sheet-title").textContent = name.value.trim() || "Briefing sheet";
  document.title = `${name.value.trim() || "Briefing sheet"} · ${usual}`;
};

const pages = new Map(); // one page is asked for once, however many pictures come from it
const pageAt = (at) => {
  if (!pages.has(at))
    pages.set(at, fetch(at, { headers: { Accept: "text/html" } }).then(async (answer) => {
      if (!answer.ok || !(answer.headers.get("content-type") ?? "").includes("html")) throw new Error(`the server said ${answer.status}`);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    }));
  return pages.get(at);
};
const element = (kind, text = "", name = "") => {
  const made = document.createElement(kind);
  made.textContent = text;
  if (name) made.className = name;
  return made;
};

const fill = async (section, { at, key }) => {
  const title = element("h2", key.replaceAll("-", " ")), told = element("p", "", "note");
  try {
    const page = await pageAt(at), keys = keysOf(page);
    const found = [...keys].find(([, each]) => each === key)?.[0];
    title.textContent = found ? headingOf(found, page) : title.textContent;
    const link = element("a", page.querySelector("#content h1")?.textContent.trim() || "its page");
    link.href = at;
    section.dataset.told = planOf(page);
    told.append(document.createTextNode(`${section.dataset.told} · `), link);
    section.prepend(title, told);
    if (!found) throw new Error("it does not stand there, or not for you");
    const legend = found.localName === "table" && found.closest(".scroll, .grid-scroll")?.previousElementSibling;
    if (legend && legend.matches("ul.legend")) section.append(document.importNode(legend, true));
    const copy = document.importNode(found, true);
    for (const each of copy.querySelectorAll("details")) each.open = true;
    if (copy.localName === "table") {
      const scroll = element("div", "", "scroll");
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "group");
      scroll.setAttribute("aria-label", title.textContent);
      scroll.append(copy);
      section.append(scroll);
    } else section.append(copy);
  } catch (fault) {
    section.prepend(title);
    section.append(element("p", `This picture cannot be shown: ${fault.message}.`, "fault"));
  }
};

const button = (words, sign, able, action) => {
  const made = element("button", sign, "quiet small");
  made.type = "button";
  made.disabled = !able;
  made.setAttribute("aria-label", words);
  made.addEventListener("click", action);
  return made;
};
const change = (next) => {
  pictures = next;
  keepList(pictures);
  show();
};
const moved = (at, way) => {
  const next = [...pictures];
  [next[at], next[at + way]] = [next[at + way], next[at]];
  change(next);
};

let round = 0;
const show = async () => {
  const own = (round += 1);
  delete place.dataset.ready;
  address();
  head();
  empty.hidden = pictures.length > 0;
  const sections = pictures.map((picture) => {
    const made = element("section", "", "on-sheet");
    made.dataset.at = picture.at;
    return made;
  });
  await Promise.all(sections.map((section, at) => fill(section, pictures[at])));
  if (own !== round) return;
  sections.forEach((section, at) => {
    const words = section.querySelector("h2").textContent, ends = element("span", "", "ends");
    ends.append(
      button(`Move up: ${words}`, "↑", at > 0, () => moved(at, -1)),
      button(`Move down: ${words}`, "↓", at < pictures.length - 1, () => moved(at, 1)),
      button(`Take off the sheet: ${words}`, "✕", true, () => change(pictures.filter((_, other) => other !== at))),
    );
    section.querySelector("h2").after(ends);
  });
  place.replaceChildren(...sections);
  furnish();
  place.dataset.ready = "yes";
};

name.value = here.searchParams.get("name") ?? "";
name.addEventListener("input", () => {
  address();
  head();
});
show();
