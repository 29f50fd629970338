//! A site's directory: some of the demo site's files replaced. What loads can be asked, signed and admitted.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex},
};

use ed25519_dalek::SigningKey;
use raspiska_server::site;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    notice::{Notice, NoticeRef},
    policy::PolicyRef,
    receipt::{
        Actor, Decision, Disclosure, Draft, Event, Method, Moment, Receipt, State, Uuid, admit,
        sign,
    },
    site::{Field, Site},
};

use crate::vectors::{paths, read, root};

/// Separates files; the file's name follows on the line.
const MARK: &str = "=== ";

/// The process's number follows.
const FOLDER_PREFIX: &str = "raspiska-fuzz-";

/// A day on which the demo site's edition is in force, and its noon where the operator is.
const TODAY: &str = "2025-10-09";
const NOW: u64 = 1_760_000_000;

pub(crate) fn site(data: &[u8]) -> bool {
    let mut folder = FOLDER.lock().unwrap_or_else(|broken| broken.into_inner());
    folder.write(&replacements(data));
    let site = match site::read(&folder.path, TODAY) {
        Ok(site) => site,
        Err(sentence) => {
            assert!(sentence.contains(' '), "not a sentence: {sentence:?}");
            return false;
        }
    };
    let json = serde_json::to_vec(&site).unwrap();
    assert_eq!(serde_json::from_slice::<Site>(&json).unwrap(), site);
    for notice in &site.notices {
        assert_eq!(notice.sha256, Digest::of(notice.text.as_bytes()));
        // One language: a signature costs as much as all the rest.
        let governing = site.languages.first() == Some(&notice.lang);
        if governing && site.notice(&notice.id, notice.lang, TODAY) == Some(notice) {
            asks(&site, notice);
        }
    }
    for form in &site.forms {
        for lang in &site.languages {
            assert!(site.notice(&form.notice, *lang, TODAY).is_some());
        }
    }
    true
}

/// A file of the demo site each, and some that are wrong in a way of their own.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = DEMO
        .iter()
        .map(|(name, text)| [format!("{MARK}{name}\n").as_bytes(), text].concat())
        .collect();
    seeds.push(seeds.join(&b'\n'));
    seeds.push(b"=== site.toml\nsite = \"x\"\n".to_vec());
    seeds
}

/// A person says yes to all that the notice asks, and fills in the form to its limits.
fn asks(site: &Site, notice: &Notice) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let category = notice.purposes.iter().find_map(|asked| {
        let purpose = site.purposes.iter().find(|own| own.id == asked.id)?;
        Some(purpose.category)
    });
    let mut fields: BTreeMap<&str, &Field> = site
        .forms
        .iter()
        .find(|form| form.notice == notice.id || form.optional.contains(&notice.id))
        .into_iter()
        .flat_map(|form| form.fields.iter().map(move |field| (form, field)))
        .filter(|(form, field)| form.notice == notice.id || field.also_for.contains(&notice.id))
        .map(|(_, field)| field)
        .map(|field| (field.id.as_str(), field))
        .collect();
    // Who is asked for an age takes the first; then either a representative signs and says who that is, or nobody does.
    let represented = fields.values().any(|field| {
        let first = field.options.first().map(|option| option.get(notice.lang));
        let rule = field.age.as_ref();
        rule.is_some_and(|rule| first.is_some_and(|first| rule.represents(first)))
    });
    fields.retain(|_, field| represented || !field.of_representative);
    let edition = site
        .editions
        .iter()
        .find(|own| own.edition == site.edition)
        .expect("the edition in force");
    let draft = Draft {
        jti: Uuid::v7(NOW * 1000, [0x11; 10]),
        iat: NOW,
        aud: site.audience.clone(),
        category: category.expect("a notice that asks for something"),
        policy: PolicyRef {
            edition: edition.edition.clone(),
            sha256: edition.sha256,
        },
        notice: NoticeRef {
            id: notice.id.clone(),
            lang: notice.lang,
            sha256: notice.sha256,
        },
        decisions: notice
            .purposes
            .iter()
            .map(|asked| Decision {
                purpose: asked.id.clone(),
                state: State::Given,
            })
            .collect(),
        event: Event {
            by: match represented {
                true => Actor::Representative,
                false => Actor::Subject,
            },
            method: Method::Form,
        },
        prev: None,
        of: None,
        withdrawal: None,
        client: None,
        disclosures: (0u128..)
            .zip(&fields)
            .map(|(at, (id, field))| {
                Disclosure::new(at.to_be_bytes(), id, &longest(field, notice.lang))
            })
            .collect(),
    };
    let signed = sign(draft, &key).unwrap_or_else(|error| panic!("{}: {error}", notice.id));
    let receipt = Receipt::open(signed.text.as_bytes()).expect("what is signed opens");
    let moment = Moment {
        now: NOW,
        signed_on: TODAY,
    };
    admit(&receipt, site, &moment).unwrap_or_else(|error| panic!("{}: {error}", notice.id));
}

