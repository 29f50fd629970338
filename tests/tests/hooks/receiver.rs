//! The example of a receiver, as an operator would run it, told by the server as it is delivered.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use raspiska_shared::receipt::{Method, Signed, State};
use raspiska_tests::author::Author;
use raspiska_tests::http::Request;
use raspiska_tests::place::{self, Folder, SITE};
use raspiska_tests::server::Server;
use raspiska_tests::{judge, must, wait};

/// A server whose site has a hook, and the receiver of it.
struct House {
    server: Server,
    secret: String,
    receiver: Receiver,
    _folder: Folder,
}

/// The example at work; it ends with its owner.
struct Receiver {
    process: Child,
    port: u16,
    file: PathBuf,
}

impl Receiver {
    /// On a free port if that is 0.
    fn starts(port: u16, secret: &str, file: &Path) -> Self {
        let mut process = must(
            "the receiver",
            judge::node()
                .arg(place::root().join("www/examples/receiver.mjs"))
                .arg(port.to_string())
                .arg(file)
                .env("WEBHOOK_SECRET", secret)
                .stdout(Stdio::piped())
                .spawn(),
        );
        let mut line = String::new();
        let output = process.stdout.take().expect("its output is ours");
        let mut output = BufReader::new(output);
        must("the receiver listens", output.read_line(&mut line));
        let port = line.trim_end().strip_prefix("listening ");
        let port = must("its port", port.unwrap_or_default().parse());
        Self {
            process,
            port,
            file: file.to_owned(),
        }
    }

    /// As a power cut would end it.
    fn crashes(&mut self) {
        must("the receiver is killed", self.process.kill());
        must("the receiver ends", self.process.wait());
    }

