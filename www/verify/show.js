// A report becomes a part of the page. Everything from a file goes in as text, never as markup.

/** A file is somebody else's text: it must not turn the words around it. */
const visible = (text) => text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

const make = (tag, inside, attributes = {}) => {
  const node = document.createElement(tag);
  node.append(...[inside].flat());
  return Object.assign(node, attributes);
};

const code = (text) => make("code", visible(text));

const numbered = (text, ...numbers) => numbers.reduce((filled, number) => filled.replace("#", () => number), text);

const grouped = (number) => number.toLocaleString(said.lang);

/** A moment by the clock of whoever looks; a file may name one that no calendar has. */
const moment = (milliseconds) => {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) {
    return String(milliseconds);
  }
  const words = date.toLocaleString(said.lang, { dateStyle: "long", timeStyle: "long" });
  return make("time", words, { dateTime: date.toISOString() });
};

/** Ids come from a file, and may be names that every object has. */
const named = (names, id) => (names && Object.hasOwn(names, id) ? names[id] : undefined);

/** Puts values into the places of a template, and takes away places without a value and rows without a place. */
const filled = (id, values) => {
  const node = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const slot of node.querySelectorAll("[data-slot]")) {
    const value = values[slot.dataset.slot];
    if (value === undefined || value === null || value.length === 0) {
      slot.remove();
    } else if (value !== true) {
      slot.replaceChildren(...[value].flat());
    }
  }
  for (const row of node.querySelectorAll("[data-row]")) {
    if (!row.querySelector("[data-slot]")) {
      row.remove();
    }
  }
  return node;
};

/** A row of a list; what this server has no name for keeps its id. */
const row = (names, id, value) => make("div", [make("dt", visible(named(names, id) ?? id)), make("dd", value)]);

const decision = (state) => {
  const chip = make("span", said.states[state] ?? state, { className: "chip" });
  chip.dataset.state = state;
  return chip;
};

const decisions = (log, list) => list.map(({ purpose, state }) => row(log?.purposes, purpose, decision(state)));

/** What the page did before the decision, by its own note. */
const before = (log, gate) => {
  const told = (act) => {
    const names = gate[act].map((id) => visible(named(log?.purposes, id) ?? id));
    return names.length > 0 ? numbered(said.gate[act], names.join(", ")) : [];
  };
  const ran = [told("passed"), told("once")].flat();
  return [told("held"), ran.length > 0 ? ran : said.gate.nothing].flat().join(" ");
};

/** The notice's blocks as they were on the screen. */
const paragraphs = (blocks) => {
  const nodes = [];
  for (const block of blocks) {
    const [[kind, text]] = Object.entries(block);
    if (kind === "bullet") {
      const item = make("li", visible(text));
      const list = nodes.at(-1);
      if (list?.localName === "ul") {
        list.append(item);
      } else {
        nodes.push(make("ul", item));
      }
    } else if (kind === "heading") {
      nodes.push(make(text[0] === 1 ? "h3" : "h4", visible(text[1])));
    } else {
      nodes.push(make("p", visible(text)));
    }
  }
  return nodes;
};

/** What holds, for one file. */
const holds = (name, facts, trusted) => {
  const log = named(logs, facts.vkey);
  const key = trusted ? "own" : log ? "server" : "other";
  const fields = named(log?.fields, facts.notice.id);
  const plural = new Intl.PluralRules(said.lang).select(facts.hidden);
  const node = filled("holds", {
    title: key === "other" ? said.titles.compare : said.titles.holds,
    name: visible(name),
    lead: said.keys[key],
    audience: visible(facts.audience),
    who: said.actors[facts.event.by],
    category: said.categories[facts.category],
    how: said.methods[facts.event.method],
    page: facts.page && visible(facts.page),
    before: facts.gate && before(log, facts.gate),
    signed: moment(facts.signed * 1000),
    logged: moment(facts.logged),
    of: facts.of && code(facts.of),
    // Its scheme is part of what was verified: `https://` and the site.
    policy: make("a", visible(facts.policy.url), { href: facts.policy.url, target: "_blank", rel: "noopener noreferrer" }),
    edition: numbered(said.edition, visible(facts.policy.edition)),
    decisions: decisions(log, facts.decisions),
    values: facts.values.map(([id, value]) => row(fields, id, visible(value))),
    valuesNote: facts.values.length > 0 || null,
    hidden: facts.hidden > 0 ? numbered(said.hidden[plural], grouped(facts.hidden)) : null,
    textTitle: visible(facts.title || facts.notice.id),
    text: paragraphs(facts.text),
    origin: visible(facts.origin),
    entry: numbered(said.entry, grouped(facts.index), grouped(facts.size)),
    vkey: code(facts.vkey),
    receipt: code(facts.receipt),
    textDigest: code(facts.notice.sha256),
    policyDigest: code(facts.policy.sha256),
    subject: code(facts.subject),
    account: facts.account && code(facts.account),
    ask: log ? true : null,
  });
  node.dataset.verdict = key === "other" ? "compare" : "holds";
  node.querySelector("[data-slot=text]").lang = facts.notice.lang;
  node.querySelector("[data-part=origin]").open = key === "other";
  if (log) {
    offer(node.querySelector(".ask"), log, facts);
  }
  return node;
};

/** What does not hold, or why nothing was checked. */
const fails = (name, { verdict, kind, detail }) => {
  const { what, why } = said.failures[kind] ?? said.failures.internal;
  const titled = verdict === "unchecked" ? "unchecked" : kind === "file" || kind === "too-large" ? "file" : "fails";
  const node = filled("fails", {
    title: said.titles[titled],
    name: visible(name),
    lead: what,
    why,
    kind,
    detail,
  });
  node.dataset.verdict = verdict;
  return node;
};

/** One verdict of several is folded: the list comes first. */
const fold = (node) => {
  const inside = node.querySelector(".inside");
  if (inside) {
    const details = make("details", make("summary", said.more));
    inside.replaceWith(details);
    details.append(inside);
  }
};

const show = (source, report, trusted) => {
  const node = report.verdict === "holds" ? holds(source.name, report.facts, trusted) : fails(source.name, report);
  node.dataset.name = source.name;
  if (report.kind) {
    node.dataset.kind = report.kind;
  }
  return node;
};
