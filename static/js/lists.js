// Ticking rows of a list; without this file the boxes and buttons work, only the count is not shown. ES2017.

const all = document.querySelector("[data-pick-all]");
const boxes = () => Array.from(document.querySelectorAll("[data-pick]"));
const words = document.querySelector("[data-picked]");
const plain = words ? words.textContent : "";
let last = null;

function tell() {
  const picked = boxes().filter((box) => box.checked).length;
  boxes().forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
  if (words) {
    words.textContent = picked ? `批量修改勾选的 ${picked} 条` : plain;
    words.parentElement.disabled = picked === 0;
  }
  if (all) {
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && !all.checked;
  }
}

if (all) {
  all.addEventListener("change", () => {
    boxes().forEach((box) => { box.checked = all.checked; });
    tell();
  });
}

// Shift takes all rows between the last tick and this one.
document.addEventListener("click", (event) => {
  const box = event.target instanceof Element ? event.target.closest("[data-pick]") : null;
  if (!box) return;
  const rows = boxes();
  if (event.shiftKey && last && rows.includes(last)) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
    rows.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  last = box;
  tell();
});
window.addEventListener("pageshow", tell);
tell();
