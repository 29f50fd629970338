//! A receiver of webhooks on a real socket: in any mood, and it remembers all that came.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use base64ct::{Base64, Encoding as _};
use raspiska_server::clock::Clock;
use sha2::{Digest as _, Sha256};

use crate::{
    house::{House, SITE, Scratch, demo_site, raspiska},
    refusals::copy,
};

/// Every event of the log.
pub(crate) const ALL: &str = r#"["consent.given", "consent.changed", "consent.withdrawn", "consent.expired", "data.erased"]"#;

/// One delivery as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Got {
    pub(crate) id: String,
    pub(crate) timestamp: u64,
    pub(crate) signature: String,
    pub(crate) body: Vec<u8>,
}

/// What the receiver does with a delivery.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Answers.
    Status(u16),
    /// Answers, with a header.
    With(u16, String),
    /// Never answers.
    Hang,
}

type Mood = Box<dyn Fn(&Got) -> Reply + Send>;

/// A receiver. It lives until the test ends.
pub(crate) struct Receiver {
    pub(crate) url: String,
    mood: Arc<Mutex<Mood>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    /// One that acknowledges everything.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mood: Arc<Mutex<Mood>> = Arc::new(Mutex::new(Box::new(|_| Reply::Status(204))));
        let got = Arc::default();
        let (own, all) = (Arc::clone(&mood), Arc::clone(&got));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mood, got) = (Arc::clone(&own), Arc::clone(&all));
                thread::spawn(move || listen(&stream.unwrap(), &mood, &got));
            }
        });
        Self {
            url: format!("http://{address}/consents"),
            mood,
            got,
        }
    }

    pub(crate) fn is(&self, reply: Reply) {
        self.answers(move |_| reply.clone());
    }

    pub(crate) fn answers(&self, mood: impl Fn(&Got) -> Reply + Send + 'static) {
        *self.mood.lock().unwrap() = Box::new(mood);
    }

    /// All that came.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// What it is called in a site.toml.
    pub(crate) fn config(&self, name: &str, events: &str) -> String {
        let url = &self.url;
        format!("\n[[hook]]\nname = \"{name}\"\nurl = \"{url}\"\nevents = {events}\n")
    }
}

impl Got {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Which of its signatures are by this secret. RFC 2104 and Standard Webhooks by hand: a second opinion.
    pub(crate) fn signed_by(&self, secret: &str) -> Vec<bool> {
        let key = Base64::decode_vec(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let pad = |with: u8| -> Vec<u8> {
            let filled = key.iter().copied().chain(std::iter::repeat(0)).take(64);
            filled.map(|byte| byte ^ with).collect()
        };
        let mut signed = format!("{}.{}.", self.id, self.timestamp).into_bytes();
        signed.extend(&self.body);
        let inner = Sha256::digest([pad(0x36), signed].concat());
        let mac = Sha256::digest([pad(0x5c), inner.to_vec()].concat());
        let expected = format!("v1,{}", Base64::encode_string(&mac));
        let signatures = self.signature.split(' ');
        signatures.map(|own| own == expected).collect()
    }
}

/// A clock that tests move.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(Clock::system().millis())))
    }

    pub(crate) fn clock(&self) -> Clock {
        let hands = Arc::clone(&self.0);
        Clock::new(move || hands.load(Ordering::SeqCst))
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst) / 1000
    }

    /// To this time, UNIX milliseconds.
    pub(crate) fn set(&self, millis: u64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    pub(crate) fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn back(&self, seconds: u64) {
        self.0.fetch_sub(seconds * 1000, Ordering::SeqCst);
    }
}

/// A hook's new secret, as the command makes and prints it.
pub(crate) fn secret(data: &Scratch, name: &str, flags: &[&str]) -> String {
    let data = data.0.to_str().unwrap();
    let mut arguments = vec!["hook", "secret", name, "--data", data, "--site", SITE];
    arguments.extend(flags);
    let (code, told, error) = raspiska(&arguments);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    told.trim_end().to_owned()
}

/// What a subcommand of `raspiska hook` says.
pub(crate) fn hook(data: &Scratch, arguments: &[&str]) -> String {
    let mut all = vec!["hook"];
    all.extend(arguments);
    all.extend(["--data", data.0.to_str().unwrap()]);
    let (code, told, error) = raspiska(&all);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{arguments:?}");
    told
}

/// A server over this folder whose site has these hooks; they have their secrets.
pub(crate) async fn told(data: Arc<Scratch>, hooks: &str, clock: Clock) -> House {
    let site = data.0.join("site");
    if !site.exists() {
        copy(&demo_site(), &site);
    }
    let config = fs::read_to_string(demo_site().join("site.toml")).unwrap();
    fs::write(site.join("site.toml"), config + hooks).unwrap();
    let change = |config: &mut raspiska_server::config::Config| config.sites = vec![site];
    House::open_in(data, change, clock).await.unwrap()
}

fn listen(stream: &TcpStream, mood: &Mutex<Mood>, got: &Mutex<Vec<Got>>) {
    let mut reader = BufReader::new(stream);
    while let Some(delivery) = read(&mut reader) {
        got.lock().unwrap().push(delivery.clone());
        let reply = mood.lock().unwrap()(&delivery);
        let (status, header) = match reply {
            Reply::Status(status) => (status, String::new()),
            Reply::With(status, header) => (status, format!("{header}\r\n")),
            Reply::Hang => {
                // Until the other side has enough of it.
                let _ = reader.read(&mut [0]);
                return;
            }
        };
        let answer = format!("HTTP/1.1 {status} X\r\n{header}Content-Length: 0\r\n\r\n");
        let mut writer = stream;
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Got> {
    let mut request = String::new();
    reader.read_line(&mut request).ok().filter(|&n| n > 0)?;
    assert_eq!(request, "POST /consents HTTP/1.1\r\n");
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let header = |name: &str| {
        let found: Vec<_> = headers.iter().filter(|(own, _)| own == name).collect();
        assert_eq!(found.len(), 1, "{name}: {headers:?}");
        found[0].1.clone()
    };
    assert_eq!(header("content-type"), "application/json");
    let mut body = vec![0; header("content-length").parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    Some(Got {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        signature: header("webhook-signature"),
        body,
    })
}
