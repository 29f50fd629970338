// The control that opens the settings again, on sites that want one. It is there while nothing is asked, behind everything else of the page: whoever
// goes through the page by keyboard comes to it last.
const icon = () => {
  const draw = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
    return node;
  };
  const svg = draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  // A cookie: bitten, with three crumbs of chocolate.
  svg.append(draw("path", { d: "M12 3a9 9 0 1 0 9 9 4.5 4.5 0 0 1-4.8-4.2A4.5 4.5 0 0 1 12 3zM8.5 10.5h.01M15 15h.01M9.5 15.5h.01" }));
  return svg;
};

const reopen = guard(() => {
  if (document.readyState === "loading") return document.addEventListener("DOMContentLoaded", reopen);
  const host = element("raspiska-reopen", { "data-raspiska": "preferences" });
  more.reopen.split("-").forEach((side) => {
    host.style[side] = 0;
  });
  shadow(host).append(element("aside", { "aria-label": words.reopen, lang, dir: "auto" },
    element("button", { part: "button reopen" }, icon(), element("span", {}, words.reopen))));
  let times = 0;
  // It gives way to the question. A page that throws its body away gets it again, but is not fought with.
  const place = guard(() => {
    if (wanted()) host.remove();
    else if (!host.isConnected && times++ < 20) document.body.append(host);
  });
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: true });
  place();
});
