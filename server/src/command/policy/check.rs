//! `raspiska policy check`: does a site fit together, what is in it, and what does its policy lack?

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use raspiska_shared::{
    lang::Lang,
    policy::document::Document,
    purpose::{LegalBasis, Purpose},
};
use serde::Serialize;

use super::{
    PolicyError, Told, describe,
    lint::{Linted, Strictness},
    read,
};
use crate::{
    lint::{self, Subject},
    site::{self, Loaded},
};

/// The flags of `raspiska policy check`.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The directory with site.toml, policy/ and notices/; or a policy's text alone: plain, or Markdown as `import` writes it
    path: PathBuf,
    #[command(flatten)]
    strictness: Strictness,
    /// A line of JSON
    #[arg(long)]
    json: bool,
}

/// What a program is told.
#[derive(Debug, Serialize)]
struct Account<'a> {
    /// The site, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    /// What should be looked at besides.
    look_at: Vec<String>,
    lint: &'a [Linted],
    /// Does the command fail?
    denied: bool,
}

impl Check {
    pub(super) fn run(&self) -> Result<Told, PolicyError> {
        let loaded = if self.path.is_file() {
            None
        } else {
            Some(site::fitting(&self.path)?)
        };
        let (text, linted) = match &loaded {
            Some(loaded) => (summary(&self.path, loaded), of_site(loaded)),
            None => text(&self.path)?,
        };
        let denied = self.strictness.denies(&linted);
        let look_at = loaded.iter().flat_map(site::forgotten);
        let account = Account {
            site: loaded.as_ref().map(|loaded| loaded.site.site.as_str()),
            look_at: look_at.map(|forgotten| forgotten.to_string()).collect(),
            lint: &linted,
            denied,
        };
        let text = if self.json {
            // Strings, lists and maps with string keys always serialise.
            serde_json::to_string(&account).unwrap_or_default() + "\n"
        } else {
            let mut text = text;
            self.strictness.write(&linted, &mut text);
            text
        };
        Ok(Told { text, denied })
    }
}

/// The policy, and what the forms ask.
fn of_site(loaded: &Loaded) -> Vec<Linted> {
    let mut linted = editions(loaded);
    let forms = loaded.form_findings().into_iter();
    linted.extend(forms.map(|(day, findings)| Linted {
        forms_on: Some(day),
        findings,
        ..Linted::default()
    }));
    linted
}

/// The edition in force and those to come: nothing can be done about older ones.
fn editions(loaded: &Loaded) -> Vec<Linted> {
    let later = loaded.policies.range(loaded.site.edition.clone()..);
    let linted = later.map(|(edition, policy)| Linted {
        edition: Some(edition.clone()),
        forms_on: None,
        findings: lint::lint(&Subject {
            document: loaded.documents.get(&(edition.clone(), Lang::Ru)),
            policy: Some(policy),
            effective: Some(&policy.effective),
            today: &loaded.today,
        }),
    });
    linted.collect()
}

/// A text without a matrix.
fn text(path: &Path) -> Result<(String, Vec<Linted>), PolicyError> {
    let (document, effective) = if path.extension().is_some_and(|own| own == "md") {
        let at = |path: &Path| path.to_path_buf();
        let text = fs::read_to_string(path).map_err(|source| PolicyError::File {
            path: at(path),
            source,
        })?;
        let document = Document::parse(&text).map_err(|source| PolicyError::Document {
            path: at(path),
            source,
        })?;
        (document, None)
    } else {
        let imported = read(path)?;
        (imported.document, Some(imported.effective))
    };
    let findings = lint::lint(&Subject {
        document: Some(&document),
        policy: None,
        effective: effective.as_deref(),
        today: &site::today(),
    });
    let told = format!("{}: {}.\n", path.display(), describe(&document));
    let linted = Linted {
        findings,
        ..Linted::default()
    };
    Ok((told, vec![linted]))
}

fn summary(dir: &Path, loaded: &Loaded) -> String {
    let site = &loaded.site;
    let mut out = format!("{}: fits together.\n", dir.display());
    let mut line = |name: &str, value: String| {
        // Writing into a String does not fail.
        let _ = writeln!(out, "  {name:<9} {value}");
    };
    line(
        "site",
        format!("{} ({}), log {}", site.site, site.audience, site.log.origin),
    );
    for edition in &site.editions {
        let in_force = if edition.edition == site.edition {
            ", in force"
        } else {
            ""
        };
        line(
            "edition",
            format!("{}{in_force}, SHA-256 {}", edition.edition, edition.sha256),
        );
        for ((_, lang), document) in loaded
            .documents
            .iter()
            .filter(|((name, _), _)| *name == edition.edition)
        {
            line("", format!("{}: {}", lang.tag(), describe(document)));
        }
    }
    let (asked, others): (Vec<_>, Vec<_>) = site
        .purposes
        .iter()
        .partition(|purpose| purpose.basis == LegalBasis::Consent);
    let names = |purposes: Vec<&Purpose>| {
        purposes
            .iter()
            .map(|purpose| purpose.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    line("consent", names(asked));
    line("no notice", names(others));
    for notice in &site.notices {
        line(
            "notice",
            format!(
                "{} ({}) since {}, SHA-256 {}",
                notice.id,
                notice.lang.tag(),
                notice.since,
                notice.sha256
            ),
        );
    }
    for form in &site.forms {
        let fields: Vec<_> = form.fields.iter().map(|field| field.id.as_str()).collect();
        line("form", format!("{}: {}", form.name, fields.join(", ")));
    }
    for category in &site.cookies {
        let services: Vec<_> = category
            .services
            .iter()
            .map(|service| service.id.as_str())
            .collect();
        line(
            "cookies",
            format!("{}: {}", category.id, services.join(", ")),
        );
    }
    for forgotten in site::forgotten(loaded) {
        line("look at", forgotten.to_string());
    }
    out
}
