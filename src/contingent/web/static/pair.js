// Two maps side by side: one moves the other, one slider sets the day of both, and what differs is marked. They are drawn when they come into view.
import { dayAndDate } from "./days.js";
import { able, nameMarkers, openMap } from "./theatre.js";
import { unitSymbols } from "./units.js";

const linked = (maps) => {
  let leads = null;
  for (const map of maps)
    map.on("move", () => {
      if (leads && leads !== map) return;
      leads = map;
      for (const other of maps) if (other !== map) other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
      leads = null;
    });
};

const begin = () => {
  const root = document.getElementById("map-pair");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "waits";
  const slider = document.getElementById("pair-slider"), words = document.getElementById("pair-day-words"), level = document.getElementById("pair-level");
  const frames = [...root.querySelectorAll(".pair-map")];
  const at = (path) => {
    const there = new URL(path, location.href);
    there.searchParams.set("of", root.dataset.of);
    there.searchParams.set("day", slider.value);
    return there;
  };
  let sides = [], unfold = [], turn = 0, waits = 0;

  const draw = () => {
    const names = sides.map((side) => side.draw(""));
    level.textContent = names[0] ? `Symbols: ${names[0]}.` : "";
    unfold.forEach((each, which) => each(true, sides[which].boxes()));
  };
  const show = async () => {
    const own = (turn += 1);
    words.textContent = dayAndDate(Number(slider.value));
    slider.setAttribute("aria-valuetext", words.textContent);
    window.htmx?.ajax("GET", at("/compare/places").pathname + at("/compare/places").search, { target: "#pair-places", swap: "innerHTML" });
    if (!sides.length) return;
    const told = await (await fetch(at("/compare/units.json"))).json();
    if (own !== turn) return;
    await Promise.all(sides.map((side, which) => side.set(told[which])));
    draw();
  };
  slider.addEventListener("input", () => {
    words.textContent = dayAndDate(Number(slider.value));
    clearTimeout(waits);
    waits = setTimeout(show, 160);
  });

  const open = async () => {
    const data = await (await fetch(at("/compare/ground.json"))).json();
    root.classList.add("live");
    const made = [];
    for (const frame of frames) made.push(await openMap(frame, data));
    const maps = made.map(({ map }) => map);
    maps[1].jumpTo({ center: maps[0].getCenter(), zoom: maps[0].getZoom() });
    sides = maps.map((map) => unitSymbols(map, "force"));
    unfold = made.map(({ maplibre, map }) => nameMarkers(maplibre, map, data.names));
    linked(maps);
    made.forEach(({ maplibre, map }) => {
      const popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, maxWidth: "320px" });
      map.on("mousemove", (event) => {
        const hit = map.queryRenderedFeatures(event.point, { layers: ["force"] })[0];
        if (hit) popup.setLngLat(event.lngLat).setText(hit.properties.name).addTo(map);
        else popup.remove();
      });
      map.on("click", (event) => {
        const hit = map.queryRenderedFeatures(event.point, { layers: ["force"] })[0];
        if (hit) document.getElementById("pair-said").textContent = hit.properties.name;
      });
    });
    maps[0].on("moveend", draw);
    maps[1].on("moveend", draw);
    const told = await (await fetch(at("/compare/units.json"))).json();
    await Promise.all(sides.map((side, which) => side.set(told[which])));
    draw();
    root.dataset.ready = "yes";
  };
  const still = () => {
    root.classList.remove("live");
    root.dataset.ready = "still";
  };
  if (!able()) return still();
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    open().catch(still);
  });
  seen.observe(root);
};
begin();
document.body.addEventListener("contingent:shown", begin);
