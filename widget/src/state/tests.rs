use super::*;
use crate::{bundle::tests::site, json::strings};
use raspiska_shared::digest::Digest;

fn mail(decided: &[(&str, &str)]) -> Rc<Mail> {
    Rc::new(Mail {
        outbox: Vec::new(),
        receipts: Vec::new(),
        decided: strings(decided),
        waiting: false,
        now: 0,
        ahead: 0,
    })
}

fn opened(view: View, decided: &[(&str, &str)]) -> State {
    let mut state = State::new(Lang::Ru, mail(decided));
    assert_eq!(state.reduce(Action::Open(view)), Some(Effect::Load));
    state.reduce(Action::Loaded(Some(Rc::new(site()))));
    state
}

fn switch(state: &mut State, purpose: &str) {
    state.reduce(Action::Switch(String::from(purpose)));
}

#[test]
fn a_new_visitor_finds_everything_off() {
    let state = opened(View::Preferences, &[]);
    assert_eq!(state.on, [""; 0]);
}

#[test]
fn a_returning_visitor_finds_what_was_decided() {
    let state = opened(
        View::Preferences,
        &[
            ("analytics", "given"),
            ("analytics/two", "refused"),
            ("ads", "refused"),
        ],
    );
    assert_eq!(state.on, ["analytics/one"]);
}

