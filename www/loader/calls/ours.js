// What all of them ask, and are told.
const api = () => window.raspiska;
const tell = (fn) => api().push(fn);
const cats = Object.keys(cfg.cats);
const answered = () => !!api().decisions && cats.some((id) => id in api().decisions());

// What nobody knows is not given.
const has = (name) => {
  const purpose = translated(name) ?? String(name);
  return !!purpose && !!api().has && api().has(purpose);
};

// Our names, and the site's own translations: a page that looks into a list finds the name that it was written with.
const services = Object.entries(cfg.cats).flatMap(([id, own]) => own.map((service) => id + "/" + service));
const named = [...cats, ...Object.keys(cfg.names)];
const isService = (name) => (translated(name) || "").includes("/");

const show = () => tell((api) => api.show("preferences"));
const refuse = () => tell((api) => api.refuseAll());
// Pairs of a name and a yes; what has no translation is left alone.
const set = (pairs) => tell((api) => api.set(Object.fromEntries(pairs.map(([name, yes]) => [translated(name) ?? name, yes]).filter(([purpose]) => purpose))));

// `fn(first, before)` when there is an answer: with the page, once it has its own listeners, and whenever a new one is given.
const heard = (fn) => {
  let before;
  const state = () => Object.fromEntries([...cats, ...services].map((purpose) => [purpose, has(purpose)]));
  const soon = (task) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", task) : setTimeout(task));
  tell((api) => {
    api.on("ready", () => soon(() => {
      if (before || !answered()) return;
      before = state();
      fn(false, before);
    }));
    api.on("decision", () => {
      const last = before;
      before = state();
      fn(!last, last || before);
    });
  });
};

const offer = (name, value) => {
  if (!Object.hasOwn(window, name)) window[name] = value;
};
const emit = (name, detail) => dispatchEvent(new CustomEvent(name, { detail }));
