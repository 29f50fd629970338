//! The answer to a request for access, told from the records: 152-ФЗ art. 14(7), item by item.

use raspiska_shared::{
    lang::Lang,
    purpose::{LegalBasis, Purpose},
    receipt::State,
    site::Site,
};

use super::{CaseError, Cases, Line, Person, gone_by};
use crate::{
    duty,
    http::policies,
    office::{self, ReadError, Shown},
    site::HOME,
    store::{Access, StoreError},
    words,
};

/// Opens what the person wrote and writes the answer. Each look is in the access log, with the case's number as its reason.
pub(crate) fn records(
    cases: &Cases<'_>,
    person: &Person,
    number: &str,
    lang: Lang,
    login: &str,
) -> Result<Shown, CaseError> {
    let ru = lang == Lang::Ru;
    let say = |russian: &'static str, english: &'static str| if ru { russian } else { english };
    let site = cases.site;
    let mut text = Shown::default();
    let lines = person.lines();
    let given: Vec<&Line<'_>> = lines
        .iter()
        .filter(|own| own.state == State::Given)
        .collect();
    let values = values(cases, person, number, login)?;
    let sealed_until = sealed_until(cases, person)?;

    // 1: confirmation.
    item(&mut text, say("Обработка данных", "Processing"));
    text.push_str(if given.is_empty() && values.is_empty() && sealed_until.is_none() {
        say(
            "На основании вашего согласия мы ваши данные не обрабатываем, и в хранилище их нет.\n",
            "On the ground of your consent we do not process your data, and none are stored.\n",
        )
    } else {
        say(
            "Да, мы обрабатываем ваши данные.\n",
            "Yes, we process your data.\n",
        )
    });
    // 4: the operator.
    item(&mut text, say("Оператор", "Operator"));
    let controller = &site.controller;
    text.push_str(controller.name.get(lang));
    if let Some(address) = &controller.address {
        text.push_str(", ");
        text.push_str(address.get(lang));
    }
    text.push_str(&format!(", {}\n", controller.email));
    // 2, 3, 6, and the consents with their dates.
    item(
        &mut text,
        say(
            "Цели, основания, способы, сроки и ваши решения",
            "Purposes, grounds, methods, terms and your decisions",
        ),
    );
    for line in &lines {
        let purpose = purpose(site, line);
        let title = purpose.map_or(line.purpose.as_str(), |own| own.title.get(lang));
        let since = day(lang, line.by.time);
        let state = words::state(lang, line.state);
        text.push_str(&format!("— {title}: {state}, {since}"));
        if let Some(purpose) = purpose {
            let actions: Vec<&str> = purpose
                .actions
                .iter()
                .map(|action| policies::action(lang, *action))
                .collect();
            text.push_str(&format!(
                ". {}: {}. {}: {}. {}: {}",
                say("Основание", "Ground"),
                policies::basis(lang, purpose.basis),
                say("Действия", "Actions"),
                actions.join(", "),
                say("Срок", "Term"),
                policies::term(lang, &purpose.retention),
            ));
            if line.state == State::Withdrawn
                && let Some((last, _)) = gone_by(cases.law, &purpose.retention, line.by.time)
            {
                let last = policies::date(lang, &last.to_string());
                text.push_str(&format!(
                    ". {} {last}",
                    say("Данные уничтожим не позже", "The data are destroyed by")
                ));
            }
        }
        text.push_str(".\n");
    }
    // 5: the data and where they come from.
    item(&mut text, say("Данные и источник", "Data and source"));
    if values.is_empty() {
        text.push_str(say("Данных в хранилище нет.\n", "No data are stored.\n"));
    } else {
        for (label, value) in &values {
            let label = label_of(site, label, lang);
            text.push_str(&format!("— {label}: "));
            text.push_str(value);
            text.push('\n');
        }
        text.push_str(say(
            "Источник: вы сами, через форму на сайте.\n",
            "Source: you yourself, by a form of the site.\n",
        ));
    }
    if let Some(until) = sealed_until {
        let last = day(lang, until.saturating_sub(1));
        text.push_str(&format!(
            "{} {last}.\n",
            say(
                "Копия того, что вы нам написали, опечатана на случай спора: в обычной работе её никто не читает. Храним её по",
                "A copy of what you wrote to us is sealed in case of a dispute: nobody reads it in ordinary work. It is kept up to and including",
            )
        ));
    }
    // 4, 8: recipients, other countries.
    item(&mut text, say("Кому передаём", "Recipients"));
    let recipients: Vec<_> = given
        .iter()
        .filter_map(|line| purpose(site, line))
        .flat_map(|purpose| &purpose.recipients)
        .collect();
    if recipients.is_empty() {
        text.push_str(say("Никому.\n", "Nobody.\n"));
    }
    for recipient in &recipients {
        text.push_str(&format!(
            "— {} ({})\n",
            recipient.name.get(lang),
            recipient.country
        ));
    }
    let abroad = recipients.iter().any(|recipient| recipient.country != HOME);
    item(&mut text, say("Трансграничная передача", "Transfer abroad"));
    text.push_str(if abroad {
        say(
            "Есть: страны названы выше.\n",
            "Yes: the countries are named above.\n",
        )
    } else {
        say("Нет.\n", "None.\n")
    });
    // 7: rights.
    item(&mut text, say("Ваши права", "Your rights"));
    text.push_str(say(
        "Вы можете уточнить данные, заблокировать или уничтожить их, отозвать согласие, возразить против автоматического решения, обжаловать наши действия в Роскомнадзор или в суд (152-ФЗ, ст. 9, 14, 16, 17).\n",
        "You may have the data corrected, blocked or destroyed, withdraw a consent, object to an automated decision, and complain to the authority or a court (152-FZ, art. 9, 14, 16, 17).\n",
    ));
    // 9.1, 10: how the operator's duties are met, and what rests on other grounds.
    item(&mut text, say("Политика", "Policy"));
    let edition = site.editions.iter().find(|own| own.edition == site.edition);
    text.push_str(edition.map_or("", |edition| &edition.url));
    text.push('\n');
    let others = site
        .purposes
        .iter()
        .any(|own| own.basis != LegalBasis::Consent);
    if others {
        text.push_str(say(
            "Обработку по договору или поручению этот журнал не ведёт: если она есть, о ней написано отдельно.\n",
            "This log does not keep processing under a contract or an instruction: if there is any, it is told separately.\n",
        ));
    }
    Ok(text)
}

