// The form for a visit: kept while one writes, saved into the outbox, sent at once where there is a signal.

import { phone, trySending } from "./frame.js";
import { Homes } from "./homes.js";
import { newId } from "./ids.js";
import { newItem, sendOne } from "./outbox.js";
import { Photos } from "./photos.js";
import { hello, Trouble } from "./server.js";

const REST = 400; // ms after the last touch before the draft is kept
const form = document.querySelector("[data-visit]");
const part = (name) => document.querySelector(`[data-visit-${name}]`);

function today() {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
}

class VisitForm {
  constructor({ store, user, keeps }, pack) {
    Object.assign(this, { store, user, keeps, pack, id: newId(), timer: 0 });
    const keep = () => this.keepSoon();
    this.homes = new Homes(form.querySelector("[data-homes]"), pack, keep);
    this.photos = new Photos(form.querySelector("[data-photos]"), form.querySelector("[data-photos-add] input"), keep);
    this.offerPeople();
    this.reset();
    form.addEventListener("input", keep);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    part("clear").addEventListener("click", () => this.clear());
    part("next").addEventListener("click", () => this.again());
    part("promise").textContent = store ? "没有信号也能保存，有信号时自动上传。" : "这部手机不能暂存，保存时要有网络。";
    form.hidden = false;
  }

  offerPeople() {
    if (!this.pack.editor) return;
    const box = form.querySelector("[data-people]");
    const select = box.querySelector("select");
    const people = this.pack.people || [];
    people.forEach(([pk, name]) => select.add(new Option(name, String(pk))));
    if (people.length === 0 && this.pack.visitor) select.add(new Option("本人", String(this.pack.visitor)));
    if (this.pack.visitor) select.value = String(this.pack.visitor);
    box.hidden = false;
  }

  // --- what stands in the form ---

  reset() {
    form.reset();
    form.elements.happened_on.value = this.pack.today || today();
    if (this.pack.visitor) form.elements.visitor.value = String(this.pack.visitor);
    this.photos.set([]);
    this.homes.text.value = "";
    this.homes.choose(null);
    this.homes.draw();
    this.id = newId();
  }

  data() {
    const fields = new FormData(form);
    const own = {};
    ["mode", "plain", "content", "disposal", "need", "due_on", "occasion", "happened_on", "visitor"].forEach((name) => {
      const value = fields.get(name);
      if (value) own[name] = String(value);
    });
    return Object.assign(own, this.homes.values());
  }

  fill({ id, data, photos, title, errors }) {
    this.id = id;
    Object.keys(data).forEach((name) => {
      const field = form.elements[name];
      if (!field || name === "grid" || name === "household") return;
      if (field.type === "checkbox") field.checked = data[name] === "on";
      else field.value = data[name];
    });
    this.homes.restore(data, title);
    this.photos.set(photos);
    this.blame(errors || []);
    const more = form.querySelector("[data-visit-more]");
    more.open = Boolean(errors || data.disposal || data.need || photos.length || data.happened_on !== today());
  }

  isEmpty() {
    const data = this.data();
    return !data.content && !data.plain && this.photos.photos.length === 0;
  }

  // --- the draft ---

