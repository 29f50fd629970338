//! The auditor's view of a log that outgrows one tile.

use futures_util::future::join_all;
use raspiska_tests::World;
use raspiska_tests::author::Author;

#[tokio::test]
async fn a_log_grows_and_never_forgets() {
    World::tell(async |world| {
        let author = Author::reads(&world.server).await;
        let mut before = world.log().await;
        for size in [1, 3, 90, 258] {
            let receipts: Vec<_> = (before.entries.len()..size)
                .map(|_| author.gives("ads"))
                .collect();
            let posts = receipts
                .iter()
                .map(|receipt| world.server.post_receipt(&receipt.text));
            for answer in join_all(posts).await {
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
            let after = world.log().await;
            assert_eq!(after.entries.len(), size);
            assert_eq!(
                after.root(before.checkpoint.size),
                before.checkpoint.root,
                "the older checkpoint is one of this log"
            );
            for receipt in &receipts {
                assert!(after.index(&receipt.hash).is_some());
            }
            before = after;
        }
    })
    .await;
}
