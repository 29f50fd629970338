//! Editions and notices that come into force while the server runs: its clock decides, at every request.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz};
use raspiska_server::clock::Clock;
use raspiska_shared::{receipt::State, site::Site};

use crate::{
    house::{House, Scratch, demo_site},
    person::Person,
};

/// Milliseconds of a minute: as far from midnight as is looked.
const MINUTE: u64 = 60_000;

/// The demo site with an edition and a notice that come into force on a later day.
struct Coming {
    dir: PathBuf,
    /// That day, and its first moment in Moscow, UNIX milliseconds.
    day: Date,
    midnight: u64,
}

impl Coming {
    /// A month from now: receipts are signed by the machine's clock or a few days before the change.
    fn new(scratch: &Scratch) -> Self {
        let zone = tz::Offset::constant(3).to_time_zone();
        let day = Timestamp::now()
            .to_zoned(zone.clone())
            .date()
            .checked_add(30.days())
            .unwrap();
        let start = day.to_zoned(zone).unwrap().timestamp();
        let coming = Self {
            dir: scratch.0.join("site"),
            day,
            midnight: u64::try_from(start.as_millisecond()).unwrap(),
        };
        copy(&demo_site(), &coming.dir);
        let editions = coming.dir.join("policy");
        copy(
            &editions.join("2025-01-01"),
            &editions.join(day.to_string()),
        );
        // The new edition widens analytics, and its notice says so.
        coming.edit(&format!("policy/{day}/policy.toml"), |text| {
            let data = "{ ru = \"время посещения\", en = \"time of the visit\" },";
            let more = "{ ru = \"ширина экрана\", en = \"width of the screen\" },";
            text.replace("2025-01-01", &day.to_string())
                .replace(data, &format!("{data}\n    {more}"))
        });
        for lang in ["ru", "en"] {
            let notice = format!("notices/cookies-analytics.{lang}.md");
            let old = coming.dir.join(&notice);
            fs::copy(
                &old,
                coming
                    .dir
                    .join(format!("notices/cookies-analytics.{lang}.2025-01-01.md")),
            )
            .unwrap();
            coming.edit(&notice, |text| text + "\n- ширина экрана\n");
            coming.edit(&format!("policy/{day}/{lang}.md"), |text| {
                text.replacen("cookies (", "cookies, screen (", 1).replacen(
                    "cookie data (",
                    "cookie data, screen (",
                    1,
                )
            });
        }
        coming.edit("site.toml", |text| {
            let old = "id = \"cookies-analytics\"\nsince = \"2025-01-01\"";
            let purposes = "purposes = [{ id = \"analytics\", required = true }]";
            let new = format!("{old}\nuntil = \"{day}\"\n{purposes}\n\n[[notice]]\nid = \"cookies-analytics\"\nsince = \"{day}\"");
            text.replacen(old, &new, 1)
        });
        coming
    }

    fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.dir.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let changed = change(text.clone());
        assert_ne!(text, changed, "{file}");
        fs::write(path, changed).unwrap();
    }

    async fn open(&self, now: &Arc<AtomicU64>) -> House {
        let read = Arc::clone(now);
        let clock = Clock::new(move || read.load(Ordering::SeqCst));
        let dir = self.dir.clone();
        let change = |config: &mut raspiska_server::config::Config| config.sites = vec![dir];
        House::open_in(Arc::new(Scratch::new()), change, clock)
            .await
            .unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, target) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.as_ref().unwrap().file_name()),
        );
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(entry, target).unwrap();
        }
    }
}

async fn bundle(house: &House) -> Site {
    serde_json::from_slice(&house.get("/v1/sites/jetcrm").await.body).unwrap()
}

/// What a person signs at a moment, UNIX milliseconds, with one edition and the notice of its day.
fn signed(
    person: &Person,
    site: &Site,
    edition: usize,
    millis: u64,
) -> raspiska_shared::receipt::Signed {
    let mut draft = person.draft(site, "cookies-analytics", &[("analytics", State::Given)]);
    let own = &site.editions[edition];
    draft.policy.edition.clone_from(&own.edition);
    draft.policy.sha256 = own.sha256;
    let mut notices = site.notices.iter();
    let notice =
        notices.find(|notice| notice.id == "cookies-analytics" && notice.since == own.effective);
    draft.notice.sha256 = notice.unwrap().sha256;
    draft.iat = millis / 1000;
    person.sign(draft)
}

