//! A service of somebody else on a page: who gets data, what it stores, where its requests go, how it is stopped.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lang::Localized;

/// A service that runs only when its category is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its id in `data-service`; with its category it is a purpose: `analytics/counter`.
    pub id: String,
    /// Its name.
    pub name: Localized,
    /// Who provides it, and so gets the data.
    pub provider: Localized,
    /// Two-letter country code of where the data go.
    pub country: String,
    /// What it does, in a sentence or two.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub about: Localized,
    /// Addresses of its scripts, frames and pixels, each a [`Pattern`](super::Pattern).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// What it stores in the browser.
    #[serde(default)]
    pub cookies: Vec<Cookie>,
    /// What stops it on a page where it runs, in order. Without a step a frame is taken away, and a page on which a script
    /// ran has to be loaded again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<Step>,
    /// The flags of Google Consent Mode that follow its decision: `analytics_storage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signal: Vec<String>,
    /// Are these flags told to Google's tags? Off, unless the operator turns it on.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub consent_mode: bool,
}

/// Something stored in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    /// Its name; a `*` stands for any characters.
    pub name: String,
    /// What it is for.
    pub about: Localized,
    /// How long it lives, in words.
    pub term: Localized,
    /// Where it is kept.
    #[serde(default, rename = "where", skip_serializing_if = "Place::is_cookie")]
    pub place: Place,
}

/// Where something is kept in the browser.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The Cache API: answers of the network, kept by a name.
    Cache,
    /// A cookie.
    #[default]
    Cookie,
    /// A database in the browser.
    IndexedDb,
    /// `localStorage`: until somebody deletes it.
    Local,
    /// `sessionStorage`: until the tab is closed.
    Session,
}

impl Place {
    fn is_cookie(&self) -> bool {
        *self == Self::Cookie
    }
}

/// One step that stops a service without a reload, or says that there is no other way than a reload.
///
/// A path leads from `window` through properties, kept apart by dots: `dataLayer.push`. Nothing is ever evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub enum Step {
    /// `{ call = "gtag", args = ["consent", "update", { … }] }`: an existing function is called; one that is not there is left.
    Call {
        /// The path of the function.
        call: String,
        /// What it is given.
        args: Vec<Value>,
    },
    /// `{ reload = true }`: what runs can only be left behind.
    Reload,
    /// `{ set = "disableYaCounter123", value = true }`: a property gets a value.
    Set {
        /// The path of the property.
        set: String,
        /// Its value.
        value: Value,
    },
}

/// The members are not those of a step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Too many members, or too few.
    #[error(
        "a step is one of {{ set = \"path\", value = … }}, {{ call = \"path\", args = […] }} and {{ reload = true }}; write one of them"
    )]
    Members,
    /// Not a path of properties.
    #[error(
        "a step's path is {0:?}; write names of a-z, A-Z, 0-9, _, $ and -, kept apart by single dots"
    )]
    Path(String),
}

/// A step as it is written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    args: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reload: Option<bool>,
}

impl TryFrom<Members> for Step {
    type Error = StepError;

    fn try_from(members: Members) -> Result<Self, StepError> {
        match members {
            Members {
                set: Some(set),
                value: Some(value),
                call: None,
                args: None,
                reload: None,
            } => Ok(Self::Set {
                set: path(set)?,
                value,
            }),
            Members {
                set: None,
                value: None,
                call: Some(call),
                args,
                reload: None,
            } => Ok(Self::Call {
                call: path(call)?,
                args: args.unwrap_or_default(),
            }),
            Members {
                set: None,
                value: None,
                call: None,
                args: None,
                reload: Some(true),
            } => Ok(Self::Reload),
            _ => Err(StepError::Members),
        }
    }
}

impl From<Step> for Members {
    fn from(step: Step) -> Self {
        match step {
            Step::Call { call, args } => Self {
                call: Some(call),
                args: Some(args),
                ..Self::default()
            },
            Step::Reload => Self {
                reload: Some(true),
                ..Self::default()
            },
            Step::Set { set, value } => Self {
                set: Some(set),
                value: Some(value),
                ..Self::default()
            },
        }
    }
}

/// Not only identifiers: a switch of Google's is called `ga-disable-G-1A2B3C`.
fn path(text: String) -> Result<String, StepError> {
    let name = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'-'))
    };
    if text.split('.').all(name) {
        Ok(text)
    } else {
        Err(StepError::Path(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, json, to_value};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_service_from_before_reads_and_writes_as_it_was() {
        let old = json!({
            "id": "counter", "name": { "ru": "Счётчик" }, "provider": { "ru": "Лавка" }, "country": "RU",
            "cookies": [{ "name": "_uid", "about": { "ru": "Номер." }, "term": { "ru": "год" } }],
        });
        let service: Service = serde_json::from_value(old.clone()).unwrap();
        assert_eq!(service.cookies[0].place, Place::Cookie);
        assert!(service.stop.is_empty() && !service.consent_mode);
        assert_eq!(to_value(&service).unwrap(), old);
    }

    #[test]
    fn places_have_the_names_that_people_write() {
        for (name, place) in [
            ("cache", Place::Cache),
            ("cookie", Place::Cookie),
            ("indexeddb", Place::IndexedDb),
            ("local", Place::Local),
            ("session", Place::Session),
        ] {
            assert_eq!(to_value(place).unwrap(), json!(name));
        }
    }

    #[test]
    fn steps_read_and_write_alike() {
        for (text, step) in [
            (
                r#"{"set":"disableYaCounter1","value":true}"#,
                Step::Set {
                    set: "disableYaCounter1".into(),
                    value: json!(true),
                },
            ),
            (
                r#"{"call":"dataLayer.push","args":[{"event":"off"},1]}"#,
                Step::Call {
                    call: "dataLayer.push".into(),
                    args: [json!({ "event": "off" }), json!(1)].into(),
                },
            ),
            (r#"{"reload":true}"#, Step::Reload),
        ] {
            assert_eq!(from_str::<Step>(text).unwrap(), step);
            assert_eq!(to_value(&step).unwrap(), from_str::<Value>(text).unwrap());
        }
        let bare: Step = from_str(r#"{"call":"stop"}"#).unwrap();
        assert!(matches!(bare, Step::Call { args, .. } if args.is_empty()));
    }

    #[test]
    fn a_wrong_step_is_refused_with_what_to_write() {
        for text in [
            "{}",
            r#"{"set":"a"}"#,
            r#"{"value":1}"#,
            r#"{"reload":false}"#,
            r#"{"set":"a","value":1,"reload":true}"#,
            r#"{"call":"a","value":1}"#,
            r#"{"set":"a","value":1,"call":"b"}"#,
        ] {
            let told = from_str::<Step>(text).unwrap_err().to_string();
            assert!(told.contains("a step is one of { set"), "{text}: {told}");
        }
        for path in ["", ".", "a.", "a..b", "alert(1)", "a b", "a['b']", "ы"] {
            let told = from_str::<Step>(&json!({ "call": path }).to_string())
                .unwrap_err()
                .to_string();
            assert!(told.contains("a step's path is"), "{path}: {told}");
        }
        assert!(from_str::<Step>(r#"{"eval":"alert(1)"}"#).is_err());
    }
}
