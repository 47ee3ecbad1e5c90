// Tiers come one after another: rows that nobody needs yet are out of the way until they are asked for.
const list = document.querySelector("[data-tiers]");
if (list) {
  const most = 20;
  const shownFirst = 2;
  const button = list.querySelector("[data-add-tier]");
  const rows = () => [...list.querySelectorAll(".tier-row")];
  const filled = (row) => [...row.querySelectorAll("input")].some((field) => field.value.trim());
  const last = rows().findLastIndex(filled);
  rows().forEach((row, place) => { row.hidden = place > last && place >= shownFirst; });
  const bound = () => { button.hidden = rows().length >= most && !rows().some((row) => row.hidden); };
  button.addEventListener("click", () => {
    const row = rows().find((each) => each.hidden) ?? another();
    row.hidden = false;
    bound();
    row.querySelector("input").focus();
  });
  bound();

  // A row more than the page came with: the last one again, empty and with the next number.
  function another() {
    const before = rows().at(-1);
    const row = before.cloneNode(true);
    const next = rows().length + 1;
    row.classList.remove("field-wrong");
    row.querySelector(".field-error")?.remove();
    for (const field of row.querySelectorAll("input")) {
      field.value = "";
      field.name = field.name.replace(/_\d+_/, `_${next}_`);
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, next));
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    before.after(row);
    return row;
  }
}
