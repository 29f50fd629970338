// The Wasm module: fetched when something has to be signed or opened, and never before. This is also all that it may ask of us.
let loading;
let blocked;
let opener;

const host = {
  site: cfg.site,
  base: new URL(origin).origin,
  lang,
  get,
  set: (name, value) => {
    set(name, value);
    if (name === "outbox") postpone();
  },
  // The browser's signal is no decision; in the preferences it is told apart from none.
  decisions: () => JSON.stringify(Object.assign(decisions(), ...cfg.cats.filter(signalled).map((cat) => ({ [cat.id]: "signal" })))),
  decide: guard((method, wanted) => decide(method, parse(wanted))),
  lock: (fn) => (navigator.locks ? navigator.locks.request(prefix + "outbox", fn) : Promise.resolve().then(fn)),
  stored: (hash, index) => emit("stored", { hash, index }),
  closed: guard(() => {
    view.panel = false;
    draw();
    refocus();
    leave();
  }),
};

const load = () => {
  if (!loading) {
    // All at once: on a slow line the ways there are most of the waiting. The widget finds the site's bundle in the browser's cache.
    const [wasm] = [cfg.wasm, "/v1/sites/" + cfg.site].map((path) => {
      const asked = fetch(url(path), { credentials: "omit" });
      asked.catch(() => {});
      return asked;
    });
    loading = import(url(cfg.widget)).then((widget) =>
      widget.default({ module_or_path: wasm }).then(() => {
        widget.start(host);
        return widget;
      }));
    loading.catch((error) => {
      loading = null;
      blocked = error.name === "CompileError";
    });
  }
  return loading;
};

const refocus = () => {
  const back = [opener, view.came].find((node) => node && node.isConnected);
  if (back) back.focus();
};

const show = guard((what) => {
  if (what === "banner") return draw(true);
  const active = document.activeElement;
  opener = (active && active.shadowRoot && active.shadowRoot.activeElement) || active;
  busy(true);
  load().then((widget) => {
    widget.open(what);
    busy(false);
    view.panel = true;
    draw();
  }).catch((error) => {
    complain(error);
    busy(false);
    // The policy can always be read: it is also a page. For the rest the banner says what is wrong, and still takes a decision.
    if (what === "policy") location.assign(url("/policy/" + cfg.site));
    else draw(true, "failed");
  });
});
