//! What the server does not take, and how it says so: one fault each.

use raspiska_shared::digest::Digest;
use raspiska_shared::problem::Kind;
use raspiska_shared::receipt::{Method, State};
use raspiska_tests::author::{Author, disclosure, now};
use raspiska_tests::{World, must};

const RECEIPTS: &str = "/v1/sites/jetcrm/receipts";

#[tokio::test]
async fn a_broken_receipt_is_refused_with_its_kind() {
    World::tell(async |world| {
        let author = Author::reads(&world.server).await;
        let good = author.gives("analytics").text;
        let draft = || {
            author.drafts(
                "cookies-analytics",
                Method::Choices,
                &[("analytics", State::Given)],
            )
        };
        let parts: Vec<&str> = good.trim_end_matches('~').split('.').collect();
        let other = author.gives("media").text;
        let foreign = other
            .trim_end_matches('~')
            .rsplit('.')
            .next()
            .unwrap_or_default();

        let audience = author.signs({
            let mut draft = draft();
            draft.aud = "example.org".to_owned();
            draft
        });
        let late = author.signs({
            let mut draft = draft();
            draft.iat = now() - 31 * 86_400;
            draft
        });
        let early = author.signs({
            let mut draft = draft();
            draft.iat = now() + 25 * 3_600;
            draft
        });
        let notice = author.signs({
            let mut draft = draft();
            draft.notice.sha256 = Digest::of(b"another text");
            draft
        });
        let policy = author.signs({
            let mut draft = draft();
            draft.policy.edition = "2019-01-01".to_owned();
            draft
        });
        let purpose = author.signs(author.drafts(
            "cookies-analytics",
            Method::Choices,
            &[("ads", State::Given)],
        ));
        let withdrawal = author.signs(author.drafts(
            "cookies-media",
            Method::Withdraw,
            &[("media", State::Withdrawn)],
        ));
        let stray = format!("{good}{}~", disclosure("name", "Nobody").encoded());
        let cases = [
            ("words", "not a receipt".to_owned(), Kind::Form),
            (
                "header",
                format!("e30.{}.{}~", parts[1], parts[2]),
                Kind::Header,
            ),
            (
                "signature",
                format!("{}.{}.{foreign}~", parts[0], parts[1]),
                Kind::Signature,
            ),
            ("disclosure", stray, Kind::Disclosure),
            ("audience", audience.text, Kind::Audience),
            ("late", late.text, Kind::Clock),
            ("early", early.text, Kind::Clock),
            ("notice", notice.text, Kind::NoticeUnknown),
            ("policy", policy.text, Kind::PolicyUnknown),
            ("purpose", purpose.text, Kind::Purpose),
            ("withdrawal", withdrawal.text, Kind::Withdrawal),
            ("large", "a".repeat(32 * 1024 + 1), Kind::TooLarge),
        ];
        for (case, receipt, kind) in cases {
            let answer = world.server.post_receipt(&receipt).await;
            assert_eq!(answer.status, kind.status(), "{case}: {}", answer.text());
            answer.is_problem(kind);
        }
        let untyped = world
            .server
            .request("POST", RECEIPTS)
            .body("text/plain", good.clone());
        untyped.send().await.is_problem(Kind::MediaType);
        let elsewhere = world
            .server
            .request("POST", "/v1/sites/nobody/receipts")
            .body("application/sd-jwt", good);
        elsewhere.send().await.is_problem(Kind::NotFound);
        assert_eq!(
            world.log().await.entries.len(),
            0,
            "nothing of it is in the log"
        );
    })
    .await;
}

#[tokio::test]
async fn a_flood_from_one_address_is_slowed_down() {
    World::tell(async |world| {
        let mut slowed = None;
        for _ in 0..3000 {
            let answer = world.server.post_receipt("not a receipt").await;
            if answer.status == 429 {
                slowed = Some(answer);
                break;
            }
        }
        let answer = slowed.expect("3000 requests in a row are too many");
        answer.is_problem(Kind::RateLimited);
        let wait: u64 = must(
            "Retry-After",
            answer.header("retry-after").unwrap_or_default().parse(),
        );
        assert!((1..=600).contains(&wait), "{wait}");
    })
    .await;
}
