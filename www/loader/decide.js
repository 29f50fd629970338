// Counts without people: what happened, never to whom.
const count = guard((lines) => {
  if (cfg.counts && lines[0]) navigator.sendBeacon(url("/v1/sites/" + cfg.site + "/counts"), lines.join("\n") + "\n");
});

// `wanted` says yes (`true` and nothing else) or no for some purposes. A service that is not named follows its category; a category that is not named
// stays as it is. One intent goes into the outbox for each consent document that this touches: first the evidence, then
// the permission, so that nothing is ever allowed without a record on its way.
const decide = guard((method, wanted) => {
  const at = seconds();
  const items = queue();
  const cats = {};
  const lines = [];

  cfg.cats.forEach((cat) => {
    const { id, notice, basis } = cat;
    const own = purposes(cat);
    const on = (purpose) => (purpose in wanted ? wanted[purpose] === true : id in wanted ? wanted[id] === true : has(purpose));
    const same = fresh(cat) && !/-all$/.test(method) && own.every((purpose) => on(purpose) === has(purpose));
    if (same || !own.some((purpose) => purpose in wanted)) return;
    const before = decided(cat).state;
    const decisions = own
      .filter((purpose) => purpose === id || purpose in before || on(purpose) !== on(id))
      .map((purpose) => ({ purpose, state: on(purpose) ? "given" : before[purpose] === "given" ? "withdrawn" : "refused" }));
    const state = { ...before };
    decisions.forEach((item) => {
      state[item.purpose] = item.state;
    });
    cats[id] = { at, basis, known: Object.keys(cat.services), state };
    lines.push((on(id) ? "given " : "refused ") + id);
    items.push({
      id: crypto.getRandomValues(new Uint32Array(4)).join("-"),
      at,
      // What was never given cannot be withdrawn: there, the same wish is a choice like any other.
      method: method === "withdraw" && !decisions.some((item) => item.state === "withdrawn") ? "choices" : method,
      category: "site_user",
      page: location.origin + location.pathname,
      // The beginning of its digest: enough to know the text again, which the receipt then names whole.
      notice: { id: notice.id, lang, sha256: notice[lang] },
      policy: cfg.edition,
      decisions,
      gate: notes(id),
      account: view.account,
    });
  });

  set("outbox", JSON.stringify(items));
  keep(cats);
  view.asked = false;
  forget(wanted);
  draw();
  // The click is answered; what it sets in motion waits for the next task, so that the page stays quick under the finger.
  setTimeout(guard(() => {
    emit("decision", { method, decisions: decisions() });
    apply();
    send();
    leave();
    count(lines[0] && method === "choices" ? ["chosen", ...lines] : lines);
  }));
});

// The banner's two answers. After the first time they are about what is asked now; a yes leaves alone what the browser's signal covers.
const every = (method, value) => {
  const asked = cfg.cats.filter(open);
  decide(method, Object.fromEntries((asked.length ? asked : cfg.cats).filter((cat) => !value || !signalled(cat)).map((cat) => [cat.id, value])));
};