#[test]
fn one_button_decides_for_every_category_and_closes() {
    for (action, method, value) in [
        (Action::GiveAll, "give-all", "true"),
        (Action::RefuseAll, "refuse-all", "false"),
    ] {
        let mut state = opened(View::Preferences, &[]);
        let wanted = format!(r#"{{"analytics":{value},"ads":{value}}}"#);
        assert_eq!(state.reduce(action), Some(Effect::Decide(method, wanted)));
        assert_eq!(state.view, View::Closed);
    }
}

#[test]
fn a_category_takes_its_services_along_and_a_service_may_differ() {
    let mut state = opened(View::Preferences, &[]);
    switch(&mut state, "analytics");
    assert_eq!(state.on, ["analytics/one", "analytics/two"]);
    switch(&mut state, "analytics/two");
    switch(&mut state, "ads");
    let wanted = String::from(r#"{"analytics":true,"analytics/two":false,"ads":true}"#);
    assert_eq!(
        state.reduce(Action::Save),
        Some(Effect::Decide("choices", wanted))
    );
}

#[test]
fn a_category_without_services_that_are_on_is_off() {
    let mut state = opened(View::Preferences, &[("analytics", "given")]);
    switch(&mut state, "analytics/one");
    switch(&mut state, "analytics/two");
    let wanted = String::from(r#"{"analytics":false,"ads":false}"#);
    assert_eq!(
        state.reduce(Action::Save),
        Some(Effect::Decide("choices", wanted))
    );
}

#[test]
fn a_form_is_sent_when_nothing_is_missing_and_says_what_is() {
    let mut state = opened(View::Form(String::from("contact")), &[]);
    assert_eq!(state.reduce(Action::Submit), None);
    assert!(state.draft.tried);
    assert_eq!(state.focus, "[aria-invalid]");
    state.reduce(Action::Type(Slot::Field(0), String::from("Ольга")));
    state.reduce(Action::Type(
        Slot::Field(1),
        String::from("olga@example.ru"),
    ));
    state.reduce(Action::Type(Slot::Field(9), String::from("nowhere")));
    assert_eq!(state.reduce(Action::Submit), None);
    state.reduce(Action::Tick(0));
    assert_eq!(state.reduce(Action::Submit), Some(Effect::Submit));
    state.reduce(Action::Sent(vec![String::from("1")]));
    assert_eq!(state.focus, "#outcome");
}

#[test]
fn what_was_typed_survives_a_new_drawing_of_the_form() {
    let mut state = opened(View::Form(String::from("contact")), &[]);
    state.reduce(Action::Type(Slot::Field(0), String::from("Ольга")));
    state.reduce(Action::Loaded(Some(Rc::new(site()))));
    assert_eq!(state.draft.value(0), "Ольга");
    state.reduce(Action::Again);
    assert_eq!(state.draft.value(0), "");
}

#[test]
fn the_policy_is_fetched_when_it_is_opened_and_only_then() {
    let mut state = State::new(Lang::Ru, mail(&[]));
    state.reduce(Action::Open(View::Policy));
    let loaded = Action::Loaded(Some(Rc::new(site())));
    assert_eq!(state.reduce(loaded), Some(Effect::LoadDocument(Lang::Ru)));
    assert_eq!(
        state.reduce(Action::Document(Lang::En)),
        Some(Effect::LoadDocument(Lang::En))
    );
    assert_eq!(state.reduce(Action::Open(View::Consents)), None);
}

#[test]
fn what_failed_to_load_can_be_tried_again() {
    let mut state = State::new(Lang::Ru, mail(&[]));
    state.reduce(Action::Open(View::Consents));
    state.reduce(Action::Loaded(None));
    assert_eq!(state.bundle, Load::Failed);
    assert_eq!(state.reduce(Action::Retry), Some(Effect::Load));
    assert_eq!(state.bundle, Load::Loading);
}

#[test]
fn a_withdrawal_waits_for_a_yes() {
    let mut state = opened(View::Consents, &[]);
    assert_eq!(state.reduce(Action::Ask(String::from("contact"))), None);
    assert_eq!(state.asked, "contact");
    assert_eq!(
        state.reduce(Action::Withdraw),
        Some(Effect::Withdraw(String::from("contact")))
    );
    assert_eq!((state.asked.as_str(), &state.view), ("", &View::Consents));
}

#[test]
fn what_the_loader_lets_through_the_loader_takes_back() {
    let mut state = opened(
        View::Consents,
        &[("analytics", "refused"), ("analytics/one", "given")],
    );
    state.reduce(Action::Ask(String::from("analytics")));
    let wanted = String::from(r#"{"analytics":false}"#);
    assert_eq!(
        state.reduce(Action::Withdraw),
        Some(Effect::Decide("withdraw", wanted))
    );
}

#[test]
fn a_withdrawal_by_code_needs_a_receipt_and_a_code() {
    let mut state = opened(View::Consents, &[]);
    assert_eq!(state.reduce(Action::SendCode), None);
    assert_eq!(state.by_code.outcome, Some(Err(String::from("file"))));
    state.reduce(Action::File(String::from("not a receipt")));
    assert_eq!(state.by_code.outcome, Some(Err(String::from("file"))));
    state.reduce(Action::File(String::from(r#"{"receipt":"a.b.c~d~"}"#)));
    assert_eq!(state.by_code.hash, Digest::of(b"a.b.c").to_string());
    assert_eq!(state.reduce(Action::SendCode), None);
    assert_eq!(state.by_code.outcome, Some(Err(String::from("code"))));
    state.reduce(Action::Type(Slot::Code, String::from("abcd efgh")));
    let sent = Effect::WithdrawByCode(state.by_code.hash.clone(), String::from("ABCD-EFGH"));
    assert_eq!(state.reduce(Action::SendCode), Some(sent));
    assert!(state.by_code.busy);
    state.reduce(Action::CodeAnswered(Ok(7)));
    assert_eq!(
        (state.by_code.busy, state.by_code.outcome.clone()),
        (false, Some(Ok(7)))
    );
}

#[test]
fn closing_tells_the_loader_once_and_forgets_the_code() {
    let mut state = opened(View::Consents, &[]);
    state.reduce(Action::Type(Slot::Code, String::from("abcd")));
    assert_eq!(state.reduce(Action::Close), Some(Effect::Close));
    assert_eq!(state.reduce(Action::Closed), Some(Effect::Closed));
    assert_eq!(
        (state.view, state.by_code),
        (View::Closed, ByCode::default())
    );
}
