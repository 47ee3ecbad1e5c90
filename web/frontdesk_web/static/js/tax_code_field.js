// Tax codes that match what is typed, in a list to choose from with the keyboard or by hand (ARIA combobox pattern).
for (const field of document.querySelectorAll(".tax-code-field")) {
  const input = field.querySelector("input");
  const list = field.querySelector("[role=listbox]");
  let waiting = 0;
  let asked = null;
  let chosen = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { chosen = -1; input.removeAttribute("aria-activedescendant"); }
  };
  const mark = (place) => {
    const options = list.querySelectorAll("[role=option]");
    if (!options.length) return;
    chosen = (place + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (option) => {
    input.value = option.dataset.text;
    show(false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const fill = (codes) => {
    list.replaceChildren(...codes.map((code, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.className = "combo-option";
      option.dataset.text = code.text;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("span");
      name.textContent = code.name;
      const id = document.createElement("span");
      id.className = "combo-id";
      id.textContent = code.id;
      option.append(name, id);
      // Before the field loses the focus, which closes the list.
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
      return option;
    }));
    if (!codes.length) {
      const none = document.createElement("li");
      none.className = "combo-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = field.dataset.none;
      list.append(none);
    }
    chosen = -1;
    show(true);
  };
  const search = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.search}?q=${encodeURIComponent(input.value)}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) fill(await answer.json());
    } catch { /* Without suggestions the words are looked up when the form is sent. */ }
  };
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
  input.addEventListener("focus", () => { input.select(); });
  input.addEventListener("blur", () => { clearTimeout(waiting); asked?.abort(); show(false); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      else mark(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      take(list.querySelectorAll("[role=option]")[chosen]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show(false);
    }
  });
  show(false);
}
