// What is chosen shows in the preview at once: the form's own preview button is pressed a moment after each change.
const button = document.querySelector("[data-live-preview]");
if (button) {
  let waiting = 0;
  button.form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => button.form.requestSubmit(button), 400);
  });
  button.hidden = true;
}
