// A picture is sent and judged as soon as it is chosen or dropped, so that the form need not carry it and the preview
// can show it. One that is too large, as photos from phones are, is scaled down here first.
const SIDE = 1600;

async function fitting(file, bytes) {
  if (file.size <= bytes || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise((done) => canvas.toBlob(done, file.type, 0.9));
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    return file;
  }
}

for (const field of document.querySelectorAll(".picture-field")) {
  const input = field.querySelector("input[type=file]");
  const name = field.querySelector("input[type=hidden]");
  const drop = field.querySelector(".picture-drop");
  const now = field.querySelector(".picture-now");
  const error = field.querySelector(".picture-error");
  const remove = field.querySelector(".picture-remove");
  const button = field.querySelector("label.button");
  // The browser's own field would go on saying that nothing is chosen.
  button.hidden = false;
  input.classList.add("hidden-text");
  const csrf = input.form.querySelector("input[name=csrf]");

  const tell = (sentence) => {
    error.lastElementChild.textContent = sentence;
    error.hidden = !sentence;
    field.classList.toggle("field-wrong", Boolean(sentence));
    input.toggleAttribute("aria-invalid", Boolean(sentence));
  };
  const send = async (file) => {
    if (!file) return;
    tell("");
    drop.setAttribute("aria-busy", "true");
    const form = new FormData();
    form.append("csrf", csrf.value);
    form.append(input.name, await fitting(file, Number(field.dataset.bytes)), "picture");
    let told;
    try {
      told = await (await fetch(field.dataset.upload, { method: "POST", body: form })).json();
    } catch {
      told = { error: field.dataset.failed };
    }
    drop.removeAttribute("aria-busy");
    input.value = "";
    tell(told.error ?? "");
    if (!told.name) return;
    const image = new Image();
    image.className = "product-image";
    image.alt = "";
    image.src = told.url;
    now.replaceChildren(image);
    name.value = told.name;
    remove.hidden = false;
    remove.querySelector("input").checked = false;
    name.dispatchEvent(new Event("input", { bubbles: true }));
  };
  input.addEventListener("input", (event) => event.stopPropagation());
  input.addEventListener("change", () => send(input.files[0]));
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("picture-over"); });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("picture-over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); send(event.dataTransfer.files[0]); });
}
