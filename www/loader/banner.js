// The banner: one element with an open shadow root, there with the first paint. It takes no focus and moves nothing.
let banner;
let note;
let card;
let times = 0;
let waiting;

const build = () => {
  const button = (act, text, kind) => element("button", { class: kind, part: kind + " " + act, "data-raspiska": act }, text);
  banner = element("div", { id: "raspiska" });
  note = element("p", { role: "status" });
  card = element("section", { role: "region", part: "banner", "aria-label": words.title, lang, dir: "auto" },
    element("h2", {}, words.title),
    element("p", {}, words.body + " ",
      element("a", { href: url("/policy/" + cfg.site), "data-raspiska": "policy" }, words.policy)),
    note,
    element("div", {},
      button("refuse-all", words.none, "main"),
      button("give-all", words.all, "main"),
      button("preferences", words.more, "more")));
  const root = shadow(banner);
  root.append(card);
  root.addEventListener("click", pressed);
  root.addEventListener("focusin", (event) => {
    view.came = event.relatedTarget || view.came;
  });
  // Escape puts the question off. That is neither a yes nor a no, so nothing is written down.
  root.addEventListener("keydown", guard((event) => {
    if (event.key !== "Escape") return;
    view.closed = true;
    view.asked = false;
    draw();
  }));
};

const busy = (on) => {
  if (card) card.setAttribute("aria-busy", on);
};

const put = (text) => {
  waiting = false;
  if (text != null) note.textContent = words[text] || text;
  // First in the body: who goes through the page by keyboard or by ear meets the question first. A page that throws its body
  // away gets it again, but is not fought with.
  if (wanted() && !banner.isConnected && times++ < 20) document.body.prepend(banner);
};

const paint = (text) => {
  if (!document.body) return;
  if (!wanted()) {
    if (!banner) return;
    const inside = document.activeElement === banner;
    banner.remove();
    note.textContent = "";
    if (inside && !view.panel) refocus();
    return;
  }
  // A page that was written anew has taken away what its nodes listened to.
  if (!banner || !banner.isConnected) {
    build();
    // Once a visit: pages that follow from pages of this site are part of it.
    if (!times && !view.asked && !document.referrer.startsWith(location.origin)) idle(() => count(["shown"]));
    // Where something changed since the last answer, or the browser's signal answers for a part of it, that is said with the question.
    if (!text && !first()) {
      waiting = true;
      later((pieces) => pieces.remark()).then(put);
    }
  }
  if (!waiting || text) put(text);
};
