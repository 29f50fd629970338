//! One story: a server, its visitors one after the other, and what has to hold when it is over.

use std::cell::{Cell, RefCell};
use std::fs;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::rc::Rc;

use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::audit::Log;
use crate::ledger::Held;
use crate::must;
use crate::place::{self, Folder, SITE};
use crate::server::Server;
use crate::visitor::{Traces, Visitor};

/// Browsers that run at the same time: more would only wait for each other.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// The world of one story.
#[derive(Debug)]
pub struct World {
    /// The server. Above the folder: it ends before its data go.
    pub server: Server,
    visitor: RefCell<Option<Rc<Visitor>>>,
    known: RefCell<Vec<Held>>,
    typed: RefCell<Vec<String>>,
    leaves_undelivered: Cell<bool>,
    folder: Folder,
}

impl World {
    /// Tells a story, then checks what has to hold after every story.
    ///
    /// # Panics
    /// When the story does, or when something does not hold.
    pub async fn tell(story: impl AsyncFnOnce(&Self)) {
        let _turn = must("a turn", BROWSERS.acquire().await);
        let world = Self::begin();
        world.server.start().await;
        let ending = AssertUnwindSafe(async {
            story(&world).await;
            world.visitor_leaves().await;
            world.holds().await;
        });
        if let Err(panic) = ending.catch_unwind().await {
            world.remains().await;
            resume_unwind(panic);
        }
    }

    fn begin() -> Self {
        let folder = Folder::new("story");
        let pages = folder.path().join("pages");
        place::copy(&place::root().join("www/demo"), &pages);
        place::copy(&place::root().join("tests/pages"), &pages);
        Self {
            server: Server::new(folder.path()),
            visitor: RefCell::default(),
            known: RefCell::default(),
            typed: RefCell::default(),
            leaves_undelivered: Cell::default(),
            folder,
        }
    }

    /// One more page on the site.
    pub fn adds_page(&self, path: &str, html: &str) {
        let file = self.folder.path().join("pages").join(path);
        if let Some(folder) = file.parent() {
            must("a folder for a page", fs::create_dir_all(folder));
        }
        must("a page", fs::write(file, html));
    }

    /// The operator changes files of the site, each once and in one place, and starts the server again.
    ///
    /// # Panics
    /// When the old text does not stand in the file exactly once.
    pub async fn changes_site(&self, changes: &[(&str, &str, &str)]) {
        let own = self.folder.path().join("site");
        if !own.is_dir() {
            place::copy(&place::site(), &own);
        }
        for (file, old, new) in changes {
            let path = own.join(file);
            let text = must("a file of the site", fs::read_to_string(&path));
            assert_eq!(text.matches(old).count(), 1, "{file} has {old:?} once");
            must(
                "a file of the site",
                fs::write(&path, text.replacen(old, new, 1)),
            );
        }
        self.server.stop().await;
        self.server.start().await;
    }

    /// A Russian visitor with a new browser.
    pub async fn visitor(&self) -> Rc<Visitor> {
        self.visitor_speaking("ru").await
    }

    /// A visitor with a new browser in this language. One browser is open at a time: whoever was there leaves.
    pub async fn visitor_speaking(&self, lang: &str) -> Rc<Visitor> {
        self.visitor_leaves().await;
        let visitor = Rc::new(Visitor::arrives(self.server.url(""), lang).await);
        self.visitor.replace(Some(Rc::clone(&visitor)));
        visitor
    }

    /// The visitor closes the browser; what it held is remembered, what it reported is checked.
    ///
    /// # Panics
    /// When the browser complained, or asked for something outside of the machine.
    pub async fn visitor_leaves(&self) {
        let Some(visitor) = self.visitor.take() else {
            return;
        };
        let Traces {
            held,
            undelivered,
            complaints,
            requests,
            typed,
        } = visitor.leaves().await;
        assert!(
            complaints.is_empty(),
            "the browser complained: {complaints:#?}"
        );
        for url in &requests {
            assert!(self.server.serves(url), "a request left the machine: {url}");
            for value in typed.iter().filter(|value| value.len() > 3) {
                assert!(
                    !url.contains(value.as_str()),
                    "a URL has what was typed: {url}"
                );
            }
        }
        assert!(
            undelivered == 0 || self.leaves_undelivered.get(),
            "{undelivered} decisions never got to the server"
        );
        self.known.borrow_mut().extend(held);
        self.typed.borrow_mut().extend(typed);
    }

    /// This story ends with decisions that could not be delivered.
    pub fn leaves_undelivered(&self) {
        self.leaves_undelivered.set(true);
    }

    /// The log, read by an auditor.
    pub async fn log(&self) -> Log {
        Log::read(&self.server).await
    }

    /// What the server says holds now for each purpose of a receipt.
    pub async fn status(&self, receipt: &str) -> Value {
        let path = format!("/v1/sites/{SITE}/receipts/{receipt}");
        self.server.get(&path).await.json()["status"].clone()
    }

    /// What the company reads of a receipt's form: `raspiska inbox`. The list that leads there has no personal data.
    pub fn inbox(&self, receipt: &str) -> Value {
        let data = self.server.data();
        let inbox = ["inbox", "--data", &data.to_string_lossy()];
        let list = self.server.says(&inbox);
        assert!(
            list.contains(receipt),
            "the inbox lists the receipt:\n{list}"
        );
        let values = self.server.says(&[&inbox[..], &[receipt]].concat());
        let values: Value = must("what the inbox shows", serde_json::from_str(&values));
        for value in values
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, value)| value.as_str())
        {
            assert!(!list.contains(value), "the list has personal data:\n{list}");
        }
        values
    }

    /// What has to hold after every story.
    async fn holds(&self) {
        if !self.server.runs() {
            self.server.start().await;
        }
        let log = self.log().await;
        for held in self.known.borrow().iter() {
            held.check();
            assert_eq!(
                log.index(&held.hash),
                Some(held.index),
                "a confirmed receipt is in the log, once, where the server said"
            );
        }
        self.server.stop().await;
        let told = self.server.tells();
        for value in self.typed.borrow().iter().filter(|value| value.len() > 3) {
            assert!(
                !told.contains(value.as_str()),
                "the server's log has what was typed: {value}"
            );
        }
    }

    /// What is left of a story that failed, for whoever reads why.
    #[expect(clippy::print_stderr, reason = "a failing test explains itself")]
    async fn remains(&self) {
        let told = self.server.tells();
        let last: Vec<&str> = told.lines().rev().take(15).collect();
        eprintln!("--- the server's last words");
        last.iter().rev().for_each(|line| eprintln!("{line}"));
        let Some(visitor) = self.visitor.take() else {
            return;
        };
        let name = std::thread::current()
            .name()
            .unwrap_or("story")
            .replace("::", "-");
        let folder = place::root().join("target/stories");
        let file = folder.join(format!("{name}.png"));
        let picture = AssertUnwindSafe(visitor.picture()).catch_unwind().await;
        if let (Ok(picture), Ok(())) = (picture, fs::create_dir_all(&folder)) {
            eprintln!("--- the page is in {}", file.display());
            let _ = fs::write(&file, picture);
        }
        if let Ok(traces) = AssertUnwindSafe(visitor.leaves()).catch_unwind().await {
            eprintln!("--- the console: {:#?}", traces.complaints);
        }
    }
}
