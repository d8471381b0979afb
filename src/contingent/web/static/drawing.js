// A piece of a page as one drawing that stands alone: its texts, lines and pictures where they are, under its marking and its plan.
const NS = "http://www.w3.org/2000/svg", FONT = '"Liberation Sans", Arial, Helvetica, sans-serif';
const EDGE = 20, BAND = 24, LEAST_WIDTH = 560;
const LEFT_OUT = ".take-place, .undrawn, .unseen, script, style, template, noscript, button, select, input, textarea, progress, dialog, .maplibregl-ctrl-group, .maplibregl-ctrl-attrib-button";
const INHERITED = {
  fill: "rgb(0, 0, 0)", "fill-opacity": "1", stroke: "none", "stroke-width": "1px", "stroke-opacity": "1", "stroke-dasharray": "none",
  "stroke-linecap": "butt", "stroke-linejoin": "miter", "font-family": "", "font-size": "", "font-weight": "400", "font-style": "normal",
  "text-anchor": "start", "dominant-baseline": "auto", "letter-spacing": "normal", visibility: "visible", "paint-order": "normal",
};
const OWN = { opacity: "1" };
const SHEDS = /^(class|style|tabindex|role|focusable|data-.*|aria-.*|hx-.*)$/;

export const make = (name, attributes = {}, ...content) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...content);
  return made;
};
const rounded = (figure) => String(Math.round(figure * 100) / 100);
const pens = new Map();
const pen = document.createElement("canvas").getContext("2d");
// How far below the top of a line of text its letters stand, and how wide a text is, in the font of an element.
const heightsOf = (font) => {
  if (!pens.has(font)) {
    pen.font = font;
    const found = pen.measureText("Hg");
    pens.set(font, [found.fontBoundingBoxAscent, found.fontBoundingBoxDescent]);
  }
  return pens.get(font);
};

// ------------------------------------------------------------------------------------------------------------- texts
const linesOf = (node) => {
  const range = document.createRange(), found = [];
  const add = (from, to, rect) => {
    const last = found[found.length - 1];
    if (last && Math.abs(last.top - rect.top) < rect.height / 2) Object.assign(last, { to, right: rect.right });
    else found.push({ from, to, left: rect.left, right: rect.right, top: rect.top, height: rect.height });
  };
  for (const { index, 0: word } of node.data.matchAll(/[^\s]+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const rects = range.getClientRects();
    if (rects.length === 1) add(index, index + word.length, rects[0]);
    else
      for (let at = index; at < index + word.length; at += 1) {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const rect = range.getClientRects()[0];
        if (rect?.width) add(at, at + 1, rect);
      }
  }
  return found.map((line) => ({ ...line, text: node.data.slice(line.from, line.to).replace(/\s+/g, " ") }));
};
const changed = { uppercase: (text) => text.toUpperCase(), lowercase: (text) => text.toLowerCase(), capitalize: (text) => text.replace(/\b\p{L}/gu, (letter) => letter.toUpperCase()) };
const shortened = (line, end, font) => {
  if (line.right <= end + 1) return line.text;
  pen.font = font;
  let text = line.text;
  while (text && line.left + pen.measureText(`${text}…`).width > end) text = text.slice(0, -1);
  return text ? `${text.trimEnd()}…` : "";
};

const drawText = (node, style, end, out) => {
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const [above, below] = heightsOf(font);
  for (const line of linesOf(node)) {
    const text = shortened(line, end, font);
    if (!text) continue;
    const y = line.top + (line.height - above - below) / 2 + above;
    out.texts.push({ x: line.left, y, right: Math.min(line.right, end), bottom: line.top + line.height, text: (changed[style.textTransform] ?? String)(text), style });
  }
};

// ---------------------------------------------------------------------------------------------------- pictures within
const imported = (name, out) => {
  if (out.defs.has(name)) return;
  const found = document.getElementById(name);
  if (found) out.defs.set(name, styled(found, null, { ...out, prefix: "", ids: new Set() }));
};
const pointing = (value, out) =>
  value.replace(/url\(["']?#([^"')]+)["']?\)/g, (_, name) => {
    if (out.ids.has(name)) return `url(#${out.prefix}${name})`;
    imported(name, out);
    return `url(#${name})`;
  });

// A copy of an element of a picture that looks the same with no style sheet.
const styled = (element, above, out) => {
  const made = element.cloneNode(false), computed = getComputedStyle(element);
  for (const { name } of [...made.attributes]) if (SHEDS.test(name) || name in INHERITED || name in OWN) made.removeAttribute(name);
  const own = {};
  for (const [name, usual] of Object.entries(INHERITED)) {
    const value = computed.getPropertyValue(name) || usual;
    own[name] = value;
    if (value !== (above?.[name] ?? usual)) made.setAttribute(name, pointing(value, out));
  }
  for (const [name, usual] of Object.entries(OWN)) if (computed.getPropertyValue(name) !== usual) made.setAttribute(name, computed.getPropertyValue(name));
  for (const name of ["clip-path", "mask", "href", "xlink:href"]) {
    const value = made.getAttribute(name);
    if (!value) continue;
    if (value.startsWith("#") && out.ids.has(value.slice(1))) made.setAttribute(name, `#${out.prefix}${value.slice(1)}`);
    else made.setAttribute(name, pointing(value, out));
  }
  if (made.id) made.id = `${out.prefix}${made.id}`;
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.append(child.data);
    else if (child.nodeType === Node.ELEMENT_NODE && child.localName !== "style" && (child.localName === "title" || getComputedStyle(child).display !== "none"))
      made.append(child.localName === "title" ? make("title", {}, child.textContent) : styled(child, own, out));
  }
  return made;
};
const drawPicture = (element, rect, out) => {
  out.count += 1;
  const ids = new Set([...element.querySelectorAll("[id]")].map((each) => each.id));
  const made = styled(element, null, { ...out, prefix: `p${out.count}-`, ids });
  for (const name of ["x", "y", "width", "height"]) made.setAttribute(name, rounded(rect[name === "x" ? "left" : name === "y" ? "top" : name]));
  if (!made.hasAttribute("viewBox")) made.setAttribute("viewBox", `0 0 ${rounded(rect.width)} ${rounded(rect.height)}`);
  out.parts.push([rect, made]);
};

