// What the person refused, as far as it can be told: `[category, when]` for each category that nothing speaks for and something speaks against.
const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const refusals = async () => {
  const cookies = document.cookie.split("; ").map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]);
  const pairs = [...cookies, ...Object.entries(localStorage)];
  const given = new Set();
  const refused = new Map();
  let rest;
  const all = pairs.filter(([, text]) => text.length <= LONGEST).map(([key, text]) => [key, decoded(text)]);
  for (const [key, text] of all) {
    const [, reader] = formats.find(([pattern]) => pattern.test(key)) || [];
    if (!reader) continue;
    try {
      const said = await reader(text, key, all);
      // Without a time, or with one that is still to come, it is as old as this moment.
      const at = said.at > 0 && said.at < now() ? said.at : now();
      (said.says || []).forEach(([name, yes]) => {
        const purpose = translated(name);
        if (yes === true) given.add(purpose);
        if (yes === false) refused.set(purpose, Math.min(at, refused.get(purpose) || at));
      });
      if (said.rest) rest = at;
    } catch {} // what cannot be read says nothing
  }
  // A yes to something that has no translation may be a yes to anything here.
  if (given.has(undefined)) rest = 0;
  return cfg.cats.flatMap((cat) => {
    const services = Object.keys(cat.services).map((service) => cat.id + "/" + service);
    if ([cat.id, ...services].some((purpose) => given.has(purpose))) return [];
    const each = services.length && services.every((purpose) => refused.has(purpose)) && Math.min(...services.map((purpose) => refused.get(purpose)));
    const at = refused.get(cat.id) || each || rest;
    return at ? [[cat, at]] : [];
  });
};
