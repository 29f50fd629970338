//! What the module for whoever builds a site knows: where each service's requests go and what it stores.

use raspiska_shared::site::{Pattern, Place};
use serde::Serialize;

use crate::site::Loaded;

/// All services of a site, the necessary ones too.
#[derive(Debug, Serialize)]
pub(super) struct Watch {
    /// Is what nobody has tagged held back by its address?
    auto: bool,
    /// Regular expressions of addresses, each with its purpose.
    rules: Vec<(String, String)>,
    /// Places with a regular expression of a name there, each with its purpose.
    stored: Vec<(Place, String, String)>,
}

impl Watch {
    pub(super) fn of(loaded: &Loaded) -> Self {
        let mut rules = Vec::new();
        let mut stored = Vec::new();
        for category in &loaded.site.cookies {
            for service in &category.services {
                // What is always on has no purpose of a service's own.
                let purpose = match category.notice {
                    Some(_) => format!("{}/{}", category.id, service.id),
                    None => "necessary".to_owned(),
                };
                let patterns = service.patterns.iter();
                let readable = patterns.filter_map(|text| text.parse::<Pattern>().ok());
                rules.extend(readable.map(|pattern| (pattern.regex(), purpose.clone())));
                stored.extend(service.cookies.iter().map(|cookie| {
                    (
                        cookie.place,
                        Pattern::escaped(&cookie.name),
                        purpose.clone(),
                    )
                }));
            }
        }
        Self {
            auto: loaded.gate.auto,
            rules,
            stored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample::jetcrm;

    #[test]
    fn it_knows_every_service_and_which_need_no_answer() {
        let mut loaded = jetcrm();
        loaded.site.cookies[1].services[0].patterns = vec!["mc.example.ru/js/*".to_owned()];
        let json = serde_json::to_value(Watch::of(&loaded)).unwrap();
        assert_eq!(
            json["rules"],
            serde_json::json!([["^mc\\.example\\.ru/js/.*$", "analytics/counter"]])
        );
        let stored = json["stored"].as_array().unwrap();
        let first = serde_json::json!(["local", "raspiska\\.jetcrm\\..*", "necessary"]);
        assert_eq!(stored[0], first);
        let counted = serde_json::json!(["cookie", "_demo_uid", "analytics/counter"]);
        assert_eq!(stored[2], counted);
    }
}
