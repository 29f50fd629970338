//! Pictures of every view, for the README and for whoever cares how it looks.

use std::fs;
use std::path::Path;

use raspiska_tests::{Visitor, World, mark, must, place, wait};
use thirtyfour::Key;

use super::feel::{LOOKS, Operator};
use super::verify_page::{drops, of_another_log, opens};

const SIZES: [(u32, u32); 2] = [(390, 844), (1280, 800)];
const SCHEMES: [&str; 2] = ["light", "dark"];

struct Camera<'a> {
    visitor: &'a Visitor,
    folder: &'a Path,
}

impl Camera<'_> {
    /// `<view>-<width>-<scheme>.png`, four of them.
    async fn takes(&self, view: &str) {
        for (width, height) in SIZES {
            for scheme in SCHEMES {
                self.visitor.looks_at(width, height, scheme).await;
                self.visitor.settles().await;
                self.keeps(
                    &format!("{view}-{width}-{scheme}"),
                    self.visitor.picture().await,
                );
            }
        }
    }

    /// One picture of one size in one scheme.
    async fn takes_one(&self, view: &str, (width, height): (u32, u32), scheme: &str) {
        self.visitor.looks_at(width, height, scheme).await;
        self.visitor.settles().await;
        self.keeps(
            &format!("{view}-{width}-{scheme}"),
            self.visitor.picture().await,
        );
    }

    /// The same of the whole page, also of what is below the window.
    async fn takes_all(&self, view: &str) {
        for (width, height) in SIZES {
            for scheme in SCHEMES {
                self.visitor.looks_at(width, height, scheme).await;
                self.visitor.settles().await;
                let picture = self.visitor.picture_of_all().await;
                self.keeps(&format!("{view}-{width}-{scheme}"), picture);
            }
        }
    }

    fn keeps(&self, name: &str, picture: Vec<u8>) {
        let file = self.folder.join(format!("{name}.png"));
        must("a picture", fs::write(file, picture));
    }
}

#[tokio::test]
#[cfg_attr(not(pictures_wanted), ignore = "draws pictures: `cargo xtask shots`")]
async fn every_view() {
    World::tell(async |world| {
        let folder = place::told("RASPISKA_SHOTS");
        let visitor = world.visitor().await;
        let camera = Camera {
            visitor: &visitor,
            folder: &folder,
        };
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        camera.takes("banner").await;
        visitor.opens_dialog("preferences").await;
        camera.takes("preferences").await;
        visitor.presses(&mark::services("analytics")).await;
        camera.takes("preferences-details").await;
        visitor.closes_dialog().await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        camera.takes("home").await;

        for (page, form) in [
            ("/contacts.html", "contact"),
            ("/careers.html", "candidate"),
        ] {
            visitor.opens(page).await;
            visitor.scrolls_to(&mark::submit(form)).await;
            camera.takes(form).await;
            visitor.sends(form).await;
            visitor.sees(&mark::mistakes(form)).await;
            camera.takes(&format!("{form}-mistakes")).await;
        }
        visitor.opens("/contacts.html").await;
        visitor
            .fills(
                "contact",
                &[
                    ("name", "Проверка"),
                    ("email", "shots@example.com"),
                    ("message", "Проверка формы."),
                ],
            )
            .await;
        visitor.agrees("contact", "contact").await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        visitor.holds(5).await;
        camera.takes("contact-sent").await;

        visitor.opens("/privacy.html").await;
        visitor.opens_dialog("policy").await;
        camera.takes("policy").await;
        visitor
            .writes(&mark::in_dialog("input[type=search]"), "cookie")
            .await;
        visitor.sees(&mark::in_dialog("mark")).await;
        camera.takes("policy-search").await;
        // The first Escape empties the field, the second closes the dialog.
        visitor.key(Key::Escape).await;
        visitor.closes_dialog().await;
        visitor.opens_dialog("consents").await;
        camera.takes("consents").await;
        visitor.opens_receipts("contact").await;
        visitor
            .scrolls_to(&mark::card("contact", "article:last-of-type"))
            .await;
        camera.takes("receipts").await;
        visitor.asks_to_withdraw("contact").await;
        camera.takes("withdraw").await;
        visitor.closes_dialog().await;
        visitor.opens("/policy/jetcrm").await;
        camera.takes("policy-page").await;
        verify_page(world, &visitor, &camera).await;
        visitor.opens("/en.html").await;
        visitor.opens_dialog("preferences").await;
        camera.takes("preferences-en").await;
    })
    .await;
}

