//! The operator's other systems as `site.toml` names them: who is told of what.

use std::{net::IpAddr, ops::RangeInclusive, path::Path};

use axum::http::Uri;

use super::{SiteError, check, config::HookConfig};
use crate::{duty::NEAR_DAYS, store::EventKind};

/// Most hooks of one site: each has a thread.
const MAX_HOOKS: usize = 16;

/// Longest notice of a duty: no term of a norm in `www/norms` is counted in more than some months.
const NEAR: RangeInclusive<i32> = 0..=365;

/// One of the operator's other systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SiteHook {
    /// Its name, in commands, metrics and the secret's file.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) url: String,
    /// What it is told of; at least one.
    pub(crate) events: Vec<EventKind>,
    /// Is it told of what was logged before it was named?
    pub(crate) from_beginning: bool,
    /// How many days before its last one it is told of a duty.
    pub(crate) near_days: i32,
}

/// Reads every `[[hook]]`.
pub(super) fn read(path: &Path, hooks: &[HookConfig]) -> Result<Vec<SiteHook>, SiteError> {
    check::unique(path, "hook", hooks.iter().map(|hook| hook.name.as_str()))?;
    if hooks.len() > MAX_HOOKS {
        return Err(SiteError::Value {
            what: "the number of [[hook]]",
            value: hooks.len().to_string(),
            wanted: "name at most 16 hooks; one receiver can pass events on to others",
        });
    }
    hooks.iter().map(read_one).collect()
}

fn read_one(hook: &HookConfig) -> Result<SiteHook, SiteError> {
    if !is_receiver(&hook.url) {
        return Err(SiteError::Value {
            what: "hook.url",
            value: hook.url.clone(),
            wanted: "write an address that begins with https://, or with http:// on this machine (127.0.0.1, [::1], localhost), without user and fragment",
        });
    }
    let events: Vec<EventKind> = hook
        .events
        .iter()
        .map(|word| {
            EventKind::from_word(word).ok_or_else(|| SiteError::Value {
                what: "hook.events",
                value: word.clone(),
                wanted: "write consent.given, consent.changed, consent.withdrawn, consent.expired, data.erased, request.opened or duty.near",
            })
        })
        .collect::<Result<_, _>>()?;
    let twice = (1..events.len()).find(|&at| events[..at].contains(&events[at]));
    if events.is_empty() || twice.is_some() {
        return Err(SiteError::Value {
            what: "hook.events",
            value: hook.events.join(", "),
            wanted: "name at least one event, each once",
        });
    }
    let from_beginning = match hook.from.as_deref() {
        None => false,
        Some("beginning") => true,
        Some(other) => {
            return Err(SiteError::Value {
                what: "hook.from",
                value: other.to_owned(),
                wanted: "write \"beginning\", or leave it out: then the hook is told of what is logged from now on",
            });
        }
    };
    let near_days = match hook.near_days {
        None => NEAR_DAYS,
        Some(days) if NEAR.contains(&days) && events.contains(&EventKind::DutyNear) => days,
        Some(days) => {
            return Err(SiteError::Value {
                what: "hook.near_days",
                value: days.to_string(),
                wanted: "write 0 to 365 days in a hook that is told of duty.near, or leave it out: then it is a week",
            });
        }
    };
    Ok(SiteHook {
        name: hook.name.clone(),
        url: hook.url.clone(),
        events,
        from_beginning,
        near_days,
    })
}

