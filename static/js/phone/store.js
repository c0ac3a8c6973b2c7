// What lies on the phone, in IndexedDB: names and doors for the form, one unfinished form, and what was not sent.
// Every row bears the number of the account it belongs to; another account's rows are never read.

const NAME = "township-phone";
const DAY = 86400000;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The store, or null where the browser keeps nothing (private windows, a switched-off setting). */
export async function openStore() {
  if (!window.indexedDB) return null;
  const request = window.indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const db = request.result;
    db.createObjectStore("packs", { keyPath: "user" });
    db.createObjectStore("drafts", { keyPath: "user" });
    db.createObjectStore("last", { keyPath: "id" });
    // By a number that only grows: sent in the order in which they were written.
    db.createObjectStore("items", { keyPath: "n", autoIncrement: true }).createIndex("user", "user");
  };
  try {
    return new Store(await done(request));
  } catch (error) {
    return null;
  }
}

class Store {
  constructor(db) {
    this.db = db;
    db.onversionchange = () => db.close();
  }

  table(name, mode) { return this.db.transaction(name, mode).objectStore(name); }

  read(name, key) { return done(this.table(name, "readonly").get(key)); }

  write(name, row) { return done(this.table(name, "readwrite").put(row)); }

  drop(name, key) { return done(this.table(name, "readwrite").delete(key)); }

  /** Who was signed in last: whose form the page without signal shows. */
  async last() { return (await this.read("last", 1)) || null; }

  /** Keep what the form needs of this account and nothing any more of others. */
  async keepPack(user, name, pack) {
    const others = (await done(this.table("packs", "readonly").getAllKeys())).filter((key) => key !== user);
    for (const other of others) await this.drop("packs", other);
    await this.write("packs", { user, pack, at: Date.now() });
    await this.write("last", { id: 1, user, name });
  }

  async pack(user) {
    const row = await this.read("packs", user);
    return row ? row.pack : null;
  }

  draft(user) { return this.read("drafts", user); }

  keepDraft(draft) { return this.write("drafts", Object.assign({ at: Date.now() }, draft)); }

  dropDraft(user) { return this.drop("drafts", user); }

  /** This account's rows of the outbox, the oldest first. */
  items(user) { return done(this.table("items", "readonly").index("user").getAll(user)); }

  add(item) { return done(this.table("items", "readwrite").add(item)); }

  put(item) { return this.write("items", item); }

  remove(n) { return this.drop("items", n); }

  /** Everything of one account goes. */
  async forget(user) {
    for (const item of await this.items(user)) await this.remove(item.n);
    await this.drop("packs", user);
    await this.dropDraft(user);
    const last = await this.last();
    if (last && last.user === user) await this.drop("last", 1);
  }

  /** Whatever is older than so many days goes, whoever it belongs to; says how many visits of `user` went unsent. */
  async sweep(days, user) {
    const before = Date.now() - days * DAY;
    for (const name of ["packs", "drafts"]) {
      for (const row of await done(this.table(name, "readonly").getAll())) {
        if (row.at < before) await this.drop(name, row.user);
      }
    }
    let lost = 0;
    for (const item of await done(this.table("items", "readonly").getAll())) {
      if (item.written >= before) continue;
      await this.remove(item.n);
      if (item.user === user) lost += 1;
    }
    return lost;
  }
}

/** In how many days a row of the outbox is going to be deleted. */
export const daysLeft = (item, days) => Math.ceil((item.written + days * DAY - Date.now()) / DAY);
