// The keys of every page, and the search box's suggestions. Every page works without this file. ES2017.

/** True while an input method composes: its keys belong to the input method, not to us. */
const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (target) => target instanceof Element && target.closest("input, select, textarea, [contenteditable]") !== null;
const inDialog = () => document.querySelector("dialog[open]") !== null;
const asEdited = (event) => event.ctrlKey || event.altKey || event.metaKey;

// --- one key each ---------------------------------------------------------------------------------------

const keys = document.getElementById("keys");

function openKeys() {
  if (keys && !keys.open) keys.showModal();
}

document.querySelectorAll("[data-keys-open]").forEach((opener) => opener.addEventListener("click", openKeys));

/** The form the keys mean: the one being typed in, else the only one of the page that is a form to fill in. */
function formInHand() {
  const active = document.activeElement;
  const own = active && active.form ? active.form : null;
  if (own && own.matches("form.form")) return own;
  const forms = document.querySelectorAll("main form.form");
  return forms.length === 1 ? forms[0] : null;
}

/** Press a button of the form, so that checks, questions and the button's own value all take part. */
function press(form, button) {
  if (button) button.click();
  else form.requestSubmit();
}

function save(event, onward) {
  const form = formInHand();
  if (!form) return;
  event.preventDefault();
  const again = form.querySelector("button[name=again]");
  const plain = Array.from(form.querySelectorAll("button")).find((one) => one.type === "submit" && one !== again);
  press(form, onward && again ? again : plain);
}

/** From one field with an error to the next, round and round. */
function nextError(event) {
  const wrong = Array.from(document.querySelectorAll("main .has-error"))
    .map((box) => box.querySelector("input:not([type=hidden]), select, textarea, a, button"))
    .filter((field) => field !== null && field.offsetParent !== null);
  if (wrong.length === 0) return;
  event.preventDefault();
  const at = wrong.indexOf(document.activeElement);
  const step = event.shiftKey ? -1 : 1;
  const to = at < 0 ? (event.shiftKey ? wrong.length - 1 : 0) : (at + step + wrong.length) % wrong.length;
  wrong[to].focus();
  wrong[to].scrollIntoView({ block: "center" });
}

function toSearch(event) {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}

function toNew(event) {
  const link = document.querySelector("[data-new]") || document.querySelector(".page-actions a.btn-primary");
  if (!link) return;
  event.preventDefault();
  link.click();
}

const SINGLE = { "/": toSearch, "、": toSearch, n: toNew, N: toNew, "?": openKeys, "？": openKeys };

document.addEventListener("keydown", (event) => {
  // A page with keys of its own (the paste grid) has taken the event already.
  if (composing(event) || event.defaultPrevented || inDialog()) return;
  if (event.key === "F8") {
    nextError(event);
  } else if (event.ctrlKey && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
    save(event, false);
  } else if (event.ctrlKey && event.key === "Enter") {
    save(event, true);
  } else if (!asEdited(event) && !typing(event.target) && SINGLE[event.key]) {
    SINGLE[event.key](event);
  }
});

// --- suggestions under the search box -------------------------------------------------------------------

const box = document.querySelector("[data-search]");
const list = document.getElementById("suggestions");

function options() {
  return Array.from(list.querySelectorAll("[role=option]"));
}

function show(open) {
  list.hidden = !open;
  box.setAttribute("aria-expanded", String(open));
  if (!open) {
    box.removeAttribute("aria-activedescendant");
    options().forEach((one) => one.setAttribute("aria-selected", "false"));
  }
}

function choose(step) {
  const all = options();
  if (all.length === 0) return;
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
  all.forEach((one, index) => one.setAttribute("aria-selected", String(index === to)));
  all[to].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", all[to].id);
}

function asked() {
  window.clearTimeout(asked.timer);
  if (box.value.trim() === "") {
    list.textContent = "";
    show(false);
    return;
  }
  asked.timer = window.setTimeout(() => box.dispatchEvent(new Event("suggest")), 250);
}

function keyInBox(event) {
  if (composing(event)) return;
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (options().length === 0) return;
    event.preventDefault();
    if (list.hidden) show(true);
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !list.hidden && chosen) {
    event.preventDefault();
    window.location.assign(chosen.dataset.href);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    show(false);
  }
}

if (box && list) {
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "suggestions");
  box.setAttribute("aria-expanded", "false");
  // While an input method composes the box holds half a word: ask when it is done.
  box.addEventListener("input", (event) => { if (!event.isComposing) asked(); });
  box.addEventListener("compositionend", asked);
  box.addEventListener("keydown", keyInBox);
  box.addEventListener("focus", () => { if (list.children.length > 0) show(true); });
  box.addEventListener("blur", () => window.setTimeout(() => show(false), 150));
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-href]");
    if (!option) return;
    event.preventDefault();
    window.location.assign(option.dataset.href);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== list) return;
    show(document.activeElement === box && list.children.length > 0);
  });
}