// ----------------------------------------------------------------------------------------------------------- all of it
const SIDES = [["Top", 0, 0, 1, 0], ["Right", 1, 0, 0, 1], ["Bottom", 0, 1, 1, 0], ["Left", 0, 0, 0, 1]];
const seen = (colour) => colour && colour !== "transparent" && !/, 0\)$/.test(colour);
const drawBox = (rect, style, out) => {
  if (seen(style.backgroundColor))
    out.parts.push([rect, make("rect", { x: rounded(rect.left), y: rounded(rect.top), width: rounded(rect.width), height: rounded(rect.height), rx: parseFloat(style.borderTopLeftRadius) || null, fill: style.backgroundColor })]);
  for (const [side, right, bottom, across, down] of SIDES) {
    const width = parseFloat(style[`border${side}Width`]), colour = style[`border${side}Color`], kind = style[`border${side}Style`];
    if (!width || kind === "none" || kind === "hidden" || !seen(colour)) continue;
    const x = rect.left + right * (rect.width - width), y = rect.top + bottom * (rect.height - width);
    const line = { x1: x + (down ? width / 2 : 0), y1: y + (across ? width / 2 : 0) };
    Object.assign(line, { x2: across ? x + rect.width : line.x1, y2: down ? y + rect.height : line.y1 });
    for (const name of Object.keys(line)) line[name] = rounded(line[name]);
    out.parts.push([rect, make("line", { ...line, stroke: colour, "stroke-width": width, "stroke-dasharray": kind === "dashed" ? `${3 * width} ${2 * width}` : kind === "dotted" ? `${width} ${width}` : null })]);
  }
};

const walk = (element, end, out) => {
  if (element.matches(LEFT_OUT) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
  const style = getComputedStyle(element), rect = element.getBoundingClientRect();
  if (element.localName === "svg") return void drawPicture(element, rect, out);
  if (element.localName === "canvas") return void out.parts.push([rect, make("image", { x: rounded(rect.left), y: rounded(rect.top), width: rounded(rect.width), height: rounded(rect.height), href: element.toDataURL("image/png") })]);
  if (style.display !== "contents" && rect.width && rect.height) drawBox(rect, style, out);
  const inner = style.overflowX === "visible" || style.display === "inline" ? end : Math.min(end, rect.right - parseFloat(style.paddingRight) - parseFloat(style.borderRightWidth));
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) drawText(child, style, inner, out);
    else if (child.nodeType === Node.ELEMENT_NODE) walk(child, inner, out);
  }
};

