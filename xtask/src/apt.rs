//! Debian's packages, where we may install them.

use crate::command::{run, run_quietly};
use crate::failure::Failure;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether `apt-get install` would work: it is there and we are root.
pub(crate) fn may_install() -> bool {
    is_root() && on_path("apt-get")
}

/// Installs packages; `what` says for whom they are needed when we may not.
pub(crate) fn install(what: &str, packages: &[&str]) -> Result<(), Failure> {
    let missing = || Failure::Missing {
        what: what.to_owned(),
        remedy: format!("sudo apt-get install {}", packages.join(" ")),
    };
    if !may_install() {
        return Err(missing());
    }
    // One unreachable source must not hide the others: what is missing shows in the install.
    run_quietly(apt_get().args(["-q", "update"])).ok();
    run(apt_get()
        .args(["-q", "install", "-y", "--no-install-recommends"])
        .args(packages))
    .map_err(|_| missing())
}

/// `apt-get` that asks nothing.
pub(crate) fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether a program is on the PATH.
pub(crate) fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Whether we are root, as the kernel says it: the owner of our own entry in /proc.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(Path::new("/proc/self")).is_ok_and(|entry| entry.uid() == 0)
}

/// No system without /proc has apt-get.
#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
    false
}
