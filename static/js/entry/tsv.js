// Text as Excel and WPS put it on the clipboard: cells between tabs, rows between line breaks, quotes where needed.

/** Where the quoted cell that opens at `start` closes, or -1 if the quote is just a character of the cell. */
function closing(text, start) {
  let at = start + 1;
  for (;;) {
    at = text.indexOf('"', at);
    if (at < 0) return -1;
    if (text[at + 1] === '"') {
      at += 2;
      continue;
    }
    const next = text[at + 1];
    return next === undefined || next === "\t" || next === "\n" ? at : -1;
  }
}

function plainEnd(text, start) {
  let at = start;
  while (at < text.length && text[at] !== "\t" && text[at] !== "\n") at += 1;
  return at;
}

/** The clipboard's text as rows of cells, all of one width; the line break after the last row is no row. */
export function parse(source) {
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows = [[]];
  let at = 0;
  for (;;) {
    const close = text[at] === '"' ? closing(text, at) : -1;
    const end = close < 0 ? plainEnd(text, at) : close + 1;
    const cell = close < 0 ? text.slice(at, end) : text.slice(at + 1, close).replace(/""/g, '"');
    rows[rows.length - 1].push(cell);
    if (end >= text.length) break;
    if (text[end] === "\n") rows.push([]);
    at = end + 1;
  }
  const width = Math.max.apply(null, rows.map((row) => row.length));
  rows.forEach((row) => { while (row.length < width) row.push(""); });
  return rows;
}

const quoted = (cell) => (/^"|[\t\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

/** Rows of cells as Excel reads them back. */
export function format(rows) {
  return rows.map((row) => row.map(quoted).join("\t")).join("\r\n");
}
