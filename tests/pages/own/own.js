// The page's own handling: it must not hear of a submission before the consent is decided, and hears of it once afterwards.
window.heard = [];
const form = document.getElementById("own");
const hear = (event) => {
  window.heard.push(event.currentTarget === form ? "form" : "page");
  if (event.currentTarget !== form) return;
  event.preventDefault();
  window.sent = Object.fromEntries(new FormData(form, event.submitter));
};
form.addEventListener("submit", hear);
document.addEventListener("submit", hear, true);
