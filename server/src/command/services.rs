//! `raspiska services`: the catalogue, for whoever writes a `site.toml`.

use std::io::{self, Write};

use raspiska_shared::{
    lang::{Lang, Localized},
    site::{Place, Step},
};

use crate::catalogue::{self, Entry, Missing, Usual};

/// What of the catalogue to print.
#[derive(Debug, clap::Args)]
pub(super) struct Services {
    /// A service's id, or an address, https://…, whose service is looked for. Without it: all services
    #[arg(value_name = "ID|URL")]
    which: Option<String>,
    /// Print what the catalogue's files say, as JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServicesError {
    /// An address of nothing that is known.
    #[error("{0} belongs to no service of the catalogue; describe its service in site.toml")]
    Address(String),
    /// The output has gone away.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// Not an id.
    #[error("the catalogue has no service {0:?}; `raspiska services` lists what it has")]
    Unknown(String),
}

impl Services {
    pub(super) fn run(&self) -> Result<(), ServicesError> {
        self.write(&mut io::stdout().lock())
    }

    fn write(&self, out: &mut impl Write) -> Result<(), ServicesError> {
        match self.which.as_deref() {
            None => self.list(out, catalogue::all().collect()),
            Some(url) if url.contains("//") => {
                let found: Vec<Entry> = catalogue::at(url).collect();
                if found.is_empty() {
                    return Err(ServicesError::Address(url.to_owned()));
                }
                self.list(out, found)
            }
            Some(id) => {
                let unknown = || ServicesError::Unknown(id.to_owned());
                let entry = catalogue::shown(id).ok_or_else(unknown)?;
                match self.json {
                    true => json(out, &entry),
                    false => whole(out, &entry),
                }
            }
        }
    }

    fn list(&self, out: &mut impl Write, entries: Vec<Entry>) -> Result<(), ServicesError> {
        if self.json {
            return json(out, &entries);
        }
        line(out, ["ID", "NAME", "DATA GO TO", "USUALLY FOR"])?;
        for entry in &entries {
            let to = format!("{}, {}", english(&entry.provider), entry.country);
            let purposes = joined(&entry.purposes);
            line(out, [&entry.id, english(&entry.name), &to, &purposes])?;
        }
        Ok(())
    }
}

fn line(out: &mut impl Write, [id, name, to, purposes]: [&str; 4]) -> Result<(), ServicesError> {
    Ok(writeln!(out, "{id:<20}{name:<28}{to:<28}{purposes}")?)
}

fn json(out: &mut impl Write, value: &impl serde::Serialize) -> Result<(), ServicesError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// One service, for people.
fn whole(out: &mut impl Write, entry: &Entry) -> Result<(), ServicesError> {
    writeln!(out, "{}", english(&entry.name))?;
    let mut row = |name: &str, text: &str| writeln!(out, "  {name:<12} {text}");
    row("does", english(&entry.about))?;
    let to = format!("{}, {}", english(&entry.provider), entry.country);
    row("data go to", &to)?;
    row("usually for", &joined(&entry.purposes))?;
    for (at, pattern) in entry.patterns.iter().enumerate() {
        row(if at == 0 { "addresses" } else { "" }, pattern)?;
    }
    for (at, cookie) in entry.cookies.iter().enumerate() {
        let (term, about) = (english(&cookie.term), english(&cookie.about));
        let text = format!("{} ({}, {term}): {about}", cookie.name, place(cookie.place));
        row(if at == 0 { "keeps" } else { "" }, &text)?;
    }
    if entry.stop.is_empty() {
        row("stopped by", "taking its frame away")?;
    }
    for step in &entry.stop {
        row("stopped by", &told(step))?;
    }
    for (usual, flags) in &entry.signal {
        let text = format!(
            "{} in {}, with consent_mode = true",
            flags.join(", "),
            usual.id()
        );
        row("signals", &text)?;
    }
    let needs_id = catalogue::entry(&entry.id, None).err() == Some(Missing::NoId);
    let number = if needs_id {
        ", and id = \"…\": your number with it, for which ID stands here"
    } else {
        ""
    };
    row("in site.toml", &format!("use = \"{}\"{number}", entry.id))?;
    writeln!(
        out,
        "\nIn a page, in the place of its own code:\n\n{}",
        entry.start.trim_end()
    )?;
    Ok(())
}

