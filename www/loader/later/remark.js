// Why the question is asked again, or about less than everything.
const names = (list) => list.join(", ");

const remark = () => {
  const parts = cfg.cats.filter((cat) => open(cat) && decided(cat).at).flatMap((cat) => {
    const { title, services } = about(cat);
    if (decided(cat).basis !== cat.basis) return title[lang];
    return added(cat).map((id) => services[id].name[lang]);
  });
  const covered = cfg.cats.filter(signalled).map((cat) => about(cat).title[lang]);
  return [
    parts.length ? words.changed(names(parts)) : "",
    covered.length ? words.signal(names(covered)) : "",
  ].filter(Boolean).join(" ");
};
