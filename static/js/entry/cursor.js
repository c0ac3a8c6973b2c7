// The active cell and the range around it, counted in shown rows and columns, and how keys move them.

export class Cursor {
  /** `moved` is called after every move; `page` says how many rows fit on the screen. */
  constructor(model, moved, page) {
    this.model = model;
    this.moved = moved;
    this.page = page;
    this.row = this.toRow = 0;
    this.col = this.toCol = Math.max(0, model.columns.findIndex((column) => !column.readonly));
    this.tabbedFrom = null; // where a run of Tab began: Enter goes back under it, as in Excel
  }

  get current() { return this.model.shown[this.row] || null; }

  get column() { return this.model.columns[this.col]; }

  range() {
    return {
      top: Math.min(this.row, this.toRow),
      bottom: Math.min(Math.max(this.row, this.toRow), this.model.shown.length - 1),
      left: Math.min(this.col, this.toCol),
      right: Math.max(this.col, this.toCol),
    };
  }

  isWide() { return this.row !== this.toRow || this.col !== this.toCol; }

  covers(row, col) {
    const { top, bottom, left, right } = this.range();
    return row >= top && row <= bottom && col >= left && col <= right;
  }

  /** Go to a cell; with `extend` the active cell stays and the range grows to there. */
  go(row, col, extend) {
    const lastRow = Math.max(this.model.shown.length - 1, 0);
    this.toRow = Math.max(0, Math.min(row, lastRow));
    this.toCol = Math.max(0, Math.min(col, this.model.columns.length - 1));
    if (!extend) {
      this.row = this.toRow;
      this.col = this.toCol;
    }
    this.tabbedFrom = null;
    this.moved(Boolean(extend));
  }

  step(down, right, extend) {
    this.go((extend ? this.toRow : this.row) + down, (extend ? this.toCol : this.col) + right, extend);
  }

  select(top, left, bottom, right) {
    this.row = top;
    this.col = left;
    this.go(bottom, right, true);
  }

  tab(back) {
    const width = this.model.columns.length;
    const from = this.tabbedFrom === null ? this.col : this.tabbedFrom;
    const next = this.row * width + this.col + (back ? -1 : 1);
    if (next < 0 || next >= this.model.shown.length * width) return;
    this.go(Math.floor(next / width), next % width, false);
    this.tabbedFrom = back ? null : from;
  }

  enter(back) {
    const col = this.tabbedFrom === null || back ? this.col : this.tabbedFrom;
    this.go(this.row + (back ? -1 : 1), col, false);
  }

  /** As Ctrl with an arrow in Excel: to the end of the filled run, or over the gap to the next filled cell. */
  leap(down, right, extend) {
    const { columns, shown } = this.model;
    let row = extend ? this.toRow : this.row;
    let col = extend ? this.toCol : this.col;
    const inside = (r, c) => r >= 0 && c >= 0 && r < shown.length && c < columns.length;
    const full = (r, c) => inside(r, c) && shown[r].cells[columns[c].key] !== "";
    const run = full(row, col) && full(row + down, col + right);
    while (inside(row + down, col + right)) {
      if (run && !full(row + down, col + right)) break;
      row += down;
      col += right;
      if (!run && full(row, col)) break;
    }
    this.go(row, col, extend);
  }

  /** The last row with anything in it. */
  lastUsed() {
    let last = this.model.shown.length - 1;
    while (last > 0 && this.model.isBlank(this.model.shown[last])) last -= 1;
    return last;
  }
}
