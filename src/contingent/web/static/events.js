// What others change arrives by itself: the page hears of it, says it, and shows it. Of all pages of a browser one listens and tells the rest.
import { headers } from "./page.js";

const panel = document.getElementById("work");
const heard = document.querySelector('meta[name="heard"]');
const LISTENS = "contingent-events", CALM = 400, MOST_SAID = 3;
const TABLES = { nations: "nations", offers: "offers", requirements: "requirements", pins: "fixed tours", scenario: "settings", notes: "notes on lines" };
let since = Number(heard.content), calm = CALM, loaded = -Infinity, wanted = false, timer = 0, busy = false, source = null;
const said = new Map(); // what is said at the head of the page, by who changed what

const clock = (at) => new Date(at).toISOString().slice(11, 16);
const plain = (name) => TABLES[name] ?? name.replaceAll("_", " ");
const sentence = (event) => {
  if (event.kind === "plan") return `Plan ${event.plan} by ${event.by}, ${clock(event.at)} Z`;
  if (event.table) return `${plain(event.table)} changed by ${event.by}, ${clock(event.at)} Z`;
  if (event.kind === "incidents") return `Incidents arrived, ${clock(event.at)} Z`;
  return "";
};

// ------------------------------------------------------------------------------------------------------- saying and showing
const news = () => document.getElementById("news");
const tell = (event) => {
  const text = sentence(event);
  if (!text || event.own) return;
  said.delete(text);
  said.set(text, true);
  while (said.size > MOST_SAID) said.delete(said.keys().next().value);
  drawNews();
};
const drawNews = (waits = wanted) => {
  const place = news();
  if (!place) return;
  place.hidden = !said.size && !waits;
  const list = document.createElement("span");
  list.textContent = [...said.keys()].reverse().join(" · ") || "There is news";
  place.replaceChildren(list);
  if (waits) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.textContent = "Show it";
    button.addEventListener("click", () => (ownScripts() ? location.reload() : renew(true)));
    place.append(button);
  }
};

const content = () => document.getElementById("content");
const ownScripts = () => content().hasAttribute("data-own-scripts");
const isWriting = () => {
  const field = document.activeElement;
  if (field && content().contains(field) && field.matches("input, textarea, select, [contenteditable]")) return true;
  return [...content().querySelectorAll("input:not([type=hidden]), textarea")].some((each) => each.type !== "checkbox" && each.type !== "radio" && each.value !== each.defaultValue);
};

// The same page is loaded again and takes the place of what is shown; what was folded or scrolled stays so. A page that carries a
// mark of what it was made from sends it along: where nothing of it has changed, nothing comes back.
const mark = (page = document) => page.querySelector('meta[name="shown"]');
const renew = async (asked = false) => {
  if (busy) return void (wanted = true);
  if (!asked && (ownScripts() || isWriting())) {
    wanted = true;
    drawNews();
    return;
  }
  busy = true;
  wanted = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", ...(mark() && { "Contingent-Shown": mark().content }) } });
    if (answer.status === 204) return void drawNews(false);
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return void drawNews((wanted = true));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.getElementById("content"), now = content();
    if (!next) return;
    if (mark() && mark(fresh)) mark().content = mark(fresh).content;
    const scrolled = [...now.querySelectorAll(".grid-scroll, .scroll")].map((each) => [each.scrollLeft, each.scrollTop]);
    const open = [...now.querySelectorAll("details")].map((each) => each.open);
    const flash = document.getElementById("said").childNodes, held = now.contains(document.activeElement) ? document.activeElement : null;
    fresh.getElementById("said").replaceChildren(...flash);
    now.replaceWith(document.importNode(next, true));
    const shown = content();
    [...shown.querySelectorAll("details")].forEach((each, at) => at < open.length && (each.open = open[at]));
    [...shown.querySelectorAll(".grid-scroll, .scroll")].forEach((each, at) => scrolled[at] && ([each.scrollLeft, each.scrollTop] = scrolled[at]));
    const which = fresh.querySelector("form.plan"), old = document.querySelector("form.plan");
    if (which && old && !old.contains(document.activeElement)) old.replaceWith(document.importNode(which, true));
    window.htmx?.process(shown);
    const link = held?.getAttribute("href");
    const again = held?.id ? document.getElementById(held.id) : link && [...shown.querySelectorAll("a[href]")].find((each) => each.getAttribute("href") === link);
    again?.focus?.({ preventScroll: true });
    drawNews(false);
    document.body.dispatchEvent(new CustomEvent("contingent:shown"));
  } catch {
    drawNews((wanted = true));
  } finally {
    busy = false;
    if (wanted && !ownScripts() && !isWriting()) later();
  }
};
// The more pages listen, the longer they wait, each a time of its own: all at once they would keep the server from those who write.
const later = () => {
  if (timer && calm > CALM) return;
  clearTimeout(timer);
  const wait = Math.max(CALM + Math.random() * (calm - CALM), calm - (performance.now() - loaded));
  timer = setTimeout(() => {
    timer = 0;
    loaded = performance.now();
    renew();
  }, wait);
};
document.addEventListener("focusout", () => wanted && !ownScripts() && setTimeout(() => wanted && !isWriting() && later(), 50));