    /// The types of what it has acknowledged.
    fn knows(&self) -> Vec<String> {
        let journal = fs::read_to_string(&self.file).unwrap_or_default();
        let lines = journal.lines().filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let entry: serde_json::Value = must("an entry", serde_json::from_str(line));
                entry["event"]["type"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    }

    /// Whether it lets this be processed.
    async fn allows(&self, subject: &str, purpose: &str) -> bool {
        let address = format!("127.0.0.1:{}", self.port);
        let path = format!("/?subject={subject}&purpose={purpose}");
        Request::new(&address, "GET", &path).send().await.text() == "given"
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl House {
    async fn open() -> Self {
        let folder = Folder::new("hooks");
        must("pages", fs::create_dir(folder.path().join("pages")));
        let server = Server::new(folder.path());
        let secret = server.says(&["hook", "secret", "crm", "--site", SITE, "--data", "data"]);
        let secret = secret.trim_end().to_owned();
        let receiver = Receiver::starts(0, &secret, &folder.path().join("journal"));
        let site = folder.path().join("site");
        place::copy(&place::site(), &site);
        let toml = site.join("site.toml");
        let mut text = must("site.toml", fs::read_to_string(&toml));
        text.push_str(&format!(
            "\n[[hook]]\nname = \"crm\"\nurl = \"http://127.0.0.1:{}/\"\nevents = [\"consent.given\", \"consent.changed\", \"consent.withdrawn\", \"consent.expired\", \"data.erased\"]\n",
            receiver.port
        ));
        must("site.toml", fs::write(&toml, text));
        server.start().await;
        Self {
            server,
            secret,
            receiver,
            _folder: folder,
        }
    }

    async fn logs(&self, signed: &Signed) {
        let answer = self.server.post_receipt(&signed.text).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    async fn learns(&self, types: &[&str]) {
        let wanted: Vec<String> = types.iter().map(ToString::to_string).collect();
        wait::equal("the receiver knows", wanted, async || self.receiver.knows()).await;
    }

    fn says(&self, arguments: &[&str]) -> String {
        let mut all = vec!["hook"];
        all.extend(arguments);
        all.extend(["--data", "data"]);
        self.server.says(&all)
    }
}

fn withdraws(author: &Author) -> Signed {
    author.signs(author.drafts(
        "cookies-analytics",
        Method::Withdraw,
        &[("analytics", State::Withdrawn)],
    ))
}

#[tokio::test]
async fn a_receiver_learns_of_a_yes_and_of_its_end() {
    let house = House::open().await;
    let author = Author::reads(&house.server).await;
    let given = author.gives("analytics");
    house.logs(&given).await;
    house.learns(&["consent.given"]).await;
    let journal = must("its journal", fs::read_to_string(&house.receiver.file));
    let entry: serde_json::Value = must("an entry", serde_json::from_str(journal.trim()));
    let subject = entry["event"]["data"]["subject"]
        .as_str()
        .expect("a subject");
    assert!(house.receiver.allows(subject, "analytics").await);
    assert!(house.receiver.allows(subject, "analytics/counter").await);
    assert!(!house.receiver.allows(subject, "ads").await);

    house.logs(&withdraws(&author)).await;
    house.learns(&["consent.given", "consent.withdrawn"]).await;
    assert!(!house.receiver.allows(subject, "analytics").await);
    assert!(!house.receiver.allows(subject, "analytics/counter").await);
    let acks = house.says(&["acks", &given.hash.to_string()]);
    assert_eq!(acks.matches("acknowledged ").count(), 2, "{acks}");

    // Everything once more: it knows the ids.
    house.says(&["replay", "crm", "--since", "0"]);
    wait::until("both are acknowledged again", async || {
        let acks = house.says(&["acks", &given.hash.to_string()]);
        (acks.matches("acknowledged ").count() == 4).then_some(())
    })
    .await;
    assert_eq!(house.receiver.knows().len(), 2);
    house.server.stop().await;
}

#[tokio::test]
async fn a_receiver_that_was_down_gets_everything_and_remembers_what_it_had() {
    let mut house = House::open().await;
    let author = Author::reads(&house.server).await;
    house.logs(&author.gives("analytics")).await;
    house.learns(&["consent.given"]).await;
    house.receiver.crashes();
    house.logs(&author.gives("ads")).await;
    house.logs(&withdraws(&author)).await;
    wait::until("the server notices", async || {
        house
            .server
            .tells()
            .contains("not acknowledged")
            .then_some(())
    })
    .await;
    // The server is killed as well: what was on its way is sent by the next one.
    house.server.crash();
    let Receiver { port, file, .. } = &house.receiver;
    house.receiver = Receiver::starts(*port, &house.secret, &file.clone());
    house.server.start().await;
    house
        .learns(&["consent.given", "consent.given", "consent.withdrawn"])
        .await;
    house.server.stop().await;
}

#[tokio::test]
async fn a_receiver_with_another_secret_takes_nothing() {
    let mut house = House::open().await;
    let author = Author::reads(&house.server).await;
    house.receiver.crashes();
    let Receiver { port, file, .. } = &house.receiver;
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    house.receiver = Receiver::starts(*port, other, &file.clone());
    let given = author.gives("analytics");
    house.logs(&given).await;
    wait::until("it refuses", async || {
        let acks = house.says(&["acks", &given.hash.to_string()]);
        acks.contains("waiting status 401").then_some(())
    })
    .await;
    assert_eq!(house.receiver.knows().len(), 0);
    // With both it takes what either has signed: so secrets change without a gap.
    house.receiver.crashes();
    let Receiver { port, file, .. } = &house.receiver;
    let both = format!("{other} {}", house.secret);
    house.receiver = Receiver::starts(*port, &both, &file.clone());
    house.learns(&["consent.given"]).await;
    house.server.stop().await;
}

/// What a stranger sends is refused by the same code.
#[tokio::test]
async fn a_receiver_refuses_what_is_unsigned_old_or_too_large() {
    let folder = Folder::new("hooks");
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let receiver = Receiver::starts(0, secret, &folder.path().join("journal"));
    let address = format!("127.0.0.1:{}", receiver.port);
    // The published example: a signature that holds, of a time long ago.
    let example = |signature: &str, body: &str| {
        Request::new(&address, "POST", "/")
            .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
            .header("webhook-timestamp", "1614265330")
            .header("webhook-signature", signature)
            .body("application/json", body)
    };
    const HOLDS: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let body = r#"{"test": 2432232314}"#;
    for (signature, body, status) in [
        (HOLDS, body, 400),
        (
            &format!("v1,AAAA v2,{} {HOLDS}", &HOLDS[3..])[..],
            body,
            400,
        ),
        (HOLDS, r#"{"test": 2432232315}"#, 401),
        (&HOLDS.replace("v1", "v2"), body, 401),
        (&HOLDS[..30], body, 401),
        ("", body, 401),
        ("v1", body, 401),
    ] {
        let answer = example(signature, body).send().await;
        assert_eq!(answer.status, status, "{signature}");
    }
    assert!(example(HOLDS, &"x".repeat(70_000)).attempt().await.is_err());
    assert_eq!(receiver.knows().len(), 0);
    let example = must(
        "the example",
        fs::read_to_string(place::root().join("www/examples/receiver.mjs")),
    );
    assert!(
        example.lines().count() <= 80 && example.lines().all(|line| line.chars().count() <= 160)
    );
}
