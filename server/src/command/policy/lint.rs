//! What `raspiska policy check` says of the lint: for people, and for programs.

use std::fmt::Write as _;

use raspiska_shared::lang::Lang;
use serde::Serialize;

use crate::lint::{self, Finding, Severity};

/// Which findings are let pass, and which end the command with a failure.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Strictness {
    /// End with a failure if a finding weighs this much or more
    #[arg(long, value_name = "SEVERITY")]
    deny: Option<Severity>,
    /// Rules whose findings are known and let pass, e.g. L26,L31
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule)]
    allow: Vec<String>,
}

/// What was found in one edition, in the forms of a site, or in a text alone.
#[derive(Debug, Default, Serialize)]
pub(super) struct Linted {
    /// The edition, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edition: Option<String>,
    /// The day, if it is the forms as they are asked on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forms_on: Option<String>,
    /// In the order of the rules.
    pub(super) findings: Vec<Finding>,
}

impl Strictness {
    /// Does one of the findings make the command fail?
    pub(super) fn denies(&self, linted: &[Linted]) -> bool {
        let denied = |finding: &Finding| {
            self.deny
                .is_some_and(|least| finding.rule.severity >= least && !self.allows(finding))
        };
        let mut all = linted.iter();
        all.any(|own| own.stops_a_start() || own.findings.iter().any(denied))
    }

    fn allows(&self, finding: &Finding) -> bool {
        self.allow.contains(&finding.rule.id)
    }

    /// Prints what was found.
    pub(super) fn write(&self, linted: &[Linted], out: &mut String) {
        for own in linted {
            let what = match (&own.edition, &own.forms_on) {
                (Some(edition), _) => edition.clone(),
                (None, Some(day)) => format!("forms on {day}"),
                (None, None) => "the text".to_owned(),
            };
            let stops = if own.stops_a_start() {
                "; no server starts with these forms"
            } else {
                ""
            };
            // Writing into a String does not fail.
            let _ = writeln!(
                out,
                "  {:<9} {what}: {}{stops}",
                "lint",
                count(&own.findings)
            );
            for finding in &own.findings {
                self.finding(finding, out);
            }
        }
    }

    fn finding(&self, finding: &Finding, out: &mut String) {
        let rule = finding.rule;
        let allowed = if self.allows(finding) {
            ", let pass"
        } else {
            ""
        };
        let mut at: Vec<String> = finding
            .places
            .iter()
            .map(|place| place.at.to_string())
            .collect();
        at.dedup();
        let _ = writeln!(
            out,
            "\n{} {}{allowed} {}",
            rule.id,
            word(rule.severity),
            at.join(", ")
        );
        let _ = writeln!(out, "    {}", rule.says.get(Lang::En));
        for place in &finding.places {
            let _ = writeln!(
                out,
                "    {:<8} {}",
                place.at.to_string(),
                place.what.get(Lang::En)
            );
        }
        let _ = writeln!(out, "    Do: {}", rule.advice.get(Lang::En));
        let _ = writeln!(out, "    {} [{:?}]", rule.norm, rule.mark);
    }
}

impl Linted {
    /// Is it of forms that a server refuses? No flag lets these pass.
    fn stops_a_start(&self) -> bool {
        let mut findings = self.findings.iter();
        self.forms_on.is_some() && findings.any(|own| own.rule.severity == Severity::Error)
    }
}

fn count(findings: &[Finding]) -> String {
    let of = |severity| {
        let own = findings
            .iter()
            .filter(|finding| finding.rule.severity == severity);
        own.count()
    };
    format!(
        "{} errors, {} warnings, {} notes",
        of(Severity::Error),
        of(Severity::Warning),
        of(Severity::Info)
    )
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Info => "info",
        Severity::Warning => "warning",
    }
}

/// A misspelt id would silently let nothing pass.
fn rule(id: &str) -> Result<String, String> {
    if lint::has_rule(id) {
        return Ok(id.to_owned());
    }
    Err("there is no such rule; `raspiska policy check` shows the ids, e.g. L03".to_owned())
}
