// Which household: the last ones, those not seen for longest, or by name, initials and door.

import { find } from "./server.js";

const SHOWN = 20;
const FIRST = { recent: 4, due: 6 };
const NOBODY = "不针对某一户";
const [PK, NAME, INITIALS, LANE, DOOR, DAYS] = [0, 1, 2, 3, 4, 5];

const where = (home) => [home[LANE], home[DOOR]].filter(Boolean).join(" ");
const when = (home) => (home[DAYS] === null ? "没走访过" : home[DAYS] === 0 ? "今天走过" : `${home[DAYS]} 天前`);

/** What is said of a household wherever one line has to do: 3号 王某. */
export const titleOf = (home) => [home[DOOR], home[NAME]].filter(Boolean).join(" ");

/** True when the typed text is in the name, the door or the group, or begins one reading of the initials. */
export function matches(home, text) {
  const typed = text.toLowerCase().replace(/\s/g, "");
  const told = `${home[NAME]}${home[LANE]}${home[DOOR]}`.toLowerCase();
  return told.includes(typed) || home[INITIALS].split(" ").some((way) => way.startsWith(typed));
}

export class Homes {
  /** `changed` is called after every choice. */
  constructor(root, pack, changed) {
    this.root = root;
    this.homes = pack.homes;
    this.byPk = new Map(pack.homes.map((home) => [home[PK], home]));
    this.recent = pack.recent;
    this.grids = pack.grids;
    this.changed = changed;
    this.chosen = null; // a household, or NOBODY
    this.part = (name) => root.querySelector(`[data-homes-${name}]`);
    this.text = this.part("text");
    this.list = this.part("list");
    this.grid = root.querySelector("[data-grids]");
    this.listen();
    this.offerGrids();
    this.draw();
  }

  listen() {
    this.text.addEventListener("input", () => this.draw());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // choosing is not saving
    });
    this.part("again").addEventListener("click", () => {
      this.choose(null);
      this.text.focus();
    });
    this.root.querySelector("select").addEventListener("change", () => this.changed());
  }

  offerGrids() {
    const select = this.root.querySelector("select");
    if (this.grids.length > 1) select.add(new Option("请选择", ""));
    this.grids.forEach(([pk, name]) => select.add(new Option(name, String(pk))));
  }

  draw() {
    const text = this.text.value.trim();
    this.list.textContent = "";
    if (text) this.drawFound(text);
    else this.drawFirst();
  }

  drawFirst() {
    const recent = this.recent.map((pk) => this.byPk.get(pk)).filter(Boolean).slice(0, FIRST.recent);
    const due = this.homes.filter((home) => !recent.includes(home)).slice(0, FIRST.due);
    this.section("最近去过", recent);
    this.section("最久没去", due);
    this.button(NOBODY, "", "", () => this.choose(NOBODY));
    this.say(this.homes.length > recent.length + due.length ? `共 ${this.homes.length} 户，打姓名拼音首字母最快，如 wx。` : "");
  }

  drawFound(text) {
    const hits = this.homes.filter((home) => matches(home, text));
    hits.slice(0, SHOWN).forEach((home) => this.home(home));
    if (navigator.onLine) this.button("在全部农户里找", "", "", () => this.ask(text));
    if (hits.length === 0) this.say("这部手机的名单里没有。");
    else this.say(hits.length > SHOWN ? `还有 ${hits.length - SHOWN} 户，请多打一个字。` : "");
  }

  async ask(text) {
    let found = [];
    try {
      found = await find(text);
    } catch (error) {
      this.say("没有网络，只能在手机的名单里找。");
      return;
    }
    if (text !== this.text.value.trim()) return;
    this.list.textContent = "";
    found.forEach((home) => {
      this.byPk.set(home[PK], home);
      this.home(home);
    });
    this.say(found.length ? "" : "没有找到，请核对姓名或门牌。");
  }

  section(title, homes) {
    if (homes.length === 0) return;
    const head = this.list.appendChild(document.createElement("p"));
    head.className = "p-list-title";
    head.textContent = title;
    homes.forEach((home) => this.home(home));
  }

  home(home) { this.button(home[NAME], where(home), when(home), () => this.choose(home)); }

  button(name, place, days, act) {
    const button = this.list.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "p-home";
    const left = button.appendChild(document.createElement("span"));
    left.appendChild(document.createElement("b")).textContent = name;
    if (place) left.appendChild(document.createElement("small")).textContent = ` ${place}`;
    if (days) button.appendChild(document.createElement("small")).textContent = days;
    button.addEventListener("click", act);
  }

  say(words) { this.part("hint").textContent = words; }

  choose(home) {
    this.chosen = home;
    this.part("pick").hidden = home !== null;
    this.part("chosen").hidden = home === null;
    this.part("chosen").querySelector("b").textContent = this.title();
    this.grid.hidden = home !== NOBODY || this.grids.length < 2;
    this.changed();
  }

  title() {
    if (this.chosen === null) return "";
    if (this.chosen === NOBODY) return NOBODY;
    return [this.chosen[LANE], titleOf(this.chosen)].filter(Boolean).join(" ");
  }

  /** {household, grid} as they are sent. */
  values() {
    const grid = this.root.querySelector("select").value;
    if (this.chosen === NOBODY) return { household: "", grid };
    return { household: this.chosen ? String(this.chosen[PK]) : "", grid: "" };
  }

  /** What is missing, or "". */
  fault() {
    if (this.chosen === null) return "请选农户；没有针对哪一户的，选“不针对某一户”。";
    if (this.chosen === NOBODY && !this.values().grid) return "请选网格。";
    return "";
  }

  /** Put back what a draft said. A household no longer in the list keeps its name from the draft. */
  restore(data, title) {
    if (data.grid) this.root.querySelector("select").value = data.grid;
    if (data.household) {
      const pk = Number(data.household);
      this.choose(this.byPk.get(pk) || [pk, title, "", "", "", null]);
    } else if (title === NOBODY) this.choose(NOBODY);
  }

  take(pk) {
    const home = this.byPk.get(pk);
    if (home) this.choose(home);
    return Boolean(home);
  }
}
