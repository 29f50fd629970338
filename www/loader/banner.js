// The banner: one element with an open shadow root, there with the first paint. It takes no focus and moves nothing.
const css = "__RASPISKA_CSS__";
let sheet;
let banner;
let note;
let card;
let closed;
let asked;
let came;

const element = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
  node.append(...children);
  return node;
};

// A constructed sheet is not an inline style, so that no policy of the page has to be loosened for it.
const shadow = (node) => {
  const root = node.attachShadow({ mode: "open" });
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element("style", {}, css));
  }
  return root;
};

const build = () => {
  const button = (act, text, look) => element("button", { class: look, "data-raspiska": act }, text);
  banner = element("div", { id: "raspiska" });
  note = element("p", { role: "status" });
  card = element("section", { role: "region", "aria-label": words.title, lang },
    element("h2", {}, words.title),
    element("p", {}, words.body + " ",
      element("a", { href: url(cfg.policyUrl), "data-raspiska": "policy" }, words.policy)),
    note,
    element("div", {},
      button("refuse-all", words.none, "main"),
      button("give-all", words.all, "main"),
      button("preferences", words.more, "more")));
  const root = shadow(banner);
  root.append(card);
  root.addEventListener("click", pressed);
  root.addEventListener("focusin", (event) => {
    came = event.relatedTarget || came;
  });
  // Escape puts the question off. That is neither a yes nor a no, so nothing is written down.
  root.addEventListener("keydown", guard((event) => {
    if (event.key !== "Escape") return;
    closed = true;
    asked = false;
    draw();
  }));
};

const draw = guard((force, text) => {
  if (force) asked = true;
  if (!document.body) return;
  if (panel || !(asked || (asks() && !closed))) {
    const inside = banner && document.activeElement === banner;
    if (banner) banner.remove();
    if (inside && !panel) refocus();
    return;
  }
  if (!banner) build();
  note.textContent = text || "";
  // First in the body: who goes through the page by keyboard or by ear meets the question first.
  if (!banner.isConnected) document.body.prepend(banner);
});

const busy = (on) => {
  if (card) card.setAttribute("aria-busy", on);
};

// One handler for the banner's buttons and for everything that the page itself marks with `data-raspiska`.
const pressed = guard((event) => {
  const target = event.target.closest("[data-raspiska]");
  if (!target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const what = target.dataset.raspiska;
  event.preventDefault();
  if (what === "give-all") every(what, true);
  else if (what === "refuse-all") every(what, false);
  else show(what);
});