/// In clear only where nobody listens in. What the address leads to is the operator's own decision: no visitor has a say in
/// it, so nothing else about it is refused.
fn is_receiver(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    let host = authority.host();
    let plain = !url.contains('#') && !authority.as_str().contains('@') && !host.is_empty();
    plain && (scheme == "https" || (scheme == "http" && is_loopback(host)))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    // RFC 6761 section 6.3: this name never leaves the machine.
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "url = \"https://crm.example/consents?from=raspiska\"";
    const EVENTS: &str = "events = [\"consent.given\", \"consent.withdrawn\"]";

    fn hooks(tables: &[&str]) -> Result<Vec<SiteHook>, SiteError> {
        #[derive(serde::Deserialize)]
        struct Hooks {
            hook: Vec<HookConfig>,
        }
        let text: String = tables
            .iter()
            .map(|table| format!("[[hook]]\n{table}\n"))
            .collect();
        let config: Hooks = toml::from_str(&text).unwrap();
        read(Path::new("site.toml"), &config.hook)
    }

    /// The member that is wrong.
    fn refused(tables: &[&str]) -> &'static str {
        match hooks(tables).unwrap_err() {
            SiteError::Value { what, .. }
            | SiteError::Duplicate { what, .. }
            | SiteError::Id { what, .. } => what,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_hook_is_told_of_what_its_operator_names() {
        let crm = format!("name = \"crm\"\n{URL}\n{EVENTS}");
        let mail = crm.replace("crm\"", "mail\"") + "\nfrom = \"beginning\"";
        let read = hooks(&[&crm, &mail]).unwrap();
        let [first, second] = &read[..] else {
            panic!("{read:?}");
        };
        assert_eq!(first.events, [EventKind::Given, EventKind::Withdrawn]);
        assert_eq!(first.url, "https://crm.example/consents?from=raspiska");
        assert!(!first.from_beginning && second.from_beginning);
        assert_eq!(first.near_days, 7);
    }

    #[test]
    fn a_duty_is_near_when_its_operator_says_so() {
        let near = |days: i32, events: &str| {
            format!("name = \"crm\"\n{URL}\nnear_days = {days}\nevents = [{events}]")
        };
        for days in [0, 14, 365] {
            let hook = near(days, "\"duty.near\", \"request.opened\"");
            assert_eq!(hooks(&[&hook]).unwrap()[0].near_days, days);
        }
        for hook in [
            near(-1, "\"duty.near\""),
            near(366, "\"duty.near\""),
            near(7, "\"request.opened\""),
        ] {
            assert_eq!(refused(&[&hook]), "hook.near_days", "{hook}");
        }
    }

    #[test]
    fn what_is_no_hook_is_refused_by_its_member() {
        let crm = format!("name = \"crm\"\n{URL}\n{EVENTS}");
        assert_eq!(refused(&[&crm, &crm]), "hook");
        let names: Vec<String> = (0..17)
            .map(|n| crm.replace("crm\"", &format!("h{n}\"")))
            .collect();
        let many: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(refused(&many), "the number of [[hook]]");
        assert_eq!(refused(&[&crm.replace("\"crm\"", "\"../crm\"")]), "hook");
        for events in [
            "",
            "\"consent.gven\"",
            "\"consent.given\", \"consent.given\"",
        ] {
            let hook = format!("name = \"crm\"\n{URL}\nevents = [{events}]");
            assert_eq!(refused(&[&hook]), "hook.events", "{events}");
        }
        assert_eq!(refused(&[&(crm + "\nfrom = \"end\"")]), "hook.from");
    }

    #[test]
    fn whoever_hears_a_yes_has_to_hear_its_end() {
        let told = |events: &str| {
            let hook = format!("name = \"crm\"\n{URL}\nevents = [{events}]");
            let untold = super::super::forgotten::untold(&hooks(&[&hook]).unwrap());
            let sentences: Vec<_> = untold.iter().map(ToString::to_string).collect();
            sentences.join("\n")
        };
        let deaf = told("\"consent.given\", \"consent.withdrawn\"");
        assert!(
            deaf.contains("not of consent.changed, consent.expired, data.erased;"),
            "{deaf}"
        );
        assert_eq!(told("\"consent.withdrawn\""), "");
        let all = EventKind::ALL.map(|kind| format!("{:?}", kind.word()));
        assert_eq!(told(&all.join(", ")), "");
    }

    #[test]
    fn what_is_said_in_clear_stays_on_the_machine() {
        for (url, taken) in [
            ("https://crm.example/x", true),
            ("https://10.0.0.5:8443/x", true),
            ("http://127.0.0.1:9000/x", true),
            ("http://127.8.0.1/", true),
            ("http://localhost/x", true),
            ("http://[::1]:9000/x", true),
            ("http://crm.example/x", false),
            ("http://127.0.0.1.crm.example/", false),
            ("http://localhost.example/", false),
            ("http://10.0.0.5/x", false),
            ("ftp://127.0.0.1/", false),
            ("https://", false),
            ("crm.example/x", false),
            ("https://me:word@crm.example/", false),
            ("https://crm.example/#x", false),
            ("https://crm.example/a b", false),
        ] {
            assert_eq!(is_receiver(url), taken, "{url}");
        }
    }

    #[test]
    fn a_misspelt_or_a_missing_member_is_an_error() {
        for hook in ["name = \"x\"", "nane = \"x\"\nurl = \"\"\nevents = []"] {
            assert!(toml::from_str::<HookConfig>(hook).is_err(), "{hook}");
        }
    }
}
