use super::*;
use crate::site::sample::{Scratch, copy};

const TEXT: &str = "\
Политика обработки персональных данных

Политика вступает в силу 01 января 2025 года.

1. Общие положения

1. Первый пункт:
- одно;
- другое.
2. Второй пункт.
";

#[test]
fn an_imported_text_is_written_once_and_whole() {
    let scratch = Scratch::new("import");
    let (file, out) = (
        scratch.path().join("policy.txt"),
        scratch.path().join("policy"),
    );
    fs::write(&file, TEXT).unwrap();
    let told = import(&file, &out).unwrap();
    assert!(
        told.contains("1 sections, 2 clauses, 2 bullets; in force since 2025-01-01"),
        "{told}"
    );
    let target = out.join("2025-01-01/ru.md");
    let written = fs::read_to_string(&target).unwrap();
    assert_eq!(Document::parse(&written).unwrap().to_markdown(), written);
    assert_eq!(fs::read_dir(out.join("2025-01-01")).unwrap().count(), 1);

    assert!(import(&file, &out).unwrap().contains("is there already"));
    fs::write(&target, "# Другой текст\n").unwrap();
    assert!(matches!(
        import(&file, &out),
        Err(PolicyError::Occupied { .. })
    ));
    assert_eq!(fs::read_to_string(&target).unwrap(), "# Другой текст\n");
}

#[test]
fn a_malformed_text_leaves_nothing_behind() {
    let scratch = Scratch::new("malformed");
    let (file, out) = (
        scratch.path().join("policy.txt"),
        scratch.path().join("policy"),
    );
    for text in [
        TEXT.replace("2. Второй", "3. Второй").as_bytes(),
        b"",
        b"\xff\xfe",
        &[b'a'; 1024 * 1024 + 2],
    ] {
        fs::write(&file, text).unwrap();
        assert!(import(&file, &out).is_err());
        assert!(!out.exists());
    }
    fs::write(&file, TEXT.replace("2. Второй", "3. Второй")).unwrap();
    let error = import(&file, &out).unwrap_err().to_string();
    assert!(error.contains("line 10"), "{error}");
}

#[test]
fn the_demo_site_fits_together() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/sites/jetcrm");
    let told = check(&dir).unwrap();
    assert!(told.contains("8 sections"), "{told}");
    assert!(told.contains("no notice client_instruction"), "{told}");
    assert!(!told.contains("look at"), "{told}");
    assert!(matches!(
        check(Path::new("/nowhere")),
        Err(PolicyError::Site(_))
    ));
}

#[test]
fn what_a_site_forgot_is_told_and_stops_nothing() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/sites/jetcrm");
    let scratch = Scratch::new("forgot");
    copy(&demo, scratch.path());
    let path = scratch.path().join("site.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    // The last category is that of videos.
    text.push_str("\n[[cookies.services]]\nuse = \"youtube\"\n");
    fs::write(&path, text).unwrap();
    let told = check(scratch.path()).unwrap();
    assert!(told.contains("media: video, youtube"), "{told}");
    assert!(
        told.contains("look at   media/youtube sends data to Google LLC in US"),
        "{told}"
    );
}
