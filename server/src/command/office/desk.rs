//! A session with a server: the file that keeps it, and the requests that show its token.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::OfficeError;
use crate::remote::{Answer, Remote};

/// Longest answer that is read.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// Where somebody is logged in.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Desk {
    url: String,
    token: Zeroizing<String>,
}

impl Desk {
    /// Logs in.
    pub(super) fn open(url: &str, login: &Value) -> Result<(Self, Value), OfficeError> {
        let url = url.trim_end_matches('/').to_owned();
        if !is_safe(&url) {
            return Err(OfficeError::Unsafe);
        }
        let nobody = Self {
            url,
            token: Zeroizing::default(),
        };
        let began = nobody.post("/v1/office/session", login)?;
        let token = began["token"].as_str();
        let token = token.ok_or_else(|| OfficeError::Strange(nobody.url.clone()))?;
        let desk = Self {
            token: Zeroizing::new(token.to_owned()),
            url: nobody.url,
        };
        Ok((desk, began["session"].clone()))
    }

    /// The session that the file keeps.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, OfficeError> {
        let path = place(file)?;
        let json = match fs::read(&path) {
            Ok(json) => Zeroizing::new(json),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OfficeError::NoSession);
            }
            Err(source) => return Err(OfficeError::File { path, source }),
        };
        serde_json::from_slice(&json).map_err(|_| OfficeError::NoSession)
    }

    /// Keeps the session in the file, for its owner only.
    pub(super) fn keep(&self, file: Option<&Path>) -> Result<(), OfficeError> {
        let path = place(file)?;
        let fault = |source| OfficeError::File {
            path: path.clone(),
            source,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fault)?;
        }
        // Strings always serialise.
        let json = Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        // A file that is there may be readable by others.
        let _ = fs::remove_file(&path);
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut opened = options.open(&path).map_err(fault)?;
        opened.write_all(&json).map_err(fault)
    }

    /// Ends the session here and there.
    pub(super) fn close(self, file: Option<&Path>) -> Result<(), OfficeError> {
        let ended = self.ask("DELETE", "/v1/office/session", None).map(drop);
        let path = place(file)?;
        fs::remove_file(&path).map_err(|source| OfficeError::File { path, source })?;
        ended
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, OfficeError> {
        self.ask("GET", path, None)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, OfficeError> {
        self.ask("POST", path, Some(body))
    }

    /// What is no JSON: asked for with a body, or without.
    pub(super) fn fetch(
        &self,
        path: &str,
        body: Option<&Value>,
        media_type: &str,
    ) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let (url, answer) = self.send(method, path, body, media_type)?;
        if answer.status == 200 && answer.media_type == media_type {
            return Ok(Zeroizing::new(answer.body));
        }
        understand(url.clone(), &answer).and(Err(OfficeError::Strange(url)))
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, OfficeError> {
        let (url, answer) = self.send(method, path, body, "application/json")?;
        understand(url, &answer)
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        media_type: &str,
    ) -> Result<(String, Answer), OfficeError> {
        let url = format!("{}{path}", self.url);
        let body = body.map(|body| Zeroizing::new(body.to_string()));
        let body = body.as_ref().map(|body| body.as_bytes());
        let answer = Remote::new().ask(method, &url, &self.token, media_type, body, MAX_ANSWER)?;
        Ok((url, answer))
    }
}

/// What the server says, or its own sentence about what is wrong.
fn understand(url: String, answer: &Answer) -> Result<Value, OfficeError> {
    if answer.status == 204 {
        return Ok(Value::Null);
    }
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let json = json.ok_or_else(|| OfficeError::Strange(url.clone()))?;
    if (200..300).contains(&answer.status) {
        return Ok(json);
    }
    let detail = json["detail"].as_str().map(ToOwned::to_owned);
    Err(OfficeError::Refused {
        status: answer.status,
        detail: detail.ok_or(OfficeError::Strange(url))?,
    })
}

/// What is typed must not be read on its way.
fn is_safe(url: &str) -> bool {
    let local = url.strip_prefix("http://").map(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        matches!(host, "127.0.0.1" | "localhost" | "[::1]")
    });
    url.starts_with("https://") || local == Some(true)
}

fn place(named: Option<&Path>) -> Result<PathBuf, OfficeError> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    // The XDG base directories: a session is state, neither configuration nor cache.
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".local/state"));
    let folder = state
        .filter(|path| path.is_absolute())
        .or_else(home)
        .ok_or(OfficeError::Home)?;
    Ok(folder.join("raspiska/session.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_nowhere_in_clear() {
        for url in [
            "https://a.example",
            "http://127.0.0.1:8080",
            "http://[::1]:1/x",
            "http://localhost",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://a.example",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "a.example",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
