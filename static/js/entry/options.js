// The list under a choice cell: found by pinyin initials or by characters, worked by keys or mouse.

import { choicesOf, matching } from "./values.js";

export class Options {
  constructor(sheet, area, pick) {
    this.area = area;
    this.list = document.createElement("ul");
    this.list.className = "entry-options";
    this.list.id = "entry-options";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.tabIndex = 0; // a list that scrolls must be within reach; while it is open Tab takes over the cell
    this.list.setAttribute("aria-label", "可选项");
    sheet.appendChild(this.list);
    this.found = [];
    this.at = -1;
    this.column = null;
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the textarea keeps the focus
      const item = event.target.closest("li[data-at]");
      if (item) pick(this.found[Number(item.dataset.at)].label);
    });
  }

  get isOpen() { return !this.list.hidden; }

  /** Show what matches; `typed` is "" for the whole list. `current` is the label to begin at. */
  show(column, typed, current) {
    if (!choicesOf(column)) return;
    this.column = column;
    this.found = matching(column, typed);
    const exact = this.found.findIndex((choice) => choice.label === (current || typed));
    const byLetters = /^[a-z' ]+$/i.test(typed);
    this.at = exact >= 0 ? exact : typed !== "" && this.found.length && (!column.free || byLetters) ? 0 : -1;
    this.draw();
  }

  draw() {
    this.list.textContent = "";
    this.found.forEach((choice, at) => {
      const item = document.createElement("li");
      item.id = `entry-option-${at}`;
      item.dataset.at = String(at);
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(at === this.at));
      item.textContent = choice.label;
      const letters = document.createElement("span");
      letters.textContent = (choice.initials || "").split(" ")[0];
      if (letters.textContent) item.appendChild(letters);
      this.list.appendChild(item);
    });
    if (this.found.length === 0) {
      const none = document.createElement("li");
      none.className = "entry-options-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.textContent = this.column.free ? "没有这一项，可直接填写" : "没有这一项";
      this.list.appendChild(none);
    }
    this.list.hidden = false;
    this.area.setAttribute("aria-controls", "entry-options");
    this.tellArea();
  }

  tellArea() {
    const item = this.list.children[this.at];
    if (this.at < 0 || !item) this.area.removeAttribute("aria-activedescendant");
    else this.area.setAttribute("aria-activedescendant", item.id);
    if (item && this.at >= 0) {
      const { list } = this;
      if (item.offsetTop < list.scrollTop) list.scrollTop = item.offsetTop;
      else if (item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = item.offsetTop + item.offsetHeight - list.clientHeight;
    }
  }

  move(step) {
    if (this.found.length === 0) return;
    const before = this.list.children[this.at];
    if (before) before.setAttribute("aria-selected", "false");
    this.at = this.at < 0 && step < 0 ? this.found.length - 1 : (this.at + step + this.found.length) % this.found.length;
    this.list.children[this.at].setAttribute("aria-selected", "true");
    this.tellArea();
  }

  /** The marked choice's label, or null. */
  marked() {
    return this.isOpen && this.at >= 0 ? this.found[this.at].label : null;
  }

  /** Under the cell, or over it where there is no room below. */
  place(box, cell) {
    if (!this.isOpen) return;
    const { style } = this.list;
    style.minWidth = `${cell.width}px`;
    style.left = "0"; // measured at the left edge, where nothing squeezes it
    const furthest = box.scrollLeft + box.clientWidth - this.list.offsetWidth;
    style.left = `${Math.max(0, Math.min(cell.x, furthest))}px`;
    const below = box.scrollTop + box.clientHeight - cell.y - cell.height;
    const fits = this.list.offsetHeight <= below || cell.y - box.scrollTop < this.list.offsetHeight;
    style.top = fits ? `${cell.y + cell.height}px` : `${cell.y - this.list.offsetHeight}px`;
  }

  hide() {
    this.list.hidden = true;
    this.column = null;
    this.area.setAttribute("aria-controls", "entry-table");
  }
}
