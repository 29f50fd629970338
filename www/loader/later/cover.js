// A placeholder says what would be here and offers it: once, or always. It takes the frame's classes and size, so that the page's layout does not
// move when one takes the other's place.
const placeholder = (record) => {
  const node = record.node;
  const cat = category(record.purpose);
  const { name } = cat ? service(record.purpose) : {};
  const title = node.title || node.dataset.title || (cat ? about(cat).title[lang] : "");
  const host = element("raspiska-hold", { class: node.className });
  ["width", "height"].forEach((side) => {
    if (/^\d+$/.test(node[side])) host.style[side === "height" ? "minHeight" : side] = node[side] + "px";
  });
  const button = (kind, text, fn) => {
    const made = element("button", { class: "main", part: "button " + kind }, text);
    made.onclick = guard(() => {
      fn();
      settle(record);
      record.node.focus();
    });
    return made;
  };
  shadow(host).append(element("section", { role: "group", part: "placeholder", "aria-label": title, lang, dir: "auto" },
    element("h2", {}, title),
    element("p", {}, words.held(name && name[lang])),
    element("div", {},
      button("once", words.once, () => {
        record.once = true;
      }),
      cat ? button("always", words.always, () => act((acts) => acts.decide("choices", { [record.purpose]: true }))) : "")));
  return host;
};

const cover = (record) => {
  if (record.open || !record.node.isConnected) return;
  const node = record.node;
  if (!node.content) node.style.setProperty("display", "none", "important");
  if (!record.cover) record.cover = placeholder(record);
  node.before(record.cover);
};
