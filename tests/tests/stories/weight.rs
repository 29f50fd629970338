//! What a visitor downloads before anything is asked.

use raspiska_tests::{World, must};
use std::io::Read as _;

/// A budget of `www/budgets.toml`, as `cargo xtask e2e` tells it.
fn budget(variable: &str, bytes: usize) -> usize {
    std::env::var(variable).map_or(bytes, |told| must(variable, told.parse()))
}

#[tokio::test]
async fn whoever_has_answered_gets_a_brief_loader() {
    World::tell(async |world| {
        let ask = |cookie: &'static str| {
            world
                .server
                .request("GET", "/s/jetcrm/raspiska.js")
                .header("accept-encoding", "br")
                .header("cookie", cookie)
        };
        let whole = ask("raspiska.other=1; theme=dark").send().await;
        let brief = ask("theme=dark; raspiska.jetcrm=1760000000").send().await;
        let allowed = budget("RASPISKA_BRIEF_BUDGET", 4096);
        assert!(
            brief.body.len() <= allowed,
            "the brief loader weighs {} bytes, {allowed} are allowed",
            brief.body.len(),
        );
        assert!(brief.body.len() < whole.body.len());
        assert_ne!(brief.header("etag"), whole.header("etag"));
        for answer in [&brief, &whole] {
            let vary = answer.header("vary").unwrap_or_default();
            assert!(vary.contains("cookie"), "vary: {vary}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_loader_with_banner_style_and_texts_is_within_its_budget() {
    World::tell(async |world| {
        let ask = |coding: &'static str| {
            world
                .server
                .request("GET", "/s/jetcrm/raspiska.js")
                .header("accept-encoding", coding)
        };
        let brotli = ask("br").send().await;
        assert_eq!(brotli.header("content-encoding"), Some("br"));
        assert!(
            brotli.body.len() <= budget("RASPISKA_LOADER_BUDGET", 6144),
            "the loader weighs {} bytes",
            brotli.body.len()
        );
        let plain = ask("identity").send().await;
        assert_eq!(plain.header("content-encoding"), None);
        let mut unpacked = Vec::new();
        must(
            "the loader unpacks",
            brotli::Decompressor::new(&brotli.body[..], 4096).read_to_end(&mut unpacked),
        );
        assert!(unpacked == plain.body, "both codings carry the same loader");
        assert!(plain.text().contains("Можно использовать cookie?"));
        assert!(
            !plain.text().contains("__RASPISKA"),
            "nothing is left to be filled in"
        );
        assert_eq!(plain.media_type(), "text/javascript");
        let vary = brotli
            .header("vary")
            .unwrap_or_default()
            .to_ascii_lowercase();
        assert!(vary.contains("accept-encoding"), "vary: {vary}");
    })
    .await;
}
