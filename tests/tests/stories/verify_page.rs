//! The page `/verify`: a file is checked in the browser, and nobody else hears of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use raspiska_tests::{Visitor, World, mark, must, place, wait};
use serde_json::json;
use thirtyfour::Key;

use super::receipt_file::downloaded;

/// The verdict on the one file that was checked.
const HOLDS: &str = "article[data-verdict=holds]";
const COMPARE: &str = "article[data-verdict=compare]";
const FAILS: &str = "article[data-verdict=fails]";

/// A folder for files that a story drops.
fn desk(world: &World) -> PathBuf {
    let folder = world.server.data().join("desk");
    must("a folder", fs::create_dir_all(&folder));
    folder
}

fn laid(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    must("a file", fs::write(&path, bytes));
    path
}

/// Opens the page and waits until all of it is there.
pub(super) async fn opens(visitor: &Visitor, path: &str) {
    visitor.opens(path).await;
    visitor.sees("#drop").await;
    wait::until("the verifier is loaded", async || {
        let fetched = visitor.fetched().await;
        fetched
            .iter()
            .any(|path| path.contains(".wasm"))
            .then_some(())
    })
    .await;
    visitor.is_idle().await;
}

/// Drops files as a hand would, with the events of a real drag. Anywhere on the page will do.
pub(super) async fn drops(visitor: &Visitor, files: &[&Path]) {
    let middle: Vec<f64> = visitor
        .evaluates("return [innerWidth / 2, innerHeight / 2]", &[])
        .await;
    for kind in ["dragEnter", "dragOver", "drop"] {
        visitor
            .devtools(
                "Input.dispatchDragEvent",
                json!({ "type": kind, "x": middle[0], "y": middle[1],
                        "data": { "items": [], "files": files, "dragOperationsMask": 1 } }),
            )
            .await;
    }
}

/// Chooses files in the dialog that the page's button opens.
async fn chooses(visitor: &Visitor, files: &[PathBuf]) {
    let document = visitor.devtools("DOM.getDocument", json!({})).await;
    let query = json!({ "nodeId": document["root"]["nodeId"], "selector": "#file" });
    let input = visitor.devtools("DOM.querySelector", query).await;
    let set = json!({ "nodeId": input["nodeId"], "files": files });
    visitor.devtools("DOM.setFileInputFiles", set).await;
}