/// The page that checks receipt files: empty, and every verdict.
async fn verify_page(world: &World, visitor: &Visitor, camera: &Camera<'_>) {
    visitor.opens("/contacts.html").await;
    let mine = super::receipt_file::of_this_visitor(visitor).await;
    let folder = world.server.data().join("desk");
    must("a folder", fs::create_dir_all(&folder));
    let text = String::from_utf8_lossy(&mine).into_owned();
    let files = [
        ("contact.receipt.json", mine),
        (
            "changed.receipt.json",
            text.replacen("Я разрешаю", "Мы разрешаем", 1).into(),
        ),
        ("other.receipt.json", of_another_log()),
        ("note.json", b"{}".to_vec()),
    ]
    .map(|(name, bytes)| {
        let path = folder.join(name);
        must("a file", fs::write(&path, bytes));
        path
    });
    opens(visitor, "/verify").await;
    camera.takes("verify").await;
    for (file, view) in files.iter().zip(["holds", "fails", "compare", "no-file"]) {
        drops(visitor, &[file]).await;
        visitor.sees("article").await;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        visitor.sees(&format!("article[data-name='{name}']")).await;
        camera.takes_all(&format!("verify-{view}")).await;
    }
    drops(
        visitor,
        &files.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
    )
    .await;
    wait::equal("verdicts", files.len(), async || {
        visitor.count("article").await
    })
    .await;
    camera.takes_all("verify-several").await;
}

/// A page with a style of its own.
const THEMED: &str = r#"<!doctype html>
<html lang="ru">
<head>
  <script src="/s/jetcrm/raspiska.js"></script>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Мастерская</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/theme.css">
</head>
<body>
  <main>
    <h1>Мастерская</h1>
    <p>Переплетаем книги с 1998 года.</p>
    <iframe title="Как мы работаем" width="560" height="315" data-category="media" data-service="video" data-src="/player.html"></iframe>
  </main>
</body>
</html>
"#;

/// What `--raspiska-*` and `::part` can do.
const THEME: &str = r"
body { margin: 0; padding: 48px; background: #f3ede2; color: #2b2118; font: 18px/28px Georgia, serif; }
:root {
  --raspiska-bg: #fffaf0;
  --raspiska-ink: #2b2118;
  --raspiska-muted: #6b5a48;
  --raspiska-line: #e2d5c0;
  --raspiska-accent: #7a2e1d;
  --raspiska-on-accent: #fff;
  --raspiska-radius: 4px;
  --raspiska-font: Georgia, serif;
}
#raspiska::part(banner) { border-color: #7a2e1d; }
#raspiska::part(more) { font-style: italic; }
";

#[tokio::test]
#[cfg_attr(not(pictures_wanted), ignore = "draws pictures: `cargo xtask shots`")]
async fn every_look() {
    World::tell(async |world| {
        let folder = place::told("RASPISKA_SHOTS");
        world.adds_page("theme.html", THEMED);
        world.adds_page("theme.css", THEME);
        let visitor = world.visitor().await;
        let camera = Camera {
            visitor: &visitor,
            folder: &folder,
        };
        let mut operator = Operator::of(world);
        for (name, look) in LOOKS {
            operator.chooses(look, &visitor).await;
            visitor.opens("/").await;
            visitor.sees(mark::BANNER).await;
            for (width, height, scheme) in [
                (390, 844, "light"),
                (1280, 800, "light"),
                (1280, 800, "dark"),
            ] {
                camera
                    .takes_one(&format!("look-{name}"), (width, height), scheme)
                    .await;
            }
            if ["box", "bar", "card"].contains(&name) {
                for size in [(320, 640), (640, 400), (3840, 2160)] {
                    camera
                        .takes_one(&format!("look-{name}"), size, "light")
                        .await;
                }
                visitor.looks_at(1280, 800, "light").await;
                visitor.has_forced_colours().await;
                visitor.settles().await;
                camera.keeps(&format!("look-{name}-1280-forced"), visitor.picture().await);
                visitor.looks_at(1280, 800, "light").await;
                visitor.opens("/theme.html").await;
                visitor.sees(mark::BANNER).await;
                visitor.sees("raspiska-hold >>> section").await;
                camera
                    .takes_one(&format!("look-{name}-theme"), (1280, 800), "light")
                    .await;
            }
        }
        operator.chooses("reopen = \"bottom-left\"", &visitor).await;
        visitor.opens("/").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        for scheme in SCHEMES {
            camera.takes_one("look-reopen", (390, 844), scheme).await;
        }
        visitor.focuses("raspiska-reopen >>> button").await;
        visitor.key(Key::Shift).await;
        camera
            .takes_one("look-reopen-focus", (1280, 800), "light")
            .await;
        visitor.opens("/theme.html").await;
        visitor.sees("raspiska-reopen >>> button").await;
        camera
            .takes_one("look-reopen-theme", (1280, 800), "light")
            .await;
    })
    .await;
}
