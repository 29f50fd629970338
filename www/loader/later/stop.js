// What a withdrawal does beyond cookies and storage: databases and caches by name, and each service's own off-switch, as far as it has one.
const place = (path) => {
  const names = path.split(".");
  const last = names.pop();
  const holder = names.reduce((object, name) => object && object[name], window);
  return [holder, last];
};

const steps = {
  set: ([path, value]) => {
    const [holder, name] = place(path);
    if (holder) holder[name] = value;
  },
  call: ([path, args]) => {
    const [holder, name] = place(path);
    if (holder && typeof holder[name] === "function") holder[name](...args);
  },
};

const clean = (names) => {
  const listed = window.indexedDB && indexedDB.databases ? indexedDB.databases() : Promise.resolve([]);
  const databases = listed.then((all) => Promise.all(all.filter(({ name }) => names.test(name)).map(({ name }) => new Promise((done) => {
    const asked = indexedDB.deleteDatabase(name);
    // One that is open goes with its page, which is about to be left.
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  }))));
  const stores = window.caches ? caches.keys().then((all) => Promise.all(all.filter((name) => names.test(name)).map((name) => caches.delete(name)))) : 0;
  return Promise.all([databases, stores]);
};

const stop = (lost) => {
  lost.forEach((purpose) => (service(purpose).stop || []).forEach(guard(([kind, ...step]) => steps[kind](step))));
  return clean(stored(lost)).catch(complain);
};
