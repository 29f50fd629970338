//! What a receipt's members are called on the summary. Russian: the page is for a person, a lawyer, a court.

use raspiska_shared::{
    facts::Gate,
    lang::Lang,
    receipt::{Actor, Method, Payload, State},
};

use crate::site::{Loaded, MOSCOW_HOURS};

pub(super) const fn state(state: Option<State>) -> &'static str {
    match state {
        Some(State::Given) => "согласие дано",
        Some(State::Refused) => "в согласии отказано",
        Some(State::Withdrawn) => "согласие отозвано",
        None => "решения нет",
    }
}

pub(super) const fn actor(payload: &Payload) -> &'static str {
    match payload.event.by {
        Actor::Operator => "Оператор записал то, что ему сообщили; это не подпись человека",
        Actor::Representative => "Представитель человека, ключом своего устройства",
        Actor::Subject => "Сам человек, ключом своего устройства",
    }
}

pub(super) const fn method(method: Method) -> &'static str {
    match method {
        Method::Call => "По звонку",
        Method::Choices => "Выбором по пунктам",
        Method::Code => "По коду отзыва",
        Method::Erasure => "Данные уничтожены",
        Method::Expiry => "Срок истёк",
        Method::Form => "Отправкой формы",
        Method::GiveAll => "Кнопкой, которая разрешает всё",
        Method::Letter => "По письму",
        Method::RefuseAll => "Кнопкой, которая отказывает во всём",
        Method::Withdraw => "Кнопкой отзыва",
    }
}

/// What the site calls a purpose; for a service, what it calls the service.
pub(super) fn purpose(site: &Loaded, edition: &str, purpose: &str) -> String {
    let of_policy = site.policies.get(edition).and_then(|policy| {
        let mut purposes = policy.purposes.iter();
        purposes.find(|own| own.id.as_str() == purpose)
    });
    let title = of_policy.map(|own| own.title.get(Lang::Ru).to_owned());
    title.or_else(|| service(site, purpose)).map_or_else(
        || purpose.to_owned(),
        |title| format!("{title} ({purpose})"),
    )
}

/// What the page did before the decision.
pub(super) fn gate(gate: &Gate<'_>, name: impl Fn(&str) -> String) -> String {
    let mut told = Vec::new();
    for (purposes, what) in [
        (&gate.held, "Ждали ответа"),
        (&gate.passed, "Работали, потому что были разрешены раньше"),
        (&gate.once, "Открыты один раз, по просьбе человека"),
    ] {
        if !purposes.is_empty() {
            let names: Vec<String> = purposes.iter().map(|id| name(id)).collect();
            told.push(format!("{what}: {}.", names.join(", ")));
        }
    }
    if gate.passed.is_empty() && gate.once.is_empty() {
        told.push("Из этого ничего не запускалось.".to_owned());
    }
    told.push("Так записала сама страница.".to_owned());
    told.join(" ")
}

fn service(site: &Loaded, purpose: &str) -> Option<String> {
    let (category, id) = purpose.split_once('/')?;
    let mut cookies = site.site.cookies.iter();
    let category = cookies.find(|own| own.id == category)?;
    let service = category.services.iter().find(|own| own.id == id)?;
    Some(service.name.get(Lang::Ru).to_owned())
}

/// What the site's forms call a value.
pub(super) fn field<'a>(site: &'a Loaded, id: &'a str) -> &'a str {
    let mut fields = site.site.forms.iter().flat_map(|form| &form.fields);
    let field = fields.find(|field| field.id == id);
    field.map_or(id, |field| field.label.get(Lang::Ru))
}

/// A moment in UNIX milliseconds as people there read it.
pub(super) fn moment(millis: u64) -> String {
    let moment = i64::try_from(millis)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .unwrap_or(jiff::Timestamp::MAX);
    let local = jiff::tz::offset(MOSCOW_HOURS).to_datetime(moment);
    format!(
        "{} по московскому времени",
        local.strftime("%d.%m.%Y, %H:%M:%S")
    )
}
