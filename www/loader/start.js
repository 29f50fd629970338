// The order of this folder, one closure, one response:
//   config.js   the site's settings and words, the guard around everything
//   storage.js  storage that may be refused
//   state.js    what was decided, what follows from it, what goes into the outbox
//   gate.js     what is held back, let through and cleared
//   outbox.js   when decisions are sent
//   widget.js   when the Wasm is fetched, and what it may ask of us
//   banner.js   the banner (with banner.css), buttons of the page
//   api.js      window.raspiska
//   start.js    this file: the first scan, and everything that may change the answer later
guard(() => {
  read();
  asked = false;
  const early = window.raspiska;
  window.raspiska = api;

  new MutationObserver(guard((changes) => {
    changes.forEach((change) => change.addedNodes.forEach(scan));
    if (!banner) draw();
  })).observe(document, { childList: true, subtree: true });
  apply();
  scan(document.documentElement);
  draw();
  addEventListener("click", pressed);
  addEventListener("online", send);

  // Another tab decided, or this page came back from the browser's cache with an answer that may be old.
  const again = guard(() => {
    read();
    draw();
    apply();
    leave();
  });
  addEventListener("storage", (event) => {
    if (!event.key || event.key === prefix + "choice") again();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) again();
  });

  ready = true;
  emit("ready", decisions());
  if (Array.isArray(early)) api.push(...early);
  send();
})();
