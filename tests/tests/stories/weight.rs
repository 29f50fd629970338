//! What a visitor downloads before anything is asked.

use raspiska_tests::{World, must};
use std::io::Read as _;

/// The budget of `www/budgets.toml`, as `cargo xtask e2e` tells it.
fn budget() -> usize {
    std::env::var("RASPISKA_LOADER_BUDGET")
        .map_or(6144, |bytes| must("RASPISKA_LOADER_BUDGET", bytes.parse()))
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
            brotli.body.len() <= budget(),
            "the loader weighs {} bytes, {} are allowed",
            brotli.body.len(),
            budget()
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
