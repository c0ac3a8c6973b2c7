// What is wrong with which cell: our own quick checks at once, the server's verdict as soon as it is there.

import { problem } from "./values.js";

/** Column key under which faults of a whole row stand. */
export const WHOLE_ROW = "";

export class Marks {
  constructor(model) {
    this.model = model;
    this.faults = new Map(); // row key → Map of column key → sentence
    this.notes = new Map();
    this.judged = new Set(); // rows the server has answered for: there its word stands, not ours
    this.entering = null; // the new row being typed: what is still empty there is not yet a fault
  }

  /** Check touched cells again; a verdict on a cell that has changed since no longer counts. */
  touched(row, keys) {
    if (this.model.isBlank(row) || row.closing || !row.changed || !this.model.byKey.has(row.key)) {
      this.forget(row.key);
      return;
    }
    const known = this.faults.has(row.key);
    if (!known) this.faults.set(row.key, new Map());
    const faults = this.faults.get(row.key);
    faults.delete(WHOLE_ROW);
    this.model.columns.forEach((column) => {
      if (known && !keys.has(column.key)) return;
      const wrong = column.readonly ? "" : problem(column, row.cells[column.key]);
      if (wrong) faults.set(column.key, wrong);
      else faults.delete(column.key);
    });
    const notes = this.notes.get(row.key);
    if (notes) keys.forEach((key) => notes.delete(key));
  }

  forget(key) {
    this.faults.delete(key);
    this.notes.delete(key);
    this.judged.delete(key);
  }

  /** The server's verdict on `rows` replaces everything known about them. */
  judge(rows, errors, notes) {
    rows.forEach((row) => {
      this.faults.set(row.key, new Map());
      this.notes.delete(row.key);
      this.judged.add(row.key);
    });
    const known = new Set(this.model.columns.map(({ key }) => key));
    const put = (store) => ({ row, column, text }) => {
      if (!this.model.byKey.has(row)) return;
      if (!store.has(row)) store.set(row, new Map());
      const place = known.has(column) ? column : WHOLE_ROW;
      const before = store.get(row).get(place);
      store.get(row).set(place, before && before !== text ? `${before}；${text}` : text);
    };
    errors.forEach(put(this.faults));
    notes.forEach(put(this.notes));
  }

  /** The sentence on one cell, "" if there is none to show now. */
  fault(row, key) {
    const faults = this.faults.get(row.key);
    const text = faults ? faults.get(key) || "" : "";
    const waits = row === this.entering && row.id === null && (key === WHOLE_ROW || row.cells[key] === "");
    return waits ? "" : text;
  }

  note(row, key) {
    const notes = this.notes.get(row.key);
    return notes ? notes.get(key) || "" : "";
  }

  isBad(row) {
    const faults = this.faults.get(row.key);
    return Boolean(faults) && Array.from(faults.keys()).some((key) => this.fault(row, key) !== "");
  }

  /** Every fault and note in reading order: [{row, number, key, column, title, text, isNote}]. */
  list() {
    const found = [];
    const columns = [{ key: WHOLE_ROW, title: "整行" }].concat(this.model.columns);
    this.model.rows.forEach((row, at) => {
      if (!this.faults.has(row.key) && !this.notes.has(row.key)) return;
      columns.forEach(({ key, title }, column) => {
        const entry = { row, number: at + 1, key, title, column: Math.max(0, column - 1) };
        const wrong = this.fault(row, key);
        const note = this.note(row, key);
        if (wrong) found.push(Object.assign({ text: wrong, isNote: false }, entry));
        if (note) found.push(Object.assign({ text: note, isNote: true }, entry));
      });
    });
    return found;
  }
}
