// Copy a text box with one click. Works on plain HTTP, where the clipboard's own interface is closed to us.

function copy(box) {
  box.focus();
  box.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch (refused) {
    done = false;
  }
  const live = document.getElementById("live");
  if (live) live.textContent = done ? "已复制，可以粘贴到群里。" : "浏览器不让复制，文字已选中，请按 Ctrl+C。";
}

document.querySelectorAll("[data-copy]").forEach((button) => {
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
});
document.querySelectorAll("textarea[data-select]").forEach((box) => {
  box.addEventListener("focus", () => box.select());
});
