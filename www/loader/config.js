// What this copy was built for. The server puts the site's settings in place of the literal below, so that one response
// is all a banner needs. A second copy on the same page finds the first one's API and leaves.
if (window.raspiska && window.raspiska.has) return;

const cfg = "__RASPISKA_CONFIG__";

// Everything else is fetched from where this script came from, whatever page it stands in.
const origin = (document.currentScript || {}).src || location.href;
const url = (path) => new URL(path, origin).href;

const lang = [document.documentElement.lang, navigator.language]
  .map((tag) => String(tag).slice(0, 2).toLowerCase())
  .find((tag) => cfg.text[tag]) || cfg.lang[0];

// A few words are the same on every site, so a site's settings need not carry them.
const words = {
  ...(lang === "ru"
    ? { held: "Встроенное содержимое. Загрузится, только если вы разрешите.", once: "Показать", always: "Всегда показывать", form: "Форма не загрузилась. Обновите страницу. Наш адрес есть здесь:" }
    : { held: "Embedded content. It loads only if you allow it.", once: "Show", always: "Always show", form: "The form did not load. Reload the page. Our address is here:" }),
  ...cfg.text[lang],
};

// A failure of ours is ours alone: the host page goes on, and whatever was not given stays not given.
const complain = (error) => console.warn("raspiska:", error);
const guard = (fn) => (...args) => {
  try {
    return fn(...args);
  } catch (error) {
    complain(error);
  }
};
