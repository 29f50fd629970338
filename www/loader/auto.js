// What nobody has tagged is known by its address: scripts, frames, pixels and requests that match a service's patterns wait like tagged ones.
// For that this script stands first in the head: what ran before it is out of reach.
const rules = (cfg.auto || []).map(([pattern, purpose]) => [new RegExp(pattern), purpose]);

// The purpose that this address needs and has not; nothing if it may go.
const stopped = (address) => {
  try {
    const { protocol, hostname, pathname } = new URL(address, document.baseURI);
    const [, purpose] = /^http/.test(protocol) && rules.find(([pattern]) => pattern.test(hostname + pathname)) || [];
    if (!purpose || has(purpose)) return;
    remember("held", purpose);
    return purpose;
  } catch {}
};

// It becomes what its owner would have written: a tagged element, which the gate knows. A frame or a picture that has begun to load keeps its
// address, so that the gate puts an empty one in its place.
const kinds = /^(script|iframe|img)$/;
const caught = (node, address) => {
  if (!address || !kinds.test(node.localName) || node.dataset.category || (records.get(node) || {}).open) return;
  const purpose = stopped(address);
  if (!purpose) return;
  const [cat, service] = purpose.split("/");
  if (node.localName === "script") {
    if (node.type) node.dataset.type = node.type;
    // One that a script has made runs when it comes, unless it says otherwise.
    if (!node.isConnected) node.async = node.async;
    node.type = "text/plain";
  }
  node.dataset.src = address;
  node.dataset.category = cat;
  node.dataset.service = service;
  return purpose;
};

// The same in markup before it becomes elements: what `document.write` brings runs, and what is set as HTML loads, before anybody sees it.
const reworded = (html) => typeof html !== "string" ? html : html.replace(/<(script|iframe|img)\b[^>]*?\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))[^>]*/gi, (text, tag, ...found) => {
  const purpose = !/\sdata-category/i.test(text) && stopped((found[0] || found[1] || found[2] || "").replace(/&amp;/g, "&"));
  if (!purpose) return text;
  const [cat, service] = purpose.split("/");
  return "<" + tag + (/^s/i.test(tag) ? ' type="text/plain"' : "") + ' data-category="' + cat + '" data-service="' + service + '"' +
    text.slice(tag.length + 1).replace(/\s(type|src)(?=\s*=)/gi, " data-$1");
});

// Puts what `change` makes of a method, or of a property's setter, in its place.
const instead = (object, name, change, part = "value") => {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { ...own, [part]: change(own[part]) });
};

const hook = guard(() => {
  [HTMLScriptElement, HTMLIFrameElement, HTMLImageElement].forEach(({ prototype }) => instead(prototype, "src", (set) => function (address) {
    if (!caught(this, address)) set.call(this, address);
  }, "set"));
  instead(Element.prototype, "setAttribute", (set) => function (name, value) {
    if (!/^src$/i.test(name) || !caught(this, value)) set.call(this, name, value);
  });
  // A copy of an element has its address from the start.
  ["appendChild", "insertBefore"].forEach((name) => instead(Node.prototype, name, (put) => function (node) {
    if (node && node.src) caught(node, node.src);
    return put.apply(this, arguments);
  }));
  ["innerHTML", "outerHTML"].forEach((name) => instead(Element.prototype, name, (set) => function (html) {
    set.call(this, reworded(html));
  }, "set"));
  instead(Element.prototype, "insertAdjacentHTML", (put) => function (where, html) {
    put.call(this, where, reworded(html));
  });
  ["write", "writeln"].forEach((name) => instead(Document.prototype, name, (write) => function (...html) {
    write.apply(this, html.map(reworded));
  }));
  instead(window, "fetch", (fetch) => function (request) {
    return stopped((request && request.url) || request) ? Promise.reject(new TypeError("held back by raspiska")) : fetch.apply(this, arguments);
  });
  instead(XMLHttpRequest.prototype, "open", (open) => function (method, address, ...rest) {
    return open.call(this, method, stopped(address) ? "data:," : address, ...rest);
  });
  // True: whoever hears that a beacon did not go tries another way.
  instead(Navigator.prototype, "sendBeacon", (send) => function (address) {
    return !!stopped(address) || send.apply(this, arguments);
  });
});

// Elements that the parser has made: they are seen before a script among them is started.
sifts.push((root) => [root, ...root.querySelectorAll("script[src],iframe[src],img[src]")].forEach((node) => caught(node, node.getAttribute("src"))));
if (rules.length) hook();

// Switches that services have themselves, and signals that they read: off until given.
const switches = guard(() => {
  (cfg.off || []).forEach(([name, value, purpose]) => {
    if (!has(purpose)) window[name] = value;
    else if (window[name] === value) delete window[name];
  });
});
const signals = guard((kind) => {
  if (!cfg.signals) return;
  const layer = (window.dataLayer = window.dataLayer || []);
  const say = function () {
    layer.push(arguments);
  };
  say("consent", kind, Object.fromEntries(Object.entries(cfg.signals).map(([flag, purpose]) => [flag, has(purpose) ? "granted" : "denied"])));
});
switches();
signals("default");
addEventListener("raspiska:permissions", () => {
  switches();
  signals("update");
});