// What is drawn stands free of scroll bars and of heads that stay in place.
const freely = (element, action) => {
  document.documentElement.classList.add("drawing");
  element.classList.add("drawn");
  try {
    return action();
  } finally {
    element.classList.remove("drawn");
    document.documentElement.classList.remove("drawing");
  }
};

const words = (text, { x, y, size = 12, weight = null, fill = "#1b1f24", anchor = null }) =>
  make("text", { x: rounded(x), y: rounded(y), "font-family": FONT, "font-size": size, "font-weight": weight, fill, "text-anchor": anchor }, text);
const wrapped = (text, width, size, weight = "400") => {
  pen.font = `${weight} ${size}px ${FONT}`;
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (pen.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};
const band = (marking, y, width) => [
  make("rect", { x: 0, y, width, height: BAND, fill: "#1b1f24" }),
  words(marking, { x: width / 2, y: y + 16, size: 12.5, weight: "bold", fill: "#ffffff", anchor: "middle" }),
];

// told: marking, title, about (plan, dates), source. All of them stand in the drawing.
export const drawing = (element, told) => {
  const out = { parts: [], texts: [], defs: new Map(), count: 0 };
  // What its colours and signs mean goes along, where the page says it above the picture.
  const frame = element.closest(".scroll, .grid-scroll") ?? element, before = [frame.previousElementSibling, frame.previousElementSibling?.previousElementSibling];
  const legend = element.localName === "table" ? before.find((each) => each?.matches("ul.legend")) : null;
  freely(element, () => [legend, element].filter(Boolean).forEach((each) => walk(each, Infinity, out)));
  const boxes = [...out.parts.map(([rect]) => [rect.left, rect.top, rect.right ?? rect.left + rect.width, rect.bottom ?? rect.top + rect.height]), ...out.texts.map((text) => [text.x, text.y - 12, text.right, text.bottom])];
  if (!boxes.length) throw new Error("there is nothing to draw");
  const least = (at) => boxes.reduce((found, box) => Math.min(found, box[at]), Infinity), most = (at) => boxes.reduce((found, box) => Math.max(found, box[at]), -Infinity);
  const [left, top, right, bottom] = [least(0), least(1), most(2), most(3)];
  const width = Math.ceil(Math.max(right - left, LEAST_WIDTH) + 2 * EDGE), text = width - 2 * EDGE;
  const parts = [...band(told.marking, 0, width)];
  let y = BAND + 12;
  for (const line of wrapped(told.title, text, 18, "bold")) parts.push(words(line, { x: EDGE, y: (y += 20), size: 18, weight: "bold" }));
  for (const line of wrapped(told.about, text, 12)) parts.push(words(line, { x: EDGE, y: (y += 17), fill: "#56616f" }));
  y += 16;
  const place = make("g", { transform: `translate(${rounded(EDGE - left)} ${rounded(y - top)})` }, ...out.parts.map(([, part]) => part));
  for (const { x, y: at, text: said, style } of out.texts)
    place.append(make("text", { x: rounded(x), y: rounded(at), "font-family": style.fontFamily, "font-size": parseFloat(style.fontSize), "font-weight": style.fontWeight === "400" ? null : style.fontWeight, "font-style": style.fontStyle === "normal" ? null : style.fontStyle, fill: style.color }, said));
  parts.push(place);
  y += bottom - top + 10;
  for (const line of wrapped(told.source, text, 11)) parts.push(words(line, { x: EDGE, y: (y += 15), size: 11, fill: "#56616f" }));
  y += 12;
  parts.push(...band(told.marking, y, width));
  const height = Math.ceil(y + BAND);
  const made = make("svg", { xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  made.append(make("title", {}, `${told.marking}: ${told.title}`), make("desc", {}, `${told.about}. ${told.source}`), make("defs", {}, ...out.defs.values()));
  made.append(make("rect", { width, height, fill: "#ffffff" }), ...parts);
  return { text: new XMLSerializer().serializeToString(made), width, height };
};

const BROAD = 1920, LARGEST = 48e6; // pixels across at least, and at most in all
export const raster = async ({ text, width, height }) => {
  const scale = Math.min(Math.max(2, BROAD / width), Math.sqrt(LARGEST / (width * height)));
  const image = new Image(), address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    // Read at once: a canvas that lives in a graphics card, or in a program that stands for one, takes a minute to come back.
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("too large"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
};
