// Files wait in IndexedDB from the moment when their form is sent until the server has them: over a reload, and over days without a connection.
const base = "raspiska." + cfg.site + ".";
const shelf = (name) => [].concat(JSON.parse(localStorage.getItem(base + name) || "[]"));

const database = () => new Promise((done, failed) => {
  const asked = indexedDB.open(base + "files", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: ["field", "line"] });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

const inside = (mode, work) => database().then((open) => new Promise((done, failed) => {
  const transaction = open.transaction("files", mode);
  const asked = work(transaction.objectStore("files"));
  transaction.oncomplete = () => done(asked.result);
  transaction.onabort = () => failed(transaction.error);
}).finally(() => open.close()));

// What the browser will not keep lives as long as the page does.
const memory = new Map();
const keyOf = (record) => record.field + " " + record.line;
const save = (record) => inside("readwrite", (files) => files.put(record)).catch(() => memory.set(keyOf(record), record));
const drop = (record) => {
  memory.delete(keyOf(record));
  return inside("readwrite", (files) => files.delete([record.field, record.line])).catch(complain);
};
const all = () => inside("readonly", (files) => files.getAll()).catch(() => []).then((records) => [...records, ...memory.values()]);

// The page's first script looks for this, so that the next page goes on.
const flag = guard((left) => {
  if (left) localStorage.setItem(base + "later", "1");
  else localStorage.removeItem(base + "later");
});
