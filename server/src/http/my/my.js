// Fills the form from a link's fragment (#receipt.code), which no server sees, or from a receipt file, which stays here.
const form = document.querySelector("form.door");
if (form) {
  const { receipt, code } = form.elements;
  const [hash, secret] = location.hash.slice(1).split(".");
  if (hash && secret) {
    receipt.value = hash;
    code.value = secret;
    history.replaceState(null, "", location.pathname + location.search);
    form.querySelector("button").focus();
  }
  const file = form.querySelector("[type=file]");
  const said = form.querySelector("[role=status]");
  // Hashing wants a secure page; without it the hash is typed.
  form.querySelector(".file").hidden = !window.crypto?.subtle;
  file.addEventListener("change", async () => {
    try {
      const token = JSON.parse(await file.files[0].text()).receipt.split("~")[0];
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
      const base64 = btoa(String.fromCharCode(...digest));
      receipt.value = base64.replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
      said.textContent = "";
      code.focus();
    } catch {
      said.textContent = said.dataset.wrong;
    }
  });
}
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
