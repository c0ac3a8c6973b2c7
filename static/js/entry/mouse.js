// Mouse and finger: press and drag to select, double click to type; on a touch screen the second tap types.

import { format, parse } from "./tsv.js";
import { clear, selected } from "./paste.js";

/** Where on the grid an event happened: {row, col}; col -1 is the row number, row -1 the head. */
function spot(grid, target) {
  const cell = target instanceof Element ? target.closest("td, th") : null;
  if (!cell || !grid.view.table.contains(cell)) return null;
  const line = cell.parentElement;
  const row = line.entryRow ? line.sectionRowIndex : -1;
  return { row, col: cell.cellIndex - 1 };
}

function press(grid, at, extend) {
  const { cursor, model } = grid;
  const lastCol = model.columns.length - 1;
  const lastRow = cursor.lastUsed();
  if (at.row < 0 && at.col < 0) cursor.select(0, 0, lastRow, lastCol);
  else if (at.row < 0) cursor.select(0, extend ? cursor.col : at.col, lastRow, at.col);
  else if (at.col < 0) cursor.select(extend ? cursor.row : at.row, 0, at.row, lastCol);
  else cursor.go(at.row, at.col, extend);
}

function listenToMouse(grid) {
  const { view, editor, cursor } = grid;
  let drag = null;
  let byTouch = false;
  let pointer = null;

  view.sheet.addEventListener("pointerdown", (event) => { byTouch = event.pointerType === "touch"; });
  view.sheet.addEventListener("mousedown", (event) => {
    const at = spot(grid, event.target);
    if (!at || event.target === editor.area) return;
    editor.commit();
    if (byTouch) return; // a finger may want to scroll: its tap is a click
    event.preventDefault();
    grid.setLeaving(false);
    editor.focus();
    if (event.button === 2) {
      if (at.row >= 0 && at.col >= 0 && !cursor.covers(at.row, at.col)) cursor.go(at.row, at.col, false);
      if (at.row >= 0 && at.col >= 0) view.put(editor.area, view.place(view.cell(at.row, at.col)));
      editor.area.classList.add("is-menu"); // the browser's own menu offers 粘贴 only over an input
      return;
    }
    if (event.button !== 0) return;
    press(grid, at, event.shiftKey);
    drag = at;
  });
  view.sheet.addEventListener("click", (event) => {
    const at = byTouch ? spot(grid, event.target) : null;
    if (!at) return;
    const again = at.row === cursor.row && at.col === cursor.col && !cursor.isWide();
    press(grid, at, false);
    if (again) editor.edit();
    else editor.area.blur();
  });
  view.sheet.addEventListener("dblclick", (event) => {
    const at = spot(grid, event.target);
    if (at && at.row >= 0 && at.col >= 0) editor.edit();
  });
  view.sheet.addEventListener("mouseover", (event) => {
    const at = drag && spot(grid, event.target);
    if (!at) return;
    const row = drag.row < 0 ? cursor.lastUsed() : Math.max(0, at.row);
    const col = drag.col < 0 ? grid.model.columns.length - 1 : Math.max(0, at.col);
    cursor.go(row, col, true);
  });
  document.addEventListener("mousemove", (event) => {
    if (editor.area.classList.contains("is-menu")) {
      editor.area.classList.remove("is-menu");
      editor.place();
    }
    if (!drag) return;
    if (event.buttons === 0) drag = null;
    else if (!pointer) window.requestAnimationFrame(() => { scrollAlong(view.box, pointer); pointer = null; });
    pointer = drag ? event : null;
  });
  document.addEventListener("mouseup", () => { drag = null; });
}

/** Dragging to the edge of the box scrolls it. */
function scrollAlong(box, pointer) {
  if (!pointer) return;
  const edge = box.getBoundingClientRect();
  if (pointer.clientY > edge.bottom - 16) box.scrollTop += 28;
  else if (pointer.clientY < edge.top + 40) box.scrollTop -= 28;
  if (pointer.clientX > edge.right - 16) box.scrollLeft += 40;
  else if (pointer.clientX < edge.left + 48) box.scrollLeft -= 40;
}

function listenToClipboard(grid) {
  const { editor, model, cursor } = grid;
  const { area } = editor;
  const copy = (event) => {
    if (editor.busy) return false;
    event.preventDefault();
    event.clipboardData.setData("text/plain", format(selected(model, cursor)));
    return true;
  };
  area.addEventListener("copy", (event) => {
    if (copy(event)) grid.say(`已复制 ${grid.sizeText()}。`);
  });
  area.addEventListener("cut", (event) => {
    if (copy(event)) grid.sayLocked(clear(model, cursor));
  });
  area.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    area.classList.remove("is-menu");
    if (!editor.busy) {
      event.preventDefault();
      if (text !== "") grid.paste(parse(text));
      return;
    }
    if (/\t|\n./.test(text.replace(/\r\n?/g, "\n"))) return; // several cells into one open cell: as plain text
    event.preventDefault(); // one cell comes with a line break behind it
    document.execCommand("insertText", false, parse(text)[0][0]);
  });
}

export function listenToPointer(grid) {
  listenToMouse(grid);
  listenToClipboard(grid);
}
