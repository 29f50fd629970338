// Cookiebot.
const kinds = ["preferences", "statistics", "marketing"];

offer("Cookiebot", {
  get consent() {
    return { necessary: true, ...Object.fromEntries(kinds.map((kind) => [kind, has(kind)])), method: answered() ? "explicit" : "" };
  },
  get hasResponse() {
    return answered();
  },
  get consented() {
    return cats.some(has);
  },
  get declined() {
    return answered() && !cats.some(has);
  },
  show,
  renew: show,
  hide() {},
  withdraw: refuse,
  submitCustomConsent: (...yes) => set(kinds.map((kind, i) => [kind, yes[i] === true])),
  runScripts() {},
});
heard(() => ["ConsentReady", cats.some(has) ? "Accept" : "Decline"].forEach((name) => {
  const callback = window["CookiebotCallback_On" + name];
  if (typeof callback === "function") callback();
  emit("CookiebotOn" + name);
}));
