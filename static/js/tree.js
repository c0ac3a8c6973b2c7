// The keyboard and the lazy branches of the tree. Without this file every toggle is a plain link that opens the branch.
//
// What the page gives:
//   <table class="table-compact tree" role="treegrid" aria-label="…" data-tree>
//     <tr class="tree-row" role="row" aria-level="2" aria-expanded="false" data-children="/tree/7/children/">
//       <td role="gridcell" class="tree-name"><a class="tree-toggle" href="?open=7">…</a> <a class="tree-link" href="…">…</a></td>
// A row without children has no aria-expanded. data-children answers with the <tr> rows of the next level; a row whose
// children already stand below it needs none.

const composing = (event) => event.isComposing || event.keyCode === 229;

const level = (row) => Number(row.getAttribute("aria-level"));
const isBranch = (row) => row.hasAttribute("aria-expanded");
const isOpen = (row) => row.getAttribute("aria-expanded") === "true";

/** The rows under one row, all levels, in page order. */
function below(row) {
  const rows = [];
  for (let next = row.nextElementSibling; next && level(next) > level(row); next = next.nextElementSibling) {
    rows.push(next);
  }
  return rows;
}

function parentOf(row) {
  for (let before = row.previousElementSibling; before; before = before.previousElementSibling) {
    if (level(before) < level(row)) return before;
  }
  return null;
}

/** Show the rows of one open branch, and of the open branches in it. */
function reveal(row) {
  let closedAt = Infinity;
  below(row).forEach((child) => {
    if (level(child) <= closedAt) closedAt = isOpen(child) || !isBranch(child) ? Infinity : level(child);
    child.hidden = level(child) > closedAt;
  });
}

class Tree {
  constructor(table) {
    this.table = table;
    this.adopt();
    const [first] = this.visible();
    if (first) first.tabIndex = 0;
    table.addEventListener("click", (event) => this.clicked(event));
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("focusin", (event) => this.focused(event));
  }

  rows() {
    return Array.from(this.table.querySelectorAll("tr.tree-row"));
  }

  visible() {
    return this.rows().filter((row) => !row.hidden);
  }

  /** Make new rows part of the one tab stop; their toggles are reached by the arrow keys. */
  adopt() {
    this.rows().forEach((row) => {
      if (row.hasAttribute("tabindex")) return;
      row.tabIndex = -1;
      row.querySelectorAll(".tree-toggle, .tree-link").forEach((link) => { link.tabIndex = -1; });
    });
  }

  focused(event) {
    const row = event.target.closest("tr.tree-row");
    if (!row) return;
    this.rows().forEach((other) => { other.tabIndex = other === row ? 0 : -1; });
  }

  go(row) {
    if (!row) return;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  async open(row) {
    if (!isBranch(row) || isOpen(row) || row.classList.contains("is-loading")) return;
    if (below(row).length === 0 && row.dataset.children) {
      row.classList.add("is-loading");
      row.setAttribute("aria-busy", "true");
      await window.htmx.ajax("GET", row.dataset.children, { source: row, target: row, swap: "afterend" });
      row.classList.remove("is-loading");
      row.removeAttribute("aria-busy");
      if (below(row).length === 0) return; // app.js has said why nothing came
      this.adopt();
    }
    row.setAttribute("aria-expanded", "true");
    reveal(row);
  }

  close(row) {
    row.setAttribute("aria-expanded", "false");
    below(row).forEach((child) => { child.hidden = true; });
  }

  clicked(event) {
    const toggle = event.target.closest(".tree-toggle");
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = toggle.closest("tr.tree-row");
    event.preventDefault();
    row.focus();
    if (isOpen(row)) this.close(row);
    else this.open(row);
  }

  pressed(event) {
    const row = event.target;
    if (composing(event) || !row.matches("tr.tree-row") || event.ctrlKey || event.altKey || event.metaKey) return;
    const action = {
      ArrowDown: () => this.step(row, 1),
      ArrowUp: () => this.step(row, -1),
      ArrowRight: () => (isOpen(row) ? this.step(row, 1) : this.open(row)),
      ArrowLeft: () => (isBranch(row) && isOpen(row) ? this.close(row) : this.go(parentOf(row))),
      Home: () => this.go(this.visible()[0]),
      End: () => this.go(this.visible().pop()),
      Enter: () => row.querySelector(".tree-link").click(),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  step(row, by) {
    const rows = this.visible();
    this.go(rows[rows.indexOf(row) + by]);
  }
}

document.querySelectorAll("[data-tree]").forEach((table) => new Tree(table));
