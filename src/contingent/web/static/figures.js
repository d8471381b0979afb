// The figures behind a picture, as the page has them: comma-separated values that a spreadsheet opens and takes none for a formula.
const FORMULA = /^[=+\-@\t\r]/, NUMBER = /^-?[\d.]+( ?%)?$/;

const words = (element) => {
  const copy = element.cloneNode(true);
  for (const each of copy.querySelectorAll("svg, button, select, input, .take-place")) each.remove();
  for (const each of copy.querySelectorAll(".small, li")) each.prepend("; ");
  return copy.textContent.replace(/(\d)\u202f(?=\d)/g, "$1").replace(/\s+/g, " ").replace(/\u2212(?=\d)/g, "-").trim().replace(/^; /, "").replace(/(; )+/g, "; ");
};
const cell = (text) => {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n\r;]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};
export const written = (rows) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

// A cell that stretches over several columns or rows stands in each of them, so that all rows have the same columns.
const gridOf = (table) => {
  const rows = [], below = [];
  for (const row of table.rows) {
    const found = [];
    let at = 0;
    const carry = () => {
      while (below[at]?.left > 0) {
        below[at].left -= 1;
        found[at] = below[at].value;
        at += 1;
      }
    };
    for (const each of row.cells) {
      carry();
      for (let more = 0; more < each.colSpan; more += 1) {
        found[at] = each;
        below[at] = { left: each.rowSpan - 1, value: each };
        at += 1;
      }
    }
    carry();
    rows.push({ row, cells: found });
  }
  return rows;
};

// A strip of time is many figures in one cell: a row for each of its marks, with what stands beside the strip.
const marksOf = (strip) =>
  [...strip.querySelectorAll("title")].filter((title) => title.parentElement.localName !== "line").map((title) => {
    const text = title.textContent.replace(/(\d)\u202f(?=\d)/g, "$1"), cut = text.indexOf(": ");
    return cut < 0 ? ["", text] : [text.slice(0, cut), text.slice(cut + 2)];
  });
const rowsOf = (table) => {
  const grid = gridOf(table), holds = (each) => each?.querySelector("svg.strip title");
  const strip = grid.map(({ cells }) => cells.findIndex(holds)).find((at) => at >= 0);
  const isGroup = ({ row }) => row.classList.contains("group") && row.cells.length < 3 && !row.querySelector("svg.strip title");
  const heads = grid.filter(({ row }) => row.closest("thead"));
  const head = (heads[0]?.cells ?? []).map((_, at) => [...new Set(heads.map(({ cells }) => cells[at] && words(cells[at])).filter(Boolean))].join(" "));
  const grouped = grid.some(isGroup);
  let group = "";
  const rows = [];
  for (const each of grid) {
    if (each.row.closest("thead")) continue;
    if (isGroup(each)) {
      group = words(each.row.cells[0]);
      continue;
    }
    const beside = each.cells.map(words), first = grouped ? [each.row.closest("tfoot") ? "" : group] : [];
    const marks = strip === undefined || !each.cells[strip] ? [] : marksOf(each.cells[strip]);
    if (strip === undefined) rows.push([...first, ...beside]);
    else {
      const rest = beside.filter((_, at) => at !== strip);
      for (const mark of marks.length ? marks : [["", ""]]) rows.push([...first, ...rest, ...mark]);
    }
  }
  const titles = strip === undefined ? head : [...head.filter((_, at) => at !== strip), "When or who", "What"];
  return [...(head.length ? [[...(grouped ? ["Group"] : []), ...titles]] : []), ...rows];
};

const tableOf = (picture) => {
  if (picture.localName === "table") return picture;
  const named = picture.dataset.table && document.getElementById(picture.dataset.table);
  const within = named || picture.querySelector("table");
  if (within) return within;
  if (picture.localName !== "figure") return null;
  // The table that follows a figure says the same, unless another heading or figure stands between.
  const after = [...document.querySelectorAll("#content :is(figure, h2, h3, table[id])")].filter((each) => picture.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING && !picture.contains(each));
  return after[0]?.localName === "table" ? after[0] : null;
};

// How far below the root an element of a tree stands.
const depthOf = (element, root) => {
  let depth = 0;
  for (let each = element.closest("li"); each && each !== root; each = each.parentElement?.closest("li")) depth += root.contains(each) ? 1 : 0;
  return String(depth);
};

// Where the figures of a picture are: an address, a table of the page, or the marks of the picture itself.
export const dataOf = (picture) => {
  if (picture.dataset.csv) return { address: picture.dataset.csv };
  const plan = document.getElementById("plan-chosen")?.value;
  if (picture.dataset.frame && plan) return { address: `/api/v1/plans/${plan}/frames/${picture.dataset.frame}.csv` };
  const table = tableOf(picture);
  if (table) return { table };
  const terms = picture.matches("dl") ? [...picture.children] : [];
  if (terms.length) return { items: terms.map((each) => [...each.children].map(words)) };
  const branches = [...picture.querySelectorAll("summary, .leaf")];
  if (picture.matches("ul") && branches.length) return { items: branches.map((each) => [depthOf(each, picture), words(each)]) };
  const pictures = [...picture.querySelectorAll("svg")].filter((each) => each.querySelector("title"));
  return pictures.length ? { marks: pictures.flatMap(marksOf) } : null;
};
export const csvOf = async (picture) => {
  const found = dataOf(picture);
  if (found.address) {
    const answer = await fetch(found.address);
    if (!answer.ok) throw new Error(`the server said ${answer.status}`);
    return (await answer.text()).replace(/^\ufeff/, "");
  }
  if (found.table) return written(rowsOf(found.table));
  if (found.items) return written(found.items);
  return written([["When or who", "What"], ...found.marks]);
};
