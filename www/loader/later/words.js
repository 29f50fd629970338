// What this module knows of the site beyond what the page's first response has, and its words: they are the same on every site.
const more = "__RASPISKA_CONFIG__";
const look = "";
const words = {
  ru: {
    held: (who) => (who ? "Содержимое с «" + who + "». " : "Встроенное содержимое. ") + "Загрузится, только если вы разрешите.",
    once: "Показать",
    always: "Всегда показывать",
    form: "Форма не загрузилась. Обновите страницу. Наш адрес есть здесь:",
    policy: "Политика",
    reopen: "Настройки cookie",
    changed: (names) => "С прошлого раза изменилось: " + names + ". Спрашиваем только об этом.",
    signal: (names) => "Ваш браузер просит не передавать данные: " + names + " не включаем. Передумаете — это есть в настройках.",
  },
  en: {
    held: (who) => (who ? "Content from " + who + ". " : "Embedded content. ") + "It loads only if you allow it.",
    once: "Show",
    always: "Always show",
    form: "The form did not load. Reload the page. Our address is here:",
    policy: "Policy",
    reopen: "Cookie settings",
    changed: (names) => "Changed since last time: " + names + ". We ask only about that.",
    signal: (names) => "Your browser asks not to share data, so these stay off: " + names + ". You can turn them on in the settings.",
  },
}[lang];

const about = (cat) => more.cats[cat.id];
const service = (purpose) => (about(category(purpose)).services || {})[purpose.split("/")[1]] || {};
