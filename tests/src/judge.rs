//! The published verifiers as judges, `www/spec/confirm.py` and `confirm.mjs`, `verify.py` and `verify.mjs`: many inputs in one
//! process, one kind for each.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use crate::must;
use crate::place::{self, Folder};

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// `confirm.py` with the library `cryptography`.
    Python,
    /// `confirm.py` with nothing but Python's standard library.
    PlainPython,
    /// `confirm.mjs` with nothing but Node.
    Node,
    /// `confirm.mjs` with the package `jose`.
    NodeWithJose,
    /// `verify.py`, which needs `cryptography`.
    ShortPython,
    /// `verify.mjs`, which needs `jose`.
    ShortNode,
}

/// Something to judge.
#[derive(Clone, Debug)]
pub struct Input(Value);

impl Input {
    /// These bytes, read as a `file`, a `receipt`, a `note`, a `proof`, a `vkey` or a `signature`.
    #[must_use]
    pub fn new(what: &str, bytes: &[u8]) -> Self {
        Self(json!({ "what": what, "bytes": Base64::encode_string(bytes) }))
    }

    /// With something else that the reader needs.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0[name] = value.into();
        self
    }

    /// Not the bytes as they are, but once for each of these positions and masks.
    #[must_use]
    pub fn flipped(mut self, flips: &[(usize, u8)]) -> Self {
        self.0["flips"] = json!(flips);
        self
    }
}

impl Judge {
    /// The kinds of all inputs, `ok` for what holds; for each flip one.
    ///
    /// # Panics
    /// When the program does not come to an end with a kind for everything.
    #[must_use]
    pub fn kinds(self, inputs: &[Input]) -> Vec<String> {
        let folder = Folder::new("judge");
        let asked = folder.path().join("inputs");
        let lines: String = inputs
            .iter()
            .map(|input| format!("{}\n", input.0))
            .collect();
        must("the inputs", fs::write(&asked, lines));
        let output = self
            .command(folder.path())
            .stdin(must("the inputs", File::open(&asked)))
            .output();
        let output = must("the judge", output);
        assert!(
            output.status.success(),
            "{self:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut kinds = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let line: Vec<String> = must("kinds", serde_json::from_str(line));
            kinds.extend(line);
        }
        kinds
    }

    /// Its file in `www/spec`.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Python | Self::PlainPython => "confirm.py",
            Self::Node | Self::NodeWithJose => "confirm.mjs",
            Self::ShortPython => "verify.py",
            Self::ShortNode => "verify.mjs",
        }
    }

    /// The program as a person calls it, in this folder with what it needs.
    #[must_use]
    pub fn installed(self, folder: &Path) -> Command {
        let mut command = self.interpreter();
        command.arg(self.copied(folder));
        command
    }

    fn command(self, folder: &Path) -> Command {
        let independent = place::root().join("tests/independent");
        let judge = if self.is_python() {
            "judge.py"
        } else {
            "judge.mjs"
        };
        let mut command = self.interpreter();
        command
            .arg(independent.join(judge))
            .arg(self.copied(folder));
        if self == Self::PlainPython {
            command.arg("plain");
        }
        command
    }

    fn is_python(self) -> bool {
        matches!(self, Self::Python | Self::PlainPython | Self::ShortPython)
    }

    fn interpreter(self) -> Command {
        if self.is_python() { python() } else { node() }
    }

    /// A copy of the program. A module of Node looks for packages beside itself and above: here it finds this one or none.
    fn copied(self, folder: &Path) -> PathBuf {
        for name in [self.program(), "ed25519.py", "formats.json"] {
            let from = place::root().join("www/spec").join(name);
            must("a copy of the verifier", fs::copy(from, folder.join(name)));
        }
        if matches!(self, Self::NodeWithJose | Self::ShortNode) {
            copy_packages(folder);
        }
        folder.join(self.program())
    }
}

/// The Python that was found, or the one on the path.
#[must_use]
pub fn python() -> Command {
    Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Node.
#[must_use]
pub fn node() -> Command {
    Command::new("node")
}

/// `node_modules` with `jose`, as `JOSE` names it.
fn copy_packages(folder: &Path) {
    let from = place::told("JOSE").join("node_modules");
    let to = folder.join("node_modules");
    place::copy(&from, &to);
    assert!(to.join("jose/package.json").is_file(), "JOSE has no jose");
}
