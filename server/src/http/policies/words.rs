//! The words of the policy's page, one table per language.

use raspiska_shared::{
    lang::Lang,
    period::Period,
    purpose::{Action, LegalBasis, Retention, Until},
    site::Place,
};

/// What the page says besides the policy.
pub(super) struct Words {
    pub(super) lang: Lang,
    pub(super) other: &'static str,
    pub(super) contents: &'static str,
    pub(super) effective: &'static str,
    pub(super) not_current: &'static str,
    pub(super) not_yet: &'static str,
    pub(super) current: &'static str,
    pub(super) operator: &'static str,
    pub(super) contact: &'static str,
    pub(super) purposes: &'static str,
    pub(super) purposes_lead: &'static str,
    pub(super) by_consent: &'static str,
    pub(super) without_consent: &'static str,
    pub(super) basis: &'static str,
    pub(super) data: &'static str,
    pub(super) no_data: &'static str,
    pub(super) actions: &'static str,
    pub(super) term: &'static str,
    pub(super) recipients: &'static str,
    pub(super) nobody: &'static str,
    pub(super) unnamed: &'static str,
    pub(super) clauses: &'static str,
    pub(super) consent_text: &'static str,
    pub(super) cookies: &'static str,
    pub(super) cookies_lead: &'static str,
    pub(super) always_on: &'static str,
    pub(super) gets: &'static str,
    pub(super) goes_to: &'static str,
    pub(super) abroad: &'static str,
    pub(super) stored: &'static str,
    pub(super) cookie: &'static str,
    pub(super) cookie_for: &'static str,
    pub(super) kept_in: &'static str,
    pub(super) notices: &'static str,
    pub(super) notices_lead: &'static str,
    pub(super) editions: &'static str,
    pub(super) in_force: &'static str,
    pub(super) coming: &'static str,
    pub(super) digest: &'static str,
    pub(super) digest_lead: &'static str,
    pub(super) in_receipts: &'static str,
    pub(super) download: &'static str,
    pub(super) top: &'static str,
    pub(super) verify: &'static str,
    pub(super) my: &'static str,
}

/// The words of a language.
pub(super) const fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &EN,
        Lang::Ru => &RU,
    }
}

const RU: Words = Words {
    lang: Lang::Ru,
    other: "English",
    contents: "Содержание",
    effective: "Действует с",
    not_current: "Это не действующая редакция.",
    not_yet: "Эта редакция ещё не вступила в силу.",
    current: "Открыть действующую",
    operator: "Оператор",
    contact: "Вопросы и отзыв согласия",
    purposes: "Зачем и какие данные",
    purposes_lead: "Те же правила короче: для каждой цели — основание, данные, действия и срок.",
    by_consent: "С вашего согласия",
    without_consent: "По договору или поручению: согласие не нужно",
    basis: "Основание",
    data: "Данные",
    no_data: "Политика их не перечисляет",
    actions: "Что делаем",
    term: "Срок",
    recipients: "Кому передаём",
    nobody: "Никому",
    unnamed: "Политика не называет",
    clauses: "Пункты",
    consent_text: "Текст согласия",
    cookies: "Cookie и сервисы",
    cookies_lead: "Что сайт и его сервисы хранят в браузере, зачем и сколько, и кто получает данные.",
    always_on: "работает всегда",
    gets: "Кто получает данные",
    goes_to: "Где",
    abroad: "это за пределами России, данные передаются за границу",
    stored: "Что хранит",
    cookie: "Имя",
    cookie_for: "Зачем",
    kept_in: "Где хранится",
    notices: "Тексты согласий",
    notices_lead: "На каждую цель — отдельное согласие. Расписка подписывает именно этот текст.",
    editions: "Редакции",
    in_force: "действует",
    coming: "вступит в силу",
    digest: "Как проверить текст",
    digest_lead: "В каждой расписке записан отпечаток SHA-256 этой редакции. Скачайте текст, посчитайте отпечаток и сравните.",
    in_receipts: "в расписках",
    download: "Скачать текст",
    top: "Наверх",
    verify: "Проверить расписку",
    my: "Ваши согласия и запросы",
};

