//! Live is not ready: what each says while something is the matter.

use std::{
    os::unix::net::UnixDatagram,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use raspiska_server::{clock::Clock, router::operation_router};
use raspiska_shared::receipt::State;
use rusqlite::Connection;

use crate::{
    faulty::{Call, Fault},
    house::{Answer, House, Scratch, get, send},
    person::Person,
    start::{Process, command},
};

/// The status, and what is said of the site.
async fn health(house: &House) -> (u16, String) {
    said(&house.get("/healthz").await)
}

fn said(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("cache-control"), "no-store");
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let ready = answer.status == StatusCode::OK;
    assert_eq!(
        (&json["live"], &json["ready"]),
        (&true.into(), &ready.into())
    );
    let word = json["sites"]["jetcrm"].as_str().unwrap().to_owned();
    (answer.status.as_u16(), word)
}

async fn ready_gauge(house: &House) -> bool {
    let metrics = house.get("/metrics").await;
    let gauge = |value| format!("raspiska_ready{{site=\"jetcrm\"}} {value}");
    let (yes, no) = (
        metrics.text().contains(&gauge(1)),
        metrics.text().contains(&gauge(0)),
    );
    assert_ne!(yes, no, "{}", metrics.text());
    yes
}

async fn is_live(house: &House) {
    let live = house.get("/healthz/live").await;
    assert_eq!((live.status, live.text()), (StatusCode::OK, "ok\n"));
}

#[tokio::test]
async fn a_store_that_failed_is_looked_at_until_it_takes_writes_again() {
    let house = House::open().await;
    assert_eq!(health(&house).await, (200, "ready".to_owned()));
    assert!(ready_gauge(&house).await);
    let signed = Person::new(1).analytics(&house.site, State::Given);
    house.store.fail(Call::Append, Fault::Nothing);
    assert_eq!(house.post(&signed.text).await.kind(), "unavailable");
    assert!(!ready_gauge(&house).await);
    // The look is a write, and it fails too.
    house.store.fail(Call::Probe, Fault::Nothing);
    assert_eq!(health(&house).await, (503, "failing".to_owned()));
    assert!(house.store.has_failed());
    is_live(&house).await;
    // Nobody has to send a receipt for it to be ready again: a balancer that waits for that would wait for ever.
    let began = Instant::now();
    while health(&house).await.0 != 200 {
        assert!(began.elapsed() < Duration::from_secs(60), "not ready again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(ready_gauge(&house).await);
    house.log(&signed).await;
    // The probe has changed nothing.
    assert_eq!(house.audit().await.len(), 1);
}

#[tokio::test]
async fn a_head_that_cannot_be_read_is_not_ready() {
    let house = House::open().await;
    house.store.fail(Call::Head, Fault::Nothing);
    assert_eq!(health(&house).await, (503, "failing".to_owned()));
    assert_eq!(health(&house).await, (200, "ready".to_owned()));
}

#[tokio::test]
async fn a_damaged_log_is_not_ready_before_a_human_has_looked() {
    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    let db = Connection::open(house.data.0.join("store.sqlite")).unwrap();
    db.execute("UPDATE log SET size = 2", []).unwrap();
    // The first one meets a log that moved, the second one reads it anew.
    for _ in 0..2 {
        house
            .post(&Person::new(2).analytics(&house.site, State::Given).text)
            .await;
    }
    for _ in 0..2 {
        assert_eq!(health(&house).await, (503, "damaged".to_owned()));
    }
    is_live(&house).await;
}

#[tokio::test]
async fn a_log_without_its_thread_and_a_server_that_ends_are_not_ready() {
    let house = House::open().await;
    let app = house.app.clone();
    std::thread::spawn(move || app.stop()).join().unwrap();
    assert_eq!(health(&house).await, (503, "ended".to_owned()));
    is_live(&house).await;

    let house = House::open().await;
    house.app.begin_stop();
    assert_eq!(health(&house).await, (503, "stopping".to_owned()));
    is_live(&house).await;
    // What has begun is still served.
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
}

#[tokio::test]
async fn operation_may_have_an_address_of_its_own() {
    let apart = |config: &mut raspiska_server::config::Config| {
        config.operation_listen = Some("127.0.0.1:0".parse().unwrap());
    };
    let data = Arc::new(Scratch::new());
    let house = House::open_in(data, apart, Clock::system()).await.unwrap();
    let operation = operation_router(house.app.clone());
    for path in ["/healthz", "/healthz/live", "/metrics"] {
        assert_eq!(
            house.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
        let answer = send(&operation, get(path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    for path in [
        "/v1/sites/jetcrm",
        "/log/jetcrm/checkpoint",
        "/openapi.json",
    ] {
        let answer = send(&operation, get(path)).await;
        assert_eq!(answer.kind(), "not-found", "{path}");
        assert_eq!(house.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn every_count_says_what_it_is() {
    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    house.post("nonsense").await;
    let metrics = house.get("/metrics").await;
    let lines: Vec<&str> = metrics.text().lines().collect();
    let mut families = std::collections::BTreeSet::new();
    for line in lines
        .iter()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .into_iter()
            .find_map(|part| name.strip_suffix(part))
            .unwrap_or(name);
        for word in ["HELP", "TYPE"] {
            let head = format!("# {word} {family} ");
            assert!(lines.iter().any(|line| line.starts_with(&head)), "{head}");
        }
        families.insert(family);
    }
    let expected = [
        "process_start_time_seconds",
        "raspiska_batch_size",
        "raspiska_build_info",
        "raspiska_commit_duration_seconds",
        "raspiska_queue_length",
        "raspiska_ready",
        "raspiska_receipts_logged_total",
        "raspiska_refusals_total",
        "raspiska_request_duration_seconds",
        "raspiska_requests_total",
        "raspiska_tree_size",
    ];
    for family in expected {
        assert!(
            families.contains(family),
            "{family} is not in\n{}",
            metrics.text()
        );
    }
    let version = concat!(
        "raspiska_build_info{version=\"",
        env!("CARGO_PKG_VERSION"),
        "\"} 1"
    );
    assert!(lines.contains(&version));
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told_when_it_serves_and_when_it_ends() {
    let scratch = Scratch::new();
    // A path of 108 bytes is the longest that a socket may have; this name lies in the kernel's own space.
    let name = format!("raspiska-test-{}", std::process::id());
    let socket = {
        use std::os::{linux::net::SocketAddrExt as _, unix::net::SocketAddr};
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        UnixDatagram::bind_addr(&address).unwrap()
    };
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let heard = || {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let mut serve = command(&scratch.0.join("data"));
    serve
        .env("NOTIFY_SOCKET", format!("@{name}"))
        .args(["--operation-listen", "127.0.0.1:0"])
        .stdout(Stdio::null());
    let server = Process::spawn(serve);
    assert_eq!(heard(), "READY=1");
    let answer = server.exchange("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let (code, written) = server.end();
    assert_eq!(heard(), "STOPPING=1");
    assert_eq!(code, Some(0), "{written}");
    // The other address was served as well, and said where it is.
    assert!(written.contains("listening for operation"), "{written}");
}
