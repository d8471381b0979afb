// The frame of every page: search, help, drawer, menu, and what goes along with each request. No page needs more to be read.
const byId = (name) => document.getElementById(name);
const drawer = byId("drawer"), palette = byId("palette"), help = byId("help"), menu = document.querySelector("[data-menu]");
const token = document.querySelector('meta[name="csrf-token"]')?.content;
let opener = null;

export const headers = () => (token ? { "X-CSRF-Token": token } : {});
export const say = (text, bad = false) => {
  const said = byId("said"), line = document.createElement("p");
  line.className = bad ? "flash bad" : "flash";
  line.textContent = text;
  said.replaceChildren(line);
};

// htmx carries the token; what fails is said, never swallowed.
document.body.addEventListener("htmx:configRequest", (event) => Object.assign(event.detail.headers, headers()));
document.body.addEventListener("htmx:responseError", (event) =>
  say(event.detail.xhr.status === 403 ? "You may not do that." : `The server refused that (${event.detail.xhr.status}).`, true));
document.body.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was changed.", true));

// Forms that send themselves when something is chosen.
document.addEventListener("change", (event) => event.target.form?.matches("form[data-auto]") && event.target.form.requestSubmit());
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true;
});

// What was said once need not be said again when the page is opened anew.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}

document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());

// A text that is ready to be sent: copied where the browser lets us, else chosen whole, so that Ctrl+C takes it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const text = button && byId(button.dataset.copy);
  if (!text) return;
  text.focus();
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    say("Copied.");
  } catch {
    say("The text is chosen: Ctrl+C takes it.");
  }
});

// Menu and filters are folded on a telephone.
const narrow = matchMedia("(max-width: 900px)");
const folds = [menu, ...document.querySelectorAll("details.fold")].filter(Boolean);
const fold = () => folds.forEach((each) => (each.open = !narrow.matches));
narrow.addEventListener("change", fold);
fold();

// The drawer: details beside what they are of. Esc closes it and goes back to where one was.
export const closeDrawer = () => {
  if (drawer.hidden) return;
  drawer.hidden = true;
  drawer.replaceChildren();
  opener?.focus?.();
};
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === drawer && drawer.hidden) opener = document.activeElement;
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== drawer) return;
  drawer.hidden = false;
  drawer.scrollTop = 0;
  (drawer.querySelector("[data-first]") ?? drawer).focus();
});
export const openDrawer = (address) => window.htmx.ajax("GET", address, { target: "#drawer", swap: "innerHTML" });
drawer.addEventListener("click", (event) => event.target.closest("[data-close]") && closeDrawer());

// A click on a strip of time opens its line at that day; the line's own link opens it from the keyboard.
document.body.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-strip]");
  if (!cell) return;
  const picture = cell.querySelector("svg").getBoundingClientRect();
  const share = (event.clientX - picture.left) / picture.width;
  const from = Number(cell.dataset.from), until = Number(cell.dataset.until);
  const day = Math.min(until - 1, Math.max(from, Math.floor(from + share * (until - from))));
  openDrawer(`${cell.dataset.strip}${cell.dataset.strip.includes("?") ? "&" : "?"}day=${day}`);
});

// Search: anything by its name.
const openPalette = () => {
  if (palette.open) return;
  palette.showModal();
  const input = byId("palette-text");
  input.select();
  if (!byId("palette-found").childElementCount) window.htmx?.trigger(input, "palette");
};
document.querySelector("[data-palette]")?.addEventListener("click", openPalette);
// What stands in the list is of the words that were sent, which need not be those that stand in the box by now.
let stale = false, goes = false;
byId("palette-text")?.addEventListener("input", () => { stale = true; goes = false; });
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "palette-found") return;
  stale = new URL(event.detail.pathInfo.finalRequestPath, location.href).searchParams.get("q") !== byId("palette-text").value;
  if (goes && !stale) found()[0]?.click();
});
const found = () => [...palette.querySelectorAll(".found a")];
palette?.addEventListener("keydown", (event) => {
  const links = found(), at = links.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && links.length) links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === "ArrowUp" && at > 0) links[at - 1].focus();
  else if (event.key === "ArrowUp" && at === 0) byId("palette-text").focus();
  else if (event.key === "Enter" && at < 0 && stale) goes = true;
  else if (event.key === "Enter" && at < 0 && links.length) links[0].click();
  else return;
  event.preventDefault();
});

document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
// A field that has just been closed keeps the focus for a moment, and no longer takes what is written.
const writing = (target) => target.checkVisibility() && target.closest("input, textarea, select, [contenteditable], .tabulator-editing");
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && !palette.open && !help.open) closeDrawer();
  // The grid and the calendar take back what was done on them; anywhere else one's last change is shown before it is taken back.
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !writing(event.target);
  if (isUndo && document.body.hasAttribute("data-takes-back") && !byId("grid") && !byId("undo-pin") && !palette.open && !help.open) {
    event.preventDefault();
    openDrawer(`/history/last?back=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "?") {
    event.preventDefault();
    help.showModal();
  }
});
for (const dialog of [palette, help])
  dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close());

// A page's own module comes after this one: only when all of them have run does every key do what it says.
document.addEventListener("DOMContentLoaded", () => { document.body.dataset.ready = "yes"; });
