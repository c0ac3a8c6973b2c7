// Somebody else changed the same cells meanwhile: both values side by side, and a choice for each.

function cellOf(line, name, text, label) {
  const cell = document.createElement(name);
  if (label) cell.dataset.label = label;
  cell.textContent = text;
  line.appendChild(cell);
  return cell;
}

function choice(conflict, at, side) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = `conflict-${at}`;
  input.value = side;
  label.appendChild(input);
  const value = side === "mine" ? conflict.mine : conflict.theirs;
  label.appendChild(document.createTextNode(`${side === "mine" ? "用我的" : "用对方的"}：${value === "" ? "（空）" : value}`));
  return label;
}

/** Fill the dialog and wait. `nameOf` says which row a key is; `done` gets {row: {column: "mine" | "theirs"}}, or is never called on 取消. */
export function askAboutConflicts(dialog, conflicts, nameOf, done) {
  const body = dialog.querySelector("[data-entry-conflict-rows]");
  const go = dialog.querySelector("[data-entry-conflict-save]");
  body.textContent = "";
  conflicts.forEach((conflict, at) => {
    const line = document.createElement("tr");
    cellOf(line, "th", nameOf(conflict.row), "").scope = "row";
    cellOf(line, "td", conflict.title, "栏目");
    cellOf(line, "td", conflict.was === "" ? "（空）" : conflict.was, "原来");
    cellOf(line, "td", "", "").appendChild(choice(conflict, at, "theirs"));
    line.lastElementChild.appendChild(document.createElement("small")).textContent = `${conflict.who}　${conflict.at}`;
    cellOf(line, "td", "", "").appendChild(choice(conflict, at, "mine"));
    body.appendChild(line);
  });
  const all = (side) => body.querySelectorAll(`input[value=${side}]`).forEach((input) => { input.checked = true; });
  const ready = () => { go.disabled = body.querySelectorAll("input:checked").length < conflicts.length; };
  const collected = () => conflicts.reduce((chosen, conflict, at) => {
    if (!chosen[conflict.row]) chosen[conflict.row] = {};
    chosen[conflict.row][conflict.column] = body.querySelector(`input[name=conflict-${at}]:checked`).value;
    return chosen;
  }, {});
  dialog.querySelector("[data-entry-conflict-mine]").onclick = () => { all("mine"); ready(); };
  dialog.querySelector("[data-entry-conflict-theirs]").onclick = () => { all("theirs"); ready(); };
  dialog.querySelector("[data-entry-conflict-cancel]").onclick = () => dialog.close();
  body.onchange = ready;
  go.onclick = () => {
    dialog.close();
    done(collected());
  };
  ready();
  dialog.showModal();
}
