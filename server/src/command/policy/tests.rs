use clap::Parser as _;

use super::*;
use crate::site::sample::{Scratch, copy, demo};

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

/// A command line as somebody would type it.
#[derive(clap::Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

fn run(arguments: &[&str]) -> Result<Told, PolicyError> {
    let line = Line::try_parse_from([&["policy"], arguments].concat()).unwrap();
    match line.command {
        Command::Check(check) => check.run(),
        Command::Diff(diff) => diff.run().map(Told::done),
        Command::Import { file, out } => import(&file, &out).map(Told::done),
    }
}

fn check(dir: &Path) -> Result<String, PolicyError> {
    run(&["check", dir.to_str().unwrap()]).map(|told| told.text)
}

#[test]
fn the_demo_site_fits_together() {
    let told = check(&demo()).unwrap();
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
    let scratch = Scratch::new("forgot");
    copy(&demo(), scratch.path());
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

#[test]
fn findings_are_told_with_what_to_do() {
    let told = check(&demo()).unwrap();
    for wanted in [
        "lint      2025-01-01: 13 errors, 18 warnings, 4 notes",
        "\nL19 warning 7.2\n",
        "    7.2      «После удаления JetCRM блокирует»\n",
        "    Do: Turn it round",
        "    152-ФЗ, ст. 3, 21(6) [M]\n",
    ] {
        assert!(told.contains(wanted), "{wanted:?} is not in\n{told}");
    }
}

#[test]
fn findings_fail_a_check_only_if_it_is_told_so() {
    let dir = demo();
    let dir = dir.to_str().unwrap();
    assert!(!run(&["check", dir]).unwrap().denied);
    assert!(run(&["check", dir, "--deny", "error"]).unwrap().denied);

    let scratch = Scratch::new("allow");
    let file = scratch.path().join("policy.txt");
    fs::write(&file, TEXT).unwrap();
    let file = file.to_str().unwrap();
    // What a text of two clauses does not say.
    let (errors, all) = ("L10,L11", "L10,L11,L12,L23,L25,L26,L31,L33");
    assert!(run(&["check", file, "--deny", "error"]).unwrap().denied);
    assert!(
        !run(&["check", file, "--deny", "error", "--allow", errors])
            .unwrap()
            .denied
    );
    assert!(
        run(&["check", file, "--deny", "warning", "--allow", errors])
            .unwrap()
            .denied
    );
    let told = run(&["check", file, "--deny", "info", "--allow", all]).unwrap();
    assert!(
        !told.denied && told.text.contains("L31 info, let pass text"),
        "{}",
        told.text
    );

    let misspelt = Line::try_parse_from(["policy", "check", file, "--allow", "L99"]);
    assert!(misspelt.is_err());
}

#[test]
fn a_program_is_told_the_same() {
    let dir = demo();
    let told = run(&["check", dir.to_str().unwrap(), "--json", "--deny", "info"]).unwrap();
    let account: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    assert_eq!(
        (&account["site"], &account["denied"]),
        (&"jetcrm".into(), &true.into())
    );
    let findings = account["lint"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 35);
    assert_eq!(findings[2]["id"], "L03");
    assert_eq!(findings[2]["severity"], "error");
    assert_eq!(findings[2]["places"][0]["at"], "5.10");
    assert_eq!(findings[2]["places"][0]["what"]["ru"], "«бессрочно»");
    assert_eq!(findings[2]["norm"], "152-ФЗ, ст. 5(7)");
}

#[test]
fn a_text_alone_is_read_as_it_came_and_as_it_was_written() {
    let scratch = Scratch::new("alone");
    let plain = scratch.path().join("policy.txt");
    fs::write(&plain, TEXT).unwrap();
    import(&plain, scratch.path()).unwrap();
    let told = check(&plain).unwrap();
    assert!(
        told.contains("1 sections, 2 clauses, 2 bullets.") && told.contains("L26 "),
        "{told}"
    );
    // Beside its matrix an edition has a date, a text alone has none that could be older than the law.
    let told = check(&scratch.path().join("2025-01-01/ru.md")).unwrap();
    assert!(told.contains("L11 ") && !told.contains("L26 "), "{told}");
    let broken = scratch.path().join("broken.md");
    fs::write(&broken, "text").unwrap();
    assert!(matches!(check(&broken), Err(PolicyError::Document { .. })));
}

#[test]
fn forms_that_stop_a_start_are_told_and_no_flag_lets_them_pass() {
    let scratch = Scratch::new("forms");
    copy(&demo(), scratch.path());
    let dir = scratch.path().to_str().unwrap();
    let good = run(&["check", dir]).unwrap();
    assert!(good.text.contains("lint      forms on "), "{}", good.text);
    assert!(!good.text.contains("no server starts"), "{}", good.text);
    let path = scratch.path().join("site.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen("data = \"текст сообщения\"\n", "", 1);
    fs::write(&path, text).unwrap();
    let told = run(&["check", dir, "--allow", "F01"]).unwrap();
    assert!(told.denied);
    for wanted in [
        "1 errors, 0 warnings, 0 notes; no server starts with these forms",
        "\nF01 error, let pass form contact, field message\n",
        "data is not said; the list of contact has «имя», «адрес электронной почты», «телефон, если вы его укажете», «текст сообщения»",
        "    152-ФЗ, ст. 5(4), 5(5), 18.1(1) п. 2 [S]\n",
    ] {
        assert!(
            told.text.contains(wanted),
            "{wanted:?} is not in\n{}",
            told.text
        );
    }
    let told = run(&["check", dir, "--json"]).unwrap().text;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let forms = told["lint"].as_array().unwrap().last().unwrap();
    assert!(
        forms["forms_on"].is_string() && forms["edition"].is_null(),
        "{told}"
    );
    assert_eq!(forms["findings"][0]["id"], "F01");
    assert!(matches!(
        crate::site::load(scratch.path()),
        Err(SiteError::Form(_))
    ));
}

#[test]
fn a_corrected_edition_is_told_to_lack_nothing() {
    let scratch = Scratch::new("corrected");
    copy(&demo(), scratch.path());
    let corrected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corrected");
    copy(&corrected, &scratch.path().join("policy"));
    for edition in ["2025-01-01", "2025-09-01"] {
        let _absent = fs::remove_file(scratch.path().join("policy").join(edition).join("en.md"));
    }
    let path = scratch.path().join("site.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("[\"ru\", \"en\"]", "[\"ru\"]")).unwrap();
    let told = run(&["check", scratch.path().to_str().unwrap(), "--deny", "info"]).unwrap();
    assert!(!told.denied, "{}", told.text);
    assert!(
        told.text
            .contains("lint      2025-09-01: 0 errors, 0 warnings, 0 notes"),
        "{}",
        told.text
    );
}

#[test]
fn two_editions_are_told_apart() {
    let old = demo().join("policy/2025-01-01");
    let new = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corrected/2025-09-01");
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let told = run(&["diff", old, new]).unwrap().text;
    for wanted in [
        "2025-01-01 → 2025-09-01\n",
        "wider        supplier_contract\n",
        "another ground: Your consent\n",
        "narrower     contact\n",
        "To be asked again, of those who consented: customer_contract, partner_contract, supplier_contract.\n",
        "  1.1   [-",
    ] {
        assert!(told.contains(wanted), "{wanted:?} is not in\n{told}");
    }
    let told = run(&["diff", old, old]).unwrap().text;
    assert_eq!(
        told,
        "2025-01-01 → 2025-01-01\nNobody has to be asked again.\n\n0 changed passages:\n"
    );
    let json = run(&["diff", old, new, "--json"]).unwrap().text;
    let account: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(account["ask_again"][0], "customer_contract");
    assert_eq!(account["purposes"][0]["verdict"], "narrowed");
    assert!(matches!(
        run(&["diff", old, "/nowhere"]),
        Err(PolicyError::Site(_))
    ));
}
