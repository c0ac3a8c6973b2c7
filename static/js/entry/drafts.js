// The draft on the server: sent every 20 s and whenever one turns away, offered when one comes back.

import { Trouble, post } from "./server.js";

const EVERY = 20000;

export class Drafts {
  /** `found` is the draft the page came with, or null; `bar` the notice that offers it. */
  constructor(grid, found, bar) {
    this.grid = grid;
    this.found = found && found.rows.length ? found : null;
    this.bar = bar;
    this.at = "";
    this.sentClock = 0;
    this.sending = null; // the promise of a draft on its way
    if (this.found) this.offer();
    window.setInterval(() => this.send(false), EVERY);
    window.addEventListener("blur", () => this.send(true));
    window.addEventListener("pagehide", () => this.send(true));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.send(true); });
  }

  offer() {
    const { at, rows } = this.found;
    this.bar.querySelector("[data-entry-draft-text]").textContent = `发现 ${at} 的草稿（${rows.length} 行），还没有保存。`;
    this.bar.hidden = false;
    this.bar.querySelector("[data-entry-restore]").addEventListener("click", () => this.restore());
    this.bar.querySelector("[data-entry-discard]").addEventListener("click", () => this.discard());
  }

  /** Rows to keep: what is changed here, and of a draft not yet decided upon what is not here. */
  rows() {
    const own = this.grid.model.changed();
    const rows = own.map((row) => this.grid.model.sent(row));
    if (!this.found) return rows;
    const ids = new Set(own.map((row) => row.id));
    return this.found.rows.filter((row) => row.id === null || !ids.has(row.id)).concat(rows);
  }

  async send(leaving) {
    const { model } = this.grid;
    if (model.clock === this.sentClock || (this.sending && !leaving) || this.grid.saving.busy || this.grid.saving.done) return;
    const { clock } = model;
    this.sending = post(this.grid.urls.draft, this.grid.csrf, { rows: this.rows() }, leaving);
    try {
      const { data } = await this.sending;
      this.sentClock = clock;
      this.at = data.at || "";
      this.grid.recovered();
      this.grid.status();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.grid.trouble(error);
    } finally {
      this.sending = null;
    }
  }

  /** Resolves when no draft is under way: one that arrives after the save would come to life again. */
  async settled() {
    try {
      await this.sending;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error; // told by send()
    }
  }

  restore() {
    const { model } = this.grid;
    const { rows } = this.found;
    this.found = null;
    this.bar.hidden = true;
    const known = new Map(model.rows.filter((row) => row.id !== null).map((row) => [row.id, row]));
    let lost = 0;
    this.grid.filter("all");
    model.change(() => rows.forEach((given) => {
      const row = given.id === null ? this.emptyRow() : known.get(given.id);
      if (!row) {
        lost += 1;
        return;
      }
      if (given.id !== null) row.seen = given.seen; // what the draft was made from: the server then sees a clash
      model.columns.forEach(({ key }) => { if (given.cells[key] !== undefined) model.set(row, key, given.cells[key]); });
      if (given.close) model.close(row, true);
    }));
    this.grid.asking.later(true);
    this.grid.say(lost ? `草稿已恢复，其中 ${lost} 行已不在本页（可能已注销或移走），未能恢复。` : "草稿已恢复。", lost > 0);
    this.grid.editor.focus();
  }

  emptyRow() {
    const { model } = this.grid;
    const blank = model.rows.filter((row) => model.isBlank(row))[0];
    return blank || model.append(1)[0] || null;
  }

  async discard() {
    this.found = null;
    this.bar.hidden = true;
    this.grid.editor.focus();
    try {
      await post(this.grid.urls.draft, this.grid.csrf, { rows: this.rows() });
      this.grid.say("草稿已丢弃。");
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.grid.trouble(error);
    }
  }
}
