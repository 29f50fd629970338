//! `raspiska serve --check`: a start up to the point where it would listen, and nothing is changed.

use std::{fs::OpenOptions, io::Write};

use super::serve::ServeError;
use crate::{
    app::{StartError, accord, check_hooks, check_pages},
    config::Config,
    data::{DataDir, DataError},
    keys::Keyring,
    law::Law,
    sequencer,
    store::{Identities, Sqlite, Store, StoreError},
};

/// Says what was found, or why a start would be refused. A server may be running on the same data.
pub(super) fn check(config: &Config, out: &mut impl Write) -> Result<(), ServeError> {
    let sites = accord::load_sites(&config.sites)?;
    check_pages(config)?;
    check_hooks(config, sites.values())?;
    let store = stored(config)?;
    let known = match &store {
        Some(store) => store.identities().map_err(StartError::from)?,
        None => Identities::default(),
    };
    let names: Vec<&str> = sites.keys().map(String::as_str).collect();
    let ring = Keyring::look(&config.data, &names, &known).map_err(StartError::from)?;
    let begun = |name: &String| known.logs.contains_key(name);
    let begun_sites = sites.values().filter(|loaded| begun(&loaded.site.site));
    Law::read(Some(&config.data)).map_err(StartError::from)?;
    let accord = accord::agree(begun_sites, &ring, &known)?;

    let data = config.data.display();
    match (&store, DataDir::in_use(&config.data)?) {
        (None, _) => writeln!(
            out,
            "data {data}: empty; the first start makes store and keys"
        )?,
        (_, true) => writeln!(
            out,
            "data {data}: in use by a running server, which has to end first"
        )?,
        (_, false) => writeln!(out, "data {data}: free")?,
    }
    for (name, loaded) in &sites {
        let origin = &loaded.site.log.origin;
        match (&store, accord.signers.get(name)) {
            (Some(store), Some(signer)) => {
                let head = sequencer::check(store, name, signer.vkey()).map_err(|source| {
                    let site = name.clone();
                    StartError::Log { site, source }
                })?;
                writeln!(
                    out,
                    "site {name}: log {origin}, {} entries, head and keys hold",
                    head.size
                )?;
            }
            _ => writeln!(
                out,
                "site {name}: log {origin}, new; the first start makes its keys"
            )?,
        }
    }
    for (name, loaded) in &sites {
        for hook in &loaded.hooks {
            let words: Vec<_> = hook.events.iter().map(|event| event.word()).collect();
            let (hook, words) = (&hook.name, words.join(", "));
            writeln!(
                out,
                "site {name}: hook {hook}, its secret is there; {words}"
            )?;
        }
    }
    if let Some(pages) = &config.pages {
        writeln!(out, "pages {}: there", pages.display())?;
    }
    writeln!(out, "listen {}", config.listen)?;
    if let Some(address) = config.operation_listen {
        writeln!(out, "operation {address}")?;
    }
    writeln!(out, "Nothing stands in the way of a start.")?;
    Ok(())
}

/// The store, if there is one; it has to be writable as well.
fn stored(config: &Config) -> Result<Option<Sqlite>, ServeError> {
    let data = match DataDir::visit(&config.data) {
        Ok(data) => data,
        Err(DataError::NoStore(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let path = data.store();
    let fault = |source| DataError::Io {
        path: path.clone(),
        source,
    };
    // Opened for writing, and let go: the bytes and times of the file stay as they are.
    OpenOptions::new().write(true).open(&path).map_err(fault)?;
    match Sqlite::open_read_only(&path) {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::Empty) => Ok(None),
        Err(source) => Err(ServeError::Store { path, source }),
    }
}
