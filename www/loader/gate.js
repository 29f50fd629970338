// Holds scripts, frames and templates until their purpose is given, lets each go once, and takes back what can be taken back.
const selector =
  'template[data-purpose],script[type="text/plain"][data-category],[data-src][data-category]:not(script),[data-raspiska-form],raspiska-form';
const records = new Map();
let allowed = [];
let leaving;
let last;
let swept;

// What was held and what was let go on this page, for the receipt: `held analytics/counter 1532`, milliseconds from the page's start.
const noted = [];
const remember = (what, purpose) => {
  const line = what + " " + purpose + " ";
  if (noted.join("").length < 1900 && cfg.cats.flatMap(purposes).includes(purpose) && !noted.some((known) => known.startsWith(line)))
    noted.push(line + Math.floor(performance.now()) + "\n");
};
const notes = (id) => noted.filter((line) => whole(line.split(" ")[1]) === id).join("") || undefined;

// A page that wants Trusted Types gets them; what passes here was in the page's own markup.
let trust = {};
guard(() => {
  if (window.trustedTypes) trust = trustedTypes.createPolicy("raspiska", { createScript: (text) => text, createScriptURL: (text) => text });
})();
const trusted = (kind, text) => (trust[kind] ? trust[kind](text) : text);

// What stands behind the gate: `not` marks `data-category="!x"`, which runs when x is not given.
const take = (node) => {
  if (/form/.test(node.localName)) {
    // The page's own form, which alone has an action, lets nobody in before its consent is in it.
    node.inert = node.action;
    return later((pieces) => pieces.form(node));
  }
  let record = records.get(node);
  if (!record) {
    const data = node.dataset;
    const name = data.category || data.purpose || "";
    record = { node, not: name[0] === "!", purpose: name.replace("!", "") + (data.service ? "/" + data.service : "") };
    records.set(node, record);
  }
  settle(record);
};

// What looks at a part of the page first.
const sifts = [];
const scan = (root) => {
  if (root.nodeType !== 1) return;
  sifts.forEach((sift) => sift(root));
  if (root.matches(selector)) take(root);
  root.querySelectorAll(selector).forEach(take);
};

// What the parser has opened last it may still be writing: nothing stands behind it yet.
const complete = (node) => document.readyState !== "loading" || (node && (node.nextSibling || complete(node.parentNode)));

const settle = guard((record) => {
  const { node, purpose } = record;
  const now = !!record.once || has(purpose) !== record.not;
  if (now === record.open || !node.isConnected) return;
  if (now && !complete(node)) return setTimeout(settle, 9, record);
  const script = node.localName === "script";
  if (!record.not && !record.ran) remember(record.once ? "once" : now ? "let" : "held", purpose);
  if (script && (!now || record.ran)) return;
  record.open = now;
  if (script) run(record);
  else if (now) reveal(record);
  else cover(record);
});

// A script is started by putting a live copy in its place. External ones keep document order by `async = false`; an inline
// one waits for the external one before it, as it would in a page without a gate.
const run = (record) => {
  const held = record.node;
  const live = document.createElement("script");
  const src = held.dataset.src || held.getAttribute("src");
  for (const { name, value } of held.attributes) {
    if (!/^(data-)?(type|src)$/.test(name)) live.setAttribute(name, value);
  }
  if (held.dataset.type) live.type = held.dataset.type;
  live.nonce = held.nonce;
  live.async = held.hasAttribute("async");
  const after = (script, fn) => ["load", "error"].forEach((event) => script.addEventListener(event, fn));
  const go = guard(() => {
    record.open = record.ran = has(record.purpose) !== record.not;
    if (record.ran) held.replaceWith(live);
  });
  if (src) {
    // Whoever waits for the held script hears of the live one.
    after(live, (event) => held.dispatchEvent(new Event(event.type)));
    live.src = trusted("createScriptURL", src);
    if (!live.async) {
      last = live;
      after(live, () => {
        if (last === live) last = null;
      });
    }
    return go();
  }
  live.text = trusted("createScript", held.text);
  if (last) after(last, go);
  else go();
};

