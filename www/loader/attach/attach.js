// The page's own form, which cannot be sent before its consent is decided. Until this is there, the form is inert.
const site = () => fetch(url("/v1/sites/" + cfg.site), { credentials: "omit" }).then((answer) => {
  if (!answer.ok) throw new Error("the site answered " + answer.status);
  return answer.json();
});

// What the widget keeps: decisions on their way, and receipts. A browser that stores nothing has no use for a form that waits for its receipt.
const shelf = (name) => JSON.parse(localStorage.getItem("raspiska." + cfg.site + "." + name) || "[]");
const post = (items) => {
  localStorage.setItem("raspiska." + cfg.site + ".outbox", JSON.stringify(shelf("outbox").concat(items)));
  act((acts) => acts.send());
};

// One item for each document, as in a form of ours: the required one with every field, a free one with those that it covers or with the refusal.
const items = (all, own, form, documents) => documents.map(({ own: read, box }, at) => {
  const fields = asked(form, own).filter((field) => box.checked && typed(form, field) && (!at || (field.also_for || []).includes(read.id)));
  return {
    id: crypto.getRandomValues(new Uint32Array(4)).join("-"),
    at: Math.floor(Date.now() / 1000),
    method: "form",
    by: represented(form, own) ? "representative" : undefined,
    category: own.category,
    page: location.origin + location.pathname,
    notice: { id: read.id, lang: read.lang, sha256: read.sha256 },
    policy: all.edition,
    decisions: read.purposes.map(({ id }) => ({ purpose: id, state: box.checked ? "given" : "refused" })),
    fields: fields.length ? fields.map((field) => [field.id, typed(form, field)]) : undefined,
    account: view.account,
  };
});

const reason = (kind, all) =>
  /^(notice|policy)-/.test(kind) ? words.outdated : kind === "clock" ? words.clock : kind === "too-large" ? words.large : words.other(all.controller.email);

// Looks into storage, because another tab may be the one that delivers. Gives the first one's hash, once all are in the log.
const delivered = (ids, say, all) => new Promise((done, refused) => {
  const began = Date.now();
  const timer = setInterval(guard(() => {
    const waiting = shelf("outbox").filter((item) => ids.includes(item.id));
    const no = waiting.find((item) => item.refused);
    if (no || !waiting.length) clearInterval(timer);
    if (no) return refused(reason(no.refused, all));
    const receipt = shelf("receipts").find((own) => own.id === ids[0]);
    if (!waiting.length) return done(receipt ? receipt.hash : "");
    if (Date.now() - began > 4000 || !navigator.onLine) say(words.waiting);
  }), 200);
});

const thank = (own, form, host) => {
  const title = element("h3", { tabindex: "-1" }, words.sent);
  const more = element("button", { type: "button" }, words.consents);
  more.onclick = () => act((acts) => acts.show("consents"));
  const section = host.shadowRoot.querySelector("section");
  section.setAttribute("role", "status");
  section.replaceChildren(title, element("p", {}, text(own.done)), more);
  form.hidden = true;
  form.after(host);
  title.focus();
};

// Those whose consent is in the log: this submission is the page's.
const free = new WeakSet();

// The page's own way, with the receipt's hash beside what was typed: its own listeners hear the event now.
const letGo = (own, form, hash, submitter) => {
  const name = "raspiska-receipt";
  form.querySelectorAll("input[name=" + name + "]").forEach((node) => node.remove());
  form.append(element("input", { type: "hidden", name, value: hash }));
  free.add(form);
  try {
    form.requestSubmit(submitter && submitter.form === form ? submitter : undefined);
  } finally {
    free.delete(form);
  }
};

const prepare = (all, form) => {
  const own = all.forms.find(({ name }) => name === form.dataset.raspiskaForm);
  if (!own) throw new Error("the site has no form " + form.dataset.raspiskaForm);
  // A file goes with a form of ours only; the page's own is none of ours, and no consent covers it.
  own.fields = own.fields.filter((field) => field.kind !== "file");
  compare(form, own);
  const { host, documents, say } = block(all, own);
  const buttons = [...form.elements].filter((node) => node.type === "submit" || node.type === "image");
  const place = form.querySelector("[data-raspiska-consent]");
  if (place) place.append(host);
  else if (buttons[0]) buttons[0].before(host);
  else form.append(host);
  // Without scripts a button that is `disabled` in the markup keeps the form where it is; now the block is here.
  buttons.forEach((node) => (node.disabled = false));
  form.noValidate = true;
  form.submit = () => form.requestSubmit();
  form.addEventListener("focusin", () => act((acts) => acts.load().catch(complain)), { once: true });
  const judge = () => {
    const now = asked(form, own);
    const there = own.fields.filter((field) => control(form, field));
    const wrong = there.map((field) => tell(form, own.name, field, now.includes(field) ? fault(field, typed(form, field)) : ""));
    const missing = documents.map((each) => each.tell(each.missing()));
    return [...wrong, ...missing].filter(Boolean);
  };
  let tried;
  let busy;
  const check = () => {
    const wrong = judge();
    say(wrong.length ? words.check(wrong.length) : "", true);
    return wrong;
  };
  const recheck = guard(() => tried && !busy && check());
  form.addEventListener("change", recheck);
  host.shadowRoot.addEventListener("change", recheck);
  const clear = () => {
    tried = false;
    documents.forEach(({ box }) => (box.checked = false));
    say("");
  };
  form.addEventListener("reset", clear);
  return guard((submitter) => {
    if (busy) return;
    tried = true;
    const wrong = check();
    if (wrong.length) return wrong[0].focus();
    busy = true;
    say(words.sending);
    const made = items(all, own, form, documents);
    post(made);
    delivered(made.map(({ id }) => id), say, all).then((hash) => {
      clear();
      if (form.dataset.raspiskaThen === "thanks") thank(own, form, host);
      else letGo(own, form, hash, submitter);
    }).catch((sentence) => say(String(sentence), true)).then(() => {
      busy = false;
    });
  });
};

// Before any listener of the form or the document: the page hears of nothing that it may not send.
const hold = (form, send) => addEventListener("submit", guard((event) => {
  if (event.target !== form || free.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  send(event.submitter);
}), true);

const attach = (form) => site().then((all) => {
  shelf("outbox");
  hold(form, prepare(all, form));
  form.inert = false;
});
