// What the chosen quantities cost, worked out by the server: prices in tiers and packages do not grow evenly.
const fields = [...document.querySelectorAll("[data-quantity]")];
const totals = () => [...document.querySelectorAll("[data-total]")];
if (fields.length && totals().length) {
  let waiting = 0;
  let asked = 0;
  for (const field of fields) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 250);
    });
  }

  async function refresh() {
    if (!fields.every((field) => field.checkValidity())) return;
    const mine = ++asked;
    const url = new URL(fields[0].form.action);
    url.search = new URLSearchParams(fields.map((field) => [field.name, field.value]));
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-total]")];
    totals().forEach((total, place) => { if (fresh[place]) total.textContent = fresh[place].textContent; });
  }
}
