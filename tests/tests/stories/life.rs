//! A life of personal data: from the application to the act of destruction, and what a backup does not bring back.

use std::fs;
use std::path::Path;

use raspiska_shared::file::{LogKey, NoticeText, PolicyLink, ReceiptFile};
use raspiska_shared::site::Site;
use raspiska_tests::ledger::{Held, of};
use raspiska_tests::office::Colleague;
use raspiska_tests::place::{SITE, told};
use raspiska_tests::{World, must};

const NAME: &str = "Проверка Жизнеописания";
const EMAIL: &str = "zhizn@example.com";
const FIELDS: [(&str, &str); 4] = [
    ("name", NAME),
    ("email", EMAIL),
    ("phone", "+7 000 111-22-33"),
    ("about", "Строю хранилища, которые умеют забывать."),
];

/// The server goes on with the same data, so many days later.
async fn days_pass(world: &World, days: u32) {
    world.server.stop().await;
    let clock = [
        "env".to_owned(),
        format!("LD_PRELOAD={}", told("FAKETIME").to_string_lossy()),
        format!("FAKETIME=+{days}d"),
        "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
    ];
    world.server.launch(&clock, &[]);
    world.server.is_up().await;
}

/// Which of these stand in any file of the folder?
fn found<'a>(folder: &Path, values: &[&'a str]) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    for entry in must("a folder", fs::read_dir(folder)) {
        let path = must("an entry", entry).path();
        if path.is_dir() {
            found.extend(self::found(&path, values));
            continue;
        }
        let bytes = must("a file", fs::read(&path));
        for value in values {
            if bytes
                .windows(value.len())
                .any(|part| part == value.as_bytes())
            {
                found.push((path.display().to_string(), *value));
            }
        }
    }
    found
}

#[tokio::test]
async fn an_application_is_destroyed_in_time_with_a_moved_clock() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/careers.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.fills("candidate", &FIELDS).await;
        visitor
            .takes("candidate", "vacancy", "Инженер по данным")
            .await;
        visitor.takes("candidate", "age", "18 лет или больше").await;
        visitor.agrees("candidate", "candidate").await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        let consent = of(&receipts, "candidate");
        let hash = consent.hash.to_string();
        world.visitor_leaves().await;

        // Those who hire read it, on the record; those who advertise do not.
        let data = world.server.data();
        let hr = Colleague::comes(&world.server, "hr", "Проверка Отдела Кадров");
        let marketing = Colleague::comes(&world.server, "marketing", "Проверка Рекламы");
        let officer = Colleague::comes(&world.server, "officer", "Проверка Ответственного");
        let listed = hr.asks(&["receipts"]);
        assert_eq!(listed[0]["receipt"], *hash);
        assert!(!listed.to_string().contains(EMAIL));
        let read = [
            "values",
            "--purpose",
            "candidate",
            "--reason",
            "собеседование",
            &hash,
        ];
        assert_eq!(hr.asks(&read)["values"]["email"], EMAIL);
        assert_eq!(
            marketing.asks(&["receipts"]).as_array().map(Vec::len),
            Some(0)
        );
        assert!(marketing.is_refused(&read).contains("403"));

        // Nothing is due before the decision; then the law counts thirty days.
        let destroy = || {
            let duties = officer.asks(&["duties"])["duties"].clone();
            let duties = duties.as_array().cloned().unwrap_or_default();
            let due = duties
                .into_iter()
                .filter(|duty| duty["what"] == "destroy" && duty["receipt"] == *hash);
            due.collect::<Vec<_>>()
        };
        assert_eq!(destroy(), Vec::<serde_json::Value>::new());
        let _ = hr.asks(&["fact", "applicant_refused", "--receipt", &hash]);
        let due = destroy();
        assert_eq!(due[0]["state"], "coming");
        assert!(
            due[0]["norm"]
                .as_str()
                .is_some_and(|norm| norm.contains("21")),
            "{due:?}"
        );

        let backup = data.with_file_name("backup.sqlite");
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let _ = world
            .server
            .says(&["backup", &path(&backup), "--data", &path(&data)]);

        // A month later it is late, and it is done.
        days_pass(world, 31).await;
        officer.logs_in();
        assert_eq!(destroy()[0]["state"], "overdue");
        let outset = officer.asks(&["destroy", "--reason", "purpose-reached", &hash]);
        assert_eq!(outset["done"], true);
        assert_eq!(destroy(), Vec::<serde_json::Value>::new());
        let act = must("an act", outset["act"].as_str().ok_or("no number"));
        assert!(officer.is_refused(&read).contains("destroyed"));

        let papers = data.with_file_name("papers");
        let write = ["acts", act, "--data", &path(&data), "--out", &path(&papers)];
        let _ = world.server.says(&write);
        let pages = must("the act's folder", fs::read_dir(&papers));
        let page = pages
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|ending| ending == "html"));
        let page = must(
            "the act",
            fs::read_to_string(must("a page", page.ok_or("none"))),
        );
        for said in [
            &*hash,
            "Проверка Ответственного",
            "Цель обработки персональных данных достигнута",
        ] {
            assert!(page.contains(said), "the act says {said}");
        }

        // Nowhere: not in the store, its logs and journals, the papers; what was signed still holds.
        let values = FIELDS.map(|(_, value)| value);
        let all = must("a folder", data.parent().ok_or("none"));
        assert_eq!(found(all, &values), []);
        let file = data.with_file_name("candidate.receipt.json");
        must("a file", fs::write(&file, without_values(consent)));
        let verified = world.server.says(&["verify", &path(&file)]);
        assert!(verified.contains("holds"), "{verified}");

        // The store of the day before comes back; the journal stays; the data do not.
        world.server.stop().await;
        let store = data.join("store.sqlite");
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(data.join(format!("store.sqlite{ending}")));
        }
        must("the backup is put back", fs::copy(&backup, &store));
        days_pass(world, 32).await;
        let inbox = world
            .server
            .runs_command(&["inbox", "--data", &path(&data), "--", &hash]);
        let said = String::from_utf8_lossy(&inbox.stderr).into_owned();
        assert!(!inbox.status.success() && said.contains(act), "{said}");
        let fsck = world.server.says(&[
            "fsck",
            "--data",
            &path(&data),
            "--site",
            &path(&world.server.site()),
        ]);
        assert!(!fsck.is_empty());
        assert_eq!(found(&data, &values), []);
    })
    .await;
}

/// What can still be checked once the values are gone: the receipt without them, the text, the proof.
fn without_values(held: &Held) -> String {
    let token = held.receipt.split('~').next().unwrap_or_default();
    let payload = held.payload();
    let policy = payload.policy;
    let file = ReceiptFile {
        receipt: format!("{token}~"),
        proof: held.proof.clone(),
        notice: NoticeText {
            lang: payload.notice.lang,
            text: held.notice.text.clone(),
        },
        policy: PolicyLink {
            url: Site::policy_url(&payload.aud, SITE, &policy.edition),
            edition: policy.edition,
            sha256: policy.sha256,
        },
        log: LogKey {
            vkey: held.log.vkey.clone(),
        },
    };
    file.to_json()
}
