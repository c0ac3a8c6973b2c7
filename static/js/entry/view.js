// The table on the page. Rows that are not needed yet are made in idle moments; a redraw touches only what changed.

import { WHOLE_ROW } from "./marks.js";
import { choicesOf } from "./values.js";

const FIRST_ROWS = 200;
const SLICE = 100;
const idle = window.requestIdleCallback || ((work) => window.setTimeout(work, 30));

function make(name, className, parent) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (parent) parent.appendChild(made);
  return made;
}

export class View {
  constructor(box, model, marks, label) {
    this.box = box;
    this.model = model;
    this.marks = marks;
    this.lines = new Map(); // row key → tr
    this.wanted = FIRST_ROWS;
    this.active = null;
    this.build(label);
    this.sync();
    this.goOn();
  }

  build(label) {
    this.sheet = make("div", "entry-sheet", this.box);
    this.table = make("table", "entry-table", this.sheet);
    this.table.id = "entry-table";
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-label", label);
    this.table.setAttribute("aria-multiselectable", "true");
    this.table.setAttribute("aria-colcount", String(this.model.columns.length + 1));
    const group = make("colgroup", "", this.table);
    make("col", "entry-col-number", group);
    let width = 3.5;
    this.model.columns.forEach((column) => {
      make("col", "", group).style.width = `${column.width || 8}em`;
      width += column.width || 8;
    });
    this.table.style.width = `${width}em`;
    this.buildHead();
    this.body = make("tbody", "", this.table);
    this.template = make("tr", "");
    make("th", "entry-number", this.template).scope = "row";
    this.model.columns.forEach((column) => {
      const cell = make("td", "", this.template);
      cell.appendChild(document.createTextNode(""));
      if (column.readonly) cell.setAttribute("aria-readonly", "true");
    });
    this.rangeBox = make("div", "entry-range", this.sheet);
    this.rangeBox.hidden = true;
  }

  buildHead() {
    const head = make("tr", "", make("thead", "", this.table));
    head.setAttribute("aria-rowindex", "1");
    const corner = make("th", "entry-number", head);
    corner.scope = "col";
    corner.textContent = "行";
    this.model.columns.forEach((column) => {
      const title = make("th", column.readonly ? "is-locked" : "", head);
      title.scope = "col";
      title.textContent = column.title;
      if (choicesOf(column)) make("span", "entry-choice-sign", title).textContent = " ▾";
      if (column.required) {
        make("span", "entry-required", title).textContent = "*";
        make("span", "visually-hidden", title).textContent = "必填";
      }
      if (column.readonly) make("span", "visually-hidden", title).textContent = "只读";
      if (column.help) title.title = column.help;
    });
  }

  /** Bring the table's rows into the order of the model, making those that are wanted by now. */
  sync() {
    const { shown } = this.model;
    this.table.setAttribute("aria-rowcount", String(shown.length + 1));
    const kept = new Set();
    const places = this.model.shown === this.model.rows ? null : new Map(this.model.rows.map((row, at) => [row.key, at]));
    const fresh = document.createDocumentFragment();
    let at = this.body.firstElementChild;
    shown.slice(0, this.wanted).forEach((row, index) => {
      kept.add(row.key);
      const known = this.lines.get(row.key);
      const line = known || this.makeLine(row);
      this.number(line, (places ? places.get(row.key) : index) + 1);
      if (line === at) at = at.nextElementSibling;
      else if (at === null) fresh.appendChild(line);
      else this.body.insertBefore(line, at);
    });
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
    this.body.appendChild(fresh);
    this.lines.forEach((line, key) => { if (!kept.has(key) && !this.model.byKey.has(key)) this.lines.delete(key); });
  }

  /** Make the remaining rows bit by bit, so that the first ones can be worked on at once. */
  goOn() {
    if (this.waiting || this.wanted >= this.model.shown.length) return;
    this.waiting = true;
    idle(() => {
      this.waiting = false;
      this.wanted += SLICE;
      this.sync();
      this.goOn();
    });
  }

  /** See to it that the first `count` rows exist now. */
  need(count) {
    if (count <= this.wanted || this.wanted >= this.model.shown.length) return;
    this.wanted = count;
    this.sync();
    this.goOn();
  }

  makeLine(row) {
    const line = this.template.cloneNode(true);
    line.id = row.key;
    line.entryRow = row;
    for (let at = 1; at < line.children.length; at += 1) line.children[at].id = `${row.key}-${at - 1}`;
    this.lines.set(row.key, line);
    this.paint(row, line);
    return line;
  }