/// Field and value of everything that is still there, each once.
fn values(
    cases: &Cases<'_>,
    person: &Person,
    number: &str,
    login: &str,
) -> Result<Vec<(String, Shown)>, CaseError> {
    let mut all: Vec<(String, Shown)> = Vec::new();
    for (row, payload) in &person.history {
        if payload.sd.is_empty() {
            continue;
        }
        let access = Access {
            time: cases.now,
            receipt: row.receipt,
            what: "values read".to_owned(),
            login: login.to_owned(),
            site: cases.site.site.clone(),
            purpose: String::new(),
            reason: format!("request {number}"),
        };
        let opened = match office::open(cases.store, cases.vault, &cases.site.site, row, &access) {
            Ok(opened) => opened,
            Err(ReadError::Store(error)) => return Err(error.into()),
            Err(ReadError::Vault(error)) => return Err(error.into()),
            // Destroyed: there is nothing to tell.
            Err(_) => continue,
        };
        for value in opened.iter().filter_map(|own| office::value(own)) {
            if !all.contains(&value) {
                all.push(value);
            }
        }
    }
    Ok(all)
}

/// Until when evidence is kept of what the person wrote, if any is.
fn sealed_until(cases: &Cases<'_>, person: &Person) -> Result<Option<u64>, StoreError> {
    let mut last = None;
    for (row, payload) in &person.history {
        if !payload.sd.is_empty() {
            let evidence = cases.store.evidence(&cases.site.site, &row.receipt)?;
            last = last.max(evidence.map(|evidence| evidence.until));
        }
    }
    Ok(last)
}

fn purpose<'a>(site: &'a Site, line: &Line<'_>) -> Option<&'a Purpose> {
    let named = |id: &str| site.purposes.iter().find(|own| own.id.as_str() == id);
    named(line.purpose.as_str()).or_else(|| named(line.purpose.category()?))
}

fn label_of<'a>(site: &'a Site, name: &'a str, lang: Lang) -> &'a str {
    let mut fields = site.forms.iter().flat_map(|form| &form.fields);
    let field = fields.find(|field| field.id == name);
    field.map_or(name, |field| field.label.get(lang))
}

fn item(text: &mut Shown, heading: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(heading);
    text.push('\n');
}

fn day(lang: Lang, millis: u64) -> String {
    policies::date(lang, &duty::local(millis).date().to_string())
}
