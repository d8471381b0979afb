// A table edited in place: cells, pasted blocks, undo, and a panel where somebody else was faster.
import { Tabulator } from "/parts/tabulator.js";
import { headers, say } from "./page.js";

const place = document.getElementById("grid"), panel = document.getElementById("grid-panel"), saying = document.getElementById("grid-saying");
const find = document.getElementById("grid-find"), undoButton = document.getElementById("grid-undo");
const newForm = document.getElementById("grid-new"), removeButton = document.getElementById("grid-remove");
const known = new Map(); // key of a row -> what the server has of it
const taken = []; // numbers of this page's own changes, the last one first to be taken back
let grid, columns, keyName, sending = Promise.resolve(), waiting = false, writing = null; // the cell with an open field

const text = (value) => (value === null || value === undefined ? "" : String(value).trim());
const make = (name, content = "", kind = "") => {
  const made = document.createElement(name);
  if (content) made.textContent = content;
  if (kind) made.className = kind;
  return made;
};
const shownOf = (row) => ({ _key: row.key, _row: row.row, _version: row.version, _kind: row.kind, ...row.cells });
const send = async (address, body) => {
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json", ...headers() }, body: JSON.stringify(body) });
  const content = (answer.headers.get("content-type") ?? "").includes("json") ? await answer.json() : {};
  return { status: answer.status, content };
};

const editorOf = (column) => {
  if (column.values.length) return { editor: "list", editorParams: { values: column.values, autocomplete: true, listOnEmpty: true, freetext: column.kind === "list", clearable: !column.required } };
  return { editor: "input", editorParams: { selectContents: true } };
};

const mark = (cell) => {
  const data = cell.getData(), marks = cell.getElement().classList;
  marks.toggle("sized", data._kind === "sized" || data._kind === "lower");
  marks.toggle("tried", text(cell.getValue()) !== text(known.get(data._key)?.cells[cell.getField()]) && data._kind !== "new");
  marks.remove("refused");
};

const columnOf = (column) => ({
  field: column.name, title: column.title, headerSort: true, resizable: true,
  hozAlign: column.kind === "whole" || column.kind === "number" ? "right" : "left",
  sorter: column.kind === "whole" || column.kind === "number" ? "number" : "alphanum",
  width: { capability: 178, quantity: 94, from_day: 98, until_day: 96, location: 124, priority: 90, hold: 100, title: 260, source: 300 }[column.name] ?? 110,
  formatter: (cell) => {
    mark(cell);
    return make("span", text(cell.getValue()));
  },
  ...editorOf(column),
});

// What differs from what the server has, row by row: an edit, a paste and a row put back all end here.
const differing = () => grid.getData().filter((row) => row._key).filter((row) => {
  const before = known.get(row._key);
  return !before || columns.some((column) => text(row[column.name]) !== text(before.cells[column.name]));
});

const cellsOf = (row) => {
  const cells = { ...(known.get(row._key)?.cells ?? {}), [keyName]: row._key };
  for (const column of columns) {
    const value = text(row[column.name]);
    if (value) cells[column.name] = value;
    else delete cells[column.name];
  }
  return cells;
};

// What was written here and the server was not told of: by row, the cells that differ from what it was told, the open one too.
const untold = (told, dropped) => {
  const found = new Map();
  for (const row of grid.getData().filter((each) => !dropped.includes(each._key))) {
    const base = told.get(row._key) ?? known.get(row._key)?.cells;
    const names = columns.map((column) => column.name).filter((name) =>
      text(row[name]) !== text(base?.[name]) || (writing?.getField() === name && writing.getData()._key === row._key));
    if (names.length || !base) found.set(row._key, { names, base });
  }
  return found;
};

// An answer may come while the next cell is being written: what the server was not told of yet stays as it is, and its field open.
const take = (content, edits = [], dropped = []) => {
  const mine = untold(new Map(edits.map((edit) => [edit.key, edit.cells])), dropped), before = new Map(known);
  known.clear();
  for (const row of content.rows) known.set(row.key, row);
  for (const [key, { names, base }] of mine) {
    // Where somebody else changed the same cell, it is saved against what stood here before, so that both values are shown.
    if (before.has(key) && names.some((name) => text(known.get(key)?.cells[name]) !== text(base[name]))) known.set(key, before.get(key));
  }
  if (mine.size) renew(mine, before);
  else grid.replaceData(content.rows.map(shownOf));
  saying.textContent = `${content.rows.length} lines`;
};

