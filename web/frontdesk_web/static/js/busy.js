// A form is sent once: its button shows that it is working, and a second click does nothing.
let sent = null;
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  // What fills a frame, such as a preview, leaves this page as it is.
  if (button?.formTarget || event.target.target) return;
  if (sent === event.target) { event.preventDefault(); return; }
  sent = event.target;
  button?.setAttribute("aria-busy", "true");
});
// Coming back with the browser's button finds the page as it was.
addEventListener("pageshow", () => {
  sent = null;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});
