// Where a pasted block lands: columns by title, repetition over a larger selection, new rows past the last one.

import { normalise } from "./values.js";

const plain = (title) => title.replace(/[\s*＊:：]/g, "").replace(/[（(].*[）)]$/, "").toLowerCase();

/** Column index of each title, with 0..n-1 for those that name a column and null for the others. */
function byTitle(columns, cells) {
  const known = new Map();
  columns.forEach((column, index) => {
    [column.title].concat(column.titles || []).forEach((title) => {
      if (!known.has(plain(title))) known.set(plain(title), index);
    });
  });
  const taken = new Set();
  return cells.map((cell) => {
    const index = known.get(plain(cell));
    if (plain(cell) === "" || index === undefined || taken.has(index)) return null;
    taken.add(index);
    return index;
  });
}

/** The block without its row of titles, and the column of each of its cells; `targets` null if it has no titles. */
function withoutTitles(columns, block) {
  const targets = byTitle(columns, block[0]);
  const hits = targets.filter((target) => target !== null).length;
  const named = block[0].filter((cell) => cell.trim() !== "").length;
  const isTitles = block.length > 1 && hits > 0 && hits >= Math.min(2, named) && hits * 2 >= named;
  if (!isTitles) return { body: block, targets: null, unknown: [] };
  const unknown = block[0].filter((cell, at) => targets[at] === null && cell.trim() !== "");
  return { body: block.slice(1), targets, unknown };
}

/** A block that fits a whole number of times into the selection is repeated over it, as in Excel. */
function repeated(body, range) {
  const high = range.bottom - range.top + 1;
  const wide = range.right - range.left + 1;
  const down = high % body.length === 0 ? high / body.length : 1;
  const across = wide % body[0].length === 0 ? wide / body[0].length : 1;
  if (down * across === 1) return body;
  const rows = [];
  for (let copy = 0; copy < down; copy += 1) {
    body.forEach((row) => {
      let cells = [];
      for (let side = 0; side < across; side += 1) cells = cells.concat(row);
      rows.push(cells);
    });
  }
  return rows;
}

const names = (titles) => titles.map((title) => `“${title.trim()}”`).join("、");

/** Find rows for the block, from the row `top` of the view on; null if the limit has no room for all of them. */
function rowsFor(model, top, count) {
  const missing = top + count - model.shown.length;
  if (missing <= 0) return model.shown.slice(top, top + count);
  if (model.rows.length + missing > model.limit) return null;
  model.append(missing);
  return model.shown.slice(top, top + count);
}

/** What the clerk must know: nothing of a pasted block disappears, and nothing is written over, without a word. */
function remarks({ unknown, beyond, readonly, closing, known }, rows) {
  const said = [];
  if (known && known < rows) said.push(`其中 ${known} 行改在已有的行上，${rows - known} 行是新增；要全部新增，请先撤销，再点“加 10 行”后粘贴`);
  if (unknown.length) said.push(`没有对应的列，未粘贴：${names(unknown)}`);
  if (beyond) said.push(`右边 ${beyond} 列超出表格，未粘贴`);
  if (readonly.size) said.push(`只读列未改：${names(Array.from(readonly))}`);
  if (closing) said.push(`${closing} 行已标为注销，未改`);
  return said;
}

function tooMany(model, top, count) {
  const room = Math.max(0, model.limit - top);
  return `本页最多 ${model.limit} 行，从这里起还放得下 ${room} 行，粘贴的有 ${count} 行，什么都没有粘贴。请分几次粘贴，或先保存。`;
}

/**
 * Paste `block` (rows of cells) at the cursor's range as one step of undo.
 * Returns {pasted: {top, left, bottom, right} | null, said: [sentence], failed: bool}.
 */
export function paste(model, cursor, block) {
  const range = cursor.range();
  const { body: single, targets, unknown } = withoutTitles(model.columns, block);
  const body = targets ? single : repeated(single, range);
  const left = targets ? 0 : range.left;
  const target = (at) => (targets ? targets[at] : left + at);
  const facts = { unknown, beyond: 0, readonly: new Set(), closing: 0, known: 0 };
  const wide = body[0].length;
  for (let at = 0; at < wide && !targets; at += 1) {
    if (left + at >= model.columns.length && body.some((row) => row[at] !== "")) facts.beyond += 1;
  }
  let failed = false;
  model.change(() => {
    const rows = rowsFor(model, range.top, body.length);
    if (!rows) {
      failed = true;
      return;
    }
    rows.forEach((row, down) => {
      if (row.id !== null) facts.known += 1;
      if (row.closing) facts.closing += 1;
      else fill(model, row, body[down], target, facts);
    });
  });
  if (failed) return { pasted: null, failed, said: [tooMany(model, range.top, body.length)] };
  const placed = targets ? targets.filter((index) => index !== null) : [left, Math.min(left + wide, model.columns.length) - 1];
  return {
    failed,
    said: remarks(facts, body.length),
    rows: body.length,
    pasted: { top: range.top, left: Math.min.apply(null, placed), bottom: range.top + body.length - 1, right: Math.max.apply(null, placed) },
  };
}

function fill(model, row, cells, target, facts) {
  cells.forEach((text, at) => {
    const column = model.columns[target(at)];
    if (target(at) === null || !column) return;
    if (!column.readonly) model.set(row, column.key, normalise(column, text));
    else if (text.trim() !== row.cells[column.key]) facts.readonly.add(column.title);
  });
}

/** Ctrl+D: the top row of the selection goes into the rows below it; of one row, the row above it goes in. */
export function fillDown(model, cursor) {
  const { top, bottom, left, right } = cursor.range();
  const from = top === bottom ? model.shown[top - 1] : model.shown[top];
  if (!from) return false;
  return model.change(() => {
    model.shown.slice(top === bottom ? top : top + 1, bottom + 1).forEach((row) => {
      model.columns.slice(left, right + 1).forEach((column) => {
        if (!model.isLocked(row, column)) model.set(row, column.key, from.cells[column.key]);
      });
    });
  });
}

/** Empty the selected cells; returns the titles of columns that may not be changed. */
export function clear(model, cursor) {
  const { top, bottom, left, right } = cursor.range();
  const locked = new Set();
  model.change(() => {
    model.shown.slice(top, bottom + 1).forEach((row) => {
      model.columns.slice(left, right + 1).forEach((column) => {
        if (!model.isLocked(row, column)) model.set(row, column.key, "");
        else if (row.cells[column.key] !== "") locked.add(column.title);
      });
    });
  });
  return Array.from(locked);
}

/** The selected cells as rows of text; the empty row at the end is left out. */
export function selected(model, cursor) {
  const { top, bottom, left, right } = cursor.range();
  const last = Math.max(top, Math.min(bottom, cursor.lastUsed()));
  return model.shown.slice(top, last + 1).map((row) => (
    model.columns.slice(left, right + 1).map(({ key }) => row.cells[key])));
}
