//! A tiny witness on the loopback: it checks what a witness has to check, C2SP tlog-witness, and can be told to lie.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, mpsc},
    thread,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use base64ct::{Base64, Encoding as _};
use ed25519_dalek::SigningKey;
use raspiska_server::clock::Clock;
use raspiska_shared::log::{
    checkpoint::Checkpoint,
    cosignature::{Cosigner, WitnessKey},
    note::{self, VerifierKey},
    tree::{EMPTY_ROOT, Hash, verify_consistency},
};

/// A witness, listening. It ends with its owner.
pub(crate) struct Witness {
    address: SocketAddr,
    memory: Arc<Mutex<Memory>>,
    _running: tokio::sync::oneshot::Sender<()>,
}

/// What it does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// What a witness does.
    Honest,
    /// Cosigns another text.
    OtherText,
    /// Signs with another key under its own name and id.
    OtherKey,
    /// Cosigns so many seconds from now.
    Late(i64),
    /// Cosigns at the time 0.
    Never,
    /// Answers 200 with these words.
    Says(&'static str),
    /// Answers with this status and no more.
    Status(u16),
    /// Answers 409 with a size that is each time another one.
    Restless,
    /// Answers 409 with the size that it was asked from.
    Echo,
    /// Answers 409 with this size.
    Claims(u64),
    /// Answers 200 with more than anybody reads.
    Endless,
    /// Never answers.
    Silent,
}

pub(crate) struct Memory {
    cosigner: Cosigner,
    /// Whose log it watches; none: it knows no log yet.
    log: Option<VerifierKey>,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) mood: Mood,
    /// Old size, new size and status of each request that it understood.
    pub(crate) asked: Vec<(u64, u64, u16)>,
}

impl Witness {
    /// A witness that knows no log. Its number is its key and its name.
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let memory = Arc::new(Mutex::new(Memory {
            cosigner: Cosigner::new(&format!("witness{number}.example"), key).unwrap(),
            log: None,
            size: 0,
            root: EMPTY_ROOT,
            mood: Mood::Honest,
            asked: Vec::new(),
        }));
        let router = Router::new()
            .route("/w/add-checkpoint", post(add_checkpoint))
            .with_state(Arc::clone(&memory));
        let (bound, address) = mpsc::channel();
        let (running, end) = tokio::sync::oneshot::channel::<()>();
        // In a thread of its own: it answers also while a test blocks.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                bound.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = end => {}
                }
            });
        });
        Self {
            address: address.recv().unwrap(),
            memory,
            _running: running,
        }
    }

    /// Its operator was given the log's key.
    pub(crate) fn trusts(&self, log: &VerifierKey) {
        self.memory().log = Some(log.clone());
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.memory().mood = mood;
    }

    pub(crate) fn key(&self) -> WitnessKey {
        self.memory().cosigner.vkey().clone()
    }

    /// Its lines of `site.toml`.
    pub(crate) fn config(&self) -> String {
        let (vkey, address) = (self.key(), self.address);
        format!("[[log.witness]]\nvkey = \"{vkey}\"\nurl = \"http://{address}/w\"\n")
    }
}

async fn add_checkpoint(State(memory): State<Arc<Mutex<Memory>>>, body: Bytes) -> Response {
    let mood = memory.lock().unwrap().mood;
    if mood == Mood::Silent {
        memory.lock().unwrap().asked.push((0, 0, 0));
        return std::future::pending().await;
    }
    let body = std::str::from_utf8(&body).unwrap_or_default();
    let Some((old, proof, note)) = parse(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let memory = &mut *memory.lock().unwrap();
    let new = note.lines().nth(1).unwrap_or_default().parse().unwrap_or(0);
    let response = match mood {
        Mood::Honest => memory.consider(old, &proof, note, 0),
        Mood::Late(seconds) => memory.consider(old, &proof, note, seconds),
        lie => memory.lie(lie, old, note),
    };
    let status = response.status().as_u16();
    memory.asked.push((old, new, status));
    response
}

/// Old size, consistency proof and checkpoint of a request.
fn parse(body: &str) -> Option<(u64, Vec<Hash>, &str)> {
    let (head, note) = body.split_once("\n\n")?;
    let mut lines = head.split('\n');
    let old = lines.next()?.strip_prefix("old ")?;
    let size: u64 = old
        .parse()
        .ok()
        .filter(|size: &u64| size.to_string() == old)?;
    let hash = |line: &str| Base64::decode_vec(line).ok()?.try_into().ok();
    let proof = lines.map(hash).collect::<Option<Vec<Hash>>>()?;
    (proof.len() <= 63).then_some((size, proof, note))
}

impl Memory {
    /// In the order of the spec: origin, signature, old size, proof; only then is anything remembered, and signed.
    fn consider(&mut self, old: u64, proof: &[Hash], note: &str, late: i64) -> Response {
        let log = self.log.as_ref();
        let Some(log) = log.filter(|log| note.lines().next() == Some(log.name())) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let Ok(checkpoint) = Checkpoint::open(note, log) else {
            return StatusCode::FORBIDDEN.into_response();
        };
        if old > checkpoint.size {
            return StatusCode::BAD_REQUEST.into_response();
        }
        if old != self.size {
            return conflict(self.size);
        }
        let (root, size) = (&checkpoint.root, checkpoint.size);
        if verify_consistency(old, size, proof, &self.root, root).is_err() {
            return StatusCode::UNPROCESSABLE_ENTITY.into_response();
        }
        (self.size, self.root) = (size, *root);
        let now = Clock::system().seconds();
        self.line(note, now.saturating_add_signed(late))
            .into_response()
    }

    fn lie(&self, mood: Mood, old: u64, note: &str) -> Response {
        let now = Clock::system().seconds();
        match mood {
            Mood::OtherText => self
                .line(&note.replacen('\n', "\n1", 1), now)
                .into_response(),
            Mood::OtherKey => {
                let other = SigningKey::from_bytes(&[0xee; 32]);
                let other = Cosigner::new(self.cosigner.vkey().name(), other).unwrap();
                let (text, _) = note::parse(note).unwrap();
                let forged = other.cosign(text, now);
                let own = self.line(note, now);
                // The name and id of its own line, the signature of the other.
                let blob = |line: &str| {
                    let base64 = line.trim_end().rsplit(' ').next().unwrap();
                    Base64::decode_vec(base64).unwrap()
                };
                let mixed = [&blob(&own)[..4], &blob(&forged)[4..]].concat();
                let name = self.cosigner.vkey().name();
                format!("\u{2014} {name} {}\n", Base64::encode_string(&mixed)).into_response()
            }
            Mood::Never => self.line(note, 0).into_response(),
            Mood::Says(words) => words.into_response(),
            Mood::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Mood::Restless => conflict(u64::from(old == 0)),
            Mood::Echo => conflict(old),
            Mood::Claims(size) => conflict(size),
            Mood::Endless => "\u{2014} ".repeat(100_000).into_response(),
            Mood::Honest | Mood::Late(_) | Mood::Silent => unreachable!("no lie"),
        }
    }

    /// Its line under a note.
    fn line(&self, note: &str, time: u64) -> String {
        let (text, _) = note::parse(note).unwrap();
        self.cosigner.cosign(text, time)
    }
}

fn conflict(size: u64) -> Response {
    let media_type = [(header::CONTENT_TYPE, "text/x.tlog.size")];
    (StatusCode::CONFLICT, media_type, format!("{size}\n")).into_response()
}
