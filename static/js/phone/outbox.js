// The outbox: what was written goes out in its order, each once; what is refused stays to be mended.

import { hello, sendPhoto, sendVisit, Trouble } from "./server.js";

const WAITING = "waiting";
const UNFIT = "unfit";

export const isUnfit = (item) => item.state === UNFIT;

const changed = () => document.dispatchEvent(new CustomEvent("phone:queue"));

/** The errors of an answer as lines for people. */
export function linesOf(data) {
  if (data.errors) return data.errors.map((one) => (one.label ? `${one.label}：${one.text}` : one.text));
  return [data.text || "没有收下，请核对后再试。"];
}

/** A visit as the outbox holds it. `title` says which household, for the list of what waits. */
export function newItem(user, id, title, data, photos) {
  return { user, id, title, data, photos, written: Date.now(), state: WAITING, errors: [], visit: null, url: "" };
}

/** Send the words, then the pictures. Answers {url} when all is out, {errors} when something has to be mended. */
export async function sendOne(item, token, keep) {
  if (!item.visit) {
    const { status, data } = await sendVisit(item, token);
    if (status !== 200 && status !== 201) return { errors: linesOf(data) };
    item.visit = data.id;
    item.url = data.url;
    await keep(item); // from here on only its pictures are missing
  }
  while (item.photos.length > 0) {
    const { status, data } = await sendPhoto(item.visit, item.photos[0], token);
    if (status !== 201) return { errors: linesOf(data).map((line) => `文字已上传。${line}`) };
    item.photos.shift();
    await keep(item);
  }
  return { url: item.url };
}

async function work(store, user) {
  const waiting = (await store.items(user)).filter((item) => !isUnfit(item));
  if (waiting.length === 0) return [];
  const { user: present, token } = await hello();
  if (present !== user) throw new Trouble("other");
  const sent = [];
  for (const item of waiting) {
    const answer = await sendOne(item, token, (row) => store.put(row));
    if (answer.errors) await store.put(Object.assign(item, { state: UNFIT, errors: answer.errors }));
    else {
      await store.remove(item.n);
      sent.push(item);
    }
    changed();
  }
  return sent;
}

let running = null;

/** Send what waits. Two calls at once are one; a call after another began waits and then looks again. Throws Trouble. */
export function flush(store, user) {
  if (running) return running.catch(() => []).then(() => flush(store, user));
  running = work(store, user);
  const over = () => { running = null; changed(); };
  running.then(over, over);
  return running;
}
