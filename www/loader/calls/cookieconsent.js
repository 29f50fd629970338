// CookieConsent 3.
const categories = (yes) => named.filter((name) => !isService(name) && has(name) === yes);
const ofCategories = (yes) => Object.fromEntries(cats.map((id) => [id, cfg.cats[id].filter((service) => has(id + "/" + service) === yes)]));
let warned;

const cookieConsent = {
  run: () => {
    if (!warned) console.warn("raspiska: CookieConsent.run() does nothing here; what it was told is in the site's settings, and the call can go");
    warned = true;
    return Promise.resolve();
  },
  show: () => tell((api) => api.show("banner")),
  hide() {},
  showPreferences: show,
  hidePreferences() {},
  acceptedCategory: has,
  acceptedService: (service, category) => has(translated(service) ?? category + "/" + service),
  acceptCategory: (names = categories(true), except = []) => {
    const ours = (names) => [].concat(names).map((name) => translated(name));
    const [yes, no] = [names === "all" ? cats : ours(names), ours(except)];
    set(cats.map((id) => [id, yes.includes(id) && !no.includes(id)]));
  },
  acceptService: (names, category) => {
    const own = cfg.cats[translated(category)] || [];
    const yes = names === "all" ? own : [].concat(names);
    set(own.map((service) => [translated(category) + "/" + service, yes.includes(service) || yes.some((name) => translated(name) === translated(category) + "/" + service)]));
  },
  getUserPreferences: () => {
    const rejected = cats.filter((id) => !has(id));
    return {
      acceptType: !rejected.length ? "all" : rejected.length === cats.length ? "necessary" : "custom",
      acceptedCategories: ["necessary", ...categories(true)],
      rejectedCategories: categories(false),
      acceptedServices: ofCategories(true),
      rejectedServices: ofCategories(false),
    };
  },
  getCookie: (field) => {
    const cookie = { categories: ["necessary", ...categories(true)], services: ofCategories(true) };
    return field ? cookie[field] : cookie;
  },
  validConsent: answered,
};
offer("CookieConsent", cookieConsent);

heard((first, before) => {
  const cookie = cookieConsent.getCookie();
  if (first) emit("cc:onFirstConsent", { cookie });
  const changed = (list) => list.filter((purpose) => before[purpose] !== has(purpose));
  const changedCategories = changed(cats);
  const changedServices = Object.fromEntries(cats.map((id) => [id, cfg.cats[id].filter((service) => changed([id + "/" + service]).length)]));
  if (changed([...cats, ...services]).length) emit("cc:onChange", { cookie, changedCategories, changedServices });
  else emit("cc:onConsent", { cookie });
});
