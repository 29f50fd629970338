// The order of this folder, one closure, one response; subfolders are modules and scripts of their own:
//   config.js    the site's settings, the guard around everything
//   storage.js   storage that may be refused
//   state.js     what was decided, and what follows from it
//   gate.js      what is held back, let through and cleared
//   pieces.js    what is fetched when it is needed; clicks
//   words.js, dom.js, decide.js, outbox.js, widget.js, banner.js, acts.js, here.js   all that a first visitor may set in motion; a module for the others
//   auto.js, names.js, aliases.js, moving.js   only for sites that ask for them: what nobody has tagged, other managers' names, markup and leftovers
//   api.js       window.raspiska
//   start.js     this file: the first scan, and everything that may change the answer later
guard(() => {
  const deliver = () => queue().length && act((acts) => acts.send());
  const early = window.raspiska;
  window.raspiska = api;

  new MutationObserver(guard((changes) => {
    // Those that waited for their end come before what follows them.
    records.forEach(settle);
    changes.forEach((change) => change.addedNodes.forEach(scan));
    draw();
    // Once and again: `document.open` takes a page's listeners away.
    addEventListener("click", pressed);
  })).observe(document, { childList: true, subtree: true });
  apply();
  scan(document.documentElement);
  draw();

  // Another tab or subdomain decided, or this page came back from the browser's cache with an answer that may be old.
  const again = guard(() => {
    const before = JSON.stringify(choice);
    read();
    if (JSON.stringify(choice) === before) return;
    draw();
    apply();
    leave();
  });
  document.addEventListener("visibilitychange", again);
  addEventListener("storage", again);
  addEventListener("pageshow", again);
  addEventListener("online", deliver);
  // What an earlier page left to be sent can wait until this one has loaded what is its own.
  setTimeout(deliver, 2e3);

  ready = true;
  emit("ready", decisions());
  if (Array.isArray(early)) api.push(...early);
  if (cfg.reopen || get("later")) later();
  // For whoever builds the site: what runs here without consent.
  if (/[?&]raspiska=watch\b/.test(location.search)) piece("watch").catch(complain);
})();