const reveal = (record) => {
  const node = record.node;
  if (record.cover) record.cover.remove();
  if (!node.content) {
    node.style.removeProperty("display");
    // In a task of its own: a frame that the parser has only just put there would still load its blank page over this one.
    setTimeout(guard(() => {
      if (record.open && record.node === node) node.src = node.dataset.src;
    }));
    return;
  }
  const content = document.importNode(node.content, true);
  content.querySelectorAll("script").forEach((script) => {
    script.async = script.hasAttribute("async");
    record.ran = true;
  });
  record.parts = [...content.childNodes];
  node.before(content);
};

const cover = (record) => {
  const node = record.node;
  if (node.content) {
    (record.parts || []).forEach((part) => part.remove());
    if (!("contextual" in node.dataset)) return;
  } else if (node.hasAttribute("src")) {
    // A frame that has loaded is replaced by one that never did: taking its address away would leave it running.
    const blank = node.cloneNode();
    blank.removeAttribute("src");
    records.delete(node);
    records.set(blank, record);
    node.replaceWith(blank);
    record.node = blank;
  }
  // Until the placeholder is here, the empty frame keeps its place.
  if (node.content || node.localName === "iframe") later((pieces) => pieces.cover(record));
};

// "Show once" ends where a decision about the same purpose begins.
const forget = (wanted) => records.forEach((record) => {
  if (record.purpose in wanted || whole(record.purpose) in wanted) record.once = false;
});

// The names of what these purposes store, from the patterns that the server made.
const stored = (list) => new RegExp("^(" + list.map((purpose) => category(purpose).services[purpose.split("/")[1]]).filter(Boolean).join("|") + ")$");

// Takes such cookies and storage keys away, on every domain and path from which this page could see them.
const sweep = guard(() => {
  const names = stored(cfg.cats.flatMap(purposes).filter((purpose) => !has(purpose)));
  const labels = location.hostname.split(".");
  const domains = ["", ...labels.map((_, i) => ";domain=" + labels.slice(i).join("."))];
  const parts = location.pathname.split("/");
  const paths = parts.map((_, i) => ";path=" + parts.slice(0, i + 1).join("/"));
  const clear = (area) => {
    try {
      Object.keys(window[area]).forEach((key) => {
        if (names.test(key) && !key.startsWith(prefix)) window[area].removeItem(key);
      });
    } catch {} // refused: then nothing of it can be there
  };
  document.cookie.split("; ").map((pair) => pair.split("=")[0]).filter((name) => name && names.test(name) && name !== jar).forEach((name) => {
    domains.forEach((domain) => paths.forEach((path) => ["", "/"].forEach((end) => {
      document.cookie = name + "=;max-age=0" + secure + domain + path + end;
    })));
  });
  clear("localStorage");
  clear("sessionStorage");
});

// Brings the page in line with what is allowed now. What is not given is swept on every page, because something outside
// our reach may have set its cookies again.
const apply = () => {
  const before = allowed;
  allowed = cfg.cats.flatMap(purposes).filter(has);
  // To read cookies and storage is to wait for other processes: where a page has just begun, the question is painted before.
  if (ready) sweep();
  else idle(sweep);
  // Databases, caches and the services' own switches take longer, and their code is not here.
  const lost = before.filter((purpose) => !has(purpose));
  if (lost.length) swept = later((pieces) => pieces.stop(lost));
  records.forEach((record) => {
    settle(record);
    if (record.ran && !record.once && !record.not && !has(record.purpose)) leaving = true;
  });
  if (before.join() !== allowed.join()) emit("permissions", decisions());
};

// A script that ran cannot be stopped, only left behind. The page is reloaded when the decision is safe in storage, and not
// under an open dialog: the person is still reading it.
const leave = () => {
  if (!leaving || view.panel || !kept()) return;
  leaving = false;
  Promise.race([swept, new Promise((done) => setTimeout(done, 2000))]).then(() => location.reload());
};
