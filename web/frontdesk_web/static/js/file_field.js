// A picture that was chosen is shown beside its field before it is sent.
for (const field of document.querySelectorAll("[data-picture]")) {
  const input = field.querySelector("input[type=file]");
  const thumb = field.querySelector(".file-thumb");
  const before = thumb.innerHTML;
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (!file) { thumb.innerHTML = before; return; }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const image = new Image();
      image.alt = "";
      image.src = reader.result;
      thumb.replaceChildren(image);
    });
    reader.readAsDataURL(file);
  });
}
