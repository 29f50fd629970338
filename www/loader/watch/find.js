// Everything that was found on this page, in the order in which it was: once found it stays, whatever is decided later.
const findings = new Map();
const found = (kind, what, who = "") => {
  const key = kind + " " + what;
  if (!findings.has(key)) findings.set(key, { kind, what, who });
};
const given = (purpose) => window.raspiska.has(purpose);
const ours = new URL(url("/")).host;

const rules = known.rules.map(([pattern, purpose]) => [new RegExp(pattern), purpose]);
const declared = known.stored.map(([place, names, purpose]) => ({ place, names: new RegExp("^(" + names + ")$"), purpose }));

// What the browser has fetched for this page. The query of an address may have personal data in it, and is left out.
const requests = () => performance.getEntriesByType("resource").forEach(({ name }) => {
  const { protocol, host, hostname, pathname } = new URL(name);
  if (!/^http/.test(protocol)) return;
  const [, purpose] = rules.find(([pattern]) => pattern.test(hostname + pathname)) || [];
  if (purpose && !given(purpose)) found("request", host + pathname, purpose);
  else if (!purpose && host !== location.host && host !== ours) found("foreign", host + pathname);
});

// What is stored now, by name. A service that keeps the same name in several places may declare it once.
const places = {
  cookie: () => document.cookie.split("; ").map((pair) => pair.split("=")[0]).filter(Boolean),
  local: () => Object.keys(localStorage),
  session: () => Object.keys(sessionStorage),
  indexeddb: () => (indexedDB.databases ? indexedDB.databases().then((all) => all.map(({ name }) => name)) : []),
  cache: () => caches.keys(),
};
const storage = () => Promise.all(Object.entries(places).map(([place, read]) =>
  Promise.resolve().then(read).then((names) => names.forEach((name) => {
    // Ours: the answer itself.
    if (name === "raspiska." + cfg.site || name.startsWith("raspiska." + cfg.site + ".")) return;
    const owners = declared.filter((one) => one.names.test(name));
    const own = owners.find((one) => one.place === place) || owners[0];
    if (!own) found("undeclared", name, place);
    else if (!owners.some(({ purpose }) => given(purpose))) found("kept", name, own.purpose);
  })).catch(() => {}))); // refused: then nothing is there

const called = (node) => (node.dataset.src || node.getAttribute("src") || node.textContent.trim().slice(0, 60) || node.localName).split("?")[0];
const held = () => document.querySelectorAll('script[type="text/plain"],[data-src][data-category],template[data-purpose]').forEach((node) => {
  const names = node.dataset.category || node.dataset.purpose;
  if (!names) return found("untold", called(node));
  const wrong = names.replace("!", "").split(" ").find((name) => name !== "necessary" && !category(name));
  if (wrong) found("unknown", called(node), wrong);
});

// Where untagged things are held by their address, nothing may come before this script.
const early = () => {
  if (!known.auto) return;
  const scripts = Array.from(document.scripts);
  const at = scripts.findIndex((node) => node.src === url("/s/" + cfg.site + "/raspiska.js"));
  scripts.slice(0, Math.max(at, 0)).forEach((node) => found("late", called(node)));
};

const look = () => {
  requests();
  held();
  early();
  return storage();
};

// What a page really sets, ready to be declared.
const lines = () => Array.from(findings.values()).filter(({ kind }) => kind === "undeclared").map(({ what, who }) =>
  "[[cookies.services.cookies]]\nname = " + JSON.stringify(what) + (who === "cookie" ? "" : '\nwhere = "' + who + '"') +
  '\nabout = { ru = "", en = "" }\nterm = { ru = "", en = "" }\n').join("\n");
