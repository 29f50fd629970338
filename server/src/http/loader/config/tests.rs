//! What a page is told, and what not.

use super::*;
use crate::site::sample::jetcrm;

fn manifest() -> Manifest {
    Manifest {
        widget: "a.js".to_owned(),
        wasm: "b.wasm".to_owned(),
        verify: String::new(),
        verifier: String::new(),
    }
}

fn page(loaded: &Loaded, words: bool) -> serde_json::Value {
    let words = words.then_some(Lang::En);
    let text = for_script(&Page::of(loaded, &manifest(), words)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_page_knows_what_it_may_ask_and_hold() {
    let loaded = jetcrm();
    let json = page(&loaded, true);
    assert_eq!(json["site"], "jetcrm");
    assert_eq!(json["lang"], serde_json::json!(["ru", "en"]));
    assert_eq!(json["widget"], "/w/a.js");
    assert_eq!(json["days"], 365);
    let cats = json["cats"].as_array().unwrap();
    let ids: Vec<_> = cats.iter().map(|cat| cat["id"].clone()).collect();
    assert_eq!(ids, ["analytics", "ads", "media"]);
    assert_eq!(
        cats[0]["services"],
        serde_json::json!({ "counter": "_demo_uid" })
    );
    let text = &loaded
        .site
        .notice("cookies-analytics", Lang::En, "2025-06-01")
        .unwrap()
        .text;
    let digest = Digest::of(text.as_bytes()).to_string();
    assert_eq!(cats[0]["notice"]["en"], digest[..BEGINNING]);
    assert_eq!(json["text"]["en"]["none"], "Refuse");
    assert_eq!(json.get("auto"), None);
    assert_eq!(page(&loaded, false).get("text"), None);
}

#[test]
fn a_decision_rests_on_texts_and_purpose_and_not_on_where_the_policy_says_it() {
    let basis = |loaded: &Loaded| page(loaded, false)["cats"][0]["basis"].clone();
    let loaded = jetcrm();
    let before = basis(&loaded);
    let change = |change: &dyn Fn(&mut Loaded)| {
        let mut loaded = loaded.clone();
        change(&mut loaded);
        basis(&loaded)
    };
    let purpose = |loaded: &mut Loaded| {
        let all = loaded.site.purposes.iter_mut();
        all.into_iter()
            .position(|purpose| purpose.id.as_str() == "analytics")
            .unwrap()
    };
    assert_eq!(
        before,
        change(&|loaded| loaded.site.edition = "2030-01-01".to_owned())
    );
    assert_eq!(
        before,
        change(&|loaded| {
            let at = purpose(loaded);
            loaded.site.purposes[at].clauses = vec!["99.9".to_owned()];
        })
    );
    assert_ne!(
        before,
        change(&|loaded| {
            let at = purpose(loaded);
            loaded.site.purposes[at].title = Localized::default();
        })
    );
    assert_ne!(
        before,
        change(&|loaded| {
            let all = loaded.site.notices.iter_mut();
            let of_it = all.filter(|notice| notice.id == "cookies-analytics");
            of_it.for_each(|notice| notice.sha256 = Digest::of(b"another text"));
        })
    );
}

#[test]
fn more_is_there_for_whoever_asks() {
    let mut loaded = jetcrm();
    let service = &mut loaded.site.cookies[1].services[0];
    service.patterns = vec!["mc.example.ru/js/*".to_owned()];
    service.stop = vec![Step::Set {
        set: "disableCounter7".to_owned(),
        value: true.into(),
    }];
    service.signal = vec!["analytics_storage".to_owned()];
    assert_eq!(page(&loaded, true).get("auto"), None, "off by default");
    loaded.gate.auto = true;
    loaded.site.cookies[1].services[0].consent_mode = true;
    loaded.gate.names = BTreeMap::from([("statistics".to_owned(), "analytics".to_owned())]);
    let json = page(&loaded, true);
    assert_eq!(
        json["auto"],
        serde_json::json!([["^mc\\.example\\.ru/js/.*$", "analytics/counter"]])
    );
    assert_eq!(
        json["off"],
        serde_json::json!([["disableCounter7", true, "analytics/counter"]])
    );
    assert_eq!(json["signals"]["analytics_storage"], "analytics/counter");
    assert_eq!(json["alias"]["statistics"], "analytics");
    assert_eq!(json.get("moving"), None);
    loaded.gate.names.clear();
    assert_eq!(page(&loaded, true).get("alias"), None);
    loaded.gate.moving = true;
    let json = page(&loaded, true);
    assert_eq!(json["moving"], true);
    assert_eq!(json["alias"]["c0004"], "ads");
}

#[test]
fn nothing_in_it_can_end_the_script_around_it() {
    let mut loaded = jetcrm();
    if let Some(banner) = loaded.banner.get_mut(&Lang::Ru) {
        banner.body = "</script><!--\u{2028}\u{2029}".to_owned();
    }
    let json = for_script(&Page::of(&loaded, &manifest(), Some(Lang::Ru))).unwrap();
    assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
    let back: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back["text"]["ru"]["body"], "</script><!--\u{2028}\u{2029}");
}
