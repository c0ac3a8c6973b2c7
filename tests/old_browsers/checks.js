// What a clerk with an old browser must be able to do in the paste grid; each check throws if it cannot be done.
const assert = require("assert").strict;

const NAME = 1;
const GROUP = 2;
const PHONE = 3;

class Desk {
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }

  async wish(path, body) {
    const answer = await fetch(`${this.url}/test/${path}/`, { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200);
  }

  async state() { return (await fetch(`${this.url}/test/state/`)).json(); }

  async open(rows, options) {
    await this.wish("reset", Object.assign({ rows }, options));
    await this.show();
  }

  async show() {
    await this.page.goto(this.url);
    await this.page.waitForSelector(".entry-grid.is-ready");
  }

  async until(what, test, ...args) {
    try {
      await this.page.waitForFunction(test, { timeout: 10000, polling: 50 }, ...args);
    } catch (error) {
      throw new Error(`${what}: ${error.message}`);
    }
  }

  text(row, column) {
    return this.page.evaluate((r, c) => document.querySelectorAll(".entry-table tbody tr")[r - 1].querySelectorAll("td")[c].textContent, row, column);
  }

  /** Every cell of one column from `row` on shows these texts. */
  async shows(column, texts, row = 1) {
    for (let at = 0; at < texts.length; at += 1) assert.equal(await this.text(row + at, column), texts[at]);
  }

  has(name, text) {
    return this.until(`[data-entry-${name}] should say ${text}`, (part, wanted) => (
      document.querySelector(`[data-entry-${part}]`).textContent.includes(wanted)), name, text);
  }

  /** A real click of the mouse in the middle of a cell. */
  async at(row, column) {
    const spot = await this.page.evaluate((r, c) => {
      const cell = document.querySelectorAll(".entry-table tbody tr")[r - 1].querySelectorAll("td")[c];
      cell.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = cell.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    }, row, column);
    await this.page.mouse.click(spot.x, spot.y);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async chord(modifier, key) {
    await this.page.keyboard.down(modifier);
    await this.page.keyboard.press(key);
    await this.page.keyboard.up(modifier);
  }

  async type(text, end = "Enter") {
    await this.page.keyboard.type(text);
    await this.press(end);
  }

  /** Headless programs have no clipboard of their own: the event is the same, made by hand. */
  paste(text) {
    return this.page.evaluate((given) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", given);
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** As an input method does: keys with code 229, letters being composed, then the chosen characters. */
  async compose(stages, final) {
    if (parseInt((await this.page.browser().version()).split("/")[1], 10) < 92) return this.composeByEvents(stages, final);
    const cdp = await this.page.target().createCDPSession();
    const key = { windowsVirtualKeyCode: 229, key: "Process", code: "KeyN" };
    for (const text of stages) {
      await cdp.send("Input.dispatchKeyEvent", Object.assign({ type: "rawKeyDown" }, key));
      await cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await cdp.send("Input.dispatchKeyEvent", Object.assign({ type: "keyUp" }, key));
    }
    return cdp.send("Input.insertText", { text: final });
  }

  /** Chromium 88 cannot be told to compose from outside: the events it would send, in their order. */
  composeByEvents(stages, final) {
    return this.page.evaluate((texts, last) => {
      const area = document.activeElement;
      const send = (Kind, name, given) => area.dispatchEvent(new Kind(name, Object.assign({ bubbles: true, cancelable: true }, given)));
      texts.concat([last]).forEach((data, at) => {
        send(KeyboardEvent, "keydown", { key: "Process", keyCode: 229, isComposing: at > 0 });
        send(CompositionEvent, at === 0 ? "compositionstart" : "compositionupdate", { data });
        area.value = data;
        send(InputEvent, "input", { data, inputType: "insertCompositionText", isComposing: true });
      });
      send(CompositionEvent, "compositionend", { data: last });
    }, stages, final);
  }
}

/** Full lines from the name on, as Excel copies them; the phone of every 20th is too short. */
function block(rows) {
  const lines = [];
  for (let n = 1; n <= rows; n += 1) {
    const phone = n % 20 === 0 ? "1380000" : `139${String(n).padStart(8, "0")}`;
    lines.push(`农户${n}\t第一党小组\t${phone}\t2016.7.1\t${n % 9}\t${n % 9 ? "否" : "是"}\t${n % 5}组\t${n}号\t备注${n}`);
  }
  return `${lines.join("\r\n")}\r\n`;
}

const CHECKS = {
  async composition(desk) {
    await desk.open(5);
    await desk.at(2, NAME);
    await desk.compose(["n", "ni", "ni'h", "ni'hao"], "你好");
    await desk.press("Enter");
    await desk.shows(NAME, ["演示户1", "你好", "演示户3"]);
    await desk.at(2, GROUP);
    await desk.type("ds", "Tab");
    await desk.shows(GROUP, ["第三党小组"], 2);
  },

  async "500-row paste, error count"(desk) {
    await desk.open(700);
    await desk.at(1, NAME);
    await desk.paste(block(500));
    await desk.until("measure", () => performance.getEntriesByName("entry-paste", "measure").length > 0);
    const took = await desk.page.evaluate(() => performance.getEntriesByName("entry-paste", "measure")[0].duration);
    await desk.has("status", "错 25");
    await desk.has("fault-title", "错误（25）");
    await desk.press("F8");
    await desk.has("cell", "第 20 行 联系电话");
    assert.ok(took < 1000, `500 rows took ${Math.round(took)} ms`);
    return `${Math.round(took)} ms`;
  },

  async "1,000 rows, the last at once"(desk) {
    await desk.open(999);
    await desk.at(1, NAME);
    await desk.chord("Control", "ArrowDown");
    await desk.has("cell", "第 999 行 户主姓名");
    await desk.type("最后一户");
    await desk.shows(NAME, ["最后一户"], 999);
  },

  async "copy with quotes"(desk) {
    await desk.open(3);
    await desk.at(1, NAME);
    await desk.paste('"甲\n乙"\t第一党小组\r\n丙\t第二党小组\r\n');
    const copied = await desk.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      document.activeElement.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData("text/plain");
    });
    assert.equal(copied, '"甲\n乙"\t第一党小组\r\n丙\t第二党小组');
  },

  async "undo of a paste that added rows"(desk) {
    await desk.open(3);
    await desk.at(3, NAME);
    await desk.paste(block(50));
    await desk.has("status", "共 52 行");
    await desk.shows(NAME, ["农户1", "农户2"], 3);
    await desk.chord("Control", "z");
    await desk.has("status", "共 3 行 · 改动 0");
    await desk.shows(NAME, ["演示户3"], 3);
    await desk.chord("Control", "y");
    await desk.has("status", "共 52 行");
  },

  async conflict(desk) {
    await desk.open(3);
    await desk.at(1, PHONE);
    await desk.type("13911111111");
    await desk.wish("change", { number: 1, key: "phone", value: "13922222222" });
    await desk.chord("Control", "s");
    await desk.until("the conflict is shown", () => document.querySelector("dialog[open]") !== null);
    await desk.has("conflict-rows", "用对方的：13922222222");
    await desk.page.click("[data-entry-conflict-mine]");
    await desk.page.click("[data-entry-conflict-save]");
    await desk.until("the page after saving", () => window.location.pathname === "/saved/");
    assert.equal((await desk.state()).rows[1].phone, "13911111111");
  },

  async draft(desk) {
    await desk.open(3);
    await desk.at(1, NAME);
    await desk.type("甲");
    await desk.page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await desk.has("status", "草稿已保存 14:32");
    await desk.show();
    await desk.has("draft-text", "发现 14:32 的草稿（1 行）");
    await desk.page.click("[data-entry-restore]");
    await desk.shows(NAME, ["甲"]);
  },
};

module.exports = { CHECKS, Desk };
