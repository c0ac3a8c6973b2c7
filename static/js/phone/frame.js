// On every phone page: whose phone this is, what waits, sending when the signal is back, the worker for no signal.

import { flush, isUnfit } from "./outbox.js";
import { drawQueue } from "./queue.js";
import { asked, Trouble } from "./server.js";
import { daysLeft, openStore } from "./store.js";
import { askBeforeLeaving } from "./leaving.js";

document.documentElement.classList.add("js");
const { body } = document;
const one = (name) => document.querySelector(`[data-${name}]`);

/** {store, user, name, keeps}: store is null where nothing may or can be kept; user 0 where nobody is known. */
export const phone = begin();

async function begin() {
  let store = await openStore();
  const here = Number(body.dataset.user || 0);
  if (here && body.dataset.keeps === "no") {
    if (store) await leave(store, here);
    return { store: null, user: here, name: body.dataset.name, keeps: false };
  }
  if (!here && !store) return { store: null, user: 0, name: "", keeps: true };
  const last = here ? { user: here, name: body.dataset.name } : (await store.last()) || { user: 0, name: "" };
  if (store) {
    try {
      await sweep(store, last.user);
    } catch (error) {
      store = null; // the browser opened it and keeps nothing all the same
    }
  }
  return { store, user: last.user, name: last.name, keeps: true };
}

/** Nothing may stay on phones any more: what waits still goes out, then all of it is deleted. */
async function leave(store, user) {
  try {
    await flush(store, user);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return; // kept for the next time there is a signal
  }
  if ((await store.items(user)).length === 0) await store.forget(user);
  if (navigator.serviceWorker) {
    (await navigator.serviceWorker.getRegistrations()).forEach((worker) => worker.unregister());
  }
}

async function sweep(store, user) {
  const lost = await store.sweep(asked.days, user);
  const soon = user ? (await store.items(user)).filter((item) => daysLeft(item, asked.days) <= asked.warned).length : 0;
  const words = [];
  if (lost) words.push(`有 ${lost} 条走访超过 ${asked.days} 天没有上传，已按规定从手机里删除，请重新登记。`);
  if (soon) words.push(`有 ${soon} 条走访快满 ${asked.days} 天，到期会从手机里删除，请尽快上传。`);
  const notice = one("phone-old");
  notice.hidden = words.length === 0;
  notice.querySelector("p").textContent = words.join("");
}

// --- what the frame shows -----------------------------------------------------------------------------

async function show() {
  const { store, user } = await phone;
  one("phone-offline").hidden = navigator.onLine;
  const items = store && user ? await store.items(user) : [];
  const chip = one("phone-unsent");
  chip.hidden = items.length === 0;
  chip.querySelector("b").textContent = String(items.length);
  chip.setAttribute("aria-label", `待上传 ${items.length} 条${items.some(isUnfit) ? "，有需修改的" : ""}`);
  const queue = one("queue");
  if (queue && store && user) await drawQueue(queue, store, user, (item) => mend(store, item));
  const off = one("queue-off");
  if (off) off.hidden = Boolean(store);
}

/** Take a refused visit out of the outbox and into the form, under the id it had. */
async function mend(store, item) {
  const { user, id, title, data, photos, errors } = item;
  await store.keepDraft({ user, id, title, data, photos, errors });
  await store.remove(item.n);
  window.location.assign(document.querySelector(".p-tabs a:nth-child(3)").href);
}

/** Try to send; what stands in the way is shown, not thrown. Answers the visits that went out. */
export async function trySending() {
  const { store, user } = await phone;
  if (!store || !user) return [];
  try {
    const sent = await flush(store, user);
    one("phone-login").hidden = true;
    return sent;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    one("phone-login").hidden = error.kind !== "login";
    return [];
  }
}

document.addEventListener("phone:queue", show);
window.addEventListener("online", () => { show(); trySending(); });
window.addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { if (!document.hidden) trySending(); });
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-queue-go] button")) trySending();
});
askBeforeLeaving(trySending);
show().then(trySending);

// --- without signal -----------------------------------------------------------------------------------

phone.then(({ store, user }) => {
  // Browsers have workers on https and on this very machine only; elsewhere the open page still keeps what is written.
  if (!store || !user || !navigator.serviceWorker || body.dataset.keeps !== "yes") return;
  navigator.serviceWorker.register(asked.worker).catch(() => {});
});
