// Questions to the server. Whatever goes wrong on the way becomes one sentence; the page keeps what was typed.

const KEEPALIVE_LIMIT = 60000; // browsers refuse to keep a larger request alive when the page goes

export class Trouble extends Error {}

/** The session may have been renewed in another window: its cookie is newer than the page. */
function token(given) {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : given;
}

function trouble(status) {
  if (status === 413) return "内容太多，服务器没有收下。请分几次保存。";
  if (status === 429) return "操作太快，请稍等再试。";
  return "服务器出了问题，没有保存。内容还在本页，请稍后再试；一直不行请联系管理员。";
}

/** A question the server refuses as a whole gives its reason as a fault of no row. */
async function reason(answer) {
  const { errors } = await answer.json();
  return errors && errors.length ? errors.map((error) => error.text).join("；") : trouble(answer.status);
}

/** POST JSON; resolves to {status, data}, throws Trouble with a sentence for the clerk (`login` true if signed out). */
export async function post(url, csrf, body, leaving) {
  const text = JSON.stringify(body);
  let answer;
  try {
    answer = await window.fetch(url, {
      method: "POST",
      credentials: "same-origin",
      keepalive: Boolean(leaving) && text.length < KEEPALIVE_LIMIT / 3, // three bytes to a Chinese character
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(csrf), "X-Requested-With": "XMLHttpRequest" },
      body: text,
    });
  } catch (error) {
    throw new Trouble("网络不通。内容还在本页，恢复后会继续保存草稿。");
  }
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (isJson && [400, 403].includes(answer.status)) throw new Trouble(await reason(answer));
  if ([401, 403].includes(answer.status) || answer.redirected || (answer.ok && !isJson)) {
    const out = new Trouble("登录已过期，草稿已保留。请在新窗口登录，再回到本页保存，填好的内容都还在。");
    out.login = true;
    throw out;
  }
  if (isJson && [200, 409, 422].includes(answer.status)) return { status: answer.status, data: await answer.json() };
  throw new Trouble(trouble(answer.status));
}
