//! Which purposes keep evidence of what is destroyed, for how long and on what ground: `[[evidence]]`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use raspiska_shared::purpose::PurposeId;

use super::{SiteError, check, config::EvidenceConfig};

/// What is kept of the values of one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EvidenceRule {
    /// For how many days after they are destroyed.
    pub(crate) days: u16,
    /// On what ground.
    pub(crate) norm: String,
}

/// Reads every `[[evidence]]` of a site whose policies, old and new, have these purposes.
pub(super) fn read(
    path: &Path,
    rules: &[EvidenceConfig],
    purposes: &BTreeSet<&PurposeId>,
) -> Result<BTreeMap<PurposeId, EvidenceRule>, SiteError> {
    check::unique(
        path,
        "evidence",
        rules.iter().map(|rule| rule.purpose.as_str()),
    )?;
    rules.iter().map(|rule| read_one(rule, purposes)).collect()
}

fn read_one(
    rule: &EvidenceConfig,
    purposes: &BTreeSet<&PurposeId>,
) -> Result<(PurposeId, EvidenceRule), SiteError> {
    let wrong = |what, value: &str, wanted| SiteError::Value {
        what,
        value: value.to_owned(),
        wanted,
    };
    let purpose = rule.purpose.parse().ok().filter(|id| purposes.contains(id));
    let purpose = purpose.ok_or_else(|| {
        let wanted = "name a purpose of the policy";
        wrong("evidence.purpose", &rule.purpose, wanted)
    })?;
    if rule.days == 0 {
        let wanted = "write for how many days it is kept; without the entry all is destroyed";
        return Err(wrong("evidence.days", "0", wanted));
    }
    if rule.norm.trim().is_empty() || rule.norm.contains(char::is_control) {
        let wanted = "say in one line by which norm it may be kept: every act repeats it";
        return Err(wrong("evidence.norm", &rule.norm, wanted));
    }
    let rule = EvidenceRule {
        days: rule.days,
        norm: rule.norm.clone(),
    };
    Ok((purpose, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(toml: &str) -> String {
        let purpose: PurposeId = "contact".parse().unwrap();
        #[derive(serde::Deserialize)]
        struct Rules {
            evidence: Vec<EvidenceConfig>,
        }
        let rules: Rules = toml::from_str(toml).unwrap();
        let purposes = BTreeSet::from([&purpose]);
        match read(Path::new("site.toml"), &rules.evidence, &purposes) {
            Ok(rules) => format!("{rules:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn evidence_has_a_purpose_a_term_and_a_ground() {
        let rule = |purpose: &str, days: u16, norm: &str| {
            format!("[[evidence]]\npurpose = {purpose:?}\ndays = {days}\nnorm = {norm:?}\n")
        };
        let well = rule("contact", 365, "ст. 196 ГК РФ");
        assert!(told(&well).contains("365"), "{}", told(&well));
        assert!(told(&(well.clone() + &well)).contains("twice"));
        for (toml, about) in [
            (rule("other", 1, "x"), "evidence.purpose"),
            (rule("A", 1, "x"), "evidence \"A\""),
            (rule("contact", 0, "x"), "evidence.days"),
            (rule("contact", 1, " "), "evidence.norm"),
            (rule("contact", 1, "a\nb"), "evidence.norm"),
        ] {
            assert!(told(&toml).contains(about), "{toml}: {}", told(&toml));
        }
    }
}
