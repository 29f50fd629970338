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

// It becomes what its owner would have written: a tagged element, which the gate knows.
const tag = (node, purpose, address) => {
  const [cat, service] = purpose.split("/");
  if (node.localName === "script") {
    if (node.type) node.dataset.type = node.type;
    if (!node.isConnected) node.async = node.async;
    node.type = "text/plain";
  }
  node.removeAttribute("src");
  node.dataset.src = address;
  node.dataset.category = cat;
  if (service) node.dataset.service = service;
};

const kinds = /^(script|iframe|img)$/;
const caught = (node, address) => {
  if (!kinds.test(node.localName) || (records.get(node) || {}).open) return;
  const purpose = stopped(address);
  if (purpose) tag(node, purpose, String(address));
  return purpose;
};

const hook = guard(() => {
  [HTMLScriptElement, HTMLIFrameElement, HTMLImageElement].forEach(({ prototype }) => {
    const src = Object.getOwnPropertyDescriptor(prototype, "src");
    Object.defineProperty(prototype, "src", {
      ...src,
      set(address) {
        if (!caught(this, address)) src.set.call(this, address);
      },
    });
  });
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (!/^src$/i.test(name) || !caught(this, value)) setAttribute.call(this, name, value);
  };
  const { fetch, navigator } = window;
  window.fetch = function (request) {
    return stopped((request && request.url) || request) ? Promise.reject(new TypeError("held back by raspiska")) : fetch.apply(this, arguments);
  };
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    return open.call(this, method, stopped(address) ? "data:," : address, ...rest);
  };
  const send = navigator.sendBeacon;
  // True: whoever hears that a beacon did not go tries another way.
  navigator.sendBeacon = (address, data) => !!stopped(address) || send.call(navigator, address, data);
});

// Elements that the parser or `innerHTML` has made: they are seen before a script among them is started.
sifts.push((root) => [root, ...root.querySelectorAll("script[src],iframe[src],img[src]")].forEach((node) => {
  const address = node.getAttribute("src");
  if (address) caught(node, address);
}));
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
