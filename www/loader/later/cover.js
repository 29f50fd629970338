// A placeholder says what would be here and offers it: once, or always. It takes the frame's classes and size, so that the page's layout does not
// move when one takes the other's place.
const placeholder = (record) => {
  const node = record.node;
  const cat = category(record.purpose);
  const { name } = cat ? service(record.purpose) : {};
  const title = node.title || node.dataset.title || (cat ? about(cat).title[lang] : "");
  const host = element("raspiska-hold", { class: node.className });
  const button = (kind, text, fn) => {
    const made = element("button", { class: "main", part: "button " + kind }, text);
    made.onclick = guard(() => {
      fn();
      settle(record);
      record.node.focus();
    });
    return made;
  };
  const card = element("section", { role: "group", part: "placeholder", "aria-label": title, lang, dir: "auto" },
    element("h2", {}, title),
    element("p", {}, words.held(name && name[lang])),
    element("div", {},
      button("once", words.once, () => {
        record.once = true;
      }),
      cat ? button("always", words.always, () => act((acts) => acts.decide("choices", { [record.purpose]: true }))) : ""));
  // A frame's numbers are without its edges.
  if (/^\d+$/.test(node.width)) host.style.width = +node.width + node.offsetWidth - node.clientWidth + "px";
  if (/^\d+$/.test(node.height)) card.style.height = +node.height + node.offsetHeight - node.clientHeight + "px";
  // It stands in a line, on its lower edge, unless the page says otherwise.
  const inline = !node.content && getComputedStyle(node).display === "inline";
  if (inline) host.style.overflow = "hidden";
  host.style.setProperty("display", inline ? "inline-block" : "block", "important");
  shadow(host).append(card);
  return host;
};

const cover = (record) => {
  if (record.open || !record.node.isConnected) return;
  const node = record.node;
  if (!record.cover) record.cover = placeholder(record);
  if (!node.content) node.style.setProperty("display", "none", "important");
  node.before(record.cover);
};
