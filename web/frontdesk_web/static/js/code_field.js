// The code is sent as soon as its last digit is there, once; pasted spaces and dashes are dropped.
const field = document.getElementById("code");
let tried = false;
field?.addEventListener("input", () => {
  const digits = field.value.replace(/\D/g, "");
  if (digits !== field.value && /^[\d\s-]*$/.test(field.value)) field.value = digits;
  if (!tried && digits.length === Number(field.dataset.digits)) {
    tried = true;
    field.form.requestSubmit(field.form.querySelector("button"));
  }
});
