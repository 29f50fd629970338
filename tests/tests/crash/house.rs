//! A server, and everything that it has ever promised: remembered here, outside of the process that is killed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::time::Duration;

use raspiska_shared::api::{Logged, Withdrawal};
use raspiska_shared::digest::Digest;
use raspiska_shared::log::note::VerifierKey;
use raspiska_shared::log::proof::Proof;
use raspiska_shared::log::tree::Hash;
use raspiska_shared::problem::Kind;
use raspiska_shared::receipt::Signed;
use raspiska_shared::site::Site;
use raspiska_tests::http::Answer;
use raspiska_tests::must;
use raspiska_tests::place::{self, Folder, SITE};
use raspiska_tests::server::Server;
use tokio::time::timeout;

use super::history::History;

/// Writers are not bounded: they are what the server has to bear.
const FLAGS: [&str; 2] = ["--rate", "0"];

/// Longer than the server lets any request take (10 s): no answer within it is a hang.
const HANG: Duration = Duration::from_secs(20);

/// What somebody sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// A receipt.
    Receipt(Signed),
    /// A withdrawal by code.
    Code(Withdrawal),
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It is in the log: a promise.
    Confirmed(Logged),
    /// There is nothing left to withdraw.
    Done,
    /// 503: send it again.
    NotNow,
    /// No answer: the server is dead.
    Gone,
}

/// One data directory, its server in one life after the other, and what was promised in all of them.
#[derive(Debug)]
pub(crate) struct House {
    /// Above the folder: it ends before its data go.
    pub(crate) server: Server,
    site: RefCell<Option<(Site, VerifierKey)>>,
    promised: RefCell<Promised>,
    history: RefCell<History>,
    /// 503s so far.
    pub(crate) refused: Cell<u64>,
    pub(crate) folder: Folder,
}

#[derive(Debug, Default)]
struct Promised {
    /// Index and time of what was confirmed.
    places: HashMap<Digest, (u64, u64)>,
    /// Confirmed since the last check.
    recent: Vec<Digest>,
    /// Sent, and not confirmed.
    open: Vec<Sent>,
    /// Every checkpoint ever seen.
    checkpoints: BTreeMap<u64, Hash>,
}

impl House {
    /// Data that nobody has used yet, and no server.
    pub(crate) fn new() -> Self {
        let folder = Folder::new("crash");
        must(
            "a folder of pages",
            fs::create_dir(folder.path().join("pages")),
        );
        Self {
            server: Server::new(folder.path()),
            site: RefCell::default(),
            promised: RefCell::default(),
            history: RefCell::default(),
            refused: Cell::default(),
            folder,
        }
    }

    /// Starts the server, waits until it answers, reads who it is.
    pub(crate) async fn open(&self) {
        self.launch(&[]);
        self.server.is_up().await;
        self.recognise().await;
    }

    /// Starts the server, under another program if one is named, and waits for nothing.
    pub(crate) fn launch(&self, under: &[String]) {
        self.server.launch(under, &FLAGS);
    }

    /// The log's key never changes, whatever happened.
    pub(crate) async fn recognise(&self) {
        let bundle = self.server.get(&format!("/v1/sites/{SITE}")).await;
        let site: Site = must("the site bundle", serde_json::from_slice(&bundle.body));
        let vkey: VerifierKey = must("the log's key", site.log.vkey.parse());
        if let Some((_, known)) = &*self.site.borrow() {
            assert_eq!(known.to_string(), vkey.to_string(), "the log has its key");
        }
        self.site.replace(Some((site, vkey)));
    }

    /// The site's bundle.
    pub(crate) fn site(&self) -> Site {
        let site = self.site.borrow();
        site.as_ref().expect("a server that was open").0.clone()
    }

    fn vkey(&self) -> VerifierKey {
        let site = self.site.borrow();
        site.as_ref().expect("a server that was open").1.clone()
    }

    /// How many receipts were confirmed so far.
    pub(crate) fn confirmed(&self) -> usize {
        self.promised.borrow().places.len()
    }

    /// How many checkpoints were seen so far.
    pub(crate) fn checkpoints(&self) -> usize {
        self.promised.borrow().checkpoints.len()
    }

    /// Size and root of the log, as far as it was read.
    pub(crate) fn head(&self) -> (u64, Hash) {
        let history = self.history.borrow();
        (history.size(), history.root(history.size()))
    }

    /// The root over the first `size` entries.
    pub(crate) fn root(&self, size: u64) -> Hash {
        self.history.borrow().root(size)
    }

    /// Sends something for the first time, or something confirmed once more.
    pub(crate) async fn send(&self, sent: &Sent) -> Heard {
        let answer = self.ask(sent).await;
        let heard = self.judge(sent, answer, false);
        if matches!(heard, Heard::NotNow | Heard::Gone) {
            self.promised.borrow_mut().open.push(sent.clone());
        }
        heard
    }

    async fn ask(&self, sent: &Sent) -> io::Result<Answer> {
        let (path, media_type, body) = match sent {
            Sent::Receipt(signed) => ("receipts", "application/sd-jwt", signed.text.clone()),
            Sent::Code(code) => (
                "withdrawals",
                "application/json",
                must("a withdrawal", serde_json::to_string(code)),
            ),
        };
        let request = self
            .server
            .request("POST", &format!("/v1/sites/{SITE}/{path}"))
            .body(media_type, body)
            .attempt();
        timeout(HANG, request)
            .await
            .unwrap_or_else(|_| panic!("the server takes a request and does not answer it"))
    }

