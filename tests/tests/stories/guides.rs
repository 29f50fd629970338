//! The guides, done: the very snippets of each, in both languages, on a page as that system makes it.

use std::fs;

use raspiska_tests::{Visitor, World, mark, must, place};
use serde_json::{Value, json};

/// What stands around the snippets: `(before the head's, after them, before the body's, after them)`.
type Around = (&'static str, &'static str, &'static str, &'static str);

const PLAIN: Around = ("", "", "<main>", "</main>");
const TILDA: Around = (
    r#"<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1.0">"#,
    r#"<script src="/gate/count.js" data-counter="tilda" defer></script>"#,
    r#"<div id="allrecords" class="t-records"><div id="rec1" class="r t-rec" data-record-type="131"><div class="t123"><div class="t-container_100"><div class="t-width t-width_100">"#,
    "</div></div></div></div></div>",
);
const BITRIX: Around = (
    "",
    r#"<script src="/gate/count.js" data-counter="bitrix"></script><script src="/guides/bitrix.js" defer></script>"#,
    r#"<div id="composite"></div><template id="dynamic">"#,
    "</template>",
);
const WORDPRESS: Around = (
    "<title>WordPress</title>",
    r#"<script src="/gate/count.js" data-counter="wordpress" id="jquery-core-js"></script>"#,
    r#"<div class="wp-site-blocks"><div class="wp-block-html">"#,
    "</div></div>",
);

/// The blocks of a guide that are marked so, one after the other.
fn snippets(lang: &str, guide: &str, kind: &str) -> String {
    let path = place::root().join(format!("www/guides/{lang}/{guide}.md"));
    let text = must("a guide", fs::read_to_string(path));
    let begin = format!("```{kind}\n");
    let parts = text.split(&begin).skip(1);
    let blocks: Vec<&str> = parts.filter_map(|part| part.split("```").next()).collect();
    assert!(!blocks.is_empty(), "{lang}/{guide} has a block {kind:?}");
    blocks
        .concat()
        .replace("https://HOST", "")
        .replace("SITE", "jetcrm")
        .replace("https://www.googletagmanager.com", "/guides")
}

fn page(lang: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head>{head}<link rel=\"icon\" href=\"/favicon.svg\"></head>\n<body>{body}</body></html>\n"
    )
}

/// The page that a guide makes, for a visitor who comes to it in either language.
async fn done(world: &World, guide: &str, around: Around, story: impl AsyncFn(&Visitor)) {
    for lang in ["ru", "en"] {
        let head = [around.0, &snippets(lang, guide, "html head"), around.1].concat();
        let body = [around.2, &snippets(lang, guide, "html body"), around.3].concat();
        world.adds_page(&format!("{guide}-{lang}.html"), &page(lang, &head, &body));
        let visitor = world.visitor_speaking(lang).await;
        // Inline scripts are what these systems live of.
        visitor.devtools("Page.enable", json!({})).await;
        visitor
            .devtools("Page.setBypassCSP", json!({ "enabled": true }))
            .await;
        visitor.opens(&format!("/{guide}-{lang}.html")).await;
        visitor.sees(mark::BANNER).await;
        assert_eq!(visitor.cookies().await, [""; 0]);
        for held in ["/counter.js", "/pixel.js", "/player.html", "/guides/gtm.js"] {
            visitor.never_fetched(held).await;
        }
        story(&visitor).await;
    }
}

/// The counter and the player of a guide's page wait, come, and go.
async fn obeys(visitor: &Visitor) {
    visitor.sees("raspiska-hold >>> section").await;
    visitor.gives_all().await;
    visitor.counts("demoCounterRuns", 1).await;
    visitor.sees("iframe").await;
    visitor.holds(3).await;
    visitor.reloads().await;
    visitor.counts("demoCounterRuns", 1).await;
    visitor.presses("[data-raspiska=preferences]").await;
    visitor.sees(mark::DIALOG).await;
    visitor.closes_dialog().await;
    let _: Value = visitor.evaluates("window.raspiska.refuseAll()", &[]).await;
    visitor.sees("raspiska-hold >>> section").await;
    visitor.counts("demoCounterRuns", 0).await;
    visitor.holds(6).await;
    assert_eq!(visitor.cookies().await, [""; 0]);
}

#[tokio::test]
async fn the_guide_for_plain_html_holds() {
    World::tell(async |world| done(world, "html", PLAIN, obeys).await).await;
}

#[tokio::test]
async fn the_guide_for_tilda_holds() {
    World::tell(async |world| done(world, "tilda", TILDA, obeys).await).await;
}

#[tokio::test]
async fn the_guide_for_bitrix_holds() {
    World::tell(async |world| done(world, "bitrix", BITRIX, obeys).await).await;
}

#[tokio::test]
async fn the_guide_for_wordpress_holds() {
    World::tell(async |world| done(world, "wordpress", WORDPRESS, obeys).await).await;
}