const sameCell = (one, other) => other && one.getField() === other.getField() && one.getData()._key === other.getData()._key;
const renew = (mine, before) => {
  for (const row of known.values()) {
    const shown = Object.fromEntries(columns.map((column) => [column.name, row.cells[column.name] ?? ""]));
    for (const name of mine.get(row.key)?.names ?? []) delete shown[name];
    grid.updateOrAddRow(row.key, { ...shown, _key: row.key, _row: row.row, _version: row.version, _kind: row.kind });
  }
  for (const row of grid.getRows()) {
    const key = row.getData()._key;
    if (before.has(key) && !known.has(key)) row.delete();
    else for (const cell of row.getCells()) if (columns.some((column) => column.name === cell.getField()) && !sameCell(cell, writing)) mark(cell);
  }
};

const save = () => {
  if (waiting) return;
  waiting = true;
  sending = sending.then(async () => {
    waiting = false;
    const rows = differing().filter((row) => columns.every((column) => !column.required || text(row[column.name])));
    if (!rows.length) return;
    saying.textContent = "Saving …";
    const edits = rows.map((row) => ({ key: row._key, row: row._row ?? null, version: row._version ?? null, cells: cellsOf(row) }));
    await deliver(edits);
  });
};

const deliver = async (edits) => {
  try {
    const { status, content } = await send(place.dataset.rows, { edits });
    if (status === 200) {
      panel.replaceChildren();
      taken.push(content.seq);
      undoButton.disabled = false;
      take(content, edits);
      saying.textContent = `Saved ${edits.length === 1 ? edits[0].key : `${edits.length} lines`}.`;
      return;
    }
    saying.textContent = "Not saved.";
    if (status === 409) showConflict(content.conflicts, edits);
    else if (status === 422) showFindings(content.findings ?? []);
    else say(status === 403 ? "You may not change this." : `The server refused that (${status}).`, true);
  } catch {
    saying.textContent = "Not saved: the server cannot be reached. Your changes stay here.";
  }
};

const putBack = () => {
  panel.replaceChildren();
  grid.replaceData([...known.values()].map(shownOf));
  saying.textContent = "Put back.";
};

const button = (words, action, kind = "quiet") => {
  const made = make("button", words, kind);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
};

const showFindings = (findings) => {
  const box = make("section", "", "panel"), list = make("ul", "", "plain");
  box.append(make("h2", "Nothing was changed: something is not right"));
  for (const each of findings.slice(0, 20)) {
    const line = make("li"), hints = [each.nearest && `Nearest: ${each.nearest}.`, each.maybe && `Maybe ${each.maybe}.`].filter(Boolean).join(" ");
    line.append(make("b", [each.key, each.column].filter(Boolean).join(", ") || each.where), document.createTextNode(`: ${each.what} ${hints}`));
    list.append(line);
    const row = grid.getRows().find((one) => one.getData()._key === each.key);
    if (row && each.column && columns.some((one) => one.name === each.column)) row.getCell(each.column).getElement().classList.add("refused");
  }
  box.append(list, button("Put back what stood there", putBack));
  panel.replaceChildren(box);
  box.querySelector("button").focus();
};

// Both values are shown; nobody's edit is lost without being seen.
const showConflict = (conflicts, edits) => {
  const box = make("section", "", "panel");
  box.append(make("h2", "Somebody changed this meanwhile"));
  for (const each of conflicts) {
    const table = make("table", "", "tight close"), head = make("tr"), body = make("tbody");
    for (const words of ["Column", `Now, by ${each.by ?? "somebody"}`, "Yours"]) head.append(make("th", words));
    for (const [column, now, tried] of each.differing) {
      const line = make("tr");
      line.append(make("th", column), make("td", now || "blank"), make("td", tried || "blank", "mine"));
      body.append(line);
    }
    const top = make("thead");
    top.append(head);
    table.append(make("caption", each.now ? each.key : `${each.key} was taken out`), top, body);
    box.append(table);
  }
  const renewed = edits.map((edit) => {
    const met = conflicts.find((each) => each.key === edit.key);
    return met ? { ...edit, row: met.row, version: met.version } : edit;
  });
  const keep = button("Keep what stands now", async () => { panel.replaceChildren(); await load(edits.map((edit) => edit.key)); });
  box.append(keep, document.createTextNode(" "), button("Write mine over it", () => { panel.replaceChildren(); sending = sending.then(() => deliver(renewed)); }, "risky"));
  panel.replaceChildren(box);
  keep.focus();
};

