// What a page needs seldom comes in modules of its own, when it does: `acts.js` all that a click sets in motion, where this response is
// without it, `later.js` placeholders, forms and thorough cleaning, `watch.js` what a developer wants to see.
const pieces = {};
const piece = (name) => {
  if (!pieces[name]) {
    pieces[name] = import(url("/s/" + cfg.site + "/" + name + ".js")).then((module) => module.default(core));
    pieces[name].catch(() => {
      delete pieces[name];
    });
  }
  return pieces[name];
};
const later = (fn) => piece("later").then(fn).catch(complain);

let ours;
const act = guard((fn) => {
  if (ours) return fn(ours);
  return piece("acts").then((acts) => {
    ours = acts;
    return fn(acts);
  }).catch(complain);
});

const wanted = () => !view.panel && (view.asked || (asks() && !view.closed));
const draw = guard((force, text) => {
  if (force) view.asked = true;
  if (ours || wanted()) act((acts) => acts.paint(text));
});

// One handler for the banner's buttons and for everything that the page itself marks with `data-raspiska`.
const pressed = guard((event) => {
  const target = event.target.closest("[data-raspiska]");
  if (!target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const what = target.dataset.raspiska;
  event.preventDefault();
  act((acts) => {
    if (what === "give-all") acts.every(what, true);
    else if (what === "refuse-all") acts.every(what, false);
    else acts.show(what);
  });
});

// What modules may use.
const core = "__RASPISKA_CORE__";
