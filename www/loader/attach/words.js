// The words of a form that is the page's own: the same as in a form of ours.
const look = "";
const words = {
  ru: {
    fill: (label) => "Заполните поле «" + label + "».",
    email: "Проверьте адрес: он выглядит как name@example.ru.",
    phone: "Проверьте телефон: в номере от 10 до 15 цифр.",
    url: "Проверьте ссылку: она начинается с https://.",
    long: (max) => "Слишком длинно: помещается " + max + " знаков.",
    consent: "Без этого согласия мы не вправе принять ваши данные. Отметьте его, если согласны.",
    optional: "Не отметите — ничего не изменится, форма отправится так же.",
    read: "Прочитать согласие целиком",
    policy: "Политика обработки персональных данных",
    check: (left) => "Осталось поправить: " + left + ".",
    sending: "Отправляем…",
    waiting: "Связи пока нет. Отправим сами, как только она появится: не закрывайте страницу.",
    sent: "Отправлено",
    consents: "Мои согласия",
    outdated: "Пока вы читали, текст обновился. Откройте страницу заново и ответьте ещё раз.",
    clock: "Дата и время на устройстве сбились. Поправьте их и ответьте ещё раз.",
    large: "Получилось слишком длинно. Сократите текст и отправьте снова.",
    other: (email) => "Сервер этого не принял. Напишите нам: " + email,
  },
  en: {
    fill: (label) => "Please fill in “" + label + "”.",
    email: "Check the address: it looks like name@example.com.",
    phone: "Check the number: it has 10 to 15 digits.",
    url: "Check the link: it begins with https://.",
    long: (max) => "Too long: " + max + " characters fit.",
    consent: "Without this consent we may not take your data. Tick it if you agree.",
    optional: "Leave it unticked and nothing changes: the form is sent just the same.",
    read: "Read the whole consent",
    policy: "Personal data policy",
    check: (left) => "Left to correct: " + left + ".",
    sending: "Sending…",
    waiting: "There is no connection now. We will send it as soon as there is: keep this page open.",
    sent: "Sent",
    consents: "My consents",
    outdated: "The text was updated while you were reading. Open the page again and answer once more.",
    clock: "The date and time of this device are wrong. Set them right and answer once more.",
    large: "It became too long. Shorten the text and send it again.",
    other: (email) => "The server did not take this. Write to us: " + email,
  },
}[lang];

// A text of the site's bundle in the page's language.
const text = (localized) => localized[lang] || localized[cfg.lang[0]] || "";
