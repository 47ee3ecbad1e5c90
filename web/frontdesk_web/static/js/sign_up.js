// The address is suggested from the name while it is typed, and a country brings its currency, until either is chosen.
const name = document.getElementById("name");
const slug = document.getElementById("slug");
const country = document.getElementById("country");
const currency = document.getElementById("currency");
const written = { "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "å": "a", "ł": "l", "đ": "d" };
const suggested = (text) => text.normalize("NFC").toLowerCase().replace(/[äöüßæœøåłđ]/g, (each) => written[each])
  .replaceAll("'", "").normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^a-z0-9]+/g, "-")
  .replace(/^[-0-9]+/, "").slice(0, 40).replace(/-+$/, "");
let chosen = slug.value !== "";
slug.addEventListener("input", () => { chosen = slug.value !== ""; });
// Shown where it would stand, and not filled in: if it is taken, another one is found.
name.addEventListener("input", () => { if (!chosen) slug.placeholder = suggested(name.value); });
let picked = false;
currency.addEventListener("change", () => { picked = true; });
country.addEventListener("change", () => {
  const usual = country.selectedOptions[0].dataset.currency;
  if (!picked && usual) currency.value = usual;
});
