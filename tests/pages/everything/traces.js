// What ran, how often and in which order; and the traces that a service leaves in every kind of storage.
window.ran = {};
window.order = [];
const stems = { counter: "_demo_uid", appended: "_demo_uid", module: "_demo_ads", frame: "_demo_player", innerFrame: "_demo_player" };

window.leave = (name) => {
  ran[name] = (ran[name] || 0) + 1;
  order.push(name);
  const stem = stems[name];
  if (!stem) return;
  // On the host and on its parent, for the whole site and for this page alone.
  const parent = location.hostname.replace(/^[^.]+/, "");
  document.cookie = stem + "_site=1;path=/;max-age=3600";
  document.cookie = stem + "_page=1;path=" + location.pathname + ";max-age=3600";
  if (/[a-z]/.test(parent)) document.cookie = stem + "_parent=1;path=/;max-age=3600;domain=" + parent;
  localStorage.setItem(stem + "_local", 1);
  sessionStorage.setItem(stem + "_session", 1);
  const asked = indexedDB.open(stem + "_database");
  asked.onsuccess = () => asked.result.close();
  caches.open(stem + "_cache");
};

document.addEventListener("load", ({ target }) => target.dataset && target.dataset.mark && leave(target.dataset.mark), true);

// The places in which something with such a name is, each with the beginnings of the names.
window.traces = async () => {
  const known = ["_demo_ads", "_demo_player", "_demo_uid"];
  const found = (names) => known.filter((stem) => names.some((name) => name.trim().startsWith(stem)));
  return {
    cookies: found(document.cookie.split(";")),
    local: found(Object.keys(localStorage)),
    session: found(Object.keys(sessionStorage)),
    databases: found((await indexedDB.databases()).map(({ name }) => name)),
    caches: found(await caches.keys()),
  };
};
