// The save: one request for all changed rows, and what to do with each of its answers.

import { askAboutConflicts } from "./conflicts.js";
import { tellNextPage } from "./saying.js";
import { Trouble, post } from "./server.js";

export class Saving {
  constructor(grid) {
    this.grid = grid;
    this.busy = false;
    this.done = false; // saved, and the next page is on its way
  }

  /** `choices` are decisions on cells that two people changed: {row: {column: "mine" | "theirs"}}. */
  async save(choices) {
    const { grid } = this;
    grid.editor.commit();
    grid.entered();
    const rows = grid.model.changed();
    if (this.busy || this.done) return;
    if (rows.length === 0) {
      grid.say("没有改动，不用保存。");
      return;
    }
    this.setBusy(true);
    try {
      await grid.drafts.settled();
      const body = { rows: rows.map((row) => grid.model.sent(row)), choices };
      this.answered(await post(grid.urls.save, grid.csrf, body), rows, choices);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      grid.trouble(error);
    } finally {
      if (!this.done) this.setBusy(false);
    }
  }

  setBusy(on) {
    this.busy = on;
    this.grid.editor.area.readOnly = on; // what is typed now would not be in what is saved
    this.grid.part("save").disabled = on;
    this.grid.sayTo("save-text", on ? "正在保存…" : "保存");
  }

  answered({ status, data }, rows, choices) {
    const { grid } = this;
    if (status === 200) {
      this.done = true;
      const url = data.url || grid.urls.leave;
      tellNextPage(data.said || "已保存。", url);
      window.location.assign(url);
    } else if (status === 422) {
      this.refused(data.errors, rows);
    } else {
      const nameOf = (key) => {
        const row = grid.model.byKey.get(key);
        return `第 ${grid.model.rows.indexOf(row) + 1} 行 ${grid.model.nameOf(row)}`.trim();
      };
      askAboutConflicts(grid.part("conflicts"), data.conflicts, nameOf, (chosen) => this.settled(data, chosen, choices));
    }
  }

  refused(errors, rows) {
    const { grid } = this;
    grid.asking.take({ errors }, rows);
    const said = errors.filter((error) => !grid.model.byKey.has(error.row)).map((error) => error.text);
    const count = grid.faults.errors.length;
    if (count) said.push(`有 ${count} 处错误，改好下面列出的各处再保存（F8 到下一处）。`);
    grid.say(`没有保存。${said.join("；")}`, true);
    const first = grid.faults.errors[0];
    if (first) grid.goTo(first.row.key, first.column);
  }

  /** The clerk has chosen: theirs goes into the cells here too, and the save goes again on the new versions. */
  settled({ conflicts, seen }, chosen, choices) {
    const { model } = this.grid;
    Object.keys(seen || {}).forEach((key) => { if (model.byKey.has(key)) model.byKey.get(key).seen = seen[key]; });
    model.change(() => conflicts.forEach((conflict) => {
      const row = model.byKey.get(conflict.row);
      if (row && chosen[conflict.row][conflict.column] === "theirs") model.set(row, conflict.column, conflict.theirs);
    }));
    const merged = Object.assign({}, choices);
    Object.keys(chosen).forEach((key) => { merged[key] = Object.assign({}, merged[key], chosen[key]); });
    this.save(merged);
  }
}
