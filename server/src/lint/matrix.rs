//! Rules about the matrix, and about who the operator is.

use raspiska_shared::{
    lang::Lang,
    purpose::{Action, LegalBasis, Purpose, Until},
};

use super::{At, Place, Subject, phrase::Words, rule::WORDS};

/// Purposes that would go on for ever: no event that comes by itself, and no longest term.
pub(super) fn endless(subject: &Subject<'_>) -> Vec<Place> {
    of_purposes(subject, |purpose| {
        let endless = matches!(
            purpose.retention.until,
            Until::GroundCeases | Until::Withdrawal
        ) && purpose.retention.at_most.is_none();
        endless.then_some((
            "no longest term (at_most)",
            "нет предельного срока (at_most)",
        ))
    })
}

/// Advertising that nobody is asked about beforehand. What a customer sends to its own clients, the customer asks about.
pub(super) fn advertising(subject: &Subject<'_>) -> Vec<Place> {
    of_purposes(subject, |purpose| {
        (is_advertising(purpose)
            && !matches!(purpose.basis, LegalBasis::Consent | LegalBasis::Instruction))
        .then_some(("advertising without consent", "реклама без согласия"))
    })
}

/// Is it for advertising, by its own word, its id or its name?
pub(super) fn is_advertising(purpose: &Purpose) -> bool {
    let names = [
        Words::of(purpose.id.as_str()),
        Words::of(purpose.title.get(Lang::Ru)),
    ];
    let named = |name: &Words| WORDS.advertising.iter().any(|own| own.find(name).is_some());
    purpose.advertising || names.iter().any(named)
}

/// Purposes with "transfer" among the actions and nobody to transfer to.
pub(super) fn transfer(subject: &Subject<'_>) -> Vec<Place> {
    of_purposes(subject, |purpose| {
        (purpose.actions.contains(&Action::Transfer) && purpose.recipients.is_empty()).then_some((
            "data are transferred, recipients is empty",
            "данные передаются, recipients пуст",
        ))
    })
}

/// The operator's card without what identifies it, and mailboxes on another domain than the site.
pub(super) fn operator(subject: &Subject<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    if let Some(policy) = subject.policy {
        let own = &policy.controller;
        let members = [
            (own.inn.is_none(), "inn"),
            (own.address.is_none(), "address"),
        ];
        let missing = members.into_iter().filter(|(missing, _)| *missing);
        places.extend(missing.map(|(_, name)| {
            let (en, ru) = (format!("no {name}"), format!("нет {name}"));
            Place::said(At::Controller, &en, &ru)
        }));
    }
    places.extend(elsewhere(subject));
    places
}

/// A mailbox on a domain that the policy does not name as a site: whose is it?
fn elsewhere(subject: &Subject<'_>) -> Vec<Place> {
    let Some(document) = subject.document else {
        return Vec::new();
    };
    let mut texts: Vec<(At, &str)> = Vec::new();
    texts.extend(
        document
            .preamble
            .iter()
            .map(|text| (At::Head, text.as_str())),
    );
    for section in &document.sections {
        for clause in &section.clauses {
            let items = clause.items.iter().map(|item| item.text.as_str());
            let all = std::iter::once(clause.text.as_str()).chain(items);
            texts.extend(all.map(|text| (At::Clause(section.number, clause.number), text)));
        }
    }
    texts.extend(
        document
            .closing
            .iter()
            .map(|text| (At::Foot, text.as_str())),
    );

    let addresses = || {
        texts
            .iter()
            .flat_map(|(at, text)| addresses(text).map(move |own| (at, own)))
    };
    let hosts: Vec<String> = addresses()
        .filter(|(_, own)| !own.contains('@'))
        .map(|(_, own)| host(own))
        .collect();
    let of_site = |domain: &str| {
        hosts.iter().any(|host| {
            let under = |long: &str, short: &str| {
                long.strip_suffix(short)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            under(domain, host) || under(host, domain)
        })
    };
    let mailboxes =
        addresses().filter_map(|(at, own)| Some((at, own, host(own.split_once('@')?.1))));
    mailboxes
        .filter(|(_, _, domain)| !hosts.is_empty() && !of_site(domain))
        .map(|(at, own, _)| {
            let host = &hosts[0];
            Place::said(
                at.clone(),
                &format!("{own}: the site is {host}"),
                &format!("{own}: сайт — {host}"),
            )
        })
        .collect()
}

/// Hosts and mailboxes that a text names.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| {
            let labels: Vec<&str> = word.rsplit('.').collect();
            word.is_ascii()
                && labels.len() > 1
                && labels.iter().all(|label| !label.is_empty())
                && labels[0].len() > 1
                && labels[0].bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

fn host(address: &str) -> String {
    let address = address.to_ascii_lowercase();
    let bare = address
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let bare = bare.split('/').next().unwrap_or_default();
    bare.strip_prefix("www.").unwrap_or(bare).to_owned()
}

fn of_purposes(
    subject: &Subject<'_>,
    fault: impl Fn(&Purpose) -> Option<(&'static str, &'static str)>,
) -> Vec<Place> {
    let purposes = subject
        .policy
        .into_iter()
        .flat_map(|policy| &policy.purposes);
    purposes
        .filter_map(|purpose| {
            let (en, ru) = fault(purpose)?;
            Some(Place::said(At::Purpose(purpose.id.clone()), en, ru))
        })
        .collect()
}
