//! People who work in the office: each at a terminal, with the commands of `raspiska office`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::must;
use crate::place::SITE;
use crate::server::Server;

/// What everybody in these stories logs in with.
const PASSWORD: &str = "four words in a row";

/// Somebody with an account.
#[derive(Debug)]
pub struct Colleague<'a> {
    server: &'a Server,
    login: String,
    session: PathBuf,
}

impl<'a> Colleague<'a> {
    /// Somebody new, with an account of this role and name, who has logged in.
    #[must_use]
    pub fn comes(server: &'a Server, role: &str, name: &str) -> Self {
        let data = server.data();
        let session = data.with_file_name(format!("{role}.session"));
        let own = Self {
            server,
            login: role.to_owned(),
            session,
        };
        let data = data.to_string_lossy();
        let add = [
            "office", "account", "add", role, "--role", role, "--name", name, "--data", &data,
        ];
        own.types(PASSWORD, &add);
        own.logs_in();
        own
    }

    /// Logs in, for a working day.
    pub fn logs_in(&self) {
        let url = self.server.url("");
        let session = self.session.to_string_lossy();
        let login = [
            "office",
            "login",
            "--url",
            &url,
            "--session",
            &session,
            &self.login,
        ];
        self.types(PASSWORD, &login);
    }

    /// Asks for something about the site, and gets it as JSON.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn asks(&self, what: &[&str]) -> Value {
        let answer = self.server.says(&self.command(what));
        must("an answer of the office", serde_json::from_str(&answer))
    }

    /// Asks for something, and says why it is refused.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn is_refused(&self, what: &[&str]) -> String {
        let output = self.server.runs_command(&self.command(what));
        assert!(!output.status.success(), "{what:?} is refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn command<'b>(&'b self, what: &[&'b str]) -> Vec<&'b str> {
        let (name, more) = must("a command", what.split_first().ok_or("nothing is asked"));
        let session = must("a path", self.session.to_str().ok_or("not UTF-8"));
        let flags = [
            "office",
            name,
            "--json",
            "--session",
            session,
            "--site",
            SITE,
        ];
        [&flags[..], more].concat()
    }

    /// Runs a command that reads one line.
    fn types(&self, line: &str, arguments: &[&str]) {
        let mut command = self.server.command(&[]);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = must("a command", command.spawn());
        let mut input = must("its input", child.stdin.take().ok_or("none"));
        must("a line", writeln!(input, "{line}"));
        drop(input);
        let status = must("a command", child.wait());
        assert!(status.success(), "{arguments:?}");
    }
}
