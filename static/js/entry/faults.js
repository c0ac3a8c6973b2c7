// The list of every fault under the grid; each entry goes to its cell.

const LONGEST = 200;

export class Faults {
  constructor(grid, part) {
    this.grid = grid;
    this.part = part;
    this.list = part.querySelector("[data-entry-fault-list]");
    this.title = part.querySelector("[data-entry-fault-title]");
    this.more = part.querySelector("[data-entry-fault-more]");
    this.entries = [];
    this.shown = "";
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-row]");
      if (button) grid.goTo(button.dataset.row, Number(button.dataset.column));
    });
  }

  get errors() { return this.entries.filter((entry) => !entry.isNote); }

  get notes() { return this.entries.filter((entry) => entry.isNote); }

  draw() {
    this.entries = this.grid.marks.list();
    const ordered = this.errors.concat(this.notes);
    const shown = ordered.slice(0, LONGEST).map((entry) => `${entry.isNote}|${entry.row.key}|${entry.key}|${entry.number}|${entry.text}`).join("\n");
    this.title.textContent = `错误（${this.errors.length}）${this.notes.length ? `　提醒（${this.notes.length}）` : ""}`;
    this.part.hidden = ordered.length === 0;
    this.more.hidden = ordered.length <= LONGEST;
    this.more.textContent = `这里列出前 ${LONGEST} 处，另有 ${ordered.length - LONGEST} 处；按 F8 逐处去改，改好的会从这里消失。`;
    if (shown === this.shown) return;
    this.shown = shown;
    const fragment = document.createDocumentFragment();
    ordered.slice(0, LONGEST).forEach((entry) => fragment.appendChild(this.line(entry)));
    this.list.textContent = "";
    this.list.appendChild(fragment);
  }

  line(entry) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    item.className = entry.isNote ? "is-note" : "";
    button.type = "button";
    button.dataset.row = entry.row.key;
    button.dataset.column = String(entry.column);
    button.textContent = `${entry.isNote ? "⚠ 提醒" : "✖"} 第 ${entry.number} 行 ${entry.title}：${entry.text}`;
    item.appendChild(button);
    return item;
  }

  /** The fault after (or before) a place in reading order, round and round; null if there is none. */
  next(number, column, back) {
    const { errors } = this;
    if (errors.length === 0) return null;
    const after = (entry) => entry.number > number || (entry.number === number && entry.column > column);
    const before = (entry) => entry.number < number || (entry.number === number && entry.column < column);
    if (back) return errors.filter(before).pop() || errors[errors.length - 1];
    return errors.find(after) || errors[0];
  }
}