// ------------------------------------------------------------------------------------------------- what is being computed
const renewPanel = async () => {
  if (!panel) return;
  const plan = new URL(location.href).searchParams.get("plan");
  const answer = await fetch(`${panel.dataset.panel}${plan ? `?plan=${encodeURIComponent(plan)}` : ""}`, { headers: headers() });
  if (answer.ok && !answer.redirected) panel.innerHTML = await answer.text();
};
panel?.addEventListener("submit", (event) => {
  const back = event.target.elements.back;
  if (back) back.value = location.pathname + location.search;
});
// The best plan so far of a search that runs, on pages that have a table of it; where the table is not there yet, the page is shown anew.
const STEPS = { posts: "Best so far", "later goals": "Posts are settled; burden, continuity and cost still get better", reasons: "Settled; it is worked out why, and what follows" };
const drawn = new Set(); // searches whose part of the head has its button by now, or has it no more
const share = (value) => `${(100 * value).toFixed(1)} %`;
const showSoFar = (event) => {
  const row = event.so_far && document.querySelector(`[data-job-row="${event.job}"]`);
  if (!row) return;
  const table = row.querySelector("[data-so-far]");
  if (!table) return void later();
  const put = (name, text, inside = table) => (inside.querySelector(`[data-${name}]`).textContent = text);
  put("step", STEPS[event.so_far.step]);
  put("seconds", event.so_far.seconds.toFixed(0));
  table.querySelector("[data-before]").hidden = event.so_far.keeps_ceilings;
  for (const each of event.so_far.priorities) {
    const line = table.querySelector(`[data-priority="${each.priority}"]`);
    if (!line) continue;
    put("filled", share(each.filled), line);
    put("most", share(each.most), line);
    put("gap", `${(100 * (each.most - each.filled)).toFixed(1)} points`, line);
    line.querySelector("progress").value = each.filled;
  }
};
const further = (event) => {
  showSoFar(event);
  const form = document.querySelector(`#work [data-job="${event.job}"]`);
  const stage = event.so_far && `${event.job} ${event.so_far.step === "reasons"}`;
  if (!form || (stage && !drawn.has(stage))) {
    if (stage) drawn.add(stage);
    return void renewPanel();
  }
  for (const bar of document.querySelectorAll(`[data-job="${event.job}"] progress, [data-job-row="${event.job}"] td > progress:not(.so-far progress)`)) bar.value = event.share;
  const doing = form.querySelector(".doing");
  doing.textContent = doing.title = event.status === "queued" ? "waits" : event.message || "begins";
};

// ----------------------------------------------------------------------------------------------------------------- hearing
const take = (kind, event) => {
  if (kind === "change") {
    if (event.seq <= since) return;
    since = event.seq;
    calm = event.calm_ms ?? calm;
    const asked = new CustomEvent("contingent:change", { detail: event, cancelable: true });
    if (!document.body.dispatchEvent(asked)) return;
    tell(event);
    if (event.kind === "job") {
      renewPanel();
      if (["overview", "jobs", "what_if", "compare", "aid"].includes(document.body.dataset.page)) later();
    } else {
      if (event.kind === "plan" || (event.table && panel?.querySelector('form[action="/jobs/plan"]'))) renewPanel();
      later();
    }
  } else if (kind === "progress") further(event);
  else if (kind === "renew") {
    since = event.seq;
    renewPanel();
    later();
  }
};

const channel = "BroadcastChannel" in window ? new BroadcastChannel(LISTENS) : null;
const kept = []; // what the page that listens has told, for pages that open between
channel?.addEventListener("message", ({ data: [kind, event] }) => {
  if (kind !== "ask") take(kind, event);
  else if (source) for (const each of kept) if (each.seq > event) channel.postMessage(["change", each]);
});
const listen = () => {
  if (source) return;
  source = new EventSource(`/events?since=${since}`);
  for (const kind of ["change", "progress", "renew"])
    source.addEventListener(kind, (message) => {
      const event = JSON.parse(message.data);
      take(kind, event);
      if (kind === "change") kept.splice(0, kept.push(event) > 200 ? 1 : 0);
      channel?.postMessage([kind, event]);
    });
  source.addEventListener("hello", () => (document.body.dataset.listens = "yes"));
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && (document.body.dataset.listens = "no"));
};
// Only where the browser can settle among its pages who listens; else each listens for itself.
if (channel && navigator.locks)
  navigator.locks.request(LISTENS, () => (listen(), new Promise(() => {})));
else listen();
channel?.postMessage(["ask", since]);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => event.persisted && location.reload());
