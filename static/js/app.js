// Small conveniences over plain pages: every page works without this file. ES2017, no inline code, no dependency.

const root = document.documentElement;
root.classList.add("js");

/** True while an input method composes: its keys belong to the input method, not to us. */
const composing = (event) => event.isComposing || event.keyCode === 229;

/** Say one sentence at the foot of the page, to the eye and to the screen reader. */
function say(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = text;
  window.clearTimeout(say.timer);
  say.timer = window.setTimeout(() => { live.textContent = ""; }, 6000);
}

function closeDrops(except) {
  document.querySelectorAll("[data-drop][open]").forEach((drop) => {
    if (drop !== except) drop.open = false;
  });
}

document.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.key === "Escape") {
    const drop = document.querySelector("[data-drop][open]");
    closeDrops(null);
    if (drop) drop.querySelector("summary").focus();
  }
});

// A menu at phone width: without this file the button is a link to #menu and the menu opens by :target.
const menu = document.getElementById("menu");
const opener = document.querySelector(".menu-open");
if (menu && opener) {
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-controls", "menu");
  opener.setAttribute("aria-expanded", "false");
  const toggle = (event) => {
    event.preventDefault();
    const open = menu.classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(open));
    if (open) menu.querySelector("li a").focus();
  };
  opener.addEventListener("click", toggle);
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") toggle(event);
  });
}

// On a phone the filters start folded, unless one is set.
if (window.matchMedia("(max-width: 768px)").matches && window.location.search === "") {
  document.querySelectorAll("[data-filters]").forEach((filters) => { filters.open = false; });
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  closeDrops(target.closest("[data-drop]"));
  if (target.closest("[data-print]")) window.print();
});

// Leaving a form with unsaved changes asks first; sending it does not.
const dirty = new Set();
const markDirty = (event) => {
  const form = event.target.form || null;
  if (form && form.matches("[data-dirty]")) dirty.add(form);
};
document.addEventListener("input", markDirty);
document.addEventListener("change", markDirty);
window.addEventListener("beforeunload", (event) => {
  if (dirty.size === 0) return;
  event.preventDefault();
  event.returnValue = "";
});

/** Ask in our own dialog, and send the form with the very button that was pressed. */
function askFirst(form, submitter) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-text").textContent = form.dataset.confirm;
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
  }, { once: true });
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const submitter = event.submitter || null;
  if (form.dataset.confirm && form.dataset.confirmed !== "yes" && document.getElementById("confirm")) {
    event.preventDefault();
    askFirst(form, submitter);
    return;
  }
  delete form.dataset.confirmed;
  dirty.delete(form);
  // Two files of one form may be fetched one after the other, the same one not twice by a double click.
  const otherFile = form.hasAttribute("data-download") && form.dataset.by !== (submitter ? submitter.textContent : "");
  if (form.method === "post" && form.dataset.sent === "yes" && !otherFile) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && !form.hasAttribute("hx-post")) {
    form.dataset.by = submitter ? submitter.textContent : "";
    form.dataset.sent = "yes"; // a second click on a slow line must not send the form twice
    window.setTimeout(() => { delete form.dataset.sent; }, 4000); // but an answer that is a file leaves the page here
  }
});
// The page may come back from the browser's cache after a send.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

// A form that came back with mistakes starts at the first of them, wherever on the page it stands.
const wrong = document.querySelector(".form .has-error input:not([type=hidden]), .form .has-error select, .form .has-error textarea");
if (wrong) wrong.focus();

// A file dropped on an upload frame lands in its file field.
document.querySelectorAll(".upload").forEach((frame) => {
  const field = frame.querySelector("input[type=file]");
  const shown = frame.querySelector(".upload-name");
  if (!field) return;
  const tell = () => { // the browser's own words beside the button may be in another language than ours
    shown.textContent = field.files.length ? field.files[0].name : shown.dataset.none;
    frame.classList.toggle("has-file", field.files.length > 0);
  };
  if (shown) {
    field.addEventListener("change", tell);
    window.addEventListener("pageshow", tell);
  }
  frame.addEventListener("dragover", (event) => {
    event.preventDefault();
    frame.classList.add("is-over");
  });
  frame.addEventListener("dragleave", () => frame.classList.remove("is-over"));
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    frame.classList.remove("is-over");
    if (event.dataTransfer.files.length === 0) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

document.addEventListener("htmx:responseError", () => say("没有取到内容，请刷新页面后再试。"));
document.addEventListener("htmx:sendError", () => say("网络不通，请检查连接后再试。"));
