// Klaro.
const wanted = new Map();
const watchers = new Set();

const manager = {
  get consents() {
    return Object.fromEntries(named.map((name) => [name, has(name)]));
  },
  get confirmed() {
    return answered();
  },
  getConsent: has,
  updateConsent: (name, yes) => wanted.set(name, yes === true),
  changeAll: (yes) => cats.forEach((id) => wanted.set(id, yes === true)),
  saveConsents() {},
  applyConsents() {},
  saveAndApplyConsents: () => {
    set([...wanted]);
    wanted.clear();
  },
  resetConsents: refuse,
  watch: (watcher) => watchers.add(watcher),
  unwatch: (watcher) => watchers.delete(watcher),
};
offer("klaro", { show, getManager: () => manager });
heard(() => watchers.forEach((watcher) => watcher.update(manager, "consents", manager.consents)));
