use super::*;
use crate::{bundle::tests::site, json::strings};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::lang::Lang;

fn listed(decisions: &[(&str, &str)]) -> Json {
    let one = |(purpose, state): &(&str, &str)| strings(&[("purpose", purpose), ("state", state)]);
    Json::List(decisions.iter().map(one).collect())
}

fn kept(at: u64, notice: &str, decisions: &[(&str, &str)]) -> Kept {
    let mut payload = strings(&[("aud", "shop.example")]);
    payload.set("iat", Json::from_number(at));
    payload.set("decisions", listed(decisions));
    let payload = Base64UrlUnpadded::encode_string(payload.write().as_bytes());
    let mut kept = strings(&[("receipt", &["e30.", &payload, ".c2ln~"].concat())]);
    kept.set(
        "notice",
        strings(&[("id", notice), ("lang", "ru"), ("sha256", "digest")]),
    );
    Kept(kept)
}

fn on_its_way(at: u64, notice: &str, decisions: &[(&str, &str)]) -> Item {
    let mut item = strings(&[("id", "1")]);
    item.set("at", Json::from_number(at));
    item.set("decisions", listed(decisions));
    item.set(
        "notice",
        strings(&[("id", notice), ("lang", "ru"), ("sha256", "pending")]),
    );
    Item(item)
}

fn mail(receipts: Vec<Kept>, outbox: Vec<Item>) -> Mail {
    Mail {
        outbox,
        receipts,
        decided: Json::Null,
        waiting: false,
        now: 100,
        ahead: 180,
    }
}

const OCCASION: Occasion<'_> = Occasion {
    lang: Lang::Ru,
    at: 100,
    day: "2026-01-01",
    page: "https://shop.example/",
};

#[test]
fn nothing_decided_is_no_row() {
    assert_eq!(mail(vec![], vec![]).rows(&site()), []);
}

#[test]
fn the_latest_decision_holds_and_every_receipt_stays() {
    let receipts = vec![
        kept(1, "contact", &[("contact", "given")]),
        kept(2, "contact", &[("contact", "withdrawn")]),
        kept(3, "cookies", &[("analytics", "refused")]),
    ];
    let (mail, site) = (mail(receipts, vec![]), site());
    let rows = mail.rows(&site);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].title, rows[0].state, rows[0].since),
        ("Ответ", State::Withdrawn, 2)
    );
    assert_eq!(rows[0].receipts, [&mail.receipts[1], &mail.receipts[0]]);
    assert!(!rows[0].gives());
    assert_eq!(
        (rows[1].purpose, rows[1].state),
        ("analytics", State::Refused)
    );
}

#[test]
fn a_decision_on_its_way_counts_and_is_shown_as_such() {
    let (mail, site) = (
        mail(vec![], vec![on_its_way(5, "news", &[("news", "given")])]),
        site(),
    );
    let rows = mail.rows(&site);
    assert_eq!(
        (rows[0].state, rows[0].receipts.len(), rows[0].pending.len()),
        (State::Given, 0, 1)
    );
}

#[test]
fn what_the_server_refused_does_not_hold() {
    let mut item = on_its_way(5, "news", &[("news", "given")]);
    item.refuse("clock");
    let (mail, site) = (mail(vec![], vec![item]), site());
    let rows = mail.rows(&site);
    assert_eq!(
        (rows[0].state, rows[0].since, rows[0].pending.len()),
        (State::Refused, 0, 1)
    );
}

#[test]
fn what_was_withdrawn_elsewhere_before_is_withdrawn_until_it_is_given_anew() {
    let mut item = on_its_way(5, "news", &[("news", "withdrawn")]);
    item.refuse("withdrawal");
    let given = |at| kept(at, "news", &[("news", "given")]);
    let (site, item) = (site(), vec![item]);
    let state = |mail: Mail| mail.rows(&site)[0].state;
    assert_eq!(state(mail(vec![given(1)], item.clone())), State::Withdrawn);
    assert_eq!(state(mail(vec![given(1), given(9)], item)), State::Given);
}

#[test]
fn a_service_that_differs_from_its_category_is_named() {
    let receipts = vec![kept(
        1,
        "cookies",
        &[("analytics", "given"), ("analytics/two", "refused")],
    )];
    let (mail, site) = (mail(receipts, vec![]), site());
    let rows = mail.rows(&site);
    assert_eq!(
        (rows[0].state, &rows[0].exceptions[..]),
        (State::Given, &[("Второй", State::Refused)][..])
    );
}

#[test]
fn what_its_code_withdrew_is_withdrawn_until_it_is_given_again() {
    let mut first = kept(1, "news", &[("news", "given")]);
    first.0.set("withdrawn", Json::from_number(50));
    let site = site();
    let after_code = mail(vec![first.clone()], vec![]);
    assert_eq!(
        (
            after_code.rows(&site)[0].state,
            after_code.rows(&site)[0].since
        ),
        (State::Withdrawn, 50)
    );
    let given_again = mail(vec![first, kept(60, "news", &[("news", "given")])], vec![]);
    assert_eq!(given_again.rows(&site)[0].state, State::Given);
}

#[test]
fn a_withdrawal_names_the_notice_under_which_it_was_given() {
    let site = site();
    let mail = mail(vec![kept(1, "contact", &[("contact", "given")])], vec![]);
    let item = mail.withdrawal("contact", &site, &OCCASION, "7").unwrap();
    assert_eq!(
        item.decisions(),
        [(String::from("contact"), State::Withdrawn)]
    );
    assert_eq!(
        (item.text("id"), item.text("method"), item.text("category")),
        ("7", "withdraw", "site_user")
    );
    assert_eq!(
        (item.notice("id"), item.notice("sha256"), item.at()),
        ("contact", "digest", 100)
    );
    assert_eq!(mail.withdrawal("news", &site, &OCCASION, "7"), None);
}

#[test]
fn a_consent_that_is_still_on_its_way_can_be_withdrawn() {
    let mail = mail(vec![], vec![on_its_way(5, "news", &[("news", "given")])]);
    let item = mail.withdrawal("news", &site(), &OCCASION, "7").unwrap();
    assert_eq!(item.notice("sha256"), "pending");
}

#[test]
fn a_withdrawal_of_a_category_takes_its_services_along() {
    let receipts = vec![kept(
        1,
        "cookies",
        &[("analytics", "given"), ("analytics/two", "given")],
    )];
    let item = mail(receipts, vec![])
        .withdrawal("analytics", &site(), &OCCASION, "7")
        .unwrap();
    assert_eq!(item.decisions().len(), 2);
    assert!(
        item.decisions()
            .iter()
            .all(|(_, state)| *state == State::Withdrawn)
    );
}

#[test]
fn what_the_loader_lets_through() {
    let mut mail = mail(vec![], vec![]);
    mail.decided = strings(&[
        ("analytics", "given"),
        ("analytics/two", "refused"),
        ("ads", "withdrawn"),
    ]);
    assert!(
        mail.allows("analytics") && mail.allows("analytics/one") && mail.allows_any("analytics")
    );
    assert!(
        !mail.allows("analytics/two")
            && !mail.allows("ads")
            && !mail.allows_any("ads")
            && !mail.allows("media")
    );
}
