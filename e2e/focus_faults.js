// What is wrong with the focus, in words: it is not to be seen on something that can be worked, or what has it lies
// under a bar that stays in view (WCAG 2.2, 2.4.7 and 2.4.11).
() => {
  const told = (element) => element.outerHTML.slice(0, 100);
  // How an element looks with what is drawn for it: its ring may be its label's, its neighbour's or drawn behind it.
  const looks = (each) => [each, each.nextElementSibling, each.closest("label"), each.parentElement].filter(Boolean)
    .flatMap((one) => [getComputedStyle(one), getComputedStyle(one, "::after"), getComputedStyle(one, "::before")])
    .map((one) => {
      const drawn = one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0;
      return [drawn && one.outlineWidth + one.outlineColor, one.boxShadow, one.borderColor].join();
    })
    .join(";");
  const stays = (each) => {
    for (; each && each !== document.body; each = each.parentElement) {
      if (["sticky", "fixed"].includes(getComputedStyle(each).position)) return each;
    }
    return null;
  };
  // A page to look at only.
  if (document.body.inert) return [];
  document.activeElement.blur();
  const faults = [];
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
    (each) => !each.disabled && each.type !== "hidden" && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0,
  );
  for (const stop of stops) {
    const before = looks(stop);
    stop.focus();
    if (document.activeElement !== stop) {
      faults.push(`cannot have the focus: ${told(stop)}`);
      continue;
    }
    if (looks(stop) === before) faults.push(`the focus is not seen on ${told(stop)}`);
    const box = stop.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2), bar = hit && stays(hit);
    if (bar && !bar.contains(stop) && !stop.matches(".skip")) faults.push(`lies under ${bar.className}: ${told(stop)}`);
  }
  document.activeElement.blur();
  return faults;
}
