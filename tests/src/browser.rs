//! A real Chromium with a profile of its own, driven through its own chromedriver.

use std::process::Stdio;

use serde_json::{Map, Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::http::Wire;
use crate::must;
use crate::place::{Folder, told};

/// A start without screen, network chatter or questions; root has no sandbox. Names resolve to nothing: a page that asks
/// for another host than loopback gets no answer.
const ARGUMENTS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--window-size=1280,900",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// One running browser.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The session. Dropped before the driver's process ends: dropping it closes Chromium.
    pub(crate) driver: WebDriver,
    profile: Folder,
    _process: Child,
}

impl Browser {
    /// Starts one that prefers `lang`.
    pub(crate) async fn start(lang: &str) -> Self {
        let profile = Folder::new("profile");
        let mut process = must(
            "chromedriver starts",
            Command::new(told("CHROMEDRIVER"))
                .arg("--port=0")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn(),
        );
        let port = port(&mut process).await;
        let driver = WebDriver::builder(
            format!("http://127.0.0.1:{port}"),
            capabilities(&profile, lang),
        )
        .keep_alive(false)
        .client(Wire)
        .connect()
        .await;
        let browser = Self {
            driver: must("Chromium starts", driver),
            profile,
            _process: process,
        };
        browser
            .devtools(
                "Browser.setDownloadBehavior",
                json!({ "behavior": "allow", "downloadPath": browser.downloads() }),
            )
            .await;
        browser
    }

    /// Where downloads go.
    pub(crate) fn downloads(&self) -> std::path::PathBuf {
        self.profile.path().join("downloads")
    }

    /// One command of Chromium's DevTools protocol.
    pub(crate) async fn devtools(&self, method: &str, params: Value) -> Value {
        must(method, self.driver.cdp().send_raw(method, params).await)
    }

    /// Closes it.
    pub(crate) async fn close(&self) {
        must("Chromium closes", self.driver.clone().quit().await);
    }
}

/// chromedriver takes a free port and says which.
async fn port(process: &mut Child) -> u16 {
    let output = process.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = must("what chromedriver says", lines.next_line().await) {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            // Nobody reads on: what it says later would fill the pipe and stop it, if it said much.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return must("chromedriver's port", port.trim_end_matches('.').parse());
        }
    }
    panic!("chromedriver ended without a word about its port");
}

fn capabilities(profile: &Folder, lang: &str) -> Capabilities {
    let mut arguments: Vec<String> = ARGUMENTS.map(String::from).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    arguments.push(format!("--lang={lang}"));
    let options = json!({
        "binary": told("CHROMIUM"),
        "args": arguments,
        "prefs": { "intl.accept_languages": lang },
    });
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities.insert(
        "goog:loggingPrefs".to_owned(),
        json!({ "browser": "ALL", "performance": "ALL" }),
    );
    capabilities.into()
}
