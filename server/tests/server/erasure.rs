//! Destruction: nothing is left in any file, no backup brings it back, and what was signed goes on to verify.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use raspiska_server::{
    app::StartError,
    clock::Clock,
    erasure::{self, ErasureError, Request, Tool},
    store::Store as _,
};
use raspiska_shared::{
    api::Logged,
    digest::Digest,
    file::{LogKey, NoticeText, PolicyLink, ReceiptFile},
    receipt::{Receipt, Signed, State, thumbprint},
    site::Site,
};
use rusqlite::Connection;

use crate::{
    house::{House, OFFICER, SITE, Scratch, raspiska},
    person::Person,
    vault::{contains, on_disk},
};

const VALUE: &str = "visitor-2606@example.org";

/// Everything that is sealed for a receipt, and the key.
fn sealed(house: &House, signed: &Signed) -> Vec<Vec<u8>> {
    let row = house.store.row(SITE, &signed.hash).unwrap().unwrap();
    let values = house.store.sealed(SITE, row.index).unwrap();
    let key = house.store.subject_key(SITE, &row.subject).unwrap();
    values.into_iter().map(|own| own.blob).chain(key).collect()
}

/// Does any 16 bytes of it stand in there? Less is left by chance.
pub(crate) fn remains(disk: &[u8], blob: &[u8]) -> bool {
    // By their first two bytes, or it would take minutes.
    let parts: Vec<&[u8]> = blob.windows(16).step_by(16).collect();
    let mut begins = vec![false; 1 << 16];
    for part in &parts {
        begins[usize::from(part[0]) << 8 | usize::from(part[1])] = true;
    }
    disk.windows(16).any(|window| {
        begins[usize::from(window[0]) << 8 | usize::from(window[1])] && parts.contains(&window)
    })
}

fn fsck(data: &Path) -> (Option<i32>, String) {
    let (code, told, error) = raspiska(&["fsck".as_ref(), "--data".as_ref(), data.as_os_str()]);
    (code, told + &error)
}

fn inbox(data: &Path, signed: &Signed) -> (Option<i32>, String) {
    let hash = signed.hash.to_string();
    let arguments = [
        "inbox".as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
        "--".as_ref(),
        hash.as_ref(),
    ];
    let (code, told, error) = raspiska::<&std::ffi::OsStr>(&arguments);
    (code, told + &error)
}

/// Is the purpose given, as the receipt's own answer has it?
async fn holds(house: &House, person: &Person) -> Option<State> {
    let subject = thumbprint(&person.key.verifying_key());
    let mut standing = raspiska_shared::status::Standing::default();
    for row in house.store.history(SITE, &subject).unwrap() {
        let receipt = Receipt::open(format!("{}~", row.token).as_bytes()).unwrap();
        standing.apply(receipt.payload(), row.receipt);
    }
    standing.state(&"contact".parse().unwrap())
}

#[tokio::test]
async fn nothing_of_it_is_left_in_any_file() {
    let house = House::open().await;
    let long = format!("{VALUE} {}", "x".repeat(900));
    let mut forms = Vec::new();
    for number in 0..90 {
        let fields = [
            ("email", VALUE),
            ("name", "Visitor"),
            ("message", &long[..]),
        ];
        let signed = Person::new(number).contact(&house.site, &fields, "x");
        house.log(&signed).await;
        forms.push(signed);
    }
    let (gone, left): (Vec<_>, Vec<_>) = forms.iter().enumerate().partition(|(at, _)| at % 3 == 0);
    let blobs: Vec<Vec<u8>> = gone
        .iter()
        .flat_map(|(_, signed)| sealed(&house, signed))
        .collect();
    let kept: Vec<Vec<u8>> = left
        .iter()
        .flat_map(|(_, signed)| sealed(&house, signed))
        .collect();
    let receipts: Vec<Digest> = gone.iter().map(|(_, signed)| signed.hash).collect();
    let outset = house.erase(&receipts).unwrap();
    assert!(outset.done.is_some(), "nobody reads, so it is done at once");

    let disk = on_disk(&house.data.0);
    assert!(!contains(&disk, VALUE));
    for blob in &blobs {
        assert!(!remains(&disk, &blob[24..]));
    }
    assert!(
        kept.iter().all(|blob| remains(&disk, blob)),
        "the others are there"
    );
    for (_, signed) in &left {
        house.store.row(SITE, &signed.hash).unwrap().unwrap();
    }
    assert_eq!(inbox(&house.data.0, left[0].1).0, Some(0));
    let (code, told) = inbox(&house.data.0, gone[0].1);
    assert!(
        code == Some(1) && told.contains(&format!("act no. {}", outset.act)),
        "{told}"
    );
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(house.audit().await.len(), 120);
}