const EN: Words = Words {
    lang: Lang::En,
    other: "Русский",
    contents: "Contents",
    effective: "In force since",
    not_current: "This edition is not the one in force.",
    not_yet: "This edition is not in force yet.",
    current: "Open the current one",
    operator: "Operator",
    contact: "Questions and withdrawal",
    purposes: "What for, and which data",
    purposes_lead: "The same rules in short: for each purpose its ground, data, actions and term.",
    by_consent: "With your consent",
    without_consent: "By contract or instruction: no consent is needed",
    basis: "Ground",
    data: "Data",
    no_data: "The policy does not list them",
    actions: "What we do",
    term: "Term",
    recipients: "Whom we give them to",
    nobody: "Nobody",
    unnamed: "The policy does not name them",
    clauses: "Clauses",
    consent_text: "The consent’s text",
    cookies: "Cookies and services",
    cookies_lead: "What the site and its services keep in the browser, what for and how long, and who gets data.",
    always_on: "always on",
    gets: "Who gets the data",
    goes_to: "Where",
    abroad: "outside Russia, so the data cross its border",
    stored: "What it keeps",
    cookie: "Name",
    cookie_for: "What for",
    kept_in: "Kept in",
    notices: "Consent texts",
    notices_lead: "Each purpose has a consent of its own. A receipt signs exactly this text.",
    editions: "Editions",
    in_force: "in force",
    coming: "to come",
    digest: "How to check the text",
    digest_lead: "Every receipt carries the SHA-256 digest of this edition’s governing text. Download the text, compute its digest and compare.",
    in_receipts: "in receipts",
    download: "Download the text",
    top: "To the top",
    verify: "Check a receipt",
    my: "Your consents and requests",
};

/// A day, `YYYY-MM-DD`, as people write it.
pub(crate) fn date(lang: Lang, day: &str) -> String {
    const RU: [&str; 12] = [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = day
        .split('-')
        .map(|part| part.parse::<usize>().unwrap_or_default());
    let (Some(year), Some(month @ 1..=12), Some(number)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return day.to_owned();
    };
    match lang {
        Lang::En => format!("{number} {} {year}", EN[month - 1]),
        Lang::Ru => format!("{number} {} {year} года", RU[month - 1]),
    }
}

/// A period after a preposition that wants the genitive: "в течение 30 дней", "не дольше 1 года".
pub(crate) fn period(lang: Lang, period: Period) -> String {
    let (count, one, many) = match (lang, period) {
        (Lang::En, Period::Days(count)) => (count, "day", "days"),
        (Lang::En, Period::Months(count)) => (count, "month", "months"),
        (Lang::En, Period::Years(count)) => (count, "year", "years"),
        (Lang::Ru, Period::Days(count)) => (count, "дня", "дней"),
        (Lang::Ru, Period::Months(count)) => (count, "месяца", "месяцев"),
        (Lang::Ru, Period::Years(count)) => (count, "года", "лет"),
    };
    let single = match lang {
        Lang::En => count == 1,
        Lang::Ru => count % 10 == 1 && count % 100 != 11,
    };
    format!("{count}\u{a0}{}", if single { one } else { many })
}

/// The term in one or two sentences.
pub(crate) fn term(lang: Lang, retention: &Retention) -> String {
    let until = match (lang, retention.until) {
        (Lang::En, Until::ContractEnd) => "While the contract is in effect",
        (Lang::En, Until::GroundCeases) => "Without a time limit, until the ground ceases",
        (Lang::En, Until::PurposeReached) => "Until the purpose is reached or you withdraw",
        (Lang::En, Until::Withdrawal) => "Until you withdraw",
        (Lang::Ru, Until::ContractEnd) => "Пока действует договор",
        (Lang::Ru, Until::GroundCeases) => "Бессрочно, пока не прекратится основание",
        (Lang::Ru, Until::PurposeReached) => "Пока цель не достигнута или вы не отозвали согласие",
        (Lang::Ru, Until::Withdrawal) => "Пока вы не отзовёте согласие",
    };
    let at_most = retention.at_most.map(|longest| match lang {
        Lang::En => format!(", but no longer than {}", period(lang, longest)),
        Lang::Ru => format!(", но не дольше {}", period(lang, longest)),
    });
    let within = period(lang, retention.destroy_within);
    let then = match (
        lang,
        retention
            .backups_within
            .map(|backups| period(lang, backups)),
    ) {
        (Lang::En, None) => format!("Then we destroy the data within {within}"),
        (Lang::En, Some(backups)) => format!(
            "Then we delete the data within {within} and destroy blocked backups within {backups}"
        ),
        (Lang::Ru, None) => format!("Потом уничтожим данные в течение {within}"),
        (Lang::Ru, Some(backups)) => format!(
            "Потом удалим данные в течение {within}, а заблокированные копии на резервных носителях уничтожим в течение {backups}"
        ),
    };
    format!("{until}{}. {then}", at_most.unwrap_or_default())
}

/// The ground.
pub(crate) const fn basis(lang: Lang, basis: LegalBasis) -> &'static str {
    match (lang, basis) {
        (Lang::En, LegalBasis::Consent) => "Your consent",
        (Lang::En, LegalBasis::Contract) => "A contract",
        (Lang::En, LegalBasis::Instruction) => "Another operator’s instruction",
        (Lang::Ru, LegalBasis::Consent) => "Ваше согласие",
        (Lang::Ru, LegalBasis::Contract) => "Договор",
        (Lang::Ru, LegalBasis::Instruction) => "Поручение другого оператора",
    }
}

