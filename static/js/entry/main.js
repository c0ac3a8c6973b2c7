// The start of a page with a paste grid: find it, read its rows, connect its buttons.

import { Grid } from "./grid.js";
import { listenToKeys } from "./keys.js";
import { listenToPointer } from "./mouse.js";
import { toldByLastPage } from "./saying.js";

const MORE = 10;

function connect(grid) {
  const on = (name, work) => grid.part(name).addEventListener("click", work);
  on("save", () => grid.save());
  on("undo", () => { grid.editor.commit(); grid.undo(); grid.editor.focus(); });
  on("redo", () => { grid.editor.commit(); grid.redo(); grid.editor.focus(); });
  on("more", () => { grid.editor.commit(); grid.addRows(MORE); });
  on("remove", () => grid.removeRows());
  on("next", () => grid.nextFault(false));
  on("next-top", () => grid.nextFault(false));
  on("notice-close", () => { grid.part("notice").hidden = true; grid.editor.focus(); });
  grid.part("filter").addEventListener("change", (event) => grid.filter(event.target.value));
  // The buttons must not take the focus from the cell before it has been taken over.
  grid.part("toolbar").addEventListener("mousedown", () => grid.editor.commit());
  window.addEventListener("beforeunload", (event) => {
    if (!grid.isDirty()) return;
    event.preventDefault();
    event.returnValue = "";
  });
  // Back from the next page, the browser may show this one as it was left: with rows of yesterday, already sent.
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  // Fonts, zoom and the 大字版 move the cells under the textarea.
  window.addEventListener("resize", () => grid.editor.place());
  if (document.fonts) document.fonts.ready.then(() => grid.editor.place());
}

function start() {
  const root = document.querySelector("[data-entry-grid]");
  const config = document.getElementById("entry-config");
  if (!root || !config) return;
  const grid = new Grid(root, JSON.parse(config.textContent));
  listenToKeys(grid);
  listenToPointer(grid);
  connect(grid);
  if (!grid.model.mayClose) grid.sayTo("remove-text", "移除新行");
  const told = toldByLastPage();
  if (told) grid.say(told);
  root.classList.add("is-ready");
  if (window.matchMedia("(pointer: fine)").matches && !grid.drafts.found) grid.editor.focus();
}

start();
