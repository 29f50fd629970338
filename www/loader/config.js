// What this copy was built for. The server puts the site's settings in place of the literal below, so that one response
// is all that holding back and asking need. A second copy on the same page finds the first one's API and leaves.
if (window.raspiska && window.raspiska.has) return;

const cfg = "__RASPISKA_CONFIG__";

// Everything else is fetched from where this script came from, whatever page it stands in.
const origin = (document.currentScript || {}).src || location.href;
const url = (path) => new URL(path, origin).href;

const lang = [document.documentElement.lang, navigator.language]
  .map((tag) => String(tag).slice(0, 2).toLowerCase())
  .find((tag) => cfg.lang.includes(tag)) || cfg.lang[0];

// What may be seen just now: `asked` the banner was called for, `closed` it was put off, `panel` a dialog is open.
const view = {};

// A failure of ours is ours alone: the host page goes on, and whatever was not given stays not given.
const complain = (error) => console.warn("raspiska:", error);
const guard = (fn) => (...args) => {
  try {
    return fn(...args);
  } catch (error) {
    complain(error);
  }
};

// What can wait lets the page paint first. With a limit: a page that is never idle would otherwise put it off for ever.
const idle = (fn) => (window.requestIdleCallback ? requestIdleCallback(fn, { timeout: 1000 }) : setTimeout(fn, 200));
