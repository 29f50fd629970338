// For whoever builds the site: `?raspiska=watch` in a page's address fetches this module.
const known = "__RASPISKA_CONFIG__";
const words = {
  ru: {
    title: "Что работает без согласия",
    nothing: "Пока ничего лишнего: всё, что без согласия нельзя, стоит на месте.",
    copy: "Скопировать",
    copied: "Скопировано",
    close: "Закрыть",
    request: "запрос к сервису без согласия",
    foreign: "запрос неизвестно к кому",
    kept: "хранится без согласия",
    undeclared: "хранится, но в site.toml этого нет",
    unknown: "придержано навсегда: такой категории нет",
    untold: "придержано навсегда: категория не названа",
    late: "стоит раньше нашего скрипта, удержать нельзя",
    lines: "Строки для site.toml: допишите, что это и на сколько, и поставьте к нужному сервису",
  },
  en: {
    title: "What runs without consent",
    nothing: "Nothing so far: all that needs consent stays where it is.",
    copy: "Copy",
    copied: "Copied",
    close: "Close",
    request: "request to a service without consent",
    foreign: "request to nobody we know",
    kept: "stored without consent",
    undeclared: "stored, and site.toml does not have it",
    unknown: "held for ever: there is no such category",
    untold: "held for ever: it names no category",
    late: "stands before our script and cannot be held",
    lines: "Lines for site.toml: add what it is and for how long, and put each under its service",
  },
}[lang];
