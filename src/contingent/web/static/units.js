// Symbols of units on a map: formations far out, units nearer in, and one symbol with a number where several would lie in a pile.
import { empty, grouped, points } from "./theatre.js";

const HIGH = 24, STEP = 0.9, APART = 34, DEEP = 38, MOST_TOLD = 4, RATIO = 2;
const FILLS = { filled: "#009e73", partial: "#e69f00", gap: "#d55e00", none: "#6b7280" };
const WORST = ["none", "filled", "partial", "gap"];

const loaded = (svg) =>
  new Promise((done) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => done(null);
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });

// What the colour of a state says, its shape says as well.
const state = (pen, kind, { x, y, size }) => {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = kind === "filled" ? FILLS.filled : "#fff";
  pen.fill();
  pen.strokeStyle = kind === "gap" ? FILLS.gap : "#1b1f24";
  pen.lineWidth = kind === "gap" ? 2.4 : 1.2;
  pen.stroke();
  if (kind !== "partial") return;
  pen.beginPath();
  pen.arc(x, y, size - 0.6, Math.PI / 2, (3 * Math.PI) / 2);
  pen.fillStyle = FILLS.partial;
  pen.fill();
};
const pictureOf = (image, mark) => {
  const wide = image ? image.width : 20, high = image ? image.height : HIGH, number = mark.units > 1 ? String(mark.units) : "";
  const canvas = document.createElement("canvas"), room = 8;
  const width = wide + 2 * room, height = high + 2 * room;
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  if (image) pen.drawImage(image, room, room, wide, high);
  else pen.fillRect(room + 2, room + 4, wide - 4, high - 8);
  if (mark.state !== "none") state(pen, mark.state, { x: room + 1, y: room + high - 2, size: 5 });
  if (number) {
    pen.font = "bold 11px Arial, sans-serif";
    const long = Math.max(14, pen.measureText(number).width + 7), left = width - long - 0.5;
    pen.fillStyle = "#1b1f24";
    pen.beginPath();
    pen.roundRect(left, 1, long, 14, 7);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(number, left + long / 2, 8.5);
  }
  if (mark.differs) {
    pen.font = "bold 13px Arial, sans-serif";
    pen.fillStyle = "#fff";
    pen.strokeStyle = "#7a1f3d";
    pen.lineWidth = 1.6;
    pen.beginPath();
    pen.rect(width - 16, height - 16, 15, 15);
    pen.fill();
    pen.stroke();
    pen.fillStyle = "#7a1f3d";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("≠", width - 8.5, height - 8);
  }
  return pen.getImageData(0, 0, canvas.width, canvas.height);
};

// Marks that would lie over one another on the screen become one, with the symbol of the largest and the number of all.
export const piled = (marks, project) => {
  const piles = [];
  for (const mark of [...marks].sort((one, other) => other.people - one.people || (one.key < other.key ? -1 : 1))) {
    const { x, y } = project(mark.at);
    const pile = piles.find((each) => Math.abs(each.x - x) < APART && Math.abs(each.y - y) < DEEP);
    if (pile) pile.marks.push(mark);
    else piles.push({ x, y, marks: [mark] });
  }
  return piles.map(({ marks: held }) => {
    if (held.length === 1) return held[0];
    const units = held.reduce((sum, each) => sum + each.units, 0), people = held.reduce((sum, each) => sum + each.people, 0);
    const states = new Set(held.map((each) => each.state).filter((each) => each !== "none"));
    const together = states.size > 1 ? "partial" : ([...states][0] ?? "none");
    const words = `${held.length} ${held[0].place === held[0].name ? "places" : "formations"} together, ${units} units, ${grouped(people)} people. ${held.slice(0, MOST_TOLD).map((each) => each.words).join(". ")}${held.length > MOST_TOLD ? `. And ${held.length - MOST_TOLD} more` : ""}`;
    return { ...held[0], units, people, state: WORST.includes(together) ? together : "none", words, differs: held.some((each) => each.differs) };
  });
};

// Formations of the lowest level are shown as the map opens; each step out goes one up, a step in shows the units themselves.
export const levelAt = (levels, zoom, first) => {
  const lowest = levels.length - 2;
  return Math.max(0, Math.min(levels.length - 1, lowest + Math.floor((zoom - first) / STEP + 0.5)));
};

// Keeps the symbols of a map: `set` takes what the server says of a day, `draw` shows it at the zoom there is or at a level that was chosen.
export const unitSymbols = (map, source) => {
  const images = new Map(), first = map.getZoom();
  let told = null, asked = 0, shown = [];
  const iconOf = (mark) => {
    const name = `unit ${mark.symbol} ${mark.state} ${mark.units} ${mark.differs ? "differs" : ""}`;
    if (!map.hasImage(name)) map.addImage(name, pictureOf(images.get(mark.symbol), mark), { pixelRatio: RATIO });
    return name;
  };
  const levelOf = (chosen) => {
    const last = told.levels.length - 1;
    if (chosen === "places") return last;
    if (chosen === "top") return 0;
    if (chosen === "low") return Math.max(0, last - 1);
    return levelAt(told.levels, map.getZoom(), first);
  };
  return {
    set: async (day) => {
      const turn = (asked += 1);
      for (const [code, svg] of Object.entries(day.symbols)) if (!images.has(code)) images.set(code, await loaded(svg));
      if (turn === asked) told = day;
    },
    draw: (chosen) => {
      if (!told) return "";
      const level = told.levels[levelOf(chosen)];
      const marks = (shown = piled(level.marks, (at) => map.project(at)));
      map.getSource(source).setData(
        marks.length
          ? points(marks.map((mark) => ({ type: "Feature", geometry: { type: "Point", coordinates: mark.at }, properties: { icon: iconOf(mark), name: mark.words } })))
          : empty,
      );
      return level.name;
    },
    // Where the symbols lie on the screen that were drawn last: left, top, right, bottom.
    boxes: () =>
      shown.map((mark) => {
        const { x, y } = map.project(mark.at), image = images.get(mark.symbol), wide = image?.width ?? 20, high = image?.height ?? HIGH;
        return [x - wide / 2 - 4, y - high / 2 - 4, x + wide / 2 + 4, y + high / 2 + 4];
      }),
  };
};