const undo = () => {
  const seq = taken.pop();
  undoButton.disabled = taken.length === 0;
  if (seq === undefined) return;
  sending = sending.then(async () => {
    const body = new URLSearchParams({ seq, token: headers()["X-CSRF-Token"] ?? "" });
    const answer = await fetch(place.dataset.undo, { method: "POST", headers: headers(), body });
    await load();
    saying.textContent = answer.ok ? "Taken back." : "It could not be taken back: somebody has changed it since.";
  });
};

const load = async (dropped = []) => {
  const answer = await fetch(place.dataset.rows);
  const content = await answer.json();
  if (!grid) await build(content);
  take(content, [], dropped);
};

const build = (content) => new Promise((ready) => {
  // The serial is the line's name for everybody, so it heads its row and is never edited: another name is another line.
  keyName = content.columns.find((column) => column.key).name;
  columns = content.columns.filter((column) => !column.key);
  grid = new Tabulator(place, {
    data: [], columns: columns.map(columnOf), headerSortClickElement: "icon",
    rowHeader: { field: "_key", title: "Line", width: 132, frozen: true, resizable: false, headerSort: false }, index: "_key", layout: "fitData", height: "100%", history: false,
    selectableRange: 1, selectableRangeColumns: true, selectableRangeRows: true, selectableRangeClearCells: true, selectableRangeClearCellsValue: "",
    clipboard: true, clipboardCopyRowRange: "range", clipboardPasteParser: "range", clipboardPasteAction: "range",
    clipboardCopyConfig: { rowHeaders: false, columnHeaders: false }, editTriggerEvent: "dblclick",
    placeholder: "No line yet. Press “New line”.",
  });
  grid.on("cellEditing", (cell) => { writing = cell; });
  grid.on("cellEditCancelled", () => { writing = null; });
  grid.on("cellEdited", () => { writing = null; save(); });
  grid.on("clipboardPasted", () => setTimeout(save, 0));
  grid.on("dataChanged", save);
  grid.on("rangeChanged", () => { removeButton.disabled = !chosen().some((row) => row._kind === "own"); });
  grid.on("tableBuilt", () => {
    // The grid's own marks leave its scrolling part without one, which a reader of screens stumbles over.
    place.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
    place.querySelector(".tabulator-table").setAttribute("role", "presentation");
    place.querySelector(".tabulator-range-overlay")?.setAttribute("aria-hidden", "true");
    filter();
    ready();
  });
});

const chosen = () => {
  const rows = grid.getRanges().flatMap((range) => range.getRows()).map((row) => row.getData());
  return [...new Map(rows.map((row) => [row._key, row])).values()];
};
const filter = () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) grid.clearFilter();
  else grid.setFilter((row) => words.every((word) => Object.values(row).join(" ").toLowerCase().includes(word)));
};
find.addEventListener("input", filter);
undoButton.addEventListener("click", undo);
newForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const serial = text(newForm.elements.serial.value);
  if (!serial || !grid) return;
  if (known.has(serial)) {
    saying.textContent = `${serial} is there already.`;
    grid.scrollToRow(serial, "center", false);
    return;
  }
  const row = await grid.addRow({ _key: serial, _kind: "new", quantity: "1", priority: "1" }, true);
  newForm.reset();
  saying.textContent = `Choose what ${serial} asks for; it is saved then.`;
  row.getCell("capability").edit();
});
removeButton.addEventListener("click", () => {
  const edits = chosen().filter((row) => row._kind === "own").map((row) => ({ key: row._key, row: row._row, version: row._version, cells: null }));
  if (edits.length) sending = sending.then(() => deliver(edits));
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.closest("input, textarea")) {
    event.preventDefault();
    undo();
  }
});
addEventListener("beforeunload", (event) => { if (grid && differing().length) event.preventDefault(); });

load().then(() => { place.dataset.ready = "yes"; }, () => { saying.textContent = "The lines could not be loaded."; });
