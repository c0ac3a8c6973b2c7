// The paste grid as a whole: what the keys, the mouse and the buttons may ask of it.

import { Asking } from "./asking.js";
import { Cursor } from "./cursor.js";
import { Drafts } from "./drafts.js";
import { Editor } from "./editor.js";
import { Faults } from "./faults.js";
import { Marks } from "./marks.js";
import { Model } from "./model.js";
import { paste } from "./paste.js";
import { Saving } from "./saving.js";
import { View } from "./view.js";

/** Note how long a paste took until it stood on the screen: for the tests and for who complains of slowness. */
function measured(name, work) {
  performance.mark(`${name}-start`);
  work();
  window.requestAnimationFrame(() => window.setTimeout(() => performance.measure(name, `${name}-start`), 0));
}

export class Grid {
  constructor(root, config) {
    const part = (name) => root.querySelector(`[data-entry-${name}]`);
    this.root = root;
    this.part = part;
    this.csrf = root.dataset.csrf;
    this.urls = { check: root.dataset.checkUrl, save: root.dataset.saveUrl, draft: root.dataset.draftUrl, leave: root.dataset.leaveUrl };
    this.leaving = false;
    this.model = new Model(config);
    this.marks = new Marks(this.model);
    this.view = new View(part("box"), this.model, this.marks, root.dataset.label || "批量录入");
    this.shown = this.model.shown;
    this.cursor = new Cursor(this.model, (extend) => this.moved(extend), () => this.view.pageRows());
    this.editor = new Editor(this);
    this.faults = new Faults(this, part("faults"));
    this.asking = new Asking(this);
    this.saving = new Saving(this);
    this.drafts = new Drafts(this, config.draft, part("draft"));
    this.model.listeners.push((cells, structure) => this.changed(cells, structure));
    this.editor.place();
    this.info();
    this.status();
  }

  // --- what happened in the model -------------------------------------------------------------------------

  changed(cells, structure) {
    cells.forEach((keys, row) => this.marks.touched(row, keys));
    if (structure || this.shown !== this.model.shown) {
      if (this.shown !== this.model.shown && this.model.shown === this.model.rows) this.part("filter").value = "all";
      this.shown = this.model.shown;
      this.view.sync();
      this.view.goOn();
    }
    cells.forEach((keys, row) => this.view.paint(row));
    this.editor.place();
    this.info();
    this.status();
    this.asking.later(false);
  }

  repaint(rows) {
    rows.forEach((row) => this.view.paint(row));
    this.info();
    this.status();
  }

  moved(extend) {
    const { cursor, marks } = this;
    if (marks.entering && marks.entering !== cursor.current) this.entered();
    this.view.reveal(cursor.toRow, cursor.toCol);
    this.editor.place();
    this.info();
    if (extend) this.sayTo("count", `已选 ${this.sizeText()}`);
    else this.sayTo("count", "");
  }

  /** The new row is left: now its empty cells count as faults too. */
  entered() {
    const row = this.marks.entering;
    this.marks.entering = null;
    if (row) this.repaint([row]);
  }

  sizeText() {
    const { top, bottom, left, right } = this.cursor.range();
    return `${bottom - top + 1} 行 × ${right - left + 1} 列`;
  }

  // --- words -----------------------------------------------------------------------------------------------

  sayTo(name, text) {
    const element = this.part(name);
    if (element.textContent !== text) element.textContent = text;
  }

  /** One sentence: in passing, or (`stays`) on the page until the next action. */
  say(text, stays) {
    this.part("notice").hidden = !stays;
    this.part("login").hidden = true;
    this.inTrouble = false;
    this.sayTo(stays ? "notice-text" : "said", text);
    window.clearTimeout(this.saidTimer);
    if (stays) this.sayTo("said", ""); // what was said in passing is older than this
    else this.saidTimer = window.setTimeout(() => this.sayTo("said", ""), 6000);
  }

  sayLocked(titles) {
    if (titles.length) this.say(`只读列未改：${titles.join("、")}`);
  }

  trouble(error) {
    this.say(error.message, true);
    this.part("login").hidden = !error.login;
    this.inTrouble = true;
  }

  /** The server answers again: what was said about it no longer holds. */
  recovered() {
    if (!this.inTrouble) return;
    this.inTrouble = false;
    this.part("notice").hidden = true;
  }

  /** The line over the grid: which cell this is, and what is wrong with it or should stand there. */
  info() {
    const { current, column } = this.cursor;
    if (!current) return;
    const number = this.model.rows.indexOf(current) + 1;
    const wrong = this.marks.fault(current, column.key) || this.marks.fault(current, "");
    const note = this.marks.note(current, column.key);
    const says = wrong ? `✖ ${wrong}` : note ? `⚠ ${note}` : column.help || "";
    this.sayTo("cell", `第 ${number} 行 ${column.title}${says ? `：${says}` : ""}`);
    this.part("cell").classList.toggle("is-bad", Boolean(wrong));
  }