#[tokio::test]
async fn an_edition_comes_into_force_at_midnight_without_a_restart() {
    let scratch = Scratch::new();
    let coming = Coming::new(&scratch);
    let (day, midnight) = (coming.day.to_string(), coming.midnight);
    let now = Arc::new(AtomicU64::new(midnight - MINUTE));
    let house = coming.open(&now).await;

    let before = bundle(&house).await;
    assert_eq!(
        (before.edition.as_str(), before.editions.len()),
        ("2025-01-01", 2)
    );
    let loader = house.get("/s/jetcrm/raspiska.js").await.body;
    let archive = house.get("/policy/jetcrm?lang=ru").await;
    assert!(
        archive.text().contains("вступит в силу"),
        "the coming edition is not marked"
    );
    let page = house.get(&format!("/policy/jetcrm/{day}?lang=ru")).await;
    assert!(page.text().contains("Эта редакция ещё не вступила в силу."));
    let early = signed(&Person::new(1), &before, 1, midnight - MINUTE);
    assert_eq!(house.post(&early.text).await.status, 409);
    let old = signed(&Person::new(2), &before, 0, midnight - MINUTE);
    house.log(&old).await;
    let underway = signed(&Person::new(3), &before, 0, midnight - 1);

    now.store(midnight, Ordering::SeqCst);
    let after = bundle(&house).await;
    assert_eq!(after.edition, day);
    let analytics = |site: &Site| {
        let mut purposes = site.purposes.iter();
        purposes
            .find(|own| own.id.as_str() == "analytics")
            .unwrap()
            .data
            .len()
    };
    assert_eq!(analytics(&after), analytics(&before) + 1);
    assert_ne!(house.get("/s/jetcrm/raspiska.js").await.body, loader);
    let page = house.get(&format!("/policy/jetcrm/{day}?lang=ru")).await;
    assert!(!page.text().contains("ещё не вступила"));
    assert!(
        house
            .get("/policy/jetcrm/2025-01-01?lang=ru")
            .await
            .text()
            .contains("Это не действующая редакция.")
    );
    house
        .log(&signed(&Person::new(1), &after, 1, midnight))
        .await;
    let outdated = house
        .post(&signed(&Person::new(4), &after, 0, midnight).text)
        .await;
    assert_eq!(outdated.status, 409);
    assert!(
        outdated.text().contains(&day),
        "who is refused is not told what is in force"
    );
    // Signed in time under the old documents, and only delivered later; and what was logged stays as it was.
    house.log(&underway).await;
    assert_eq!(house.post(&old.text).await.status, 200);
    assert_eq!(house.audit().await.len(), 3);

    // A clock that is put back finds the old documents in force again.
    now.store(midnight - MINUTE, Ordering::SeqCst);
    assert_eq!(bundle(&house).await.edition, "2025-01-01");
    drop(house.close());
}

#[tokio::test]
async fn what_changed_is_shown_to_people() {
    let scratch = Scratch::new();
    let coming = Coming::new(&scratch);
    let now = Arc::new(AtomicU64::new(coming.midnight - MINUTE));
    let house = coming.open(&now).await;
    let day = coming.day;
    let page = house
        .get(&format!("/policy/jetcrm/{day}/changes?lang=ru"))
        .await;
    for wanted in [
        "Аналитика<span class=\"badge\">стало больше</span>",
        "новые данные: ширина экрана",
        "Прежнего согласия для этого мало: спросим снова.",
        "<ins>cookies,",
    ] {
        assert!(
            page.text().contains(wanted),
            "{wanted:?} is not in\n{}",
            page.text()
        );
    }
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
    let english = house
        .get(&format!("/policy/jetcrm/{day}/changes?lang=en"))
        .await;
    assert!(english.text().contains("new data: width of the screen"));
    let first = house.get("/policy/jetcrm/2025-01-01/changes?lang=ru").await;
    assert!(first.text().contains("Это первая редакция"));
    assert_eq!(
        house.get("/policy/jetcrm/2024-01-01/changes").await.kind(),
        "not-found"
    );
    drop(house.close());
}

#[tokio::test]
async fn a_coming_day_that_does_not_fit_stops_the_start() {
    let scratch = Scratch::new();
    let coming = Coming::new(&scratch);
    let day = coming.day;
    // The old edition's purpose is still asked about on the day on which the policy drops it.
    coming.edit(&format!("policy/{day}/policy.toml"), |text| {
        text.replace("id = \"media\"", "id = \"films\"")
    });
    let dir = coming.dir.clone();
    let data = Arc::new(Scratch::new());
    let started = House::open_in(data, |config| config.sites = vec![dir], Clock::system()).await;
    let refused = started.err().unwrap().to_string();
    assert!(
        refused.contains(&format!("from {day} on:")) && refused.contains("media"),
        "{refused}"
    );
}