/// The action, in the words of 152-ФЗ, art. 3(3).
pub(crate) const fn action(lang: Lang, action: Action) -> &'static str {
    match (lang, action) {
        (Lang::En, Action::Accumulate) => "accumulation",
        (Lang::En, Action::Block) => "blocking",
        (Lang::En, Action::Collect) => "collection",
        (Lang::En, Action::Delete) => "deletion",
        (Lang::En, Action::Destroy) => "destruction",
        (Lang::En, Action::Extract) => "extraction",
        (Lang::En, Action::Record) => "recording",
        (Lang::En, Action::Store) => "storage",
        (Lang::En, Action::Systematise) => "systematisation",
        (Lang::En, Action::Transfer) => "transfer (granting access)",
        (Lang::En, Action::Update) => "clarification (updating, changing)",
        (Lang::En, Action::Use) => "use",
        (Lang::Ru, Action::Accumulate) => "накопление",
        (Lang::Ru, Action::Block) => "блокирование",
        (Lang::Ru, Action::Collect) => "сбор",
        (Lang::Ru, Action::Delete) => "удаление",
        (Lang::Ru, Action::Destroy) => "уничтожение",
        (Lang::Ru, Action::Extract) => "извлечение",
        (Lang::Ru, Action::Record) => "запись",
        (Lang::Ru, Action::Store) => "хранение",
        (Lang::Ru, Action::Systematise) => "систематизация",
        (Lang::Ru, Action::Transfer) => "передача (предоставление доступа)",
        (Lang::Ru, Action::Update) => "уточнение (обновление, изменение)",
        (Lang::Ru, Action::Use) => "использование",
    }
}

/// Where in the browser something is kept.
pub(super) const fn place(lang: Lang, place: Place) -> &'static str {
    match (lang, place) {
        (Lang::En, Place::Cache) => "browser’s cache",
        (Lang::En, Place::Cookie) => "cookie",
        (Lang::En, Place::IndexedDb) => "browser’s database (IndexedDB)",
        (Lang::En, Place::Local) => "browser’s storage (localStorage)",
        (Lang::En, Place::Session) => "tab’s storage (sessionStorage)",
        (Lang::Ru, Place::Cache) => "кеш браузера",
        (Lang::Ru, Place::Cookie) => "cookie",
        (Lang::Ru, Place::IndexedDb) => "база браузера (IndexedDB)",
        (Lang::Ru, Place::Local) => "хранилище браузера (localStorage)",
        (Lang::Ru, Place::Session) => "хранилище вкладки (sessionStorage)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_numbers_take_the_right_form() {
        let words = |text: &str| period(Lang::Ru, text.parse().unwrap()).replace('\u{a0}', " ");
        assert_eq!(words("P1Y"), "1 года");
        assert_eq!(words("P3Y"), "3 лет");
        assert_eq!(words("P11M"), "11 месяцев");
        assert_eq!(words("P21D"), "21 дня");
        assert_eq!(words("P111D"), "111 дней");
        assert_eq!(words("P30D"), "30 дней");
    }

    #[test]
    fn a_day_reads_as_people_write_it() {
        assert_eq!(date(Lang::Ru, "2025-01-01"), "1 января 2025 года");
        assert_eq!(date(Lang::En, "2025-12-31"), "31 December 2025");
        assert_eq!(date(Lang::En, "soon"), "soon");
    }
}