/// As much as the field takes.
fn longest(field: &Field, lang: Lang) -> String {
    let file = field.file.as_ref().and_then(|file| file.types.first());
    match (&field.age, file) {
        (Some(_), _) => field
            .options
            .first()
            .map_or("", |option| option.get(lang))
            .to_owned(),
        (_, Some(kind)) => format!("{} 1 cv.{}", Digest::of(b"1"), kind.extension()),
        _ => "я".repeat(field.max.into()),
    }
}

/// The demo site's files by name.
static DEMO: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let base = root().join("www/sites/jetcrm");
    let mut files = BTreeMap::new();
    let mut open = vec![base.clone()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(paths(&path));
        } else {
            let name = path.strip_prefix(&base).unwrap().to_str().unwrap();
            files.insert(name.to_owned(), read(&path));
        }
    }
    files
});

/// The directory that is read, with what is in it now.
static FOLDER: LazyLock<Mutex<Folder>> = LazyLock::new(|| {
    // In memory where there is such a place: it is written a thousand times a second.
    let place = PathBuf::from("/dev/shm");
    let place = if place.is_dir() {
        place
    } else {
        std::env::temp_dir()
    };
    // A search ends without a farewell: the next one clears up after those that are gone.
    for path in paths(&place) {
        let name = path.file_name().and_then(|name| name.to_str());
        let process = name.and_then(|name| name.strip_prefix(FOLDER_PREFIX));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Somebody else may have been quicker.
            let _ = fs::remove_dir_all(&path);
        }
    }
    let path = place.join(format!("{FOLDER_PREFIX}{}", std::process::id()));
    fs::create_dir_all(path.join("notices")).unwrap();
    fs::create_dir_all(path.join("policy/2025-01-01")).unwrap();
    for (name, bytes) in DEMO.iter() {
        fs::write(path.join(name), bytes).unwrap();
    }
    Mutex::new(Folder {
        path,
        changed: Vec::new(),
    })
});

struct Folder {
    path: PathBuf,
    changed: Vec<String>,
}

impl Folder {
    /// Only what differs is written.
    fn write(&mut self, files: &BTreeMap<&str, &[u8]>) {
        for name in self.changed.drain(..) {
            if !files.contains_key(&name[..]) {
                fs::write(self.path.join(&name), &DEMO[&name]).unwrap();
            }
        }
        for (name, bytes) in files {
            fs::write(self.path.join(name), bytes).unwrap();
            self.changed.push((*name).to_owned());
        }
    }
}

/// The files in the input. Names that the demo site does not have are nobody's.
fn replacements(data: &[u8]) -> BTreeMap<&str, &[u8]> {
    let mut files = BTreeMap::new();
    let mut current: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let name = line
            .strip_prefix(MARK.as_bytes())
            .and_then(|name| std::str::from_utf8(name).ok())
            .and_then(|name| DEMO.get_key_value(name.trim_end()));
        if let Some((name, _)) = name
            && let Some((before, start)) = current.replace((name, at + line.len()))
        {
            files.insert(before, &data[start..at]);
        }
        at += line.len();
    }
    if let Some((name, start)) = current {
        files.insert(name, &data[start..]);
    }
    files
}
