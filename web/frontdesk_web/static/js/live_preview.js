// What is chosen shows in the preview at once: the form's own preview button is pressed a moment after each change.
const button = document.querySelector("[data-live-preview]");
if (button) {
  const { form } = button;
  const name = button.formTarget || form.target;
  let waiting = 0;
  let count = 0;
  let shown = document.querySelector(`iframe[name="${name}"]`);
  let coming = null;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      comeInNewFrame();
      form.requestSubmit(button);
    }, 400);
  });
  button.hidden = true;

  // Each preview comes in a frame of its own, with a name of its own, and is shown in the old one's place once it is
  // there: so nothing flickers, and the browser's way back leads to the page before, not through all previews.
  function comeInNewFrame() {
    coming?.remove();
    const next = shown.cloneNode();
    next.removeAttribute("src");
    next.hidden = true;
    next.name = button.formTarget = `${name}-${++count}`;
    shown.after(next);
    coming = next;
    next.addEventListener("load", () => {
      if (next !== coming || next.contentDocument?.URL === "about:blank") return;
      shown.remove();
      next.hidden = false;
      [shown, coming] = [next, null];
    });
  }
}
