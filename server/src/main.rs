//! The command `raspiska`: see [`raspiska_server::command`].

use std::process::ExitCode;

fn main() -> ExitCode {
    raspiska_server::command::run()
}
