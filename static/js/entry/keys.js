// The keyboard as in Excel. While an input method composes, every key is its own affair.

import { clear, fillDown } from "./paste.js";

const composing = (event) => event.isComposing || event.keyCode === 229;
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Keys that mean the same whether a cell is being typed or only selected. True if the key was one of them. */
function anywhere(grid, event) {
  const { editor, cursor } = grid;
  if (event.key === "F8") {
    editor.commit();
    grid.nextFault(event.shiftKey);
  } else if (event.key === "F6") {
    editor.commit();
    grid.leave(event.shiftKey);
  } else if (event.ctrlKey && event.key.toLowerCase() === "s") {
    editor.commit();
    grid.save();
  } else if (event.key === "Tab") {
    if (grid.leaving && !editor.busy) return true; // Esc came before: Tab walks on through the page
    editor.commit();
    cursor.tab(event.shiftKey);
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

function breakLine({ editor: { area } }) {
  area.setRangeText("\n", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Keys while a cell is being typed. */
function typing(grid, event) {
  const { editor, cursor } = grid;
  const arrow = ARROWS[event.key];
  const list = editor.options;
  if (event.key === "Enter" && event.altKey && cursor.column.kind === "text") {
    breakLine(grid);
  } else if (event.key === "Enter") {
    editor.commit();
    cursor.enter(event.shiftKey);
  } else if (event.key === "Escape") {
    editor.cancel();
  } else if (event.key === "F2") {
    editor.mode = "edit";
  } else if (arrow && arrow[0] !== 0 && list.isOpen && !event.ctrlKey) {
    list.move(arrow[0]);
  } else if (arrow && editor.mode === "enter" && !event.ctrlKey && !event.shiftKey) {
    editor.commit();
    cursor.step(arrow[0], arrow[1], false);
  } else {
    return;
  }
  event.preventDefault();
}

function withControl(grid, event) {
  const { model, cursor } = grid;
  const arrow = ARROWS[event.key];
  const key = event.key.toLowerCase();
  if (arrow) cursor.leap(arrow[0], arrow[1], event.shiftKey);
  else if (key === "home") cursor.go(0, 0, event.shiftKey);
  else if (key === "end") cursor.go(cursor.lastUsed(), model.columns.length - 1, event.shiftKey);
  else if (key === "a") cursor.select(0, 0, cursor.lastUsed(), model.columns.length - 1);
  else if (key === "z" && event.shiftKey) grid.redo();
  else if (key === "z") grid.undo();
  else if (key === "y") grid.redo();
  else if (key === "d") fillDown(model, cursor);
  else return false; // C, X and V come as copy, cut and paste
  return true;
}

/** Keys on a selected cell. Letters are not among them: they fall into the textarea and begin to type. */
function choosing(grid, event) {
  const { editor, cursor, model } = grid;
  const arrow = ARROWS[event.key];
  if (arrow && event.altKey) {
    editor.edit();
  } else if (event.ctrlKey || event.metaKey) {
    if (!withControl(grid, event)) return;
  } else if (event.altKey) {
    return;
  } else if (arrow) {
    cursor.step(arrow[0], arrow[1], event.shiftKey);
  } else if (event.key === "Enter") {
    cursor.enter(event.shiftKey);
  } else if (event.key === "Home") {
    cursor.go(event.shiftKey ? cursor.toRow : cursor.row, 0, event.shiftKey);
  } else if (event.key === "End") {
    cursor.go(event.shiftKey ? cursor.toRow : cursor.row, model.columns.length - 1, event.shiftKey);
  } else if (event.key === "PageDown" || event.key === "PageUp") {
    cursor.step(event.key === "PageUp" ? -cursor.page() : cursor.page(), 0, event.shiftKey);
  } else if (event.key === "F2") {
    editor.edit();
  } else if (event.key === "Backspace") {
    editor.edit("");
  } else if (event.key === "Delete") {
    grid.sayLocked(clear(model, cursor));
  } else if (event.key === "Escape") {
    grid.setLeaving(true);
  } else {
    return;
  }
  event.preventDefault();
}

export function listenToKeys(grid) {
  const { area } = grid.editor;
  area.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const wasLeaving = grid.leaving;
    if (!anywhere(grid, event)) {
      if (grid.editor.busy) typing(grid, event);
      else choosing(grid, event);
    }
    if (wasLeaving && event.key !== "Shift" && event.key !== "Escape") grid.setLeaving(false);
  });
  // Outside the cells, but on the page: saving and the next fault work from everywhere.
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.target === area || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "F8" || (event.ctrlKey && event.key.toLowerCase() === "s")) anywhere(grid, event);
  });
}
