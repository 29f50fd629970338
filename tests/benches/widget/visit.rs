//! A visit on a slow telephone: a fresh tab, throttled, with the probe in its page.

use std::rc::Rc;

use raspiska_tests::{Visitor, World, mark, wait};
use serde::Deserialize;
use serde_json::json;

/// How many times slower the processor is: a cheap telephone beside a desktop.
const SLOWER: u32 = 4;
/// Milliseconds that an answer takes to begin.
const LATENCY: f64 = 150.0;
/// Bytes a second, towards the visitor: 1.6 Mbit/s, slow 4G.
const DOWN: f64 = 1.6e6 / 8.0;
/// Bytes a second, from the visitor: 750 kbit/s.
const UP: f64 = 750e3 / 8.0;

/// After this, a page that has loaded has also done what it wanted to do at idle: the loader's own limit is 1000 ms.
const QUIET: u32 = 1500;
/// After this, the browser has reported how long a click took.
const REPORTED: u32 = 700;

/// What the probe noted, times in milliseconds.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Seen {
    /// First contentful paint.
    pub(crate) first: f64,
    /// The banner painted.
    pub(crate) banner: Option<f64>,
    /// Painted frames before the banner's own.
    pub(crate) late: Option<f64>,
    /// Cumulative layout shift.
    pub(crate) shift: f64,
    /// Total blocking time.
    pub(crate) blocked: f64,
    /// The longest interaction; 0 where it was under the 16 ms that browsers report.
    pub(crate) input: f64,
    /// From the click to the frame without the banner.
    pub(crate) closed: Option<f64>,
    /// From the click to the frame with the dialog.
    pub(crate) opened: Option<f64>,
    /// From the click to the frame with the dialog's switches.
    pub(crate) usable: Option<f64>,
    /// Bodies as they came over the network, without the page's own.
    pub(crate) bytes: f64,
    /// Of these, what had come before the banner.
    pub(crate) before: f64,
    /// Files of the Wasm widget.
    pub(crate) widget: f64,
    /// Of the page and each file: milliseconds from the request to the end of the answer, bytes of the body.
    answers: Vec<(f64, f64)>,
}

impl Seen {
    /// Nothing came faster than the network is said to be.
    fn came_slowly(&self) {
        for (took, bytes) in &self.answers {
            let least = LATENCY + bytes / DOWN * 1000.0;
            assert!(
                *took > least * 0.9,
                "the network is not throttled: {bytes} bytes took {took:.0} ms instead of {least:.0}"
            );
        }
    }
}

/// One browser with its visitors, one after the other.
pub(crate) struct Browser<'a> {
    world: &'a World,
    visitor: Rc<Visitor>,
}

impl<'a> Browser<'a> {
    /// Starts it, and makes sure that the processor can be slowed down.
    pub(crate) async fn start(world: &'a World) -> Self {
        let visitor = world.visitor().await;
        visitor.opens("/bench/plain").await;
        let browser = Self { world, visitor };
        let quick = browser.takes().await;
        browser.throttles().await;
        let slow = browser.takes().await;
        assert!(
            slow > quick * f64::from(SLOWER) / 2.0,
            "the processor is not throttled: a loop took {quick:.0} ms, then {slow:.0}"
        );
        browser
    }

    /// A first visit, until the page is quiet; the tab stays open.
    pub(crate) async fn visits_first(&self, path: &str) -> Seen {
        self.forgets().await;
        self.visits(path).await
    }

    /// The visitor comes back to a page days later: the choice is there, the HTTP cache is empty.
    pub(crate) async fn returns(&self, path: &str) -> Seen {
        wait::equal("decisions on their way", 0, async || {
            self.visitor.outbox().await.len()
        })
        .await;
        self.leaves().await;
        self.devtools("Network.clearBrowserCache", json!({})).await;
        let seen = self.visits(path).await;
        assert!(seen.bytes > 0.0, "the HTTP cache was not cleared");
        seen
    }

    /// Allows everything on the banner.
    pub(crate) async fn gives_all(&self) -> Seen {
        self.visitor.gives_all().await;
        self.passes(REPORTED).await;
        self.seen().await
    }

    /// Asks for the preferences on the banner.
    pub(crate) async fn opens_preferences(&self) -> Seen {
        self.visitor.presses(mark::PREFERENCES).await;
        self.visitor.sees(&mark::in_dialog("[role=switch]")).await;
        self.passes(REPORTED).await;
        let seen = self.seen().await;
        seen.came_slowly();
        seen
    }

    /// Closes the tab; another one is always open.
    pub(crate) async fn leaves(&self) {
        self.visitor.closes_tab().await;
    }

    async fn visits(&self, path: &str) -> Seen {
        self.visitor.turns_to_new_tab().await;
        self.throttles().await;
        self.visitor
            .starts_pages_with(include_str!("probe.js"))
            .await;
        self.visitor.opens(path).await;
        self.passes(QUIET).await;
        let seen = self.seen().await;
        seen.came_slowly();
        seen
    }

    async fn seen(&self) -> Seen {
        self.visitor.evaluates("return window.bench()", &[]).await
    }

    async fn throttles(&self) {
        self.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER }))
            .await;
        self.devtools("Network.enable", json!({})).await;
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({ "offline": false, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP }),
        )
        .await;
    }

    /// As if nobody had ever been here.
    async fn forgets(&self) {
        let origin = self.world.server.url("");
        self.devtools(
            "Storage.clearDataForOrigin",
            json!({ "origin": origin, "storageTypes": "all" }),
        )
        .await;
        self.devtools("Network.clearBrowserCache", json!({})).await;
    }

    async fn passes(&self, milliseconds: u32) {
        let script = "return new Promise((done) => setTimeout(() => done(true), arguments[0]))";
        let _: bool = self.visitor.evaluates(script, &[json!(milliseconds)]).await;
    }

    /// Milliseconds of a loop that does nothing but count, at its second time: the first one is compiled.
    async fn takes(&self) -> f64 {
        let script = "const count = () => { const began = performance.now(); for (let n = 0; n < 3e7; n++); return performance.now() - began; };
                      count(); return count();";
        self.visitor.evaluates(script, &[]).await
    }

    async fn devtools(&self, method: &str, params: serde_json::Value) {
        self.visitor.devtools(method, params).await;
    }
}
