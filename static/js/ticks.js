/* Lists to tick: all at once, a run with Shift, and how many are ticked. Without this file each box works by itself. */

document.querySelectorAll("[data-ticks]").forEach((list) => {
  const boxes = Array.from(list.querySelectorAll("tbody input[type=checkbox]"));
  const all = list.querySelector("[data-tick-all]");
  const count = list.querySelector("[data-tick-count]");
  let last = -1;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = ticked ? `已选 ${ticked} 项` : "";
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  };

  boxes.forEach((box, place) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        boxes.slice(Math.min(last, place), Math.max(last, place) + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = place;
      tell();
    });
  });
  if (all) {
    all.addEventListener("click", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
      tell();
    });
  }
  window.addEventListener("pageshow", tell);
});
