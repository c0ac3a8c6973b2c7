// What a cell may hold, kind by kind: put into its one form at once, and told off at once. The server decides again.

const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const BLANKS = /[\u3000\u00a0\u2002\u2003\u2009\u202f]/g;
const SCIENTIFIC = /^\d(\.\d+)?e\+?\d{1,2}$/i;
const LAND_LINE = /^0\d{2,3}-?\d{7,8}$/;
const YES = ["是", "√", "✓", "✔", "1", "y", "yes", "有"];
const NO = ["否", "×", "✗", "✘", "0", "n", "no", "无"];
const DAY = /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$/;
const MONTH = /^(\d{4})[-./年](\d{1,2})月?$/;
const CHOICES_OF_BOOL = [{ label: "是", initials: "s" }, { label: "否", initials: "f" }];

const tidy = (text) => text.replace(INVISIBLE, "").replace(BLANKS, " ").trim();

/** Full-width letters and digits as an input method leaves them → plain ones. */
export function narrow(text) {
  return tidy(text.replace(/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0)));
}

export function choicesOf(column) {
  if (column.kind === "bool") return column.choices && column.choices.length ? column.choices : CHOICES_OF_BOOL;
  return column.kind === "choice" ? column.choices || [] : null;
}

const two = (digits) => digits.padStart(2, "0");

/** A day or a month in the form of the tables, "" if it is neither; 2016-02-30 is neither. */
export function readDate(source) {
  const text = narrow(source).replace(/\s+\d{1,2}:\d{2}(:\d{2})?$/, "").replace(/\s+/g, "").replace(/。/g, ".");
  let parts = DAY.exec(text) || /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (parts) {
    const [year, month, day] = [parts[1], two(parts[2]), two(parts[3])];
    const made = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    return made.toISOString().slice(0, 10) === `${year}-${month}-${day}` ? `${year}-${month}-${day}` : "";
  }
  parts = MONTH.exec(text) || /^(\d{4})(\d{2})$/.exec(text);
  if (!parts || Number(parts[2]) < 1 || Number(parts[2]) > 12) return "";
  return `${parts[1]}-${two(parts[2])}`;
}

function readChoice(column, text) {
  const plain = (word) => narrow(word).replace(/\s/g, "").toLowerCase();
  const wanted = plain(text);
  const found = choicesOf(column).find((choice) => plain(choice.label) === wanted);
  if (found) return found.label;
  if (column.kind === "bool" && YES.includes(wanted)) return choicesOf(column)[0].label;
  if (column.kind === "bool" && NO.includes(wanted)) return choicesOf(column)[1].label;
  return text;
}

/** The cell's text in the one form in which it is kept; what cannot be read stays as it was typed. */
export function normalise(column, source) {
  const text = tidy(source.replace(/\r\n?/g, "\n"));
  if (text === "") return "";
  switch (column.kind) {
    case "date": return readDate(text) || text;
    case "phone": return narrow(text).replace(/^'/, "").replace(/^(\d[\d\s-]*\d)$/, (digits) => (
      /^1[\d\s-]+$/.test(digits) ? digits.replace(/[\s-]/g, "") : digits.replace(/\s/g, "")));
    case "code": return narrow(text).replace(/^'/, "");
    case "number": return narrow(text).replace(/,(?=\d{3}(\D|$))/g, "");
    case "choice":
    case "bool": return readChoice(column, text);
    default: return text;
  }
}

const has = (limit) => limit !== null && limit !== undefined;

function wrongNumber(column, text) {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return "应为数字";
  const value = Number(text); // for the comparison only: the cell keeps its text
  if (has(column.min) && has(column.max) && (value < column.min || value > column.max)) return `应在 ${column.min} 到 ${column.max} 之间`;
  if (has(column.min) && value < column.min) return `不能小于 ${column.min}`;
  if (has(column.max) && value > column.max) return `不能大于 ${column.max}`;
  return "";
}

function wrongPhone(text) {
  if (SCIENTIFIC.test(text)) return "号码成了科学计数法，后几位已丢失：请在 Excel 里把该列改为文本，再复制过来";
  return /^1\d{10}$/.test(text) || LAND_LINE.test(text) ? "" : "应为 11 位手机号，或带区号的座机号";
}

/** One sentence on what is wrong with a cell, "" if nothing is. */
export function problem(column, text) {
  if (text === "") return column.required ? "必填，还没有填" : "";
  if (column.kind === "date" && readDate(text) === "") return "不是日期：请写 2016-07-01 或 2016-07";
  if (column.kind === "number") return wrongNumber(column, text);
  if (column.kind === "phone") return wrongPhone(text);
  if (column.kind === "code" && SCIENTIFIC.test(text)) return "编号成了科学计数法：请在 Excel 里把该列改为文本，再复制过来";
  const choices = choicesOf(column);
  if (choices && !column.free && !choices.some((choice) => choice.label === text)) return `没有“${text}”这一项，请从列表中选`;
  if (has(column.max_length) && text.length > column.max_length) return `最多 ${column.max_length} 个字，现有 ${text.length} 个`;
  return "";
}

/** Choices whose label holds what was typed or whose pinyin initials begin with it, the best first. */
export function matching(column, typed) {
  const choices = choicesOf(column) || [];
  const wanted = narrow(typed).replace(/['\s]/g, "").toLowerCase(); // an input method shows "d'y" while composing
  if (wanted === "") return choices;
  const rank = (choice) => {
    const label = choice.label.toLowerCase();
    if (label.startsWith(wanted)) return 0;
    if ((choice.initials || "").split(" ").some((letters) => letters.startsWith(wanted))) return 1;
    return label.includes(wanted) ? 2 : 3;
  };
  return [0, 1, 2].reduce((found, wished) => found.concat(choices.filter((choice) => rank(choice) === wished)), []);
}