  keepSoon() {
    if (!this.store) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(), REST);
  }

  async keep() {
    const { user, id } = this;
    const draft = { user, id, title: this.homes.title(), data: this.data(), photos: this.photos.photos };
    try {
      await (this.isEmpty() ? this.store.dropDraft(user) : this.store.keepDraft(draft));
    } catch (error) {
      part("promise").textContent = "手机存储空间不够，没写完的不能暂存，请写完就保存。";
    }
  }

  async restore() {
    const draft = this.store ? await this.store.draft(this.user) : null;
    if (!draft) return false;
    this.fill(draft);
    part("kept").hidden = false;
    return true;
  }

  async clear() {
    window.clearTimeout(this.timer);
    if (this.store) await this.store.dropDraft(this.user);
    part("kept").hidden = true;
    this.blame([]);
    this.reset();
    if (this.pack.chosen) this.homes.take(this.pack.chosen);
  }

  // --- saving ---

  faults() {
    const data = this.data();
    const found = [];
    if (this.homes.fault()) found.push(this.homes.fault());
    if (!data.content && !data.plain) found.push("请写民情内容，或勾选“走访正常，无需办理事项”。");
    if (!data.content && data.disposal) found.push("有需要办理的事项，请写明内容。");
    return found;
  }

  blame(lines) {
    const box = part("faults");
    const list = box.querySelector("ul");
    list.textContent = "";
    lines.forEach((line) => { list.appendChild(document.createElement("li")).textContent = line; });
    box.hidden = lines.length === 0;
    if (lines.length) box.focus();
  }

  async save() {
    const faults = this.faults();
    this.blame(faults);
    if (faults.length || this.saving) return;
    this.saving = true;
    form.querySelector(".p-big").disabled = true;
    try {
      const item = newItem(this.user, this.id, this.homes.title(), this.data(), this.photos.photos);
      await (this.store ? this.queue(item) : this.sendNow(item));
    } finally {
      this.saving = false;
      form.querySelector(".p-big").disabled = false;
    }
  }

  /** Into the outbox, then out of it if the signal allows. */
  async queue(item) {
    window.clearTimeout(this.timer);
    try {
      item.n = await this.store.add(item);
    } catch (error) {
      return this.sendNow(item); // the phone is full: out with it, or it is not saved
    }
    await this.store.dropDraft(this.user);
    const sent = await trySending();
    const mine = sent.find((one) => one.id === item.id);
    if (mine) return this.done(`已保存：${item.title}`, mine.url);
    const waiting = (await this.store.items(this.user)).find((one) => one.id === item.id);
    if (waiting && waiting.errors.length && !waiting.visit) {
      await this.store.remove(waiting.n); // it is still in the form, where it is mended
      document.dispatchEvent(new CustomEvent("phone:queue"));
      return this.blame(waiting.errors);
    }
    if (!waiting) return this.done(`已保存：${item.title}`, "");
    return this.done(`已存在手机里：${item.title}。有信号时自动上传。`, "", true);
  }

  /** Where nothing can be kept: sent or not saved. */
  async sendNow(item) {
    let answer;
    try {
      const { token } = await hello();
      answer = await sendOne(item, token, async () => {});
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const why = error.kind === "login" ? "登录已过期，没有保存。请在另一页登录以后再点保存。" : "没有网络，没有保存。请不要关闭这一页，有信号时再点保存。";
      return this.blame([why]);
    }
    if (answer.errors) return this.blame(answer.errors);
    return this.done(`已保存：${item.title}`, answer.url);
  }

  done(words, url, waiting) {
    form.hidden = true;
    part("kept").hidden = true;
    const box = part("done");
    box.className = `p-done ${waiting ? "is-waiting" : "is-sent"}`;
    box.querySelector(".p-done-words").textContent = words;
    part("see").hidden = !url;
    if (url) part("see").href = url;
    part("waiting").hidden = !waiting;
    box.hidden = false;
    box.focus();
    window.scrollTo(0, 0);
  }

  again() {
    this.pack.chosen = null;
    this.blame([]);
    this.reset();
    form.querySelector("[data-visit-more]").open = false;
    part("done").hidden = true;
    form.hidden = false;
    window.scrollTo(0, 0);
  }
}

/** What the page was given, or what lies on the phone; given names of people are not kept. */
async function packFor({ store, user, name }) {
  const given = document.getElementById("phone-pack");
  if (!given) return store && user ? store.pack(user) : null;
  const { kept, now } = JSON.parse(given.textContent);
  if (store) await store.keepPack(user, name, kept);
  return Object.assign({}, kept, now);
}

async function begin() {
  const known = await phone;
  const pack = await packFor(known);
  if (!pack) {
    document.querySelector("[data-shell-none]").hidden = false;
    return;
  }
  const visit = new VisitForm(known, pack);
  if (!(await visit.restore()) && pack.chosen) visit.homes.take(pack.chosen);
}

begin();