/// A vector of `shared/vectors/file`: what is expected, the key to compare with, the bytes.
struct Vector {
    name: String,
    expect: String,
    trusted: String,
    body: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let folder = place::root().join("shared/vectors/file");
    let read = |path: PathBuf| {
        let bytes = must("a vector", fs::read(&path));
        let end = bytes.windows(2).position(|two| two == b"\n\n");
        let end = end.expect("a vector has a header");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let key = |name: &str| {
            let mut members = head.lines().filter_map(|line| line.split_once(": "));
            let found = members.find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Vector {
            name: format!("{stem}.receipt.json"),
            expect: key("expect"),
            trusted: key("trusted"),
            body: bytes[end + 2..].to_vec(),
        }
    };
    let files = must("the vectors", fs::read_dir(folder));
    files
        .filter_map(Result::ok)
        .map(|file| read(file.path()))
        .collect()
}

/// The vector in which everything fits, of a log that no server of these stories has.
pub(super) fn of_another_log() -> Vec<u8> {
    let found = vectors()
        .into_iter()
        .find(|vector| vector.name.starts_with("contact"));
    found.expect("a vector that holds").body
}

#[tokio::test]
async fn a_fresh_file_holds_though_network_and_server_are_gone() {
    World::tell(async |world| {
        let file = laid(&desk(world), "mine.receipt.json", &downloaded(world).await);
        let visitor = world.visitor().await;
        opens(&visitor, "/verify").await;
        let fetched = visitor.fetched().await;
        world.server.stop().await;
        visitor.goes_offline(true).await;

        drops(&visitor, &[&file]).await;
        let told = visitor.sees(HOLDS).await;
        for words in [
            "Расписка прошла проверку",
            "mine.receipt.json",
            "Журнал подписан ключом этого сервера",
            "jetcrm.ru",
            "человек, у которого ключ",
            "пользователь сайта",
            "через форму",
            "Ответ на обращение",
            "согласие дано",
            "Электронная почта",
            "fail@example.com",
            "Хочу расписку.",
            "Согласие на обработку персональных данных: обращение через форму",
            "jetcrm.ru/policy/jetcrm/2025-01-01",
        ] {
            assert!(told.contains(words), "{words:?} is not in\n{told}");
        }
        visitor
            .presses(&format!("{HOLDS} details[data-part=textTitle] summary"))
            .await;
        let text = visitor.sees(&format!("{HOLDS} .notice")).await;
        assert!(
            text.contains("но не дольше 1 года со дня согласия"),
            "{text}"
        );
        assert_eq!(
            visitor.count(".ask button").await,
            0,
            "there is nobody to ask"
        );
        assert_eq!(visitor.fetched().await, fetched, "nothing was asked for");
        visitor.goes_offline(false).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_in_force_now_is_asked_by_hand_only() {
    World::tell(async |world| {
        let file = laid(&desk(world), "mine.receipt.json", &downloaded(world).await);
        let visitor = world.visitor().await;
        opens(&visitor, "/verify").await;
        drops(&visitor, &[&file]).await;
        visitor.sees(HOLDS).await;
        visitor.never_fetched("/v1/").await;
        visitor.presses(".ask button").await;
        visitor.sees(".ask [role=status] .chip{согласие дано}").await;

        // A server that denies what its log has signed.
        visitor
            .starts_pages_with(
                "const real = window.fetch;
                 window.fetch = (url, rest) => String(url).startsWith('/v1/') ? Promise.resolve(new Response('', { status: 404 })) : real(url, rest);",
            )
            .await;
        opens(&visitor, "/verify").await;
        drops(&visitor, &[&file]).await;
        visitor.sees(HOLDS).await;
        visitor.presses(".ask button").await;
        visitor.sees(".ask [role=status]{файл доказывает}").await;
    })
    .await;
}

#[tokio::test]
async fn every_vector_gives_its_kind() {
    World::tell(async |world| {
        let folder = desk(world);
        let visitor = world.visitor().await;
        opens(&visitor, "/verify").await;
        let fetched = visitor.fetched().await;
        let mut by_key: BTreeMap<String, Vec<Vector>> = BTreeMap::new();
        for vector in vectors() {
            by_key.entry(vector.trusted.clone()).or_default().push(vector);
        }
        assert!(by_key.len() > 1 && by_key[""].len() > 20);
        visitor.presses("#own summary").await;
        for (trusted, vectors) in by_key {
            visitor.writes("#key", &trusted).await;
            let files: Vec<PathBuf> = vectors
                .iter()
                .map(|vector| laid(&folder, &vector.name, &vector.body))
                .collect();
            chooses(&visitor, &files).await;
            let good = if trusted.is_empty() { "compare" } else { "holds" };
            let wanted: BTreeMap<String, String> = vectors
                .into_iter()
                .map(|vector| {
                    let told = match vector.expect.as_str() {
                        "ok" => good.to_owned(),
                        kind => format!("fails {kind}"),
                    };
                    (vector.name, told)
                })
                .collect();
            wait::equal("the verdicts", wanted, async || {
                visitor
                    .evaluates(
                        "return Object.fromEntries(find('#results article').map(({ dataset }) =>
                           [dataset.name, [dataset.verdict, dataset.kind].filter(Boolean).join(' ')]))",
                        &[],
                    )
                    .await
            })
            .await;
        }
        assert_eq!(visitor.fetched().await, fetched, "nothing was asked for");

        let erased = folder.join("values-erased.receipt.json");
        visitor.writes("#key", "").await;
        drops(&visitor, &[&erased]).await;
        visitor.sees("article{Ещё 3 значения подписаны, но в файле их нет}").await;
    })
    .await;
}

#[tokio::test]
async fn what_does_not_hold_is_named_in_plain_words() {
    World::tell(async |world| {
        let folder = desk(world);
        let good = downloaded(world).await;
        let text = String::from_utf8_lossy(&good).into_owned();
        let changed = text.replacen("Я разрешаю", "Я  разрешаю", 1);
        assert_ne!(changed, text);
        let mut broken = good.clone();
        let at = text.find(".").expect("a receipt has parts") + 100;
        broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
        let visitor = world.visitor().await;
        opens(&visitor, "/verify").await;
        for (name, bytes, words, kind) in [
            (
                "changed.receipt.json",
                changed.as_bytes(),
                "Текст согласия не тот",
                "notice-text",
            ),
            (
                "broken.receipt.json",
                &broken,
                "Подпись не сходится",
                "signature",
            ),
            (
                "photo.json",
                &b"\xff\xd8\xff\xe0"[..],
                "Это не файл расписки",
                "file",
            ),
            (
                "film.json",
                &vec![b'{'; 3 << 20],
                "Это не файл расписки",
                "too-large",
            ),
        ] {
            drops(&visitor, &[&laid(&folder, name, bytes)]).await;
            let told = visitor.sees(&format!("{FAILS}[data-kind={kind}]")).await;
            assert!(told.contains(words) && told.contains(name), "{told}");
            assert!(told.contains(kind), "a specialist finds the kind: {told}");
            assert!(!told.contains("fail@example.com"), "{told}");
        }
        // More than anybody reads.
        let many: Vec<PathBuf> = (0..101)
            .map(|at| laid(&folder, &format!("{at}.json"), b"{}"))
            .collect();
        chooses(&visitor, &many).await;
        visitor
            .sees("#said{Проверено файлов: 100. Прошли проверку: 0. Проверены только первые 100 файлов.}")
            .await;
        // A folder is not a file.
        drops(&visitor, &[&folder]).await;
        visitor
            .sees("article[data-verdict=unchecked]{Файл не читается}")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_one_has_decides() {
    World::tell(async |world| {
        let file = laid(&desk(world), "mine.receipt.json", &downloaded(world).await);
        let other = laid(&desk(world), "other.receipt.json", &of_another_log());
        let vkey = world.server.get("/log/jetcrm/vkey").await.text();
        let visitor = world.visitor().await;
        opens(&visitor, "/verify").await;
        drops(&visitor, &[&other]).await;
        let told = visitor.sees(COMPARE).await;
        assert!(told.contains("которого эта страница не знает"), "{told}");
        assert!(
            told.contains("log.acme.example/acme+c684d576+"),
            "the key is there: {told}"
        );
        assert_eq!(
            visitor.count(".ask").await,
            0,
            "this server knows nothing of it"
        );

        // What was dropped is looked at again as soon as there is a key.
        visitor.presses("#own summary").await;
        visitor.writes("#key", vkey.trim()).await;
        visitor.key(Key::Tab).await;
        visitor.sees(&format!("{FAILS}[data-kind=vkey]")).await;
        drops(&visitor, &[&file, &other]).await;
        visitor
            .sees("#said{Проверено файлов: 2. Прошли проверку: 1.}")
            .await;
        visitor
            .sees(&format!("{HOLDS}{{который вы указали}}"))
            .await;
        visitor.writes("#key", "nonsense").await;
        visitor.key(Key::Tab).await;
        visitor
            .sees("article[data-verdict=unchecked]{не ключ журнала}")
            .await;
    })
    .await;
}

#[tokio::test]
async fn text_is_pasted_and_keys_are_enough() {
    World::tell(async |world| {
        let file = String::from_utf8_lossy(&downloaded(world).await).into_owned();
        let visitor = world.visitor_speaking("en").await;
        opens(&visitor, "/verify").await;
        let _: Option<bool> = visitor
            .evaluates(
                "const data = new DataTransfer();
                 data.setData('text', arguments[0] + '\\n');
                 document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));",
                &[json!(file)],
            )
            .await;
        visitor.sees(&format!("{HOLDS}{{Pasted text}}")).await;
        visitor.presses("summary{Paste text}").await;
        visitor.writes("#text", "{}").await;
        visitor.presses("#paste").await;
        visitor.sees(&format!("{FAILS}{{This is not a receipt file}}")).await;

        let _: Option<bool> = visitor
            .evaluates(
                "document.getElementById('file').addEventListener('click', (event) => { event.preventDefault(); window.asked = true });
                 document.activeElement.blur()",
                &[],
            )
            .await;
        opens(&visitor, "/verify?lang=ru").await;
        visitor.sees("h1{Проверить расписку}").await;
        let _: Option<bool> = visitor
            .evaluates(
                "document.getElementById('file').addEventListener('click', (event) => { event.preventDefault(); window.asked = true })",
                &[],
            )
            .await;
        visitor.key(Key::Tab).await;
        visitor.key(Key::Tab).await;
        assert_eq!(visitor.focus().await, "drop");
        visitor.key(Key::Enter).await;
        wait::until("Enter opens the dialog", async || {
            let asked: Option<bool> = visitor.evaluates("return window.asked", &[]).await;
            asked
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_page_is_strict_and_honest_without_script() {
    World::tell(async |world| {
        for (path, lang) in [("/verify", "ru"), ("/verify?lang=en", "en")] {
            let page = world.server.get(path).await;
            assert_eq!(
                (page.status, page.media_type()),
                (200, "text/html"),
                "{path}"
            );
            let policy = page.header("content-security-policy").unwrap_or_default();
            assert!(policy.contains("default-src 'none'"), "{policy}");
            assert!(
                policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe-inline"), "{policy}");
            assert_eq!(page.header("set-cookie"), None);
            assert_eq!(page.header("content-language"), Some(lang));
            assert_eq!(page.header("cache-control"), Some("public, max-age=300"));
        }
        let visitor = world.visitor().await;
        visitor
            .devtools(
                "Emulation.setScriptExecutionDisabled",
                json!({ "value": true }),
            )
            .await;
        visitor.opens("/verify").await;
        visitor
            .sees("noscript >>> .warning{JavaScript здесь выключен}")
            .await;
        visitor.sees(".checks a{verify.py}").await;
        assert_eq!(
            visitor.count("#drop").await,
            0,
            "nothing that would not work"
        );
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_to_complain_about() {
    World::tell(async |world| {
        let folder = desk(world);
        let mine = laid(&folder, "mine.receipt.json", &downloaded(world).await);
        let other = laid(&folder, "other.receipt.json", &of_another_log());
        let none = laid(&folder, "none.json", b"{}");
        let visitor = world.visitor().await;
        for lang in ["ru", "en"] {
            opens(&visitor, &format!("/verify?lang={lang}")).await;
            let views: [(&str, &[&Path]); 5] = [
                ("empty", &[]),
                ("fails", &[&none]),
                ("compare", &[&other]),
                ("holds", &[&mine]),
                ("several", &[&mine, &other, &none]),
            ];
            for (view, files) in views {
                if !files.is_empty() {
                    drops(&visitor, files).await;
                    wait::equal("verdicts", files.len(), async || {
                        visitor.count("article").await
                    })
                    .await;
                }
                for scheme in ["light", "dark"] {
                    visitor.prefers(scheme).await;
                    visitor
                        .finds_it_accessible(&format!("{view}, {lang}, {scheme}"))
                        .await;
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_policy_leads_to_it() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/policy/jetcrm").await;
        visitor.presses("footer a{Проверить расписку}").await;
        visitor.sees("#drop").await;
        assert_eq!(visitor.path().await, "/verify");
        assert_eq!(visitor.count(mark::BANNER).await, 0);
    })
    .await;
}
