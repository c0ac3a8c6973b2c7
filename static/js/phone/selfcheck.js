// What this phone can do, one line each, in words for whoever holds it.

import { phone } from "./frame.js";

const list = document.querySelector("[data-checks]");

function tell(good, words) {
  const line = list.appendChild(document.createElement("li"));
  line.appendChild(document.createElement("b")).textContent = good ? "✔" : "✖";
  line.appendChild(document.createElement("span")).textContent = words;
}

async function begin() {
  const { store } = await phone;
  const allowed = list.dataset.keeps === "yes";
  tell(allowed, allowed ? "允许在手机里暂存走访。" : "不在手机里暂存：系统管理员已关闭，或您的岗位在乡镇机关。");
  const holds = Boolean(store) || !allowed;
  tell(holds, holds ? "能保存没写完的走访和待上传的走访。" : "浏览器不让网页存东西（可能是无痕窗口），请换一个浏览器窗口。");
  const worker = Boolean(navigator.serviceWorker && (await navigator.serviceWorker.getRegistration()));
  tell(worker, worker ? "没有信号时也能打开记走访的页面。" : "没有信号时打不开新页面：请在有信号时先打开“记走访”，不要关掉，到户里再写。");
  const draws = "createImageBitmap" in window;
  tell(draws, draws ? "照片在手机里缩小以后再传。" : "照片原样上传，费流量一些。");
  tell(navigator.onLine, navigator.onLine ? "现在有网络。" : "现在没有网络。");
}

begin();
