// Markup that was written for another consent manager: its attributes are read as ours, its categories by the names that the site's settings
// translate. What has no translation stays where it is, held.
const names = cfg.alias || {};
const foreign = 'script[type="text/plain"],[data-src],[data-cookieblock-src],template';

const translate = (node) => {
  const data = node.dataset;
  if (!node.matches(foreign) || records.has(node)) return;
  const from = [data.category, data.purpose, data.c15tCategory, data.cookieConsent, data.cookieconsent, data.name,
    (/optanon-category-(\S+)/.exec(node.className) || [])[1]].find(Boolean);
  if (!from) return;
  const not = from[0] === "!" ? "!" : "";
  const ours = from.replace("!", "").split(/[\s,+]+/).map((name) => names[name] || (category(name) && name));
  if (ours.includes(undefined)) return;
  const [purpose, service] = ours.length > 1 ? [ours.join(" ")] : ours[0].split("/");
  if (data.cookieblockSrc) data.src = data.cookieblockSrc;
  if (service) data.service = service;
  data[node.content ? "purpose" : "category"] = not + purpose;
};
if (cfg.alias) sifts.push((root) => [root, ...root.querySelectorAll(foreign)].forEach(translate));
