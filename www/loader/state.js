// What the person decided, and what follows from it. A category counts only while its decision is in force: for this edition
// of the policy, for the consent document as it reads today, and not older than the site allows.
let choice;

const seconds = () => Math.floor(Date.now() / 1000);
const purposes = (cat) => [cat.id, ...cat.services.map((service) => cat.id + "/" + service)];
const whole = (purpose) => purpose.split("/")[0];
const category = (purpose) => cfg.cats.find((cat) => cat.id === whole(purpose));

const read = () => {
  choice = parse("choice");
  if (!choice || choice.v !== 1 || !choice.state || !choice.notices) choice = { state: {}, notices: {} };
};

const fresh = (cat) =>
  !!cat &&
  !!choice.state[cat.id] &&
  choice.edition === cfg.edition &&
  seconds() - choice.at < cfg.days * 86400 &&
  Object.values(cat.notice).includes(choice.notices[cat.id]);

const asks = () => !cfg.cats.every(fresh);

const has = (purpose) =>
  whole(purpose) === "necessary" ||
  (fresh(category(purpose)) && (choice.state[purpose] || choice.state[whole(purpose)]) === "given");

const decisions = () =>
  Object.fromEntries(Object.entries(choice.state).filter(([purpose]) => fresh(category(purpose))));

const emit = (name, detail) => dispatchEvent(new CustomEvent("raspiska:" + name, { detail }));

// `wanted` says yes (`true` and nothing else) or no for some purposes. A service that is not named follows its category; a category that is not named
// stays as it is. One intent goes into the outbox for each consent document that this touches: first the evidence, then
// the permission, so that nothing is ever allowed without a record on its way.
const decide = guard((method, wanted) => {
  const at = seconds();
  const items = queue();
  const next = { v: 1, at, edition: cfg.edition, lang, state: { ...choice.state }, notices: {} };

  cfg.cats.forEach((cat) => {
    const { id, notice } = cat;
    const own = purposes(cat);
    const on = (purpose) => (purpose in wanted ? wanted[purpose] === true : id in wanted ? wanted[id] === true : has(purpose));
    const same = fresh(cat) && !/-all$/.test(method) && own.every((purpose) => on(purpose) === has(purpose));
    if (same || !own.some((purpose) => purpose in wanted)) {
      // The age of a choice is that of its oldest decision: changing one category does not prolong the others.
      if (fresh(cat)) {
        next.notices[id] = choice.notices[id];
        next.at = choice.at;
      }
      return;
    }
    const decided = own
      .filter((purpose) => purpose === id || purpose in choice.state || on(purpose) !== on(id))
      .map((purpose) => {
        const state = on(purpose) ? "given" : choice.state[purpose] === "given" ? "withdrawn" : "refused";
        next.state[purpose] = state;
        return { purpose, state };
      });
    next.notices[id] = notice[lang];
    items.push({
      id: crypto.getRandomValues(new Uint32Array(4)).join("-"),
      at,
      // What was never given cannot be withdrawn: there, the same wish is a choice like any other.
      method: method === "withdraw" && !decided.some(({ state }) => state === "withdrawn") ? "choices" : method,
      category: "site_user",
      page: location.origin + location.pathname,
      notice: { id: notice.id, lang, sha256: notice[lang] },
      policy: { edition: cfg.edition, sha256: cfg.policy },
      decisions: decided,
    });
  });

  set("outbox", JSON.stringify(items));
  set("choice", JSON.stringify(next));
  choice = next;
  asked = false;
  forget(wanted);
  draw();
  // The click is answered; what it sets in motion waits for the next task, so that the page stays quick under the finger.
  setTimeout(guard(() => {
    emit("decision", { method, decisions: decisions() });
    apply();
    send();
    leave();
  }));
});

const every = (method, value) => decide(method, Object.fromEntries(cfg.cats.map((cat) => [cat.id, value])));
