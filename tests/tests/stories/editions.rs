//! A new edition of the policy: what it changed, told to everybody, word by word.

use std::fs;

use raspiska_tests::place::copy;
use raspiska_tests::{Visitor, World, must};

/// The page of what the newest edition changed.
pub(super) const CHANGES: &str = "/policy/jetcrm/2025-06-01/changes";

/// The operator has published an edition that takes one thing more about advertising.
pub(super) async fn publishes(world: &World) {
    world.changes_site(&[]).await;
    world.server.stop().await;
    let editions = world.server.site().join("policy");
    let next = editions.join("2025-06-01");
    copy(&editions.join("2025-01-01"), &next);
    let changes = [
        (
            "policy.toml",
            "edition = \"2025-01-01\"\neffective = \"2025-01-01\"",
            "edition = \"2025-06-01\"\neffective = \"2025-06-01\"",
        ),
        (
            "policy.toml",
            "clauses = [\"2.6\", \"3.5\", \"4.5\", \"7.4\"]\ndata = [",
            "clauses = [\"2.6\", \"3.5\", \"4.5\", \"7.4\"]\ndata = [\n    { ru = \"город\", en = \"city\" },",
        ),
        ("ru.md", "с 01 января 2025 года", "с 01 июня 2025 года"),
        ("en.md", "01 January 2025", "01 June 2025"),
    ];
    for (file, old, new) in changes {
        let path = next.join(file);
        let text = must("a file of the edition", fs::read_to_string(&path));
        assert_eq!(text.matches(old).count(), 1, "{file} has {old:?} once");
        must("an edition", fs::write(&path, text.replacen(old, new, 1)));
    }
    world.server.start().await;
}

/// How something is laid out: a property as the browser has it.
async fn drawn(visitor: &Visitor, mark: &str, property: &str) -> String {
    visitor.sees(mark).await;
    visitor
        .evaluates(
            "return getComputedStyle(find(arguments[0])[0])[arguments[1]]",
            &[mark.into(), property.into()],
        )
        .await
}

#[tokio::test]
async fn what_an_edition_changed_is_told_word_by_word() {
    World::tell(async |world| {
        publishes(world).await;
        let visitor = world.visitor().await;
        visitor.opens("/policy/jetcrm").await;
        visitor.presses("ul.editions a{Что изменилось}").await;
        assert_eq!(visitor.path().await, CHANGES);
        visitor.sees("h1{Что изменилось: 1 июня 2025 года}").await;
        visitor
            .sees("h3{Реклама по электронной почте} >>> .badge{стало больше}")
            .await;
        visitor.sees("li{новые данные: город}").await;
        visitor
            .sees("p{Прежнего согласия для этого мало: спросим снова.}")
            .await;
        visitor.sees("del{января}").await;
        visitor.sees("ins{июня}").await;
        assert_eq!(visitor.count("h3").await, 1, "nothing else changed");
        // A passage stands apart from what is said about it.
        assert_eq!(
            drawn(&visitor, ".passage", "borderLeftStyle").await,
            "solid"
        );

        // The first edition has nothing before it, and says so.
        visitor.opens("/policy/jetcrm/2025-01-01/changes").await;
        visitor.sees("p{Это первая редакция}").await;
        assert_eq!(visitor.count("h3").await, 0);
    })
    .await;
}
