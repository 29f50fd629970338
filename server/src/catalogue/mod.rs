//! Services that many sites use, as data: `www/services/*.toml`. An operator names one in `site.toml`; who gets data, what is
//! stored and how it is stopped comes from here.

mod entry;

pub(crate) use entry::{Entry, Usual};

use raspiska_shared::site::Pattern;

/// Stands in an entry for the number that a site has with the service, such as that of its counter.
const PLACE: &str = "{id}";

/// The longest number that services give out is well under this.
const MAX_ID: usize = 64;

macro_rules! files {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("../../../www/services/", $id, ".toml")))),*]
    };
}

/// Every entry by its id, in the order of the alphabet.
const FILES: &[(&str, &str)] = &files![
    "bitrix24",
    "calltouch",
    "carrot-quest",
    "google-analytics-4",
    "google-maps",
    "google-tag-manager",
    "jivosite",
    "roistat",
    "rutube",
    "top-mail-ru",
    "vk-ads-pixel",
    "vk-video",
    "yandex-maps",
    "yandex-metrica",
    "youtube",
];

/// Why the catalogue has no such service for this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It has none of this name.
    Unknown,
    /// It needs the site's number with the service.
    NoId,
    /// It has no use for a number.
    NeedlessId,
    /// What is there is no such number.
    WrongId,
}

/// The entry with this id, with the site's own number in it.
pub(crate) fn entry(name: &str, id: Option<&str>) -> Result<Entry, Missing> {
    let (_, text) = FILES
        .iter()
        .find(|(own, _)| *own == name)
        .ok_or(Missing::Unknown)?;
    let text = match (text.contains(PLACE), id) {
        (true, None) => return Err(Missing::NoId),
        (false, Some(_)) => return Err(Missing::NeedlessId),
        (false, None) => (*text).to_owned(),
        (true, Some(id)) if is_id(id) => text.replace(PLACE, id),
        (true, Some(_)) => return Err(Missing::WrongId),
    };
    // A test reads every file: none is lost here.
    toml::from_str(&text).map_err(|_| Missing::Unknown)
}

/// The entry with this id as it is shown: `ID` stands for the site's own number.
pub(crate) fn shown(name: &str) -> Option<Entry> {
    entry(name, None).or_else(|_| entry(name, Some("ID"))).ok()
}

/// Every entry as it is shown.
pub(crate) fn all() -> impl Iterator<Item = Entry> {
    FILES.iter().filter_map(|(name, _)| shown(name))
}

/// The entries to which an address belongs.
pub(crate) fn at(url: &str) -> impl Iterator<Item = Entry> {
    all().filter(move |entry| {
        let mut patterns = entry.patterns.iter();
        patterns.any(|own| own.parse::<Pattern>().is_ok_and(|own| own.matches(url)))
    })
}

/// It is put into a file as text, so nothing may be in it that ends a string or a name there.
fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests;
