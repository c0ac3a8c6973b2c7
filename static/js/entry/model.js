// Rows and cells with undo. A cell is always text. The last row is always an empty one to type into, up to the limit.

export class Model {
  /** `config` as the page hands it over: columns, rows, limit, actions. */
  constructor(config) {
    this.columns = config.columns;
    this.limit = config.limit || 1000;
    this.mayClose = (config.actions || []).includes("close");
    this.serial = 0;
    this.clock = 0;
    this.past = [];
    this.future = [];
    this.ops = null;
    this.listeners = [];
    this.rows = config.rows.map((row) => this.stored(row));
    this.shown = this.rows; // the rows on the screen: all of them unless a filter is set
    this.byKey = new Map(this.rows.map((row) => [row.key, row]));
    if (this.rows.length < this.limit) this.put(this.rows.length, [this.fresh()]);
  }

  stored(given) {
    const row = this.fresh();
    row.id = given.id;
    row.seen = given.seen;
    this.columns.forEach(({ key }) => {
      row.cells[key] = given.cells[key] === undefined || given.cells[key] === null ? "" : String(given.cells[key]);
      row.saved[key] = row.cells[key];
    });
    return row;
  }

  fresh() {
    this.serial += 1;
    const row = { key: `r${this.serial}`, id: null, seen: "", cells: {}, saved: {}, closing: false, changed: false, stamp: 0 };
    this.columns.forEach(({ key }) => { row.cells[key] = row.saved[key] = ""; });
    return row;
  }

  isBlank(row) {
    return row.id === null && this.columns.every(({ key }) => row.cells[key] === "");
  }

  /** What people call the row: its name, or else its first filled cell. */
  nameOf(row) {
    return row.cells.name || this.columns.map(({ key }) => row.cells[key]).find((text) => text !== "") || "";
  }

  isLocked(row, column) {
    return row.closing || Boolean(column.readonly);
  }

  filled() { return this.rows.filter((row) => !this.isBlank(row)); }

  changed() { return this.rows.filter((row) => row.changed); }

  /** The row as the server reads it. */
  sent(row) {
    const sent = { row: row.key, id: row.id, seen: row.seen, cells: Object.assign({}, row.cells) };
    if (row.closing) sent.close = true;
    return sent;
  }

  // --- changes: everything inside one `change` is one step of undo --------------------------------------

  /** Run `work`, which calls set, append, remove, close; returns whether anything changed. */
  change(work) {
    const ops = [];
    this.ops = ops;
    try {
      work();
      const last = this.rows[this.rows.length - 1];
      if (ops.length && this.rows.length < this.limit && (!last || !this.isBlank(last))) this.append(1);
    } finally {
      this.ops = null;
      if (ops.length) {
        this.past.push(ops);
        this.future = [];
        this.tell(ops);
      }
    }
    return ops.length > 0;
  }

  set(row, key, value) {
    if (row.cells[key] === value) return;
    this.run({ kind: "cell", row, key, from: row.cells[key], to: value });
  }

  /** Add empty rows at the end, never past the limit; returns the rows added. */
  append(count) {
    const added = [];
    while (added.length < count && this.rows.length + added.length < this.limit) added.push(this.fresh());
    if (added.length) this.run({ kind: "rows", at: this.rows.length, rows: added, gone: false });
    return added;
  }

  /** Take new rows away; rows that the server knows cannot be removed, only marked for closing. */
  remove(row) {
    const at = this.rows.indexOf(row);
    if (row.id === null && at >= 0) this.run({ kind: "rows", at, rows: [row], gone: true });
  }

  close(row, closing) {
    if (row.closing !== closing) this.run({ kind: "close", row, to: closing });
  }

  run(op) {
    this.ops.push(op);
    this.apply(op, false);
  }

  apply(op, back) {
    if (op.kind === "cell") {
      op.row.cells[op.key] = back ? op.from : op.to;
      this.touch(op.row);
    } else if (op.kind === "close") {
      op.row.closing = back ? !op.to : op.to;
      this.touch(op.row);
    } else if (op.gone !== back) {
      this.take(op.at, op.rows.length);
    } else {
      this.put(op.at, op.rows);
    }
  }

  touch(row) {
    this.clock += 1;
    row.stamp = this.clock;
    row.changed = row.closing || this.columns.some(({ key }) => row.cells[key] !== row.saved[key]);
  }

  put(at, rows) {
    rows.forEach((row) => this.byKey.set(row.key, row));
    this.rows.splice.apply(this.rows, [at, 0].concat(rows));
    if (this.shown !== this.rows) this.shown.push.apply(this.shown, rows);
  }

  take(at, count) {
    const gone = this.rows.splice(at, count);
    gone.forEach((row) => this.byKey.delete(row.key));
    if (this.shown !== this.rows) this.shown = this.shown.filter((row) => !gone.includes(row));
  }

  step(from, to, back) {
    const ops = from.pop();
    if (!ops) return null;
    this.show(null); // what is taken back must be seen, whatever the filter
    (back ? ops.slice().reverse() : ops).forEach((op) => this.apply(op, back));
    to.push(ops);
    this.tell(ops);
    return ops;
  }

  undo() { return this.step(this.past, this.future, true); }

  redo() { return this.step(this.future, this.past, false); }

  /** Take over what the server made of a cell, without a step of undo. */
  settle(row, key, value) {
    if (row.cells[key] === value) return;
    const stamp = row.stamp;
    row.cells[key] = value;
    this.touch(row);
    row.stamp = stamp; // no new question to the server
  }

  /** Show only the rows for which `keep` is true; null shows all. Returns whether the view changed. */
  show(keep) {
    const before = this.shown;
    this.shown = keep ? this.rows.filter(keep) : this.rows;
    return this.shown !== before;
  }

  /** Listeners get what was touched: Map of row → Set of keys, and whether rows came or went. */
  tell(ops) {
    const cells = new Map();
    let structure = false;
    ops.forEach((op) => {
      if (op.kind === "rows") {
        structure = true;
        op.rows.forEach((row) => { if (this.byKey.has(row.key)) cells.set(row, new Set(this.columns.map(({ key }) => key))); });
        return;
      }
      if (!cells.has(op.row)) cells.set(op.row, new Set());
      if (op.key) cells.get(op.row).add(op.key);
    });
    this.listeners.forEach((listener) => listener(cells, structure));
  }
}