  number(line, number) {
    if (line.entryNumber === number) return;
    line.entryNumber = number;
    line.setAttribute("aria-rowindex", String(number + 1));
    this.paintHead(line.entryRow, line);
  }

  paintHead(row, line) {
    const wrong = this.marks.fault(row, WHOLE_ROW);
    const bad = this.marks.isBad(row);
    const sign = row.closing ? "销" : bad ? "✖" : row.changed ? (row.id === null ? "新" : "改") : "";
    const head = line.firstElementChild;
    const text = `${line.entryNumber || ""}${sign ? ` ${sign}` : ""}`;
    if (head.textContent !== text) head.textContent = text;
    if (head.title !== wrong) head.title = wrong;
    const look = `${row.closing ? "is-closing" : ""}${bad ? " is-bad" : ""}${row.changed ? " is-changed" : ""}`;
    if (line.className !== look) line.className = look;
  }

  /** Show a row's cells and marks as they are now. */
  paint(row, made) {
    const line = made || this.lines.get(row.key);
    if (!line) return;
    this.model.columns.forEach((column, at) => {
      const cell = line.children[at + 1];
      const text = row.cells[column.key];
      if (cell.firstChild.data !== text) cell.firstChild.data = text;
      const wrong = this.marks.fault(row, column.key);
      const note = wrong ? "" : this.marks.note(row, column.key);
      const edited = row.cells[column.key] !== row.saved[column.key];
      const look = `${column.kind === "number" ? "is-number " : ""}${column.readonly ? "is-locked " : ""}${edited ? "is-edited " : ""}${wrong ? "is-bad" : note ? "is-noted" : ""}`.trim();
      if (cell.className !== look) cell.className = look;
      const says = wrong || note;
      if (cell.title !== says) cell.title = says;
      if (wrong) cell.setAttribute("aria-invalid", "true");
      else if (cell.hasAttribute("aria-invalid")) cell.removeAttribute("aria-invalid");
    });
    this.paintHead(row, line);
  }

  cell(row, col) {
    this.need(row + 1);
    const given = this.model.shown[row];
    const line = given && this.lines.get(given.key);
    return line ? line.children[col + 1] : null;
  }

  /** Mark the active cell and the range around it; returns the active cell's box in the sheet. */
  showCursor(cursor) {
    const cell = this.cell(cursor.row, cursor.col);
    if (this.active && this.active !== cell) this.active.removeAttribute("aria-selected");
    this.active = cell;
    if (!cell) {
      this.rangeBox.hidden = true;
      return null;
    }
    cell.setAttribute("aria-selected", "true");
    const { top, left, bottom, right } = cursor.range();
    this.rangeBox.hidden = !cursor.isWide();
    if (!this.rangeBox.hidden) {
      const first = this.place(this.cell(top, left));
      const last = this.place(this.cell(bottom, right));
      this.put(this.rangeBox, { x: first.x, y: first.y, width: last.x + last.width - first.x, height: last.y + last.height - first.y });
    }
    return this.place(cell);
  }

  place(cell) {
    const line = cell.parentElement;
    return { x: cell.offsetLeft, y: line.offsetTop, width: cell.offsetWidth, height: line.offsetHeight };
  }

  put(element, { x, y, width, height }) {
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }

  /** Scroll the box, never the page, until the cell is clear of the head and of the column of row numbers. */
  reveal(row, col) {
    const cell = this.cell(row, col);
    if (!cell) return;
    const { x, y, width, height } = this.place(cell);
    const head = this.table.tHead.offsetHeight;
    const side = this.body.firstElementChild.firstElementChild.offsetWidth;
    const { box } = this;
    if (y - head < box.scrollTop) box.scrollTop = y - head;
    else if (y + height > box.scrollTop + box.clientHeight) box.scrollTop = y + height - box.clientHeight;
    if (x - side < box.scrollLeft) box.scrollLeft = x - side;
    else if (x + width > box.scrollLeft + box.clientWidth) box.scrollLeft = x + width - box.clientWidth;
  }

  /** How many rows one screen shows. */
  pageRows() {
    const line = this.body.firstElementChild;
    return line ? Math.max(1, Math.floor((this.box.clientHeight - this.table.tHead.offsetHeight) / line.offsetHeight) - 1) : 10;
  }
}
