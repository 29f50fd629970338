use std::{collections::BTreeSet, fs};

use super::{table::Backups, *};
use raspiska_shared::lang::Lang;

fn date(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

#[test]
fn every_file_is_read_and_says_all_in_both_languages() {
    let law = Law::read(None).unwrap();
    let counted: usize = NORMS
        .iter()
        .map(|text| text.matches("[[norm]]").count())
        .sum();
    assert_eq!(law.norms.len(), counted);
    let ids: BTreeSet<_> = law.norms.iter().map(|norm| &norm.id).collect();
    assert_eq!(ids.len(), counted, "an id twice");
    for norm in &law.norms {
        for text in [&norm.norm, &norm.about] {
            assert!(text.has(Lang::Ru) && text.has(Lang::En), "{}", norm.id);
        }
        assert!(!norm.source.is_empty(), "{}", norm.id);
        assert!(
            norm.note.is_empty() || norm.note.has(Lang::En),
            "{}",
            norm.id
        );
    }
    for anchor in Anchor::ALL {
        assert!(
            law.since(anchor).next().is_some(),
            "{anchor:?} begins no term"
        );
    }
    assert_eq!(law.calendar.years().collect::<Vec<_>>(), [2025, 2026]);
}

/// Each norm by its last day, over New Year, May and an ordinary week. `deadlines.py` beside this file counted them, in its own way.
#[test]
fn every_norm_has_its_last_day() {
    let law = Law::read(None).unwrap();
    let mut told = String::new();
    for from in ["2025-12-24", "2026-04-30", "2026-06-15"] {
        for row in table(&law, date(from)) {
            let due = row.due.unwrap();
            told += &format!("{from} {} {due}", row.norm.id);
            if let Some(extended) = row.extended {
                told += &format!(" {}", extended.unwrap());
            }
            told += "\n";
        }
    }
    assert_eq!(told, include_str!("deadlines.txt"));
}

#[test]
fn copies_on_backup_media_have_two_anchors_and_the_earlier_one_binds() {
    let site = crate::site::sample::jetcrm();
    let law = Law::read(None).unwrap();
    let kept = kept(&law, &site.site.purposes, date("2026-01-31"));
    let clients = kept
        .iter()
        .find(|kept| kept.purpose.as_str() == "client_instruction")
        .unwrap();
    assert_eq!(clients.destroyed_by, Some(date("2026-03-02")));
    let backups = Backups {
        from_end: date("2026-07-31"),
        from_deletion: date("2026-09-02"),
    };
    assert_eq!(clients.backups, Some(backups));
}

#[test]
fn a_later_year_comes_with_a_file() {
    let data = crate::site::sample::Scratch::new("calendars");
    let folder = data.path().join(FOLDER);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("2027.toml");
    let year = |year, moved| {
        format!(
            "year = {year}\nsource = \"x\"\nmark = \"S\"\nholidays = [\"2027-01-01\"]\nmoved = [{moved}]\n"
        )
    };
    fs::write(&file, year(2027, "")).unwrap();
    let law = Law::read(Some(data.path())).unwrap();
    assert_eq!(law.calendar.is_worked(date("2027-01-01")), Ok(false));

    fs::write(
        &file,
        year(2027, r#"{ from = "2027-01-11", to = "2027-01-12" }"#),
    )
    .unwrap();
    let refused = Law::read(Some(data.path())).unwrap_err();
    assert!(matches!(refused, LawError::Calendar { .. }), "{refused}");
    fs::write(&file, "year = 2027").unwrap();
    let refused = Law::read(Some(data.path())).unwrap_err();
    assert!(matches!(refused, LawError::Toml { .. }), "{refused}");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let refused = Law::read(Some(data.path())).unwrap_err();
    assert!(matches!(refused, LawError::Read { .. }), "{refused}");
}
