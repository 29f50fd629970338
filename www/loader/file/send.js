// A file is sent for each receipt that tells of it, once that one is in the log, until the server has taken it or never will.
const MOMENT = 5000;

const disclosed = (part) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0))));
const about = (record) => ([name, value]) => name === record.field && value === record.line;
const tells = (receipt, record) =>
  String(receipt || "").split("~").slice(1).filter(Boolean).some((part) => about(record)(disclosed(part).slice(1)));

// Of an item that is not signed yet the values are in the item itself.
const onItsWay = (record) => shelf("outbox").some((item) => !item.refused && ((item.fields || []).some(about(record)) || tells(item.receipt, record)));
const logged = (record) => shelf("receipts").filter((own) => tells(own.receipt, record)).map((own) => own.hash);

// What the server says for good; anything else, a 404 of some proxy too, says nothing.
const put = (record, hash) => fetch(url("/v1/sites/" + cfg.site + "/receipts/" + hash + "/files/" + record.field), {
  method: "PUT",
  credentials: "omit",
  headers: { "content-type": "application/octet-stream" },
  body: record.bytes,
}).then((answer) => {
  if (answer.ok) return "sent";
  return { 403: "late", 410: "late", 413: "refused", 415: "refused", 422: "refused" }[answer.status];
}).catch(() => {});

// Whoever shows what becomes of a file: told with its record and a word.
const watchers = new Set();
const tell = (record, word) => watchers.forEach((watcher) => watcher(record, word));

const attend = (record) => {
  const missing = logged(record).filter((hash) => !record.done[hash]);
  const next = missing.shift();
  if (next) {
    tell(record, navigator.onLine ? "sending" : "waiting");
    return put(record, next).then((word) => {
      if (!word) {
        tell(record, "waiting");
        return true;
      }
      record.done[next] = word;
      return save(record).then(() => attend(record));
    });
  }
  const words = Object.values(record.done);
  // Sent a moment ago, it may not be in the outbox yet. If it never comes there, the form was not complete, and the file is not kept.
  if (onItsWay(record) || (!words.length && Date.now() - record.at < MOMENT)) {
    tell(record, words.length ? "sending" : "follows");
    return true;
  }
  tell(record, ["refused", "late"].find((word) => words.includes(word)) || (words.length && "sent"));
  return drop(record).then(() => false);
};

let running;
let again;
let timer;
let pause = 1;
const locked = (work) => (navigator.locks ? navigator.locks.request(base + "files", work) : work());
const each = (records, left) => (records.length ? Promise.resolve(attend(records[0])).then((more) => each(records.slice(1), left || more)) : left);

const run = guard(() => {
  clearTimeout(timer);
  if (running) {
    again = true;
    return;
  }
  running = true;
  locked(() => all().then((records) => each(records, false)).then((left) => {
    flag(left);
    if (!left) return;
    timer = setTimeout(run, pause * 1000);
    pause = Math.min(pause * 2, 600);
  })).catch(complain).then(() => {
    running = false;
    if (again) {
      again = false;
      run();
    }
  });
});
const soon = () => {
  pause = 1;
  run();
};
addEventListener("online", soon);
addEventListener("raspiska:stored", soon);
