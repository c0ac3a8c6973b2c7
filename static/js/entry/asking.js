// The server's checks while one types: asked when the hands rest, and only the newest answer counts.

import { Trouble, post } from "./server.js";

const REST = 600;

export class Asking {
  constructor(grid) {
    this.grid = grid;
    this.asked = new Map(); // row key → the stamp with which it was last judged
    this.newest = 0;
    this.timer = 0;
    this.wantsAll = false; // band notes count over all changed rows: then every question brings all of them
  }

  /** Ask soon; `now` after a paste, when nobody is in the middle of a word. */
  later(now) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), now ? 0 : REST);
  }

  async ask() {
    const { model } = this.grid;
    const changed = model.changed();
    const rows = this.wantsAll ? changed : changed.filter((row) => this.asked.get(row.key) !== row.stamp);
    if (rows.length === 0 && !this.wantsAll) return;
    this.newest += 1;
    const number = this.newest;
    const stamps = new Map(rows.map((row) => [row.key, row.stamp]));
    let data;
    try {
      ({ data } = await post(this.grid.urls.check, this.grid.csrf, { rows: rows.map((row) => model.sent(row)) }));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.grid.trouble(error);
      return;
    }
    this.grid.recovered();
    if (number !== this.newest) return; // a newer question is on its way
    const same = rows.filter((row) => model.byKey.has(row.key) && row.stamp === stamps.get(row.key));
    same.forEach((row) => this.asked.set(row.key, row.stamp));
    this.take(data, same);
  }

  /** Show an answer for the rows that are still as they were asked about. */
  take(data, rows) {
    const { grid } = this;
    const keys = new Set(rows.map((row) => row.key));
    const about = (entries) => (entries || []).filter((entry) => keys.has(entry.row));
    Object.keys(data.cleaned || {}).forEach((key) => {
      const row = keys.has(key) ? grid.model.byKey.get(key) : null;
      if (row) Object.keys(data.cleaned[key]).forEach((column) => grid.model.settle(row, column, data.cleaned[key][column]));
    });
    grid.marks.judge(rows, about(data.errors), about(data.notes));
    this.wantsAll = Array.isArray(data.bands);
    if (data.bands) grid.bands(data.bands);
    grid.repaint(rows);
  }
}
