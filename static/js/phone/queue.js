// The list of what waits on this phone, with what is wrong and what can be done.

import { isUnfit } from "./outbox.js";
import { daysLeft } from "./store.js";
import { asked } from "./server.js";

function part(parent, name, className, text) {
  const node = parent.appendChild(document.createElement(name));
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

const WORDS = { waiting: "待上传", unfit: "需修改" };

function wordsOf(item) {
  const said = item.data.content || "走访正常，无需办理事项。";
  return said.length > 60 ? `${said.slice(0, 60)}…` : said;
}

function head(line, item) {
  const top = part(line, "p", "p-queue-head", item.title);
  const state = item.visit && !isUnfit(item) ? `还有照片 ${item.photos.length} 张` : WORDS[item.state];
  part(top, "span", `badge ${isUnfit(item) ? "state-error" : "state-pending"}`, state);
}

function about(line, item) {
  const day = new Date(item.written);
  const when = `${day.getMonth() + 1}月${day.getDate()}日 ${String(day.getHours()).padStart(2, "0")}:${String(day.getMinutes()).padStart(2, "0")} 写`;
  part(line, "p", "p-queue-words", wordsOf(item));
  const left = daysLeft(item, asked.days);
  const pictures = item.photos.length ? ` · 照片 ${item.photos.length} 张` : "";
  part(line, "p", "p-hint", `${when}${pictures}${left <= asked.warned ? ` · ${left} 天后删除` : ""}`);
  item.errors.forEach((text) => part(line, "p", "p-queue-why", text));
}

/** The first press asks, the second one does it. */
function removeButton(into, item, store, after) {
  const button = part(into, "button", "btn btn-outline-secondary", "删除");
  button.type = "button";
  button.addEventListener("click", () => {
    if (button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      button.textContent = "再点一次就删除";
      return;
    }
    store.remove(item.n).then(after);
  });
}

function mendButton(into, item, mend) {
  const button = part(into, "button", "btn btn-primary", "修改");
  button.type = "button";
  button.addEventListener("click", () => mend(item));
}

/** Draw the list. `mend` takes a refused visit back into the form. */
export async function drawQueue(root, store, user, mend) {
  const items = await store.items(user);
  const list = root.querySelector("[data-queue-list]");
  list.textContent = "";
  items.forEach((item) => {
    const line = part(list, "li", isUnfit(item) ? "is-unfit" : "");
    head(line, item);
    about(line, item);
    const go = part(line, "div", "p-queue-go");
    if (isUnfit(item) && !item.visit) mendButton(go, item, mend);
    removeButton(go, item, store, () => drawQueue(root, store, user, mend));
  });
  root.hidden = false;
  root.querySelector("[data-queue-none]").hidden = items.length > 0;
  root.querySelector("[data-queue-go]").hidden = !items.some((item) => !isUnfit(item));
}
