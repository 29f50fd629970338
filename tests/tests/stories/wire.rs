//! The contract's HTTP table, row by row, as curl sees it.

use raspiska_shared::api::Logged;
use raspiska_shared::digest::Digest;
use raspiska_shared::log::note::VerifierKey;
use raspiska_shared::log::proof::Proof;
use raspiska_shared::problem::Kind;
use raspiska_shared::receipt::{Method, State};
use raspiska_tests::author::{Author, withdrawal_code};
use raspiska_tests::{World, must};
use serde_json::json;

const RECEIPTS: &str = "/v1/sites/jetcrm/receipts";
const WITHDRAWALS: &str = "/v1/sites/jetcrm/withdrawals";

#[tokio::test]
async fn the_site_bundle_has_everything_a_client_needs() {
    World::tell(async |world| {
        let bundle = world.server.get("/v1/sites/jetcrm").await;
        assert_eq!(
            (bundle.status, bundle.media_type()),
            (200, "application/json")
        );
        let etag = bundle.header("etag").expect("the bundle has an ETag");
        let again = world
            .server
            .request("GET", "/v1/sites/jetcrm")
            .header("if-none-match", etag)
            .send()
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0));

        let site = Author::reads(&world.server).await.site;
        assert_eq!(site.audience, "jetcrm.ru");
        assert_eq!(site.edition, "2025-01-01");
        let mut ids: Vec<&str> = site
            .notices
            .iter()
            .map(|notice| notice.id.as_str())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(
            ids,
            [
                "advertising",
                "candidate",
                "contact",
                "cookies-ads",
                "cookies-analytics",
                "cookies-media",
                "demo",
                "newsletter",
                "talent-pool"
            ]
        );
        for notice in &site.notices {
            assert_eq!(
                Digest::of(notice.text.as_bytes()),
                notice.sha256,
                "{}",
                notice.id
            );
        }
        world
            .server
            .get("/v1/sites/nobody")
            .await
            .is_problem(Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_logged_once_and_can_be_read_again() {
    World::tell(async |world| {
        let author = Author::reads(&world.server).await;
        let receipt = author.gives("analytics");
        let first = world.server.post_receipt(&receipt.text).await;
        assert_eq!(
            (first.status, first.media_type()),
            (201, "application/json"),
            "{}",
            first.text()
        );
        let logged: Logged = must("the answer", serde_json::from_value(first.json()));
        assert_eq!((logged.receipt, logged.index), (receipt.hash, 0));
        assert_eq!(first.json()["status"], json!({ "analytics": "given" }));
        let vkey: VerifierKey = must("the log's key", author.site.log.vkey.parse());
        let proof = must("the proof", Proof::parse(&logged.proof));
        must("the proof", proof.verify(&vkey, &receipt.hash));

        let again = world.server.post_receipt(&receipt.text).await;
        assert_eq!((again.status, &again.json()["index"]), (200, &json!(0)));
        world.server.post_receipt(&author.gives("ads").text).await;

        let path = format!("{RECEIPTS}/{}", receipt.hash);
        let read = world.server.get(&path).await;
        assert_eq!(read.status, 200);
        let read: Logged = must("the answer", serde_json::from_value(read.json()));
        assert_eq!(
            (read.receipt, read.index, read.time),
            (receipt.hash, 0, logged.time)
        );
        let alone = world
            .server
            .request("GET", &path)
            .header("accept", "text/plain")
            .send()
            .await;
        assert_eq!(alone.media_type(), "text/plain");
        let proof = must("the proof alone", Proof::parse(&alone.text()));
        let checkpoint = must("the proof alone", proof.verify(&vkey, &receipt.hash));
        assert_eq!(checkpoint.size, 2, "the proof is current");

        let unknown = format!("{RECEIPTS}/{}", Digest::of(b"nothing"));
        world.server.get(&unknown).await.is_problem(Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn whoever_shows_the_code_withdraws() {
    World::tell(async |world| {
        let author = Author::reads(&world.server).await;
        let (code, commitment) = withdrawal_code();
        let mut draft = author.drafts("cookies-ads", Method::Choices, &[("ads", State::Given)]);
        draft.withdrawal = Some(commitment);
        let receipt = author.signs(draft);
        assert_eq!(world.server.post_receipt(&receipt.text).await.status, 201);
        let withdraw = |receipt: Digest, code: &str| {
            let body = json!({ "receipt": receipt, "code": code }).to_string();
            world
                .server
                .request("POST", WITHDRAWALS)
                .body("application/json", body)
        };

        withdraw(receipt.hash, "a wrong code")
            .send()
            .await
            .is_problem(Kind::Code);
        withdraw(Digest::of(b"nothing"), &code)
            .send()
            .await
            .is_problem(Kind::NotFound);
        let garbage = world
            .server
            .request("POST", WITHDRAWALS)
            .body("application/json", "{");
        garbage.send().await.is_problem(Kind::BadRequest);

        let answer = withdraw(receipt.hash, &code).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let path = format!("{RECEIPTS}/{}", receipt.hash);
        let status = world.server.get(&path).await.json()["status"].clone();
        assert_eq!(status, json!({ "ads": "withdrawn" }));
        let again = withdraw(receipt.hash, &code).send().await;
        assert_eq!(
            (again.status, &again.json()["receipt"]),
            (200, &answer.json()["receipt"]),
            "whoever lost the answer gets it again"
        );
        let log = world.log().await;
        assert_eq!(
            log.entries.len(),
            2,
            "the operator's statement is in the log, once"
        );
    })
    .await;
}

#[tokio::test]
async fn the_log_is_served_as_tiles() {
    World::tell(async |world| {
        let author = Author::reads(&world.server).await;
        for _ in 0..3 {
            assert_eq!(
                world
                    .server
                    .post_receipt(&author.gives("ads").text)
                    .await
                    .status,
                201
            );
        }
        let checkpoint = world.server.get("/log/jetcrm/checkpoint").await;
        assert_eq!(
            (checkpoint.status, checkpoint.media_type()),
            (200, "text/plain")
        );
        let caching = checkpoint.header("cache-control").unwrap_or_default();
        assert!(
            !caching.contains("immutable"),
            "a checkpoint grows old: {caching}"
        );
        let vkey = world.server.get("/log/jetcrm/vkey").await;
        assert_eq!(vkey.text().trim(), author.site.log.vkey);
        for path in ["tile/0/000.p/3", "tile/entries/000.p/3"] {
            let tile = world.server.get(&format!("/log/jetcrm/{path}")).await;
            assert_eq!(tile.status, 200, "{path}");
            let caching = tile.header("cache-control").unwrap_or_default();
            assert!(caching.contains("immutable"), "{path}: {caching}");
        }
        for path in [
            "tile/0/000.p/4",
            "tile/0/000",
            "tile/0/0",
            "tile/9/000",
            "tile/0/000.p/0",
        ] {
            let answer = world.server.get(&format!("/log/jetcrm/{path}")).await;
            answer.is_problem(Kind::NotFound);
        }
        world
            .server
            .get("/log/nobody/checkpoint")
            .await
            .is_problem(Kind::NotFound);
        world.log().await;
    })
    .await;
}

#[tokio::test]
async fn operators_pages_answer() {
    World::tell(async |world| {
        assert_eq!(world.server.get("/healthz").await.status, 200);
        let metrics = world.server.get("/metrics").await;
        assert_eq!((metrics.status, metrics.media_type()), (200, "text/plain"));
        let openapi = world.server.get("/openapi.json").await;
        assert_eq!(
            (openapi.status, openapi.media_type()),
            (200, "application/json")
        );
        let description = openapi.json();
        for path in [
            "/v1/sites/{site}",
            "/v1/sites/{site}/receipts",
            "/v1/sites/{site}/receipts/{hash}",
            "/v1/sites/{site}/withdrawals",
            "/log/{site}/checkpoint",
            "/log/{site}/vkey",
            "/policy/{site}",
            "/policy/{site}/{edition}",
            "/.well-known/raspiska.json",
            "/verify",
            "/healthz",
            "/healthz/live",
            "/metrics",
            "/openapi.json",
        ] {
            assert!(
                !description["paths"][path].is_null(),
                "openapi.json describes {path}"
            );
        }
        world
            .server
            .request("DELETE", "/v1/sites/jetcrm")
            .send()
            .await
            .is_problem(Kind::Method);
        world
            .server
            .get("/v1/nothing")
            .await
            .is_problem(Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_any_origin_may_use_the_api() {
    World::tell(async |world| {
        let preflight = world
            .server
            .request("OPTIONS", RECEIPTS)
            .header("origin", "https://www.jetcrm.ru")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .send()
            .await;
        assert!(
            matches!(preflight.status, 200 | 204),
            "{}",
            preflight.status
        );
        assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
        let allowed = preflight
            .header("access-control-allow-headers")
            .unwrap_or_default();
        assert!(allowed.contains("content-type"), "{allowed}");
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
        for path in [
            "/v1/sites/jetcrm",
            "/s/jetcrm/raspiska.js",
            "/log/jetcrm/checkpoint",
        ] {
            let answer = world
                .server
                .request("GET", path)
                .header("origin", "https://www.jetcrm.ru")
                .send()
                .await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{path}"
            );
        }
    })
    .await;
}
