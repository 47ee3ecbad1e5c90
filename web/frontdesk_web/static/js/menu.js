// A menu closes as menus do: by Esc, which gives its button the focus back, and by whatever is done beside it.
const close = (menu) => { menu.open = false; };
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details:is(.menu, .side-menu)[open]");
  if (!menu) return;
  close(menu);
  menu.querySelector("summary").focus();
});
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) close(menu); });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu); });
}
