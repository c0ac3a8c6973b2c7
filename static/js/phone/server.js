// What is asked of the server. Nothing here is kept by the browser; a failed question says which kind of trouble it is.

export const asked = JSON.parse(document.getElementById("phone-asked").textContent);
const PATIENCE = 20000;

/** kind: "offline" (no answer), "login" (sign in again), "other" (another account is signed in), "busy" (try later). */
export class Trouble extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

async function ask(url, options) {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), PATIENCE);
  let response;
  try {
    response = await fetch(url, Object.assign({ credentials: "same-origin", redirect: "error", cache: "no-store", signal: stop.signal }, options));
  } catch (error) {
    throw new Trouble("offline");
  } finally {
    window.clearTimeout(timer);
  }
  if (response.status === 401) throw new Trouble("login");
  if (response.status >= 500 || response.status === 429) throw new Trouble("busy");
  try {
    return { status: response.status, data: await response.json() };
  } catch (error) {
    throw new Trouble("busy"); // not our answer: a token that has just changed, a page of a machine in between
  }
}

/** Who is signed in: {user, token, keeps}. */
export async function hello() {
  const { status, data } = await ask(asked.hello);
  if (status !== 200) throw new Trouble("busy");
  return data;
}

function post(url, token, values) {
  const body = new FormData();
  Object.keys(values).forEach((name) => {
    const value = values[name];
    if (value instanceof Blob) body.append(name, value, "photo.jpg");
    else if (value !== "" && value !== null && value !== undefined) body.append(name, value);
  });
  return ask(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
}

/** One visit: its own fields, and who wrote it when. */
export const sendVisit = (item, token) =>
  post(asked.send, token, Object.assign({}, item.data, { user: item.user, client_id: item.id, written: item.written }));

export const sendPhoto = (visit, photo, token) =>
  post(asked.photo.replace("/0/", `/${visit}/`), token, { photo: photo.blob, client_id: photo.id });

/** Households that the phone was not given. */
export async function find(text) {
  const { status, data } = await ask(`${asked.find}?q=${encodeURIComponent(text)}`);
  return status === 200 ? data.homes : [];
}
