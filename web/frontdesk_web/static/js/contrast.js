// What becomes of two colours is said again while they are chosen. The server works it out, as it does for the page.
const place = document.querySelector("[data-contrast]");
if (place) {
  const form = place.closest("form");
  let waiting = 0;
  let asked = 0;
  form.addEventListener("input", (event) => {
    if (event.target.type !== "color") return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++asked;
      const { background, accent } = form.elements;
      const query = new URLSearchParams({ background: background.value, accent: accent.value });
      const answer = await fetch(`${place.dataset.contrast}?${query}`);
      if (answer.ok && turn === asked) place.innerHTML = await answer.text();
    }, 250);
  });
}
