// Words beside a text: a click puts one in where the cursor stands, and undo takes it out again.

document.addEventListener("click", (event) => {
  const word = event.target instanceof Element ? event.target.closest("[data-insert]") : null;
  const field = word && document.getElementById(word.dataset.into);
  if (!field) return;
  field.focus();
  // execCommand keeps the browser's own undo; where it is missing the text is set directly.
  if (!document.execCommand("insertText", false, word.dataset.insert)) {
    field.setRangeText(word.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
