"use strict";
/* The map of flows plays from week to week. Without this script it stands at the fullest week, and the tables say the rest. */
(() => {
  const data = JSON.parse(document.getElementById("flow-data").textContent);
  const map = document.querySelector("#flow-map svg.flows");
  const play = document.getElementById("flow-play");
  const slider = document.getElementById("flow-week");
  const said = document.getElementById("flow-said");
  const kinds = [...document.querySelectorAll("input[name=flow-kind]")];
  const widest = document.getElementById("flow-widest");
  const still = document.querySelector("#flow-map .still");
  const ways = [...map.querySelectorAll(".flow path")], nodes = [...map.querySelectorAll(".node circle")];
  const labels = [...map.querySelectorAll("text.place")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const units = ["tonnes", "people"], last = data.weeks.length - 1, pause = 450;
  let week = data.first, timer = 0, kept = null;

  /* Four signs of base 36 a change: step, level of tonnes, level of people. From level to level a figure grows by 10000^(1/34). */
  const spread = text => {
    const rows = [];
    for (let at = 0, step = 0, now = [0, 0]; step <= last; step++) {
      if (at < text.length && parseInt(text.slice(at, at + 2), 36) === step) {
        now = [parseInt(text[at + 2], 36), parseInt(text[at + 3], 36)];
        at += 4;
      }
      rows.push(now);
    }
    return rows;
  };
  const drawn = level => Math.sqrt(10000 ** ((level - 35) / 34));
  const over = data.ways.map(spread), handled = data.nodes.map(spread);
  const names = data.ends.map(([one, other, mode]) => `${data.names[one]} – ${data.names[other]}, ${mode}`);
  const titled = (each, name) => {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = name;
    each.append(title);
  };
  ways.forEach((way, at) => titled(way, names[at]));
  nodes.forEach((node, at) => titled(node, data.names[at]));
  const grouped = figure => String(figure).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const kind = () => Number(kinds.find(each => each.checked).value);

  function words() {
    const told = units.map((unit, at) => {
      const [way, figure] = data.tops[week][at];
      return figure ? `${grouped(figure)} ${unit} over ${names[way]}` : "";
    }).filter(Boolean);
    return `${data.weeks[week]}. ${told.length ? `Most: ${told.join("; ")}.` : "Nothing moves."}`;
  }

  function draw() {
    const shown = kind();
    ways.forEach((way, at) => {
      const level = over[at][week][shown];
      if (level) {
        way.removeAttribute("display");
        way.setAttribute("stroke-width", (1 + 9 * drawn(level)).toFixed(1));
      } else {
        way.setAttribute("display", "none");
      }
    });
    nodes.forEach((node, at) => {
      const level = handled[at][week][shown];
      node.setAttribute("r", level ? (1.4 + 7 * drawn(level)).toFixed(1) : "0");
    });
    labels.forEach(label => label.classList.toggle("idle", !handled[label.dataset.node][week][shown]));
    const text = words();
    said.textContent = text;
    still.hidden = week !== data.first;
    slider.value = week;
    slider.setAttribute("aria-valuetext", data.weeks[week]);
    map.setAttribute("aria-label", `Map of what moves in a week. ${text}`);
    widest.textContent = `${grouped(data.most[shown])} ${units[shown]}`;
  }

  function show(next) {
    week = Math.min(last, Math.max(0, next));
    draw();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = calm.matches ? "Next week" : "Play";
    said.setAttribute("aria-live", "polite");
  }

  function start() {
    if (week === last) show(0);
    if (calm.matches) { show(week + 1); return; }
    play.textContent = "Pause";
    said.setAttribute("aria-live", "off");
    timer = setInterval(() => { if (week === last) stop(); else show(week + 1); }, pause);
  }

  play.addEventListener("click", () => timer ? stop() : start());
  play.addEventListener("keydown", event => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) { stop(); show(week + move); event.preventDefault(); }
  });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  kinds.forEach(each => each.addEventListener("change", draw));
  calm.addEventListener("change", stop);
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) stop(); });
  addEventListener("beforeprint", () => { stop(); kept = week; show(data.first); });
  addEventListener("afterprint", () => { if (kept !== null) show(kept); kept = null; });
  document.getElementById("flow-player").hidden = false;
  stop();
  draw();

  /* Where the map is wider than its place, the place that handles most stands in the middle. */
  const frame = map.parentElement;
  const largest = nodes.reduce((one, other) => Number(other.getAttribute("r")) > Number(one.getAttribute("r")) ? other : one);
  frame.scrollLeft = largest.getAttribute("cx") / map.viewBox.baseVal.width * frame.scrollWidth - frame.clientWidth / 2;
})();
