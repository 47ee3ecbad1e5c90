// What is wrong with how the page lies in its window, in words: it scrolls sideways, or text is cut off.
// A box may scroll sideways in itself where that is how it is used: tabs. Text may be cut where that is meant: out of sight for screen readers, or with its whole in a title.
() => {
  const faults = [];
  const told = (element) => {
    const classes = [...element.classList].map((each) => "." + each).join("");
    return element.localName + (element.id ? "#" + element.id : "") + classes;
  };
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) {
    const out = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1);
    faults.push(`scrolls sideways: ${wide} px in ${window.innerWidth}: ${out.slice(0, 3).map(told).join(", ")}`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (["auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && !element.matches(".tabs")) {
      faults.push(`scrolls sideways in itself: ${told(element)}: ${element.scrollWidth} px in ${element.clientWidth}`);
    }
    const cutsAcross = ["hidden", "clip"].includes(style.overflowX), cutsDown = ["hidden", "clip"].includes(style.overflowY);
    if ((!cutsAcross && !cutsDown) || element.clientWidth <= 1 || element.clientHeight <= 1) continue;
    if (!element.textContent.trim() || element.closest("[title], svg") || !element.checkVisibility({ visibilityProperty: true })) continue;
    const across = element.scrollWidth - element.clientWidth, down = element.scrollHeight - element.clientHeight;
    if ((cutsAcross && across > 1) || (cutsDown && down > 1)) faults.push(`cuts text off: ${told(element)} by ${Math.max(across, down)} px`);
  }
  return faults;
}
