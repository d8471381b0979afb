// The budget on the page of cost: slider and field say the same, and the address follows what is shown.
const form = document.getElementById("budget-form");
if (form) {
  const slider = document.getElementById("budget-slider"), field = document.getElementById("budget-field");
  const said = document.getElementById("budget-words");
  const figures = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
  const tell = () => {
    // The slider stands at its nearest step; what is asked for is what the field says.
    const words = `${figures.format(Number(field.value === "" ? slider.value : field.value)).replaceAll(",", "\u202f")} million ${slider.dataset.currency}`;
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };
  slider.addEventListener("input", () => {
    field.value = slider.value;
    tell();
  });
  field.addEventListener("input", () => {
    slider.value = field.value === "" ? slider.max : field.value;
    tell();
  });
  tell();
  // The part below is fetched; the page's own way of leaving blank fields out would close them for good.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "held") return;
    const part = event.detail.target.querySelector("[data-most]");
    if (part) {
      slider.max = part.dataset.most;
      slider.step = part.dataset.step;
      slider.value = field.value === "" ? part.dataset.slider : field.value;
      tell();
    }
    const here = new URL(location.href);
    here.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", here);
  });
}
