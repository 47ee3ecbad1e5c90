// What is wrong with how the page lies in its window, in words: it scrolls sideways; text is cut off, lies upon other
// text or sticks out of its box; something to press is smaller than a fingertip may be (24 px, WCAG 2.2, 2.5.8), and
// has a neighbour within that. A box may scroll sideways in itself where that is how it is used: tabs, and code. Text may be cut where that is meant: out of
// sight for screen readers, or with its whole in a title. A link in a sentence is as high as its line.
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
    if (["auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && !element.matches(".tabs, pre")) {
      faults.push(`scrolls sideways in itself: ${told(element)}: ${element.scrollWidth} px in ${element.clientWidth}`);
    }
    const cutsAcross = ["hidden", "clip"].includes(style.overflowX), cutsDown = ["hidden", "clip"].includes(style.overflowY);
    if ((!cutsAcross && !cutsDown) || element.clientWidth <= 1 || element.clientHeight <= 1) continue;
    if (!element.textContent.trim() || element.closest("[title], svg") || !element.checkVisibility({ visibilityProperty: true })) continue;
    const across = element.scrollWidth - element.clientWidth, down = element.scrollHeight - element.clientHeight;
    if ((cutsAcross && across > 1) || (cutsDown && down > 1)) faults.push(`cuts text off: ${told(element)} by ${Math.max(across, down)} px`);
  }

  // What only screen readers find is a pixel in size.
  const unseen = new Map();
  const isUnseen = (element) => {
    if (element === document.body) return false;
    if (!unseen.has(element)) {
      const cut = getComputedStyle(element).overflow !== "visible" && (element.clientWidth <= 1 || element.clientHeight <= 1);
      unseen.set(element, cut || isUnseen(element.parentElement));
    }
    return unseen.get(element);
  };
  // What stands before the page and can be seen through nowhere, such as a bar that stays at the bottom. The panel of a
  // portal stands beside it.
  const coverOf = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (!each.matches(".panel") && ["sticky", "fixed", "absolute"].includes(style.position) && !/^(transparent|rgba\(.*, 0(\.\d+)?\))$/.test(style.backgroundColor)) return each;
    }
    return null;
  };
  const boxOf = (element) => {
    let each = element;
    while (["inline", "contents"].includes(getComputedStyle(each).display)) each = each.parentElement;
    return each;
  };

  const pieces = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.data.trim() || element.closest("option, script, style, svg") || isUnseen(element)) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = boxOf(element), around = box.getBoundingClientRect(), cover = coverOf(element);
    for (const rect of range.getClientRects()) {
      // Fonts reserve room above and below their letters, so that tight lines touch without being any the worse.
      const rest = rect.height * 0.3;
      const piece = { text, element, cover, left: rect.left, right: rect.right, top: rect.top + rest, bottom: rect.bottom - rest };
      if (rect.width <= 1) continue;
      pieces.push(piece);
      if (element.closest(".tabs, pre")) continue;
      if (piece.left < around.left - 2 || piece.right > around.right + 2 || piece.top < around.top - 2 || piece.bottom > around.bottom + 2) {
        faults.push(`text sticks out of ${told(box)}: ${text.data.trim().slice(0, 40)}`);
      } else if (piece.left < -1 || piece.right > window.innerWidth + 1) {
        faults.push(`text leaves the window: ${told(element)}: ${text.data.trim().slice(0, 40)}`);
      }
    }
  }
  pieces.sort((one, other) => one.top - other.top);
  for (let place = 0; place < pieces.length; place += 1) {
    const one = pieces[place];
    for (let next = place + 1; next < pieces.length && pieces[next].top < one.bottom; next += 1) {
      const other = pieces[next];
      if (one.text === other.text || one.cover !== other.cover) continue;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - other.top;
      if (across > 2 && down > 2) {
        faults.push(`text lies upon text: ${told(one.element)} "${one.text.data.trim().slice(0, 30)}" and ${told(other.element)} "${other.text.data.trim().slice(0, 30)}"`);
      }
    }
  }

  const targets = [];
  for (const element of document.body.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (element.type === "hidden" || isUnseen(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (getComputedStyle(element).display === "inline") continue;
    const labels = element.labels && ["radio", "checkbox"].includes(element.type) ? [...element.labels] : [];
    const boxes = [element, ...labels].map((each) => each.getBoundingClientRect());
    targets.push({ element, box: boxes.sort((one, other) => other.width * other.height - one.width * one.height)[0] });
  }
  for (const { element, box } of targets) {
    if (box.width >= 23.5 && box.height >= 23.5) continue;
    const across = box.left + box.width / 2, down = box.top + box.height / 2;
    const near = targets.some(({ element: other, box: its }) => other !== element && !other.contains(element) && !element.contains(other)
      && Math.hypot(Math.max(its.left - across, 0, across - its.right), Math.max(its.top - down, 0, down - its.bottom)) < 12);
    if (near) faults.push(`too small to press: ${told(element)}: ${Math.round(box.width)} × ${Math.round(box.height)} px`);
  }
  return [...new Set(faults)];
}
