// The rules of a statement descriptor, ticked off while typing, and the line as it will be printed.
const FORBIDDEN = /[<>\\'"]/;
for (const field of document.querySelectorAll(".descriptor-field")) {
  const input = field.querySelector("input");
  const line = field.querySelector(".descriptor-line");
  const printed = field.querySelector(".descriptor-printed");
  const count = field.querySelector(".rule-count");
  const mark = (name, kept) => {
    const rule = field.querySelector(`[data-rule="${name}"]`);
    rule.classList.toggle("rule-kept", input.value !== "" && kept);
    rule.classList.toggle("rule-broken", input.value !== "" && !kept);
  };
  const judge = () => {
    const text = input.value;
    const left = text.replace(/[^\x20-\x7e]/g, "").trim().toUpperCase();
    mark("length", text.length <= 22);
    mark("letter", /[A-Z]/.test(left));
    mark("characters", !FORBIDDEN.test(text));
    count.textContent = text ? `(${text.length}/22)` : "";
    printed.textContent = (field.dataset.prefix + left).slice(0, 22).trim();
    line.hidden = !left;
  };
  input.addEventListener("input", judge);
  judge();
}
