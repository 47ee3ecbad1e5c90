// Copies a value that is typed elsewhere, such as a bank account.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const state = button.querySelector("[role=status]");
    state.textContent = button.dataset.copied;
    setTimeout(() => { state.textContent = ""; }, 2000);
  });
}
