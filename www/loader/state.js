// What the person decided, and what follows from it: `{ v: 2, at, cats }`, and for each category when that was (`at`, seconds), what it rested on
// (`basis`, a digest by the server of the documents and the purpose), which services were `known`, and the `state` of each purpose.
// A category counts only while its decision is in force: its documents read as they did, and it is not older than the site allows.
let choice;

const seconds = () => Math.floor(Date.now() / 1000);
const purposes = (cat) => [cat.id, ...Object.keys(cat.services).map((service) => cat.id + "/" + service)];
const whole = (purpose) => purpose.split("/")[0];
const category = (purpose) => cfg.cats.find((cat) => cat.id === whole(purpose));
const none = { state: {}, known: [] };
const decided = (cat) => (cat && choice.cats[cat.id]) || none;

const read = () => {
  choice = { v: 2, at: 0, cats: {} };
  [get("choice"), cfg.domain && marked()].map(parse).forEach(guard((found) => {
    if (found && found.v === 2 && found.at >= choice.at && Object.values(found.cats).every((own) => own.state && own.known.map)) choice = found;
  }));
};

const keep = (cats) => {
  choice = { v: 2, at: seconds(), cats: { ...choice.cats, ...cats } };
  const text = JSON.stringify(choice);
  set("choice", text);
  mark(cfg.domain ? text : choice.at);
};

// A clock that was put back makes a decision too young: it is asked for again like one that is too old.
const fresh = (cat) => {
  const { at, basis } = decided(cat);
  const age = seconds() - at;
  return !!cat && basis === cat.basis && age > -86400 && age < cfg.days * 86400;
};

// The browser says no for the person (Global Privacy Control). It stands until they decide themselves, and is no act of theirs.
const signalled = (cat) => cat.gpc && navigator.globalPrivacyControl && !fresh(cat);

const allows = (purpose) => {
  const cat = category(purpose);
  const { state, known } = decided(cat);
  const service = purpose.split("/")[1];
  // A service that came after the decision was not part of it.
  const covered = !service || known.includes(service) || !(service in cat.services);
  return whole(purpose) === "necessary" || (fresh(cat) && (state[purpose] || (covered && state[cat.id])) === "given");
};

// Several, with spaces between them, have to be allowed each.
const has = (purpose) => String(purpose).split(" ").every(allows);

// Services that came after the decision.
const added = (cat) => Object.keys(cat.services).filter((service) => !decided(cat).known.includes(service));

// Which categories are to be asked about: undecided ones, and given ones that a new service has joined.
const open = (cat) =>
  !signalled(cat) &&
  (!fresh(cat) || (has(cat.id) && added(cat).length));
const asks = () => cfg.cats.some(open);
const first = () => !choice.at && !cfg.cats.some(signalled);

const decisions = () => Object.assign({}, ...cfg.cats.filter(fresh).map((cat) => decided(cat).state));

const emit = (name, detail) => dispatchEvent(new CustomEvent("raspiska:" + name, { detail }));

read();
