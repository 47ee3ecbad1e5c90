// What the chosen quantity costs, worked out by the server: prices in tiers and packages do not grow evenly.
const field = document.querySelector("#quantity");
const totals = () => [...document.querySelectorAll("[data-total]")];
if (field && totals().length) {
  let waiting = 0;
  let asked = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  });

  async function refresh() {
    if (!field.checkValidity()) return;
    const mine = ++asked;
    const url = new URL(field.form.action);
    url.search = new URLSearchParams({ quantity: field.value });
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-total]")];
    totals().forEach((total, place) => { if (fresh[place]) total.textContent = fresh[place].textContent; });
  }
}
