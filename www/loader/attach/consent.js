// The consent block: each document with its own box, unticked, and its whole text one step away (152-ФЗ, art. 9(1)).

// The operator's calendar day, at UTC+3.
const today = () => new Date(Date.now() + 3 * 3600000).toISOString().slice(0, 10);

const notice = (site, id) => {
  const day = today();
  const all = site.notices.filter((own) => own.id === id && own.since <= day && (!own.until || day < own.until));
  return all.find((own) => own.lang === lang) || all[0];
};

// The form of a notice's text: "# Title", "## Heading", "- bullet", paragraphs.
const lines = (own) => own.text.split("\n").filter(Boolean);
const sentence = (own) => lines(own).find((line) => line[0] !== "#");
const written = (own) => {
  let list;
  return lines(own).map((line) => {
    const [, mark, rest] = /^(#+ |- )?(.*)$/.exec(line);
    if (mark === "- ") {
      const bullet = element("li", {}, rest);
      if (list) return list.append(bullet);
      return (list = element("ul", {}, bullet));
    }
    list = 0;
    return element(mark ? (mark[1] === "#" ? "h5" : "h4") : "p", {}, rest);
  }).filter(Boolean);
};

// One document. `tell` says what is missing, or nothing.
const documentOf = (own, required) => {
  const box = element("input", { type: "checkbox", "aria-describedby": own.id + "-help" });
  const help = element("p", { id: own.id + "-help" });
  const part = element("div", { class: "consent", "data-notice": own.id },
    element("label", {}, box, element("span", {}, sentence(own))),
    help,
    element("details", {}, element("summary", {}, words.read), element("div", { class: "notice", tabindex: "0" }, ...written(own))));
  const tell = (missing) => {
    help.textContent = missing ? words.consent : required ? "" : words.optional;
    help.className = missing ? "bad" : "";
    if (missing) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
    return missing && box;
  };
  tell();
  return { own, box, part, tell, missing: () => required && !box.checked };
};

const block = (site, own) => {
  const documents = [own.notice, ...(own.optional || [])].map((id, at) => documentOf(notice(site, id), !at));
  const status = element("p", { role: "status" });
  const host = element("raspiska-consent", { lang });
  shadow(host).append(element("section", {}, ...documents.map((each) => each.part),
    element("a", { href: url("/policy/" + cfg.site + "/" + site.edition + "?lang=" + lang), target: "_blank", rel: "noopener" }, words.policy),
    status));
  return { host, documents, say: (sentence, bad) => {
    status.textContent = sentence;
    status.className = bad ? "bad" : "";
  } };
};
