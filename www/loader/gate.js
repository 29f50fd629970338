// Holds scripts, frames and templates until their purpose is given, lets each go once, and takes back what can be taken back.
const selector =
  'script[type="text/plain"][data-category],iframe[data-src][data-category],template[data-purpose],raspiska-form';
const records = new Map();
let allowed = [];
let leaving;
let last;

// What stands behind the gate: `not` marks `data-category="!x"`, which runs when x is not given.
const take = (node) => {
  if (node.localName === "raspiska-form") return form(node);
  let record = records.get(node);
  if (!record) {
    const data = node.dataset;
    const name = data.category || data.purpose || "";
    record = { node, not: name[0] === "!", purpose: name.replace("!", "") + (data.service ? "/" + data.service : "") };
    records.set(node, record);
  }
  settle(record);
};

const scan = (root) => {
  if (root.nodeType !== 1) return;
  if (root.matches(selector)) take(root);
  root.querySelectorAll(selector).forEach(take);
};

const settle = guard((record) => {
  const open = !!record.once || has(record.purpose) !== record.not;
  if (open === record.open || !record.node.isConnected) return;
  const script = record.node.localName === "script";
  if (script && (!open || record.ran)) return;
  record.open = open;
  if (script) run(record);
  else if (open) reveal(record);
  else cover(record);
});

// A script is started by putting a live copy in its place. External ones keep document order by `async = false`; an inline
// one waits for the external one before it, as it would in a page without a gate.
const run = (record) => {
  const held = record.node;
  const live = document.createElement("script");
  const src = held.dataset.src || held.getAttribute("src");
  for (const { name, value } of held.attributes) {
    if (!/^(type|src|data-type|data-src)$/.test(name)) live.setAttribute(name, value);
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
    live.src = src;
    if (!live.async) {
      last = live;
      after(live, () => {
        if (last === live) last = null;
      });
    }
    return go();
  }
  live.text = held.text;
  if (last) after(last, go);
  else go();
};

const reveal = (record) => {
  const node = record.node;
  if (record.cover) record.cover.remove();
  if (node.localName === "iframe") {
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
  record.parts = Array.from(content.childNodes);
  node.before(content);
};

const cover = (record) => {
  let node = record.node;
  if (node.localName === "iframe") {
    // A frame that has loaded is replaced by one that never did: taking its address away would leave it running.
    if (node.hasAttribute("src")) {
      const blank = node.cloneNode();
      blank.removeAttribute("src");
      records.delete(node);
      records.set(blank, record);
      node.replaceWith(blank);
      record.node = node = blank;
    }
    node.style.setProperty("display", "none", "important");
  } else {
    (record.parts || []).forEach((part) => part.remove());
    if (!("contextual" in node.dataset)) return;
  }
  if (!record.cover) record.cover = placeholder(record);
  node.before(record.cover);
};

// It takes the frame's classes and size, so that the page's layout does not move when one takes the other's place.
const placeholder = (record) => {
  const node = record.node;
  const cat = category(record.purpose);
  const title = node.title || (cat ? cat.title[lang] : "");
  const host = element("raspiska-hold", { class: node.className });
  if (/^\d+$/.test(node.width)) host.style.width = node.width + "px";
  if (/^\d+$/.test(node.height)) host.style.minHeight = node.height + "px";
  const button = (text, act) => {
    const made = element("button", { class: "main" }, text);
    made.onclick = guard(() => {
      act();
      settle(record);
      record.node.focus();
    });
    return made;
  };
  shadow(host).append(element("section", { role: "group", "aria-label": title, lang },
    element("h2", {}, title),
    element("p", {}, words.held),
    element("div", {},
      button(words.once, () => {
        record.once = true;
      }),
      cat ? button(words.always, () => decide("choices", { [record.purpose]: true })) : "")));
  return host;
};

// "Show once" ends where a decision about the same purpose begins.
const forget = (wanted) => records.forEach((record) => {
  if (record.purpose in wanted || whole(record.purpose) in wanted) record.once = false;
});

// Cookies and storage keys of a category, by name or `*` pattern, on every domain and path from which this page could see them.
const sweep = (cat) => {
  const pattern = new RegExp("^(" + cat.cookies.map((name) => name.replace(/[^\w*]/g, "\\$&").replace(/\*/g, ".*")).join("|") + ")$");
  const secure = location.protocol === "https:" ? ";secure" : "";
  const labels = location.hostname.split(".");
  const domains = ["", ...labels.map((_, i) => ";domain=" + labels.slice(i).join("."))];
  const parts = location.pathname.split("/");
  const paths = parts.map((_, i) => ";path=" + parts.slice(0, i + 1).join("/"));
  const clear = guard((area) => Object.keys(window[area]).forEach((key) => {
    if (pattern.test(key) && !key.startsWith(prefix)) window[area].removeItem(key);
  }));
  document.cookie.split("; ").map((pair) => pair.split("=")[0]).filter((name) => pattern.test(name)).forEach((name) => {
    domains.forEach((domain) => paths.forEach((path) => ["", "/"].forEach((end) => {
      document.cookie = name + "=;max-age=0" + secure + domain + path + end;
    })));
  });
  clear("localStorage");
  clear("sessionStorage");
};

// Brings the page in line with what is allowed now. A refused category is swept on every page, because something outside
// our reach may have set its cookies again.
const apply = () => {
  const before = allowed;
  allowed = [];
  cfg.cats.forEach((cat) => {
    const own = purposes(cat);
    const open = own.filter(has);
    allowed.push(...open);
    if (own.some((purpose) => before.includes(purpose) && !has(purpose)) || (fresh(cat) && !open.length)) guard(sweep)(cat);
  });
  records.forEach((record) => {
    settle(record);
    if (record.ran && !record.once && !record.not && !has(record.purpose)) leaving = true;
  });
  if (before.join() !== allowed.join()) emit("permissions", decisions());
};

// A script that ran cannot be stopped, only left behind. The page is reloaded when the decision is safe in storage, and not
// under an open dialog: the person is still reading it.
const leave = () => {
  if (!leaving || panel || !kept()) return;
  leaving = false;
  location.reload();
};