    /// What an answer means; every promise in it is noted. `again`: it was sent before, and what became of it is not known.
    fn judge(&self, sent: &Sent, answer: io::Result<Answer>, again: bool) -> Heard {
        let Ok(answer) = answer else {
            return Heard::Gone;
        };
        match answer.status {
            200 | 201 => Heard::Confirmed(self.note(sent, &answer, again)),
            503 => {
                answer.is_problem(Kind::Unavailable);
                self.refused.set(self.refused.get() + 1);
                Heard::NotNow
            }
            // An earlier attempt, or a later decision, has withdrawn it already.
            422 if again => {
                answer.is_problem(Kind::Withdrawal);
                Heard::Done
            }
            status => panic!("{status} is no answer to this: {}", answer.text()),
        }
    }

    fn note(&self, sent: &Sent, answer: &Answer, again: bool) -> Logged {
        let logged: Logged = must("the answer", serde_json::from_slice(&answer.body));
        if let Sent::Receipt(signed) = sent {
            assert_eq!(logged.receipt, signed.hash, "the answer is to this receipt");
        }
        let checkpoint = self.prove(&logged);
        let mut promised = self.promised.borrow_mut();
        promised.see(checkpoint);
        let place = (logged.index, logged.time);
        let before = promised.places.insert(logged.receipt, place);
        assert!(
            before.is_none_or(|before| before == place),
            "{} was promised {before:?}, and now {place:?}",
            logged.receipt
        );
        let new = before.is_none();
        assert!(
            new || answer.status == 200,
            "{} was confirmed before, and is logged as new",
            logged.receipt
        );
        assert!(
            !new || again || answer.status == 201,
            "{} was never sent before, and is said to be known",
            logged.receipt
        );
        if new {
            promised.recent.push(logged.receipt);
        }
        logged
    }

    /// The proof in an answer holds; gives its checkpoint.
    fn prove(&self, logged: &Logged) -> (u64, Hash) {
        let proof = must("a proof", Proof::parse(&logged.proof));
        let checkpoint = must("a proof", proof.verify(&self.vkey(), &logged.receipt));
        assert_eq!((proof.index, proof.entry.time), (logged.index, logged.time));
        (checkpoint.size, checkpoint.root)
    }

    /// Starts the server after its end, and checks that it has kept every promise.
    pub(crate) async fn reopen(&self) {
        self.open().await;
        self.holds().await;
        self.settle().await;
    }

    /// Every promise is kept: every confirmed receipt at its index, no receipt twice, every checkpoint ever seen consistent
    /// with the log, proofs that verify.
    pub(crate) async fn holds(&self) {
        assert!(
            !self.server.tells().contains("panicked"),
            "the server panicked:\n{}",
            self.server.last_words()
        );
        let vkey = self.vkey();
        let mut history = self.history.take();
        let head = history.follow(&self.server, &vkey).await;
        self.promised.borrow_mut().see((head.size, head.root));
        let recent = {
            let mut promised = self.promised.borrow_mut();
            for (receipt, (index, _)) in &promised.places {
                assert_eq!(
                    history.place(receipt),
                    Some(*index),
                    "{receipt} was confirmed at index {index}"
                );
            }
            for (size, root) in &promised.checkpoints {
                assert!(
                    *size <= history.size(),
                    "a checkpoint of {size} is forgotten"
                );
                assert_eq!(
                    history.root(*size),
                    *root,
                    "the checkpoint of {size} is contradicted"
                );
            }
            std::mem::take(&mut promised.recent)
        };
        self.history.replace(history);
        for receipt in recent {
            let path = format!("/v1/sites/{SITE}/receipts/{receipt}");
            let answer = self.server.get(&path).await;
            assert_eq!(answer.status, 200, "{receipt}: {}", answer.text());
            let logged: Logged = must("the answer", serde_json::from_slice(&answer.body));
            let checkpoint = self.prove(&logged);
            let mut promised = self.promised.borrow_mut();
            promised.see(checkpoint);
            assert_eq!(
                promised.places.get(&receipt),
                Some(&(logged.index, logged.time))
            );
        }
    }

    /// Sends again all that was not confirmed: it gets its place now, or has it already.
    pub(crate) async fn settle(&self) {
        let open = std::mem::take(&mut self.promised.borrow_mut().open);
        for sent in open {
            let known = match &sent {
                Sent::Receipt(signed) => self.history.borrow().place(&signed.hash),
                Sent::Code(_) => None,
            };
            let answer = self.ask(&sent).await;
            match (self.judge(&sent, answer, true), known) {
                (Heard::Confirmed(logged), Some(index)) => assert_eq!(logged.index, index),
                (Heard::Confirmed(_) | Heard::Done, None) => {}
                (heard, known) => panic!("sent again, in the log at {known:?}: {heard:?}"),
            }
        }
    }

    /// Forgets what was read of the log and reads all of it again, from its first entry on. Inside, `raspiska fsck` recomputes
    /// everything that the store has.
    pub(crate) async fn reread(&self) {
        self.history.take();
        self.holds().await;
        let (data, site) = (self.server.data(), place::site());
        let [data, site] = [&data, &site].map(|path| path.to_string_lossy());
        let said = self
            .server
            .says(&["fsck", "--data", &data, "--site", &site]);
        assert!(said.contains("All of it holds."), "{said}");
    }
}

impl Promised {
    /// Two checkpoints of one size have one root: another one would be a fork.
    fn see(&mut self, (size, root): (u64, Hash)) {
        let before = self.checkpoints.insert(size, root);
        assert!(
            before.is_none_or(|before| before == root),
            "two signed checkpoints of {size} entries contradict each other"
        );
    }
}