#[tokio::test]
async fn a_receipt_goes_alone_and_the_key_with_the_last_one() {
    let house = House::open().await;
    let person = Person::new(1);
    let first = person.contact(&house.site, &[("email", VALUE)], "x");
    house.log(&first).await;
    let second = person.contact(&house.site, &[("email", VALUE), ("name", "B")], "y");
    house.log(&second).await;
    let subject = thumbprint(&person.key.verifying_key());
    let key = house.store.subject_key(SITE, &subject).unwrap().unwrap();

    house.erase(&[first.hash]).unwrap().done.unwrap();
    assert_eq!(
        house.store.subject_key(SITE, &subject).unwrap(),
        Some(key.clone())
    );
    assert_eq!(inbox(&house.data.0, &second).0, Some(0));
    assert_eq!(
        holds(&house, &person).await,
        Some(State::Given),
        "by the second"
    );

    house.erase(&[second.hash]).unwrap().done.unwrap();
    assert_eq!(house.store.subject_key(SITE, &subject).unwrap(), None);
    assert!(!remains(&on_disk(&house.data.0), &key[24..]));
    assert_eq!(holds(&house, &person).await, Some(State::Withdrawn));
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");
}

#[tokio::test]
async fn who_reads_for_long_holds_up_the_word_done() {
    let house = House::open().await;
    let form = Person::new(1).contact(&house.site, &[("email", VALUE)], "x");
    house.log(&form).await;
    let blobs = sealed(&house, &form);
    let reader = Connection::open(house.data.0.join("store.sqlite")).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM entry")
        .unwrap();

    let outset = house.erase(&[form.hash]).unwrap();
    assert_eq!(outset.done, None, "not yet");
    let id = outset.act.to_string();
    let data = house.data.0.to_str().unwrap();
    assert!(
        raspiska(&["acts", "--data", data])
            .1
            .contains("not done yet")
    );
    let (code, _, error) = raspiska(&["acts", &id, "--data", data, "--out", data]);
    assert!(
        code == Some(1) && error.contains("nothing to sign"),
        "{error}"
    );
    // It is deleted all the same, and others write on.
    assert!(house.store.disclosing(SITE, 0, 9).unwrap().is_empty());
    house
        .log(&Person::new(2).analytics(&house.site, State::Given))
        .await;
    assert!(!erasure::settle(&house.app).unwrap());
    assert!(
        blobs
            .iter()
            .any(|blob| remains(&on_disk(&house.data.0), blob))
    );

    drop(reader);
    assert!(erasure::settle(&house.app).unwrap());
    let disk = on_disk(&house.data.0);
    assert!(!blobs.iter().any(|blob| remains(&disk, &blob[24..])));
    assert!(raspiska(&["acts", "--data", data]).1.contains("done"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn receipts_that_come_meanwhile_are_sealed_or_destroyed_and_nothing_between() {
    let house = Arc::new(House::open().await);
    let person = Person::new(1);
    let mut forms = Vec::new();
    let first = person.contact(&house.site, &[("email", VALUE)], "0");
    house.log(&first).await;
    forms.push(first);
    for number in 1..12 {
        let next = person.contact(&house.site, &[("email", VALUE)], &number.to_string());
        let (erasing, receipt) = (Arc::clone(&house), forms[number - 1].hash);
        let erased = tokio::task::spawn_blocking(move || erasing.erase(&[receipt]).unwrap());
        house.log(&next).await;
        erased.await.unwrap();
        forms.push(next);
    }
    let left = house.store.disclosing(SITE, 0, 9).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(inbox(&house.data.0, &forms[11]).0, Some(0));
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");
}

/// A directory with the store of a backup, the keys, and a journal.
fn restored(data: &Path, store: &Path, journal: Option<&Path>) -> Arc<Scratch> {
    let restored = Arc::new(Scratch::new());
    fs::copy(store, restored.0.join("store.sqlite")).unwrap();
    for name in ["vault.key", "log-jetcrm.key", "operator-jetcrm.key"] {
        fs::copy(data.join(name), restored.0.join(name)).unwrap();
    }
    if let Some(journal) = journal {
        fs::copy(journal, restored.0.join("erasures.jsonl")).unwrap();
    }
    restored
}

#[tokio::test]
async fn a_restored_backup_does_not_bring_it_back() {
    let house = House::open().await;
    let (gone, left, late) = (Person::new(1), Person::new(2), Person::new(3));
    let gone = gone.contact(&house.site, &[("email", VALUE), ("name", "A")], "x");
    let left = left.contact(&house.site, &[("email", VALUE)], "x");
    let place = Scratch::new();
    let backup = |name: &str| {
        let file = place.0.join(name);
        let arguments = [
            "backup".as_ref(),
            file.as_os_str(),
            "--data".as_ref(),
            house.data.0.as_os_str(),
        ];
        let (code, told, error) = raspiska(&arguments);
        assert_eq!(code, Some(0), "{error}");
        (file, told)
    };
    let (empty, _) = backup("empty");
    house.log(&gone).await;
    house.log(&left).await;
    let blobs = sealed(&house, &gone);
    let (before, told) = backup("before");
    assert!(!told.contains("what was destroyed"), "nothing was");
    let late = late.contact(&house.site, &[("email", VALUE)], "x");
    house.log(&late).await;
    let act = house.erase(&[gone.hash, late.hash]).unwrap().act;
    let (_, told) = backup("after");
    let journal = place.0.join("after.erasures.jsonl");
    assert!(
        told.contains("after.erasures.jsonl") && journal.is_file(),
        "{told}"
    );
    assert!(!contains(&on_disk(&place.0), VALUE));
    let old = house.close();
    assert_eq!(
        fs::read(&journal).unwrap(),
        fs::read(old.0.join("erasures.jsonl")).unwrap()
    );

    // It is in the backup, and what is restored of it is a fault until a server has started there.
    let data = restored(&old.0, &before, Some(&journal));
    assert!(blobs.iter().all(|blob| remains(&on_disk(&data.0), blob)));
    let (code, told) = fsck(&data.0);
    assert!(
        code == Some(1) && told.contains("the store is from before"),
        "{told}"
    );
    let house = House::open_in(Arc::clone(&data), |_| (), Clock::system())
        .await
        .unwrap();
    let disk = on_disk(&data.0);
    assert!(!contains(&disk, VALUE));
    for blob in &blobs {
        assert!(!remains(&disk, &blob[24..]));
    }
    let (code, told) = inbox(&data.0, &gone);
    assert!(code == Some(1) && told.contains("destroyed"), "{told}");
    assert_eq!(inbox(&data.0, &left).0, Some(0), "the others are back");
    // The receipt and its proof hold; the log says again what was done.
    let answer = house
        .get(&format!("/v1/sites/jetcrm/receipts/{}", gone.hash))
        .await;
    house.check(&answer, &gone);
    assert_eq!(house.audit().await.len(), 3);
    let (code, told) = fsck(&data.0);
    assert_eq!(code, Some(0), "{told}");
    let acts = erasure::acts(&house.app);
    assert_eq!((acts.0[&act].done.len(), acts.0[&act].pending), (2, false));
    // What was destroyed and is sent again, as the log has lost it, is logged and not kept.
    house.log(&late).await;
    let row = house.store.row(SITE, &late.hash).unwrap().unwrap();
    assert!(house.store.sealed(SITE, row.index).unwrap().is_empty());
    let (code, told) = fsck(&data.0);
    assert_eq!(code, Some(0), "{told}");
    // A second start finds nothing more to do than to say so of that one.
    let house = house.restart().await;
    assert_eq!(house.audit().await.len(), 5);
    let (code, told) = fsck(&data.0);
    assert_eq!(code, Some(0), "{told}");
    drop(house);

    // A store from before all of it: nothing to destroy, and nothing comes.
    let data = restored(&old.0, &empty, Some(&journal));
    let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
    assert_eq!(house.audit().await.len(), 0);
    drop(house);

    // Without the journal it is back: that is what the journal is for.
    let data = restored(&old.0, &before, None);
    let house = House::open_in(Arc::clone(&data), |_| (), Clock::system())
        .await
        .unwrap();
    assert_eq!(house.store.disclosing(SITE, 0, 9).unwrap().len(), 2);
}

#[tokio::test]
async fn a_journal_is_believed_as_far_as_it_is_whole_and_signed() {
    let house = House::open().await;
    let person = Person::new(1);
    let form = person.contact(&house.site, &[("email", VALUE)], "x");
    house.log(&form).await;
    let other = person.contact(&house.site, &[("email", VALUE)], "y");
    house.log(&other).await;
    house.erase(&[form.hash]).unwrap();
    let data = house.close();
    let path = data.0.join("erasures.jsonl");
    let journal = fs::read_to_string(&path).unwrap();
    assert!(!journal.contains(VALUE));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let open = || House::open_in(Arc::clone(&data), |_| (), Clock::system());

    // A line that was being written, and two journals one behind the other.
    for text in [
        format!("{journal}{{\"order\""),
        format!("{journal}{journal}"),
    ] {
        fs::write(&path, text).unwrap();
        let house = open().await.unwrap();
        assert_eq!(erasure::acts(&house.app).0.len(), 1);
        house.close();
    }
    // The torn one is cut off by the next line.
    fs::write(&path, format!("{journal}{{\"order\"")).unwrap();
    let house = open().await.unwrap();
    house.erase(&[other.hash]).unwrap();
    house.close();
    let both = fs::read_to_string(&path).unwrap();
    assert!(
        both.starts_with(&journal) && both.lines().count() == 4,
        "{both}"
    );

    // Lines that nobody wrote.
    let named = other.hash.to_string();
    let order = both.lines().next().unwrap();
    for (text, sentence) in [
        (format!("{both}x\n"), "line 5"),
        (
            format!("{}\n{order}\n", both.lines().nth(1).unwrap()),
            "which no line before it orders",
        ),
        (
            format!("{both}{}\n", order.replace("withdrawal", "term-ended")),
            "once more, and differently",
        ),
        (
            journal.replace(&form.hash.to_string(), &named),
            "the operator's key did not sign",
        ),
        (
            journal.replace(
                "\"site\":\"jetcrm\",\"time\":1",
                "\"site\":\"jetcrm\",\"time\":",
            ),
            "the operator's key did not sign",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let error = open().await.err().unwrap();
        assert!(error.to_string().contains(sentence), "{error}");
        assert!(matches!(
            error,
            StartError::Journal(_) | StartError::Erasure(_)
        ));
        let (code, told) = fsck(&data.0);
        assert_eq!(code, Some(1), "{told}");
    }
}

#[tokio::test]
async fn what_cannot_be_erased_is_said_in_a_sentence_and_changes_nothing() {
    let house = House::open().await;
    let form = Person::new(1).contact(&house.site, &[("email", VALUE)], "x");
    house.log(&form).await;
    let choice = Person::new(2).analytics(&house.site, State::Given);
    house.log(&choice).await;
    let receipts = [form.hash];
    let right = Request {
        receipts: &receipts,
        reason: "withdrawal",
        by: "officer",
        name: OFFICER,
        processor: None,
    };
    let long = "x".repeat(256);
    let (twice, unknown, valueless) = ([form.hash; 2], [Digest::of(b"")], [choice.hash]);
    let refused: BTreeMap<&str, Request<'_>> = [
        (
            "is no reason",
            Request {
                reason: "because",
                ..right.clone()
            },
        ),
        (
            "each named once",
            Request {
                receipts: &twice,
                ..right.clone()
            },
        ),
        (
            "an act is about 1 to",
            Request {
                receipts: &[],
                ..right.clone()
            },
        ),
        (
            "was logged here",
            Request {
                receipts: &unknown,
                ..right.clone()
            },
        ),
        (
            "has no values",
            Request {
                receipts: &valueless,
                ..right.clone()
            },
        ),
        (
            "the full name of",
            Request {
                name: " ",
                ..right.clone()
            },
        ),
        (
            "the login and",
            Request {
                by: "a\nb",
                ..right.clone()
            },
        ),
        (
            "255 characters",
            Request {
                processor: Some(&long),
                ..right.clone()
            },
        ),
    ]
    .into();
    for (sentence, request) in refused {
        let error = erasure::order(&house.app, SITE, &request).unwrap_err();
        assert!(error.to_string().contains(sentence), "{error}");
    }
    let error = erasure::order(&house.app, "other", &right).unwrap_err();
    assert!(matches!(error, ErasureError::UnknownSite(_)), "{error}");
    assert!(!house.data.0.join("erasures.jsonl").exists());
    assert_eq!(inbox(&house.data.0, &form).0, Some(0));
    let tool = Tool {
        act: "20270115-0a1b2c3d".parse().unwrap(),
        time: 1,
        by: "officer".to_owned(),
        tool: "T".to_owned(),
        certificate: "1".to_owned(),
        result: "done".to_owned(),
    };
    let error = erasure::record_tool(&house.app, tool).unwrap_err();
    assert!(matches!(error, ErasureError::UnknownAct(_)), "{error}");
}

/// A person's own file of a receipt.
fn file(site: &Site, signed: &Signed, logged: &Logged) -> ReceiptFile {
    let receipt = Receipt::open(signed.text.as_bytes()).unwrap();
    let payload = receipt.payload();
    let notice = site.notice_by_digest(&payload.notice.sha256).unwrap();
    ReceiptFile {
        receipt: signed.text.clone(),
        proof: logged.proof.clone(),
        notice: NoticeText {
            lang: notice.lang,
            text: notice.text.clone(),
        },
        policy: PolicyLink {
            edition: payload.policy.edition.clone(),
            url: Site::policy_url(&site.audience, &site.site, &payload.policy.edition),
            sha256: payload.policy.sha256,
        },
        log: LogKey {
            vkey: site.log.vkey.clone(),
        },
    }
}

#[tokio::test]
async fn the_act_says_all_that_is_asked_and_receipts_go_on_to_verify() {
    let house = House::open().await;
    let form = Person::new(1).contact(&house.site, &[("email", VALUE), ("name", "A")], "x");
    let logged = house.log(&form).await;
    let id = house.erase(&[form.hash]).unwrap().act;
    let tool = Tool {
        act: id.clone(),
        time: 1,
        by: "officer".to_owned(),
        tool: "Certified tool".to_owned(),
        certificate: "1234".to_owned(),
        result: "overwritten".to_owned(),
    };
    let data = house.data.0.to_str().unwrap();
    let (place, again) = (Scratch::new(), Scratch::new());
    let write = |place: &Scratch| {
        let out = place.0.to_str().unwrap();
        raspiska(&["acts", &id.to_string(), "--data", data, "--out", out])
    };
    let (code, told, error) = write(&place);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert_eq!(told.lines().count(), 5);
    let read = |place: &Scratch, ending: &str| {
        fs::read_to_string(place.0.join(format!("act-{id}.{ending}"))).unwrap()
    };
    let (page, log, objects) = (
        read(&place, "html"),
        read(&place, "log.csv"),
        read(&place, "objects.csv"),
    );
    for letter in ["а", "б", "в", "г", "д", "ж", "з", "и", "к"] {
        assert!(page.contains(&format!("<dt>{letter}) ")), "{letter}");
    }
    let subject = thumbprint(&Person::new(1).key.verifying_key())
        .0
        .to_string();
    let hash = form.hash.to_string();
    for words in [
        OFFICER,
        "ООО «Джет121»",
        "адрес электронной почты",
        "отозвал согласие",
        "Хранить до",
        &subject,
        &hash,
        "Пользователи Интернет-сайта",
    ] {
        assert!(page.contains(words), "{words:?} is not in\n{page}");
    }
    assert_eq!(log.lines().count(), 2, "a title and a receipt");
    for words in [&subject[..], "имя", "отозвал согласие", "Расписка"] {
        assert!(log.contains(words), "{words:?} is not in\n{log}");
    }
    assert_eq!(objects.lines().count(), 4, "a title, two values and a key");
    assert!(
        objects.contains("\"disclosure\",\"jetcrm/0/email\"")
            && objects.contains("\"subject_key\"")
    );
    for text in [&page, &log, &objects] {
        assert!(!text.contains(VALUE));
    }

    // Written once more they are the same, whatever was noted since; what is there is not touched.
    erasure::record_tool(&house.app, tool).unwrap();
    let (code, _, error) = write(&place);
    assert!(code == Some(1) && error.contains(".html"), "{error}");
    write(&again);
    for ending in ["html", "log.csv", "objects.csv"] {
        assert_eq!(read(&place, ending), read(&again, ending));
    }
    let pdf = |place: &Scratch| fs::read(place.0.join(format!("act-{id}.pdf"))).unwrap();
    assert!(pdf(&place).starts_with(b"%PDF-") && pdf(&place) == pdf(&again));
    assert!(read(&again, "json").contains("Certified tool"));
    let (_, told, _) = raspiska(&["acts", &id.to_string(), "--data", data]);
    for words in ["certificate 1234", "nothing left in", "Keep it", "п. 8"] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    let (_, told, _) = raspiska(&["acts", "--data", data, "--json"]);
    let acts: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(acts[0]["order"]["receipts"][0]["receipt"], hash);
    let (code, _, error) = raspiska(&["acts", "20270115-0a1b2c3d", "--data", data]);
    assert!(
        code == Some(1) && error.contains("there is no act"),
        "{error}"
    );

    // The person's file of before verifies, and so does one of now, without the values.
    let mut receipts = vec![file(&house.site, &form, &logged)];
    let answer = house
        .get(&format!("/v1/sites/jetcrm/receipts/{hash}"))
        .await;
    let now = house.check(&answer, &form);
    let mut bare = file(&house.site, &form, &now);
    bare.receipt.truncate(bare.receipt.find('~').unwrap() + 1);
    receipts.push(bare);
    for receipt in receipts {
        let path = place.0.join("x.receipt.json");
        fs::write(&path, receipt.to_json()).unwrap();
        let (code, told, error) = raspiska(&["verify", path.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{told}{error}");
    }
}
