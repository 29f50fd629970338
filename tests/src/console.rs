//! What a browser reports by the way: its console and its requests. Both are quiet in every story that does not say otherwise.

use serde_json::Value;
use thirtyfour::WebDriver;

use crate::must;

/// Schemes that never reach a network.
const LOCAL: [&str; 5] = ["about:", "blob:", "chrome:", "data:", "devtools:"];

/// One line of the console.
#[derive(Clone, Debug)]
pub struct Line {
    /// `SEVERE`, `WARNING`, …
    pub level: String,
    /// Where it comes from and what it says.
    pub message: String,
}

impl Line {
    /// An error of anybody, or a warning of ours.
    #[must_use]
    pub fn complains(&self) -> bool {
        self.level == "SEVERE" || self.message.contains("raspiska:")
    }
}

/// The console since it was read last.
pub(crate) async fn read(driver: &WebDriver) -> Vec<Line> {
    must("the console", driver.browser_log().await)
        .into_iter()
        .map(|entry| Line {
            level: entry.level,
            message: entry.message,
        })
        .collect()
}

/// The URLs that were asked for since this was read last.
pub(crate) async fn requests(driver: &WebDriver) -> Vec<String> {
    must("the network's log", driver.get_log("performance").await)
        .into_iter()
        .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok())
        .filter(|event| event["message"]["method"] == "Network.requestWillBeSent")
        .filter_map(|event| {
            let url = event["message"]["params"]["request"]["url"].as_str()?;
            Some(url.to_owned())
        })
        .filter(|url| !LOCAL.iter().any(|scheme| url.starts_with(scheme)))
        .collect()
}
