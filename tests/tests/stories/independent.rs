//! Programs that know nothing of this code, only the published pages.

use std::process::Command;

use raspiska_tests::{World, must, place};

#[tokio::test]
async fn an_independent_client_in_python_is_understood() {
    World::tell(async |world| {
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let output = must(
            "Python",
            Command::new(python)
                .arg(place::root().join("tests/independent/client.py"))
                .arg(world.server.url(""))
                .arg(place::SITE)
                .output(),
        );
        assert!(
            output.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!world.log().await.entries.is_empty());
    })
    .await;
}
