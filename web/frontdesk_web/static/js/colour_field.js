// The colour as text beside the picker: what is typed moves the picker, what is picked is written.
for (const text of document.querySelectorAll("[data-colour-of]")) {
  const picker = document.getElementById(text.dataset.colourOf);
  text.hidden = false;
  picker.addEventListener("input", (event) => { if (event.isTrusted) text.value = picker.value; });
  text.addEventListener("input", () => {
    const digits = text.value.trim().replace(/^#/, "").toLowerCase();
    const whole = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
    if (!/^[0-9a-f]{6}$/.test(whole)) return;
    picker.value = `#${whole}`;
    picker.dispatchEvent(new Event("input", { bubbles: true }));
  });
  text.addEventListener("change", () => { text.value = picker.value; });
}
