// While a test clock is on its way the page looks again by itself, a little later each time; the link does it at once.
const again = document.querySelector("[data-look-again]");
if (again) {
  const move = `look-again ${again.dataset.lookAgain}`;
  const tries = Number(sessionStorage.getItem(move) ?? 0);
  sessionStorage.setItem(move, String(tries + 1));
  again.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  if (tries < 100) setTimeout(() => location.reload(), Math.min(600 + tries * 200, 5000));
}
