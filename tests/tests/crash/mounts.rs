//! Disks that are full, too small, or read-only. They are mounted in a mount namespace that `cargo xtask crash` makes for this:
//! nobody else sees them, and they go with it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use raspiska_tests::must;

use super::chance::{Chance, tell};
use super::house::House;
use super::load::until;

/// Set by `cargo xtask crash` inside of the namespace.
const OWN_NAMESPACE: &str = "RASPISKA_MOUNTS";

#[tokio::test]
async fn a_full_disk_refuses_reads_on_and_recovers_without_a_restart() {
    let chance = Chance::new("full disk");
    let house = House::new();
    let disk = Mount::disk(&house.server.data(), "6m");
    house.open().await;
    until(&house, &chance, "the disk is full", || {
        house.refused.get() > 100
    })
    .await;
    assert!(house.confirmed() > 100, "there was room at first");
    let told = house.server.tells();
    assert!(
        told.contains("batch not logged") && told.contains("the disk of the store is full"),
        "{told}"
    );
    // Every entry, tile and confirmed receipt can be read.
    house.holds().await;
    let full = house.confirmed();

    // Killed now, it may say that it cannot start, and forgets nothing.
    house.server.crash();
    house.launch(&[]);
    let came_up = house.server.comes_up().await;
    match came_up {
        Ok(()) => house.holds().await,
        Err(status) => refuses(&house, status.code(), "disk"),
    }
    if came_up.is_err() {
        disk.resize("7m");
        house.open().await;
        until(&house, &chance, "the disk is full again", || {
            house.refused.get() > 200
        })
        .await;
    }

    disk.resize("32m");
    until(&house, &chance, "it takes receipts again", || {
        house.confirmed() > full + 200
    })
    .await;
    house.server.crash();
    house.reopen().await;
    house.reread().await;
    house.server.stop().await;
    tell(&format!(
        "full disk: {full} confirmed until it was full, {} afterwards without a restart, {} answers 503; lost 0",
        house.confirmed() - full,
        house.refused.get()
    ));
}

#[tokio::test]
async fn a_disk_too_small_for_the_first_start_is_said_and_forgiven() {
    let chance = Chance::new("small disks");
    let mut refused = 0;
    // The first start needs some hundred KiB: each time it gets a little further.
    for kib in (4..).step_by(20) {
        let house = House::new();
        let disk = Mount::disk(&house.server.data(), &format!("{kib}k"));
        house.launch(&[]);
        let Err(status) = house.server.comes_up().await else {
            break;
        };
        refuses(&house, status.code(), "");
        refused += 1;
        disk.resize("8m");
        house.reopen().await;
        until(&house, &chance, "it works", || house.confirmed() > 20).await;
        house.server.crash();
        house.reopen().await;
        house.server.stop().await;
    }
    assert!(refused > 3, "only {refused} disks were too small");
    tell(&format!(
        "small disks: {refused} were too small for the first start, and enough when they had grown"
    ));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_not_served() {
    let house = House::new();
    house.open().await;
    until(&house, &Chance::new("read-only"), "there is a log", || {
        house.confirmed() > 20
    })
    .await;
    house.server.crash();
    let data = house.server.data();
    for path in [data.clone(), data.join("store.sqlite")] {
        let read_only = Mount::read_only(&path);
        house.launch(&[]);
        match house.server.comes_up().await {
            Ok(()) => panic!("it must not start on {}", path.display()),
            Err(status) => refuses(&house, status.code(), "able to write"),
        }
        drop(read_only);
        house.reopen().await;
        house.server.crash();
    }
}

#[tokio::test]
async fn a_second_server_is_refused_through_another_mount() {
    let house = House::new();
    house.open().await;
    let other = House::new();
    must("a folder", fs::create_dir(other.server.data()));
    let _mount = Mount::same(&house.server.data(), &other.server.data());
    other.launch(&[]);
    match other.server.comes_up().await {
        Ok(()) => panic!("two servers use one data directory"),
        Err(status) => refuses(
            &other,
            status.code(),
            "another server uses this data directory",
        ),
    }
    until(
        &house,
        &Chance::new("another mount"),
        "the first goes on",
        || house.confirmed() > 20,
    )
    .await;
    house.server.crash();
    house.reopen().await;
}

fn refuses(house: &House, code: Option<i32>, why: &str) {
    let told = house.server.tells();
    let last = told.lines().last().unwrap_or_default();
    assert_eq!(code, Some(1), "{told}");
    assert!(
        last.starts_with("raspiska: ") && last.contains(why) && !told.contains("panicked"),
        "{told}"
    );
}

/// Something mounted, as long as it lives.
struct Mount(PathBuf);

impl Mount {
    fn disk(at: &Path, size: &str) -> Self {
        must("a folder", fs::create_dir(at));
        let options = format!("size={size},mode=0700");
        mount(&["-t", "tmpfs", "-o", &options, "none"], at);
        Self(at.to_owned())
    }

    fn resize(&self, size: &str) {
        mount(&["-o", &format!("remount,size={size}")], &self.0);
    }

    fn same(from: &Path, at: &Path) -> Self {
        mount(&["--bind", &from.display().to_string()], at);
        Self(at.to_owned())
    }

    fn read_only(path: &Path) -> Self {
        let own = Self::same(path, path);
        mount(&["-o", "remount,bind,ro"], path);
        own
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a test that fails leaves a server in it.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], at: &Path) {
    assert!(
        env::var_os(OWN_NAMESPACE).is_some(),
        "mounts need a namespace of their own: `cargo xtask crash` makes one"
    );
    let status = must(
        "mount",
        Command::new("mount").args(arguments).arg(at).status(),
    );
    assert!(status.success(), "mount {arguments:?}: {status}");
}
