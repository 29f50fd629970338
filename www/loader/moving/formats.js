// What consent managers keep, by the key under which they keep it. Each reader gives what was said, `[name, yes or no]`, when, and whether everything
// that is not named was refused (`rest`). It may throw: then nothing was said.
const LONGEST = 65536; // what is kept is a few hundred characters; nobody needs more than this

const now = () => Math.floor(Date.now() / 1000);
// Seconds, from an ISO date, seconds or milliseconds.
const moment = (value) => {
  const number = typeof value === "number" ? value : Date.parse(value);
  return Math.floor(number > 1e11 ? number / 1000 : number);
};
const object = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});
// Nothing, unless it is all names.
const list = (value) => (Array.isArray(value) && value.every((name) => typeof name === "string") ? value : undefined);
const each = (names, yes) => (list(names) || []).map((name) => [name, yes]);
const json = (text) => object(JSON.parse(text));

const inflated = async (base64url) => {
  const bytes = Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const reader = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    // A few bytes can swell to megabytes.
    if (text.length > LONGEST) throw new RangeError("too long");
  }
};

const formats = [
  // CookieConsent: the categories that were accepted; all of them are the keys of `services`.
  [/^cc_cookie$/, (text) => {
    const kept = json(text);
    const all = Object.keys(object(kept.services));
    const yes = list(kept.categories);
    if (!yes) return {};
    return {
      says: [...each(yes, true), ...each(all.filter((name) => !yes.includes(name)), false)],
      at: moment(kept.lastConsentTimestamp || kept.consentTimestamp),
      rest: !all.length,
    };
  }],
  // Klaro, Orejime: an object of services or purposes.
  [/^(klaro|orejime)$/, (text) => ({ says: Object.entries(json(text)) })],
  // tarteaucitron: `!gtag=true!youtube=wait`
  [/^tarteaucitron$/, (text) => ({
    says: text.split("!").map((pair) => pair.split("=")).filter(([, state]) => /^(true|false)$/.test(state)).map(([name, state]) => [name, state === "true"]),
  })],
  // c15t: five categories of its own; in its cookie as short keys, in storage as an object. What is missing was refused.
  [/^c15t$/, (text) => {
    const flat = text[0] !== "{";
    const kept = flat ? {} : json(text);
    const pairs = flat ? text.split(",").map((pair) => pair.split(/:(.*)/s)) : [];
    const said = flat
      ? pairs.filter(([key]) => key.startsWith("c.")).map(([key, value]) => [key.slice(2), value === "1"])
      : Object.entries(object(kept.consents));
    const time = flat ? Number((pairs.find(([key]) => key === "i.t") || [])[1]) : object(kept.consentInfo).time;
    const named = new Map(said);
    const own = ["necessary", "functionality", "experience", "measurement", "marketing"];
    if (!own.some((name) => named.has(name)) && !(time > 0)) return {};
    return { says: own.map((name) => [name, named.get(name) === true]), at: moment(time) };
  }],
  // Osano: one answer for all. Who only put the note away has said nothing.
  [/^cookieconsent_status$/, (text) => ({ rest: text === "deny" })],
  [/^fides_consent/, async (text) => {
    const kept = json(text.startsWith("gzip:") ? await inflated(text.slice(5)) : text);
    const meta = object(kept.fides_meta);
    if (/^(dismiss|gpc)$/.test(meta.consentMethod)) return {};
    const states = new Map([["opt_in", true], ["opt_out", false]]);
    return {
      says: Object.entries(object(kept.consent)).map(([name, state]) => [name, states.has(state) ? states.get(state) : state]),
      at: moment(meta.updatedAt || meta.createdAt),
    };
  }],
  // Silktide: a key for each category.
  [/^(silktideCookieChoice_|stcm\.consent\.)/, (text, key) => ({
    says: /^(true|false)$/.test(text) ? [[key.replace(/^(silktideCookieChoice_|stcm\.consent\.)/, ""), text === "true"]] : [],
  })],
  [/^probo_consent$/, (text) => ({ says: Object.entries(object(json(text).data)) })],
  [/^_consentos_consent$/, (text) => {
    const kept = json(text);
    return { says: [...each(kept.accepted, true), ...each(kept.rejected, false)], at: moment(kept.consentedAt) };
  }],
  // dz152fz: the categories that were allowed, and only those.
  [/^dz152fz:/, (text) => {
    const kept = json(text);
    return { says: each(kept.allowedCategories, true), rest: !!list(kept.allowedCategories) };
  }],
  // OneTrust writes its defaults before anybody has answered; `OptanonAlertBoxClosed` is there once somebody has.
  [/^OptanonConsent$/, (text, key, all) => {
    const closed = all.find(([name]) => name === "OptanonAlertBoxClosed");
    const groups = closed ? (/(?:^|&)groups=([^&]*)/.exec(text) || ["", ""])[1].split(",") : [];
    return {
      says: groups.map((pair) => pair.split(":")).filter(([, state]) => /^[01]$/.test(state)).map(([name, state]) => [name, state === "1"]),
      at: closed && moment(closed[1]),
    };
  }],
  // Cookiebot: `{stamp:'…',necessary:true,preferences:false,…,utc:1700000000000}`, which is no JSON.
  [/^CookieConsent$/, (text) => ({
    says: Array.from(text.matchAll(/[{,](preferences|statistics|marketing):(true|false)(?=[,}])/g), ([, name, state]) => [name, state === "true"]),
    at: moment(Number((/[{,]utc:(\d+)/.exec(text) || [])[1])),
  })],
];