fn told(step: &Step) -> String {
    match step {
        Step::Call { call, args } => {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            format!("{call}({})", args.join(", "))
        }
        Step::Reload => "loading the page again".to_owned(),
        Step::Set { set, value } => format!("{set} = {value}"),
    }
}

const fn place(place: Place) -> &'static str {
    match place {
        Place::Cache => "cache",
        Place::Cookie => "cookie",
        Place::IndexedDb => "IndexedDB",
        Place::Local => "localStorage",
        Place::Session => "sessionStorage",
    }
}

fn joined(purposes: &[Usual]) -> String {
    let ids: Vec<&str> = purposes.iter().map(|usual| usual.id()).collect();
    ids.join(", ")
}

fn english(text: &Localized) -> &str {
    text.get(Lang::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(which: Option<&str>, json: bool) -> Result<String, ServicesError> {
        let which = which.map(str::to_owned);
        let mut out = Vec::new();
        Services { which, json }.write(&mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn all_services_are_a_table_of_one_line_each() {
        let told = printed(None, false).unwrap();
        assert_eq!(told.lines().count(), 1 + catalogue::all().count());
        let line = told
            .lines()
            .find(|line| line.starts_with("youtube "))
            .unwrap();
        assert!(
            line.contains("Google LLC, US") && line.ends_with("media"),
            "{line}"
        );
        // A column that runs into the next one cannot be read.
        for line in told.lines() {
            for at in [20, 48, 76] {
                assert_eq!(line.chars().nth(at - 1), Some(' '), "{line}");
            }
        }
    }

    #[test]
    fn one_service_is_told_whole() {
        let told = printed(Some("yandex-metrica"), false).unwrap();
        for part in [
            "data go to   YANDEX LLC, RU",
            "addresses    mc.yandex.ru/*",
            "_ym_isad (cookie, 2 days): Whether",
            "_ym* (localStorage, until you delete it)",
            "stopped by   disableYaCounterID = true",
            "use = \"yandex-metrica\", and id = ",
            "data-service=\"yandex-metrica\"",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
        let told = printed(Some("jivosite"), false).unwrap();
        assert!(
            told.contains("jivo_destroy()") && told.contains("use = \"jivosite\"\n"),
            "{told}"
        );
        let told = printed(Some("google-tag-manager"), false).unwrap();
        assert!(
            told.contains("loading the page again") && told.contains("signals"),
            "{told}"
        );
        let told = printed(Some("rutube"), false).unwrap();
        assert!(told.contains("taking its frame away"), "{told}");
    }

    #[test]
    fn json_is_what_the_files_say() {
        let one: serde_json::Value =
            serde_json::from_str(&printed(Some("youtube"), true).unwrap()).unwrap();
        assert_eq!(one["country"], "US");
        assert_eq!(one["cookies"][2]["where"], "local");
        let all: Vec<serde_json::Value> =
            serde_json::from_str(&printed(None, true).unwrap()).unwrap();
        assert_eq!(all.len(), catalogue::all().count());
    }

    #[test]
    fn an_address_finds_its_service() {
        let told = printed(Some("https://mc.yandex.ru/watch/1?x=2"), false).unwrap();
        assert_eq!(told.lines().count(), 2);
        assert!(told.contains("\nyandex-metrica "), "{told}");
    }

    #[test]
    fn what_is_not_there_is_said_to_be_not_there() {
        assert!(matches!(
            printed(Some("metrica"), false),
            Err(ServicesError::Unknown(_))
        ));
        let nowhere = printed(Some("https://example.org/x.js"), true);
        assert!(matches!(nowhere, Err(ServicesError::Address(_))));
        let closed = Services {
            which: None,
            json: false,
        }
        .write(&mut [0; 0].as_mut_slice());
        assert!(matches!(closed, Err(ServicesError::Output(_))));
    }
}
