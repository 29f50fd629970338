//! Reads a site's directory. Nothing that is read is served before all of it fits together.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    notice::Notice,
    policy::{EditionRef, Policy, document::Document},
    site::{LogRef, Site},
    text::{Block, blocks},
};
use serde::de::DeserializeOwned;

use super::{
    Loaded, SiteError, check,
    config::{NoticeConfig, SiteConfig},
    day, evidence, hooks, listed, names, services, witnesses,
};

/// Reads the site in `dir` as it is today.
pub(crate) fn load(dir: &Path) -> Result<Loaded, SiteError> {
    load_on(dir, &today())
}

/// The operator's calendar day by the machine's clock.
pub(crate) fn today() -> String {
    // A clock before 1970 finds no edition in force and says so.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    day(now)
}

/// Reads the site in `dir` as it is on the day `today`, and refuses forms that ask what they must not.
pub(crate) fn load_on(dir: &Path, today: &str) -> Result<Loaded, SiteError> {
    let loaded = fitting_on(dir, today)?;
    loaded.asks_fairly()?;
    Ok(loaded)
}

/// Reads the site in `dir` as it is today, for whoever tells the findings of its forms one by one.
pub(crate) fn fitting(dir: &Path) -> Result<Loaded, SiteError> {
    fitting_on(dir, &today())
}

/// The same on the day `today`.
pub(crate) fn fitting_on(dir: &Path, today: &str) -> Result<Loaded, SiteError> {
    let config_path = dir.join("site.toml");
    let config: SiteConfig = read_toml(&config_path)?;
    check::names(&config_path, &config)?;
    let governing = *config.languages.first().ok_or(SiteError::NoLanguage)?;

    let mut found = Editions::default();
    let folder = dir.join("policy");
    for name in edition_names(&folder)? {
        found.read(&folder.join(&name), &name, &config.languages)?;
    }
    let no_edition = || SiteError::NoEdition {
        path: folder.clone(),
        day: today.to_string(),
    };
    // Names are effective dates, so the order of the names is that of the editions.
    let current = found
        .policies
        .range::<str, _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(today)))
        .next_back()
        .map(|(_, policy)| policy)
        .ok_or_else(no_edition)?;
    let (audience, site) = (&config.audience, &config.site);
    let editions = found
        .policies
        .values()
        .map(|policy| {
            let text = found
                .texts
                .get(&(policy.edition.clone(), governing))
                .ok_or_else(no_edition)?;
            Ok(EditionRef {
                edition: policy.edition.clone(),
                effective: policy.effective.clone(),
                sha256: Digest::of(text.as_bytes()),
                url: Site::policy_url(audience, site, &policy.edition),
            })
        })
        .collect::<Result<_, SiteError>>()?;

    let mut notices = Vec::new();
    for notice in &config.notices {
        for &lang in &config.languages {
            notices.push(read_notice(dir, notice, lang)?);
        }
    }
    check::texts(&config_path, &config)?;
    let cookies = services::resolve(config.cookies)?;
    services::check(&config_path, &config.languages, &cookies)?;
    let look = config.look.compose()?;
    names::check(&config.gate, &cookies)?;
    let witnesses = witnesses::read(&config_path, &config.log)?;
    let hooks = hooks::read(&config_path, &config.hooks)?;
    let purposes = found.policies.values();
    let purposes = purposes.flat_map(|policy| policy.purposes.iter().map(|own| &own.id));
    let evidence = evidence::read(&config_path, &config.evidence, &purposes.collect())?;
    let (forms, listed) = listed::apart(config.forms);
    let site = Site {
        site: config.site.clone(),
        audience: config.audience,
        languages: config.languages,
        controller: current.controller.clone(),
        log: LogRef {
            origin: format!("{}/{}", config.log_host, config.site),
            vkey: String::new(),
        },
        edition: current.edition.clone(),
        editions,
        purposes: current.purposes.clone(),
        notices,
        forms,
        cookies,
    };
    let loaded = Loaded {
        site,
        texts: found.texts,
        documents: found.documents,
        policies: found.policies,
        listed,
        witnesses,
        evidence,
        hooks,
        banner: config.banner,
        gate: config.gate,
        look,
        today: today.to_owned(),
        choice_days: config.choice_days,
    };
    loaded.fits()?;
    // What comes is served without a restart, so it has to fit now.
    for day in loaded.changes() {
        loaded.on(&day)?;
    }
    Ok(loaded)
}