#[tokio::test]
async fn the_guide_for_a_tag_manager_holds() {
    World::tell(async |world| {
        let used = "\n[[cookies.services]]\nuse = \"google-tag-manager\"\nconsent_mode = true\n";
        // After a service's last cookie, where a new service may begin.
        let term = "term = { ru = \"1 год\", en = \"1 year\" }\n";
        let counter = format!("{term}\n[[cookies]]\nid = \"ads\"\n");
        let pixel = format!("{term}\n[[cookies]]\nid = \"media\"\n");
        world
            .changes_site(&[
                (
                    "site.toml",
                    &counter,
                    &counter.replacen(term, &[term, used].concat(), 1),
                ),
                (
                    "site.toml",
                    &pixel,
                    &pixel.replacen(term, &[term, used].concat(), 1),
                ),
            ])
            .await;
        done(world, "gtm", PLAIN, async |visitor| {
            let _: Value = visitor
                .evaluates(
                    "window.raspiska.set({ analytics: true, ads: false, media: false })",
                    &[],
                )
                .await;
            visitor.counts("containerRuns", 1).await;
            visitor.counts("demoCounterRuns", 1).await;
            visitor.never_fetched("/pixel.js").await;
            let told: Value = visitor
                .evaluates(
                    "return dataLayer.filter((item) => item.event === 'raspiska').pop()",
                    &[],
                )
                .await;
            assert_eq!(
                told,
                json!({ "event": "raspiska", "analytics": true, "ads": false })
            );
            visitor.holds(3).await;
            visitor
                .evaluates::<Value>("window.raspiska.set({ ads: true })", &[])
                .await;
            visitor.counts("demoPixelRuns", 1).await;
            visitor.counts("containerRuns", 1).await;
            visitor.holds(4).await;
            visitor.reloads().await;
            visitor.counts("demoPixelRuns", 1).await;
            visitor.counts("demoCounterRuns", 1).await;
        })
        .await;
    })
    .await;
}

/// The page of a framework: its files, the guide's function as a script, and an app that uses it.
async fn framework(world: &World, guide: &str, global: &str, files: &[&str]) {
    let folder = place::told("FRAMEWORKS").join("node_modules");
    let mut scripts = String::new();
    for file in files {
        let name = format!("guides/vendor/{}", file.replace('/', "-"));
        world.adds_page(
            &name,
            &must("a framework", fs::read_to_string(folder.join(file))),
        );
        scripts.push_str(&format!("<script src=\"/{name}\" defer></script>"));
    }
    for lang in ["ru", "en"] {
        let own = snippets(lang, guide, "js hook");
        let (import, rest) = own.split_once('\n').expect("an import comes first");
        let names = import.split(['{', '}']).nth(1).expect("names are imported");
        let own = format!(
            "const {{{names}}} = {global};\n{}",
            rest.replace("export const", "const")
        );
        world.adds_page(
            &format!("guides/{guide}-{lang}.js"),
            &format!("window.useConsent = (() => {{\n{own}\nreturn useConsent;\n}})();\n"),
        );
        let head = format!(
            "{}{scripts}<script src=\"/guides/{guide}-{lang}.js\" defer></script><script src=\"/guides/{guide}.js\" defer></script>",
            snippets(lang, guide, "html head")
        );
        world.adds_page(
            &format!("{guide}-{lang}.html"),
            &page(lang, &head, "<div id=\"app\"></div>"),
        );

        let visitor = world.visitor_speaking(lang).await;
        visitor.opens(&format!("/{guide}-{lang}.html")).await;
        visitor.sees(mark::BANNER).await;
        visitor.sees("#allow").await;
        visitor.never_fetched("frame.html").await;
        // A framework that takes the whole body away gets the question again.
        let _: Value = visitor
            .evaluates(
                "const body = document.createElement('body');
                 body.innerHTML = '<div id=app></div>';
                 document.body.replaceWith(body);
                 mount()",
                &[],
            )
            .await;
        visitor.sees("#allow").await;
        visitor.gives_all().await;
        visitor.sees("iframe[title=Player]").await;
        visitor.sees("iframe[title=Held]").await;
        visitor.counts("heldRuns", 1).await;
        visitor.counts("demoCounterRuns", 1).await;
        visitor.holds(3).await;
        // The app takes away what the gate has replaced, and puts it there again.
        visitor.evaluates::<Value>("toggle()", &[]).await;
        visitor.sees_no_more("#held").await;
        visitor.evaluates::<Value>("toggle()", &[]).await;
        visitor.sees("iframe[title=Held]").await;
        visitor.counts("heldRuns", 2).await;
        let _: Value = visitor
            .evaluates("window.raspiska.withdraw('media')", &[])
            .await;
        visitor.sees("#allow").await;
        visitor.sees("raspiska-hold >>> section").await;
        visitor.evaluates::<Value>("toggle()", &[]).await;
        visitor.sees_no_more("#held").await;
        visitor.holds(4).await;
    }
}

#[tokio::test]
async fn the_guide_for_the_framework_react_holds() {
    World::tell(async |world| {
        let files = [
            "react/umd/react.production.min.js",
            "react-dom/umd/react-dom.production.min.js",
        ];
        framework(world, "react", "React", &files).await;
    })
    .await;
}

#[tokio::test]
async fn the_guide_for_the_framework_vue_holds() {
    World::tell(async |world| {
        framework(
            world,
            "vue",
            "Vue",
            &["vue/dist/vue.runtime.global.prod.js"],
        )
        .await;
    })
    .await;
}
