// The one textarea over the active cell. It has the focus before anything is typed, so that a Chinese input
// method can begin there; only what it finally hands over becomes the cell.

import { Options } from "./options.js";
import { choicesOf, normalise } from "./values.js";

export class Editor {
  /** `grid` gives model, cursor, view, marks and say(). */
  constructor(grid) {
    this.grid = grid;
    this.mode = ""; // "": the cell is only selected; "enter": typed over; "edit": F2, arrows move inside the text
    this.composing = false;
    const area = document.createElement("textarea");
    area.className = "entry-area";
    area.rows = 1;
    area.spellcheck = false;
    area.autocomplete = "off";
    area.setAttribute("aria-label", "单元格");
    area.setAttribute("aria-describedby", "entry-cell-info");
    area.setAttribute("aria-controls", "entry-table");
    area.setAttribute("autocapitalize", "off");
    area.setAttribute("enterkeyhint", "next");
    this.area = area;
    grid.view.sheet.appendChild(area);
    this.drop = document.createElement("button");
    this.drop.type = "button";
    this.drop.className = "entry-drop";
    this.drop.tabIndex = -1;
    this.drop.setAttribute("aria-hidden", "true");
    this.drop.textContent = "▾";
    this.drop.hidden = true;
    grid.view.sheet.appendChild(this.drop);
    this.options = new Options(grid.view.sheet, area, (label) => this.finish(label));
    this.listen();
  }

  get busy() { return this.mode !== ""; }

  listen() {
    const { area } = this;
    area.addEventListener("compositionstart", () => {
      this.composing = true;
      if (!this.busy) this.begin("enter");
    });
    area.addEventListener("compositionend", () => {
      this.composing = false;
      this.typed();
    });
    area.addEventListener("input", () => this.typed());
    // The keyboards of phones send no Enter key, only the line break it would make.
    area.addEventListener("beforeinput", (event) => {
      if (event.inputType !== "insertLineBreak" || this.composing) return;
      event.preventDefault();
      this.commit();
      this.grid.cursor.enter(false);
    });
    area.addEventListener("blur", () => {
      if (this.busy && document.hasFocus()) this.commit();
    });
    this.drop.addEventListener("mousedown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (this.options.isOpen) this.cancel();
      else this.edit();
    });
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }

  /** Put the textarea over the active cell. */
  place() {
    const { view, cursor, model } = this.grid;
    this.spot = view.showCursor(cursor);
    if (!this.spot) return;
    view.put(this.area, this.spot);
    if (!this.busy) this.area.setAttribute("aria-activedescendant", view.active.id);
    const row = cursor.current;
    this.drop.hidden = !choicesOf(cursor.column) || model.isLocked(row, cursor.column);
    this.drop.style.left = `${this.spot.x + this.spot.width}px`;
    this.drop.style.top = `${this.spot.y}px`;
    this.drop.style.height = `${this.spot.height}px`;
  }

  /** Something reached the textarea: the cell is being typed over, unless it may not be. */
  typed() {
    if (this.area.value === "" && !this.busy) return;
    const { cursor, model } = this.grid;
    if (!cursor.current || this.area.readOnly) return;
    if (model.isLocked(cursor.current, cursor.column)) {
      if (this.composing) return; // taking the text away now would only confuse the input method
      this.end();
      this.grid.say(cursor.current.closing ? "这一行已标为注销，不能改。" : `“${cursor.column.title}”是只读列，不能改。`);
      return;
    }
    if (!this.busy) this.begin("enter");
    this.grow();
    if (!choicesOf(cursor.column)) return;
    this.options.show(cursor.column, this.area.value, "");
    this.options.place(this.grid.view.box, this.spot);
  }

  begin(mode) {
    const { cursor, model, view } = this.grid;
    view.reveal(cursor.row, cursor.col);
    this.place();
    this.mode = mode;
    if (!model.isLocked(cursor.current, cursor.column)) this.area.classList.add("is-editing");
    this.area.removeAttribute("aria-activedescendant");
    this.area.inputMode = { phone: "tel", number: "decimal" }[cursor.column.kind] || "text";
  }

  /** F2, double click, second tap: go on with the text that is there; `text` replaces it (Backspace gives ""). */
  edit(text) {
    const { cursor, model } = this.grid;
    const row = cursor.current;
    if (!row || this.busy) {
      if (this.busy) this.mode = "edit";
      return;
    }
    if (model.isLocked(row, cursor.column)) {
      this.grid.say(row.closing ? "这一行已标为注销，不能改。" : `“${cursor.column.title}”是只读列，不能改。`);
      return;
    }
    this.focus();
    this.begin("edit");
    this.area.value = text === undefined ? row.cells[cursor.column.key] : text;
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.grow();
    if (!choicesOf(cursor.column)) return;
    this.options.show(cursor.column, "", this.area.value);
    this.options.place(this.grid.view.box, this.spot);
  }

  /** Long text gets room to the right and below, over the neighbours. */
  grow() {
    if (!this.spot) return;
    const { area, spot } = this;
    const room = Math.max(spot.width, Math.min(this.grid.view.box.clientWidth * 0.6, 420));
    Object.assign(area.style, { width: `${spot.width}px`, height: `${spot.height}px` });
    if (area.scrollWidth > area.clientWidth) area.style.width = `${Math.min(area.scrollWidth + 16, room)}px`;
    if (area.scrollHeight > area.clientHeight + 2) area.style.height = `${Math.min(area.scrollHeight + 2, 160)}px`;
  }

  /** Take over what was typed; with the list open its marked choice. */
  commit() {
    if (!this.busy) return;
    if (this.composing) { // leaving in the middle of a composition: the browser ends it and gives us the letters
      this.area.blur();
      this.focus();
      if (!this.busy) return;
    }
    const { cursor } = this.grid;
    const label = choicesOf(cursor.column) && this.area.value.trim() !== "" ? this.options.marked() : null;
    this.finish(label === null ? this.area.value : label);
  }

  finish(text) {
    const { model, cursor } = this.grid;
    const row = cursor.current;
    const { column } = cursor;
    this.end();
    if (!row || model.isLocked(row, column)) return;
    if (row.id === null) this.grid.marks.entering = row;
    model.change(() => model.set(row, column.key, normalise(column, text)));
  }

  cancel() {
    if (this.composing) return;
    this.end();
  }

  end() {
    this.mode = "";
    this.composing = false;
    this.area.value = "";
    this.area.classList.remove("is-editing");
    this.options.hide();
    this.place();
  }
}
