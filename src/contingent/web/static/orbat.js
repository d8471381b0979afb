// The day of the order of battle: its date is said while the slider moves, and the address follows what is shown.
import { dayAndDate } from "./days.js";

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
