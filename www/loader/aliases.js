// Markup that was written for another consent manager: its attributes are read as ours, its names by the table. What has no translation stays as it is, held.
const foreign = 'script[type="text/plain"],[data-src],[data-cookieblock-src],template';

const translate = guard((node) => {
  const data = node.dataset;
  if (!node.matches(foreign) || records.has(node)) return;
  const from = ["category", "purpose", "c15tCategory", "cookieConsent", "cookieconsent", "name"].map((name) => data[name]).find(Boolean) ||
    (/optanon-category-(\S+)/.exec(node.className) || ["", ""])[1].replace(/-/g, " ");
  // Several names: each has to be given.
  const ours = from.replace("!", "").split(/[\s,+]+/).filter(Boolean).map(translated);
  if (!ours[0] || !ours.every(Boolean)) return;
  const own = (data.service || "").replace("!", "");
  const [purpose, service] = ours[1] ? [ours.join(" ")] : ours[0].split("/");
  const not = [from, data.service].some((name) => /^!/.test(name)) ? "!" : "";
  if (service || own) data.service = service || (translated(own) || "").split("/")[1] || own;
  if (data.cookieblockSrc) data.src = data.cookieblockSrc;
  data[node.content ? "purpose" : "category"] = not + purpose;
});
if (cfg.alias) sifts.push((root) => [root, ...root.querySelectorAll(foreign)].forEach(translate));
