//! Tells systemd how far the server is: `Type=notify`, sd_notify(3).

use std::io;

/// It serves.
pub(crate) const READY: &str = "READY=1";
/// It was asked to end.
pub(crate) const STOPPING: &str = "STOPPING=1";

/// Sends one state, if somebody waits for it.
pub(crate) fn notify(state: &str) {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    if let Err(error) = send(name.as_encoded_bytes(), state) {
        tracing::warn!(error = %error, "systemd not told");
    }
}

#[cfg(target_os = "linux")]
fn send(name: &[u8], state: &str) -> io::Result<()> {
    use std::os::{
        linux::net::SocketAddrExt as _,
        unix::{
            ffi::OsStrExt as _,
            net::{SocketAddr, UnixDatagram},
        },
    };
    // A name that begins with @ is in the kernel's own space of names.
    let address = match name.strip_prefix(b"@") {
        Some(rest) => SocketAddr::from_abstract_name(rest)?,
        None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name))?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn send(_: &[u8], _: &str) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
