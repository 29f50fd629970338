// The Wasm module: fetched when something has to be signed or opened, and never before. This is also all that it may ask of us.
let loading;
let blocked;
let panel;
let opener;

const host = {
  site: cfg.site,
  base: new URL(origin).origin,
  lang,
  get,
  set: (name, value) => {
    set(name, value);
    if (name === "outbox") later();
  },
  decisions: () => JSON.stringify(decisions()),
  decide: guard((method, wanted) => decide(method, JSON.parse(wanted))),
  lock: (fn) => (navigator.locks ? navigator.locks.request(prefix + "outbox", fn) : Promise.resolve().then(fn)),
  stored: (hash, index) => emit("stored", { hash, index }),
  closed: guard(() => {
    panel = false;
    draw();
    refocus();
    leave();
  }),
};

const load = () => {
  if (!loading) {
    loading = import(url(cfg.widget)).then((widget) =>
      widget.default({ module_or_path: url(cfg.wasm) }).then(() => {
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
  const back = [opener, came].find((node) => node && node.isConnected);
  if (back) back.focus();
};

const show = guard((what) => {
  if (what === "banner") return draw(true);
  const active = document.activeElement;
  opener = (active && active.id === "raspiska" && active.shadowRoot.activeElement) || active;
  busy(true);
  load().then((widget) => {
    widget.open(what);
    busy(false);
    panel = true;
    draw();
  }).catch((error) => {
    complain(error);
    busy(false);
    // The policy can always be read: it is also a page. For the rest the banner says what is wrong, and still takes a decision.
    if (what === "policy") location.assign(url(cfg.policyUrl));
    else draw(true, words.failed);
  });
});

// A form is fetched when the person comes near it.
const forms = new WeakSet();
const form = (node) => {
  if (forms.has(node)) return;
  forms.add(node);
  const mount = () => load().then((widget) => widget.mount_form(node, node.getAttribute("name"))).catch((error) => {
    complain(error);
    (node.shadowRoot || node).append(element("p", { lang }, words.form + " ",
      element("a", { href: url(cfg.policyUrl) }, words.policy)));
  });
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    mount();
  }, { rootMargin: "400px" }).observe(node);
};
