// One more, one less, within the field's bounds.
for (const button of document.querySelectorAll("[data-step]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const step = Number(button.dataset.step);
  const bound = () => {
    const value = Number(field.value);
    button.disabled = step < 0 ? value <= Number(field.min) : value >= Number(field.max);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    step > 0 ? field.stepUp() : field.stepDown();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", bound);
  bound();
}