  status() {
    this.faults.draw();
    const changed = this.model.changed().length;
    const parts = [`共 ${this.model.filled().length} 行`, `改动 ${changed}`, `错 ${this.faults.errors.length}`];
    if (this.faults.notes.length) parts.push(`提醒 ${this.faults.notes.length}`);
    if (this.drafts && this.drafts.at) parts.push(`草稿已保存 ${this.drafts.at}`);
    this.sayTo("status", parts.join(" · "));
    this.part("undo").disabled = this.model.past.length === 0;
    this.part("redo").disabled = this.model.future.length === 0;
  }

  bands(bands) {
    const box = this.part("bands");
    box.textContent = "";
    bands.forEach(({ text, tone }) => {
      const band = document.createElement("span");
      band.className = `band ${tone === "ok" ? "band-ok" : "band-over"}`;
      band.textContent = `${tone === "ok" ? "✔" : "⚠"} ${text}`;
      box.appendChild(band);
    });
    box.hidden = bands.length === 0;
  }

  // --- actions ---------------------------------------------------------------------------------------------

  paste(block) {
    measured("entry-paste", () => {
      this.entered();
      const { pasted, said, rows, failed } = paste(this.model, this.cursor, block);
      if (failed) {
        this.say(said[0], true);
        return;
      }
      this.view.need(pasted.bottom + 1);
      this.cursor.go(pasted.top, pasted.left, false);
      this.cursor.select(pasted.top, pasted.left, pasted.bottom, pasted.right);
      this.view.reveal(pasted.top, pasted.left);
      this.say([`已粘贴 ${rows} 行`].concat(said).join("；"), said.length > 0);
      this.asking.later(true);
    });
  }

  undo() { this.stepped(this.model.undo(), "没有可撤销的了。"); }

  redo() { this.stepped(this.model.redo(), "没有可重做的了。"); }

  stepped(ops, nothing) {
    if (!ops) {
      this.say(nothing);
      return;
    }
    const cell = ops.find((op) => op.kind !== "rows") || ops[0];
    const at = cell.row ? this.model.shown.indexOf(cell.row) : cell.at;
    const column = cell.key ? this.model.columns.findIndex(({ key }) => key === cell.key) : this.cursor.col;
    this.cursor.go(at < 0 ? ops[0].at || this.cursor.row : at, column, false);
  }

  addRows(count) {
    this.filter("all");
    const from = this.cursor.lastUsed() + 1;
    let added = [];
    this.model.change(() => { added = this.model.append(count); });
    if (added.length < count) this.say(`本页最多 ${this.model.limit} 行${added.length ? `，加了 ${added.length} 行` : ""}。请先保存，再接着录。`, true);
    this.cursor.go(Math.min(from, this.model.shown.length - 1), 0, false);
    this.editor.focus();
  }

  /** Take the selected new rows away; mark known ones for closing, or unmark them, where that is allowed. */
  removeRows() {
    this.editor.commit();
    const { model, cursor } = this;
    const { top, bottom } = cursor.range();
    const rows = model.shown.slice(top, bottom + 1);
    const known = rows.filter((row) => row.id !== null);
    const closing = known.some((row) => !row.closing);
    model.change(() => {
      rows.filter((row) => row.id === null && (!model.isBlank(row) || row !== model.rows[model.rows.length - 1])).forEach((row) => model.remove(row));
      if (model.mayClose) known.forEach((row) => model.close(row, closing));
    });
    cursor.go(top, cursor.col, false);
    if (known.length && !model.mayClose) this.say("已有的行不能在这里移除，只移除新加的行。");
    else if (known.length) this.say(closing ? `${known.length} 行标为注销，保存后生效；再按一次取消标记。` : `已取消 ${known.length} 行的注销标记。`);
    this.editor.focus();
  }

  filter(which) {
    this.editor.commit();
    this.entered();
    const keep = { errors: (row) => this.marks.isBad(row), changed: (row) => row.changed }[which];
    const none = keep && !this.model.rows.some(keep);
    if (none) this.say(which === "errors" ? "没有有错的行。" : "还没有改动的行。");
    this.part("filter").value = none ? "all" : which;
    if (!this.model.show(none ? null : keep || null)) return;
    this.shown = this.model.shown;
    this.view.sync();
    this.view.goOn();
    this.cursor.go(0, 0, false);
  }

  goTo(key, column) {
    const row = this.model.byKey.get(key);
    if (!row) return;
    if (!this.model.shown.includes(row)) this.filter("all");
    this.cursor.go(this.model.shown.indexOf(row), column, false);
    this.view.box.scrollIntoView({ block: "nearest" });
    this.editor.focus();
  }

  nextFault(back) {
    this.entered();
    const { current, col } = this.cursor;
    const next = this.faults.next(this.model.rows.indexOf(current) + 1, col, back);
    if (next) this.goTo(next.row.key, next.column);
    else this.say("没有错误。");
  }

  /** Esc makes the next Tab leave the grid; otherwise Tab would be caught in it. */
  setLeaving(on) {
    if (this.leaving === on) return;
    this.leaving = on;
    if (on) this.say("再按 Tab 离开表格。");
  }

  leave(back) {
    const next = this.part("next");
    const target = back ? this.part("save") : this.part("faults").hidden ? this.part("help") : next;
    target.focus();
  }

  isDirty() { return !this.saving.done && (this.editor.busy || this.model.changed().length > 0); }

  save() { this.saving.save({}); }
}
