// The window: only what the chosen kind needs is shown, and all papers can be ticked at once. Without this file all
// parts stand there with their names. ES2017.

document.querySelectorAll("[data-kind-form]").forEach((form) => {
  const parts = Array.from(form.querySelectorAll("[data-kinds]"));
  const kind = () => {
    const field = form.elements.kind;
    return field ? field.value : "";
  };
  const show = () => {
    const chosen = kind();
    parts.forEach((part) => {
      part.hidden = chosen !== "" && !part.dataset.kinds.split(" ").includes(chosen);
    });
  };
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();

  const all = form.querySelector("[data-all-here]");
  if (all) {
    all.addEventListener("click", () => {
      form.querySelectorAll(".paper-choices input[value=here]").forEach((box) => { box.checked = true; });
    });
  }
});