/// What was read of the policy so far.
#[derive(Default)]
struct Editions {
    policies: BTreeMap<String, Policy>,
    texts: BTreeMap<(String, Lang), String>,
    documents: BTreeMap<(String, Lang), Document>,
}

impl Editions {
    fn read(&mut self, folder: &Path, name: &str, languages: &[Lang]) -> Result<(), SiteError> {
        let path = folder.join("policy.toml");
        let policy: Policy = read_toml(&path)?;
        check::date(&path, "edition", &policy.edition)?;
        check::date(&path, "effective", &policy.effective)?;
        if policy.edition != name || policy.effective != name {
            return Err(SiteError::Edition {
                path,
                edition: policy.edition,
                effective: policy.effective,
            });
        }
        for &lang in languages {
            let text_path = folder.join(format!("{}.md", lang.tag()));
            let text = read_text(&text_path)?;
            let document = Document::parse(&text).map_err(|source| SiteError::PolicyText {
                path: text_path,
                source,
            })?;
            check::policy(&path, &policy, &document, languages)?;
            self.texts.insert((name.to_string(), lang), text);
            self.documents.insert((name.to_string(), lang), document);
        }
        self.policies.insert(name.to_string(), policy);
        Ok(())
    }
}

/// One edition by itself: its data, and its text in the governing language.
pub(crate) fn read_edition(folder: &Path) -> Result<(Policy, Document), SiteError> {
    let policy = read_toml(&folder.join("policy.toml"))?;
    let path = folder.join(format!("{}.md", Lang::default().tag()));
    let document = Document::parse(&read_text(&path)?)
        .map_err(|source| SiteError::PolicyText { path, source })?;
    Ok((policy, document))
}

/// The folders of editions. Other files beside them, such as an operator's notes, are nobody's business.
fn edition_names(folder: &Path) -> Result<Vec<String>, SiteError> {
    let at = |source| SiteError::Read {
        path: folder.to_path_buf(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read_notice(dir: &Path, config: &NoticeConfig, lang: Lang) -> Result<Notice, SiteError> {
    let path = dir.join(config.file(lang));
    let text = read_text(&path)?;
    if !has_notice_form(&text) {
        return Err(SiteError::NoticeForm { path });
    }
    Ok(Notice {
        id: config.id.clone(),
        lang,
        sha256: Digest::of(text.as_bytes()),
        since: config.since.clone(),
        until: config.until.clone(),
        purposes: config.purposes.clone(),
        text,
    })
}

/// One title, first; something under it; no line that a reader would see as markup.
fn has_notice_form(text: &str) -> bool {
    let blocks = blocks(text);
    let titles = blocks
        .iter()
        .filter(|block| matches!(block, Block::Heading(1, _)))
        .count();
    let plain = blocks.iter().all(|block| match block {
        Block::Paragraph(line) => {
            !line.starts_with(['#', '>', '|', '*', '<'])
                && !line.contains("**")
                && !line.contains("](")
        }
        Block::Bullet(line) | Block::Heading(_, line) => {
            !line.contains("**") && !line.contains("](")
        }
    });
    text.starts_with("# ") && titles == 1 && blocks.len() > 1 && plain
}

fn read_text(path: &Path) -> Result<String, SiteError> {
    fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => SiteError::TextMissing {
            path: path.to_path_buf(),
        },
        _ => SiteError::Read {
            path: path.to_path_buf(),
            source,
        },
    })
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, SiteError> {
    let text = fs::read_to_string(path).map_err(|source| SiteError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| SiteError::Toml {
        path: PathBuf::from(path),
        message: error.to_string(),
    })
}
