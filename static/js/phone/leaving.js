// Signing out takes what lies on the phone with it; unsent visits are asked about first.

import { openStore } from "./store.js";

function askAbout(form, n, upload) {
  const note = document.createElement("div");
  note.className = "notice notice-warning";
  note.setAttribute("role", "alert");
  note.tabIndex = -1;
  const words = note.appendChild(document.createElement("p"));
  words.textContent = `还有 ${n} 条走访没有上传。退出登录会把它们从手机里删除。`;
  const go = note.appendChild(document.createElement("div"));
  go.className = "p-queue-go";
  const button = (text, className, act) => {
    const made = go.appendChild(document.createElement("button"));
    made.type = "button";
    made.className = `btn ${className}`;
    made.textContent = text;
    made.addEventListener("click", act);
  };
  const take = () => note.remove();
  if (upload) button("先上传", "btn-primary", () => { take(); upload(); });
  button("删除并退出", "btn-outline-secondary", () => { form.dataset.sure = "yes"; form.requestSubmit(); });
  button("不退出", "btn-outline-secondary", take);
  form.parentNode.insertBefore(note, form.nextSibling);
  note.focus();
}

async function leave(form, upload) {
  const user = Number(form.dataset.user);
  const store = await openStore();
  if (store) {
    const n = (await store.items(user)).length;
    if (n > 0 && form.dataset.sure !== "yes") {
      askAbout(form, n, upload);
      return;
    }
    await store.forget(user);
  }
  form.dataset.left = "yes";
  form.submit();
}

/** Watch the page's own sign-out forms. `upload` tries to send what waits, where the page can. */
export function askBeforeLeaving(upload) {
  document.querySelectorAll("form[data-logout]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.left === "yes") return;
      event.preventDefault();
      event.stopPropagation();
      leave(form, upload).catch(() => form.submit());
    });
  });
}
