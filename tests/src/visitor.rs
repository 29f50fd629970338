//! A person with a browser: what they do, and what they see.

use std::cell::RefCell;
use std::path::PathBuf;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use thirtyfour::{WebDriver, WindowHandle};

use crate::browser::Browser;
use crate::console::{self, Line};
use crate::ledger::Held;
use crate::must;
use crate::place::{SITE, root};

mod acts;
mod decides;
mod fills;
mod keeps;
mod looks;
mod reads;

/// A person in front of one browser, on one site.
#[derive(Debug)]
pub struct Visitor {
    browser: Browser,
    site: String,
    typed: RefCell<Vec<String>>,
    expected: RefCell<Vec<String>>,
}

/// What is left of a visit when the browser is closed.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    pub(crate) held: Vec<Held>,
    pub(crate) undelivered: usize,
    pub(crate) complaints: Vec<Line>,
    pub(crate) requests: Vec<String>,
    pub(crate) typed: Vec<String>,
}

impl Visitor {
    /// Somebody who speaks `lang` comes to the site at this origin.
    pub(crate) async fn arrives(site: String, lang: &str) -> Self {
        Self {
            browser: Browser::start(lang).await,
            site,
            typed: RefCell::default(),
            expected: RefCell::default(),
        }
    }

    /// The origin of the site.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.site
    }

    fn driver(&self) -> &WebDriver {
        &self.browser.driver
    }

    /// Opens a page of the site.
    pub async fn opens(&self, path: &str) {
        let url = format!("{}{path}", self.site);
        must(&format!("{path} opens"), self.driver().goto(&url).await);
    }

    /// Opens a page of another host that the same server serves.
    pub async fn goes_to(&self, url: &str) {
        must(&format!("{url} opens"), self.driver().goto(url).await);
    }

    /// Comes back after so long that nothing is in the browser's cache any more.
    pub async fn forgets_files(&self) {
        self.devtools("Network.clearBrowserCache", json!({})).await;
    }

    /// Loads the page again.
    pub async fn reloads(&self) {
        must("the page loads again", self.driver().refresh().await);
    }

    /// Opens a page in a new tab and stays there.
    pub async fn opens_in_new_tab(&self, path: &str) -> WindowHandle {
        let tab = self.turns_to_new_tab().await;
        self.opens(path).await;
        tab
    }

    /// Opens an empty tab and stays there.
    pub async fn turns_to_new_tab(&self) -> WindowHandle {
        let tab = must("a new tab", self.driver().new_tab().await);
        self.turns_to(&tab).await;
        tab
    }

    /// Closes this tab and turns to the oldest of the others.
    pub async fn closes_tab(&self) {
        must("a tab closes", self.driver().close_window().await);
        let tabs = must("the tabs", self.driver().windows().await);
        self.turns_to(tabs.first().expect("another tab is open"))
            .await;
    }

    /// The tab that is looked at.
    pub async fn tab(&self) -> WindowHandle {
        must("the tab", self.driver().window().await)
    }

    /// Turns to another tab.
    pub async fn turns_to(&self, tab: &WindowHandle) {
        must(
            "another tab",
            self.driver().switch_to_window(tab.clone()).await,
        );
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        must("the address", self.driver().current_url().await)
            .path()
            .to_owned()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        must("the title", self.driver().title().await)
    }

    /// A window of this size, in light or dark.
    pub async fn looks_at(&self, width: u32, height: u32, scheme: &str) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await;
        self.prefers(scheme).await;
    }

    /// The system's colours become `light` or `dark`; motion is reduced, so that nothing is caught half-way.
    pub async fn prefers(&self, scheme: &str) {
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        )
        .await;
    }

    /// The system puts its own few colours in the place of all others.
    pub async fn has_forced_colours(&self) {
        let features = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The network goes away, or comes back.
    pub async fn goes_offline(&self, offline: bool) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await;
    }

    /// Each answer of the network takes a third of a second.
    pub async fn has_a_slow_network(&self) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({ "offline": false, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await;
    }

    /// A script that runs in every page before anything else: for browsers that refuse something.
    pub async fn starts_pages_with(&self, script: &str) {
        self.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        )
        .await;
    }

    /// One command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, params: Value) -> Value {
        self.browser.devtools(method, params).await
    }

    /// A picture of the window.
    pub async fn picture(&self) -> Vec<u8> {
        must("a picture", self.driver().screenshot_as_png().await)
    }

    /// Keeps a picture of the window in `target/stories`, for people to look at.
    pub async fn keeps_picture(&self, name: &str) {
        let folder = root().join("target/stories");
        must("a folder for pictures", std::fs::create_dir_all(&folder));
        let picture = self.picture().await;
        must(
            "a picture",
            std::fs::write(folder.join(format!("{name}.png")), picture),
        );
    }

    /// A picture of the whole page, however long it is.
    pub async fn picture_of_all(&self) -> Vec<u8> {
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.devtools("Page.captureScreenshot", parameters).await;
        let data = answer["data"].as_str().unwrap_or_default();
        must("a picture", Base64::decode_vec(data))
    }

    /// The folder of downloads.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.browser.downloads()
    }

    /// Complaints in the console that have this in them belong to the story.
    pub fn expects(&self, complaint: &str) {
        self.expected.borrow_mut().push(complaint.to_owned());
    }

    /// Closes the browser.
    pub(crate) async fn leaves(&self) -> Traces {
        let expected = self.expected.take();
        let complaints = console::read(self.driver())
            .await
            .into_iter()
            .filter(Line::complains)
            .filter(|line| !expected.iter().any(|known| line.message.contains(known)))
            .collect();
        let traces = Traces {
            held: self.receipts().await,
            undelivered: self.outbox().await.len(),
            complaints,
            requests: console::requests(self.driver()).await,
            typed: self.typed.take(),
        };
        self.browser.close().await;
        traces
    }

    /// What this browser stores under a name of ours.
    pub async fn stored(&self, name: &str) -> Option<Value> {
        let text: Option<String> = self
            .evaluates(
                "try { return localStorage.getItem(arguments[0]) } catch { return null }",
                &[json!(format!("raspiska.{SITE}.{name}"))],
            )
            .await;
        text.map(|text| must(name, serde_json::from_str(&text)))
    }
}
