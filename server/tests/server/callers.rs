//! Hostile callers on the wire. After each, the next honest one is served.

use crate::wire::{Port, SOON, statuses};

const RECEIPTS: &str =
    "POST /v1/sites/jetcrm/receipts HTTP/1.1\r\nHost: here\r\nContent-Type: application/sd-jwt\r\n";

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let port = Port::with(|bounds| bounds.head = SOON).await;
    let mut slow = port.caller().await;
    slow.writes("GET /healthz HTTP/1.1\r\nHost: here\r\nX: ")
        .await;
    // One that keeps writing gains nothing by it.
    let mut drip = port.caller().await;
    drip.writes("GET /healthz HTTP/1.1\r\n").await;
    let dripping = async {
        for _ in 0..1000 {
            drip.writes("X: y\r\n").await;
            tokio::time::sleep(SOON / 20).await;
            if drip.0.try_read(&mut [0; 1]).is_ok() {
                return true;
            }
        }
        false
    };
    let (answer, cut) = tokio::join!(slow.reads_to_the_end(), dripping);
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(cut, "a head that grows slowly is waited for");
    port.holds().await;
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_not_waited_for() {
    let port = Port::with(|bounds| bounds.request = SOON).await;
    let answer = port
        .says_to(format!("{RECEIPTS}Content-Length: 100\r\n\r\nabc"))
        .await;
    assert_eq!(statuses(&answer), [408], "{answer}");
    assert!(answer.contains("urn:raspiska:problem:timeout"), "{answer}");
    port.holds().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_so() {
    let port = Port::open().await;
    for framing in [
        "Content-Length: 100\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let mut caller = port.caller().await;
        caller.writes(format!("{RECEIPTS}{framing}")).await;
        caller.hangs_up().await;
        let answer = caller.reads_to_the_end().await;
        // Who has gone may get no answer; one that comes is clear.
        if !answer.is_empty() {
            assert_eq!(statuses(&answer), [400], "{answer}");
            assert!(answer.contains("problem:bad-request"), "{answer}");
        }
    }
    port.holds().await;
}

#[tokio::test]
async fn what_follows_a_body_is_the_next_request_and_nothing_else() {
    let port = Port::open().await;
    let answer = port
        .says_to(format!(
            "{RECEIPTS}Content-Length: 3\r\n\r\nabcdefgh\r\n\r\n"
        ))
        .await;
    assert_eq!(statuses(&answer), [400, 400], "{answer}");
    assert!(answer.contains("problem:form"), "{answer}");
    port.holds().await;
}

#[tokio::test]
async fn chunks_without_end_end_at_the_limit() {
    let port = Port::open().await;
    let mut caller = port.caller().await;
    caller
        .writes(format!("{RECEIPTS}Transfer-Encoding: chunked\r\n\r\n"))
        .await;
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    for _ in 0..33 {
        caller.writes(&chunk).await;
    }
    let answer = caller.reads_until("problem:too-large").await;
    assert_eq!(statuses(&answer), [413], "{answer}");
    for framing in [
        "FFFFFFFFFFFFFFFFF\r\nx",
        "-1\r\nx",
        "5 5\r\nabcde",
        "zz\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
    ] {
        let answer = port
            .says_to(format!(
                "{RECEIPTS}Transfer-Encoding: chunked\r\n\r\n{framing}"
            ))
            .await;
        assert_eq!(statuses(&answer), [400], "{framing:?}: {answer}");
    }
    port.holds().await;
}

#[tokio::test]
async fn heads_have_limits() {
    let port = Port::open().await;
    let long = |count| "x".repeat(count);
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    for (head, expected) in [
        (
            format!(
                "GET /healthz HTTP/1.1\r\nHost: here\r\nX: {}\r\n\r\n",
                long(17 * 1024)
            ),
            431,
        ),
        (
            format!("GET /healthz HTTP/1.1\r\nHost: here\r\n{many}\r\n"),
            431,
        ),
        (
            format!("GET /{} HTTP/1.1\r\nHost: here\r\n\r\n", long(17 * 1024)),
            431,
        ),
        (
            format!(
                "GET /healthz HTTP/1.1\r\nHost: here\r\n{}: y\r\n\r\n",
                long(17 * 1024)
            ),
            431,
        ),
    ] {
        let answer = port.says_to(&head).await;
        assert_eq!(statuses(&answer), [expected], "{}: {answer}", &head[..40]);
    }
    port.holds().await;
}

/// Where two readers could see different requests. RFC 9112 sections 5.1, 6.1, 6.3 and 11.2.
#[tokio::test]
async fn no_request_is_smuggled() {
    let port = Port::open().await;
    let hidden = "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n";
    for framing in [
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: 3, 4\r\n\r\nabcd",
        "Content-Length: +3\r\n\r\nabc",
        "Content-Length: 0x3\r\n\r\nabc",
        "Content-Length: -1\r\n\r\nabc",
        "Content-Length: 99999999999999999999\r\n\r\nabc",
        "Content-Length : 3\r\n\r\nabc",
        "Content-Length: 3\r\n 4\r\n\r\nabcd",
        "Transfer-Encoding: gzip\r\n\r\nabc",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "\x0bTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let answer = port.says_to(format!("{RECEIPTS}{framing}{hidden}")).await;
        assert_eq!(statuses(&answer), [400], "{framing:?}: {answer}");
    }
    // Chunks win over a length, and nothing after them is believed.
    for framing in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: chunked",
    ] {
        let answer = port
            .says_to(format!(
                "{RECEIPTS}{framing}\r\n\r\n3\r\nabc\r\n0\r\n\r\n{hidden}"
            ))
            .await;
        assert_eq!(statuses(&answer), [400], "{framing:?}: {answer}");
        assert!(answer.contains("problem:form"), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    }
    port.holds().await;
}

#[tokio::test]
async fn what_is_no_http_is_closed() {
    let port = Port::open().await;
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not a real one";
    let cases: [&[u8]; 7] = [
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/0.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        hello,
        b"\0\0\0\0\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: here\r\n\r\n\x01",
        b"SSH-2.0-client\r\n\r\n",
    ];
    for bytes in cases {
        let mut caller = port.caller().await;
        caller.writes(bytes).await;
        caller.hangs_up().await;
        let answer = caller.reads_to_the_end().await;
        assert!(!answer.contains(" 200 "), "{answer}");
        assert!(!answer.contains("HTTP/1.1 5"), "{answer}");
    }
    port.holds().await;
}

#[tokio::test]
async fn an_odd_target_is_an_address_with_nothing_at_it() {
    let port = Port::open().await;
    for (line, expected) in [
        ("OPTIONS * HTTP/1.1", [404].as_slice()),
        ("CONNECT example.org:443 HTTP/1.1", &[404]),
        ("GET http://example.org/healthz HTTP/1.1", &[200]),
        ("GET //healthz HTTP/1.1", &[404]),
        ("GET /healthz/../metrics HTTP/1.1", &[404]),
        ("GET /v1/sites/%00 HTTP/1.1", &[404]),
        ("GET /v1/sites/jetcrm%2freceipts HTTP/1.1", &[404]),
        ("GET /v1/sites/%zz HTTP/1.1", &[404]),
        ("GET /policy/%ff HTTP/1.1", &[400]),
        ("GET /s/%ff/raspiska.js HTTP/1.1", &[400]),
        ("GET /w/%ff HTTP/1.1", &[400]),
        ("BREW /healthz HTTP/1.1", &[405]),
        ("TRACE /healthz HTTP/1.1", &[405]),
        ("get /healthz HTTP/1.1", &[405]),
    ] {
        let answer = port
            .says_to(format!("{line}\r\nHost: here\r\nConnection: close\r\n\r\n"))
            .await;
        assert_eq!(statuses(&answer), expected, "{line}: {answer}");
        if expected != [200] {
            assert!(
                answer.contains("application/problem+json"),
                "{line}: {answer}"
            );
        }
        if expected == [405] {
            assert!(answer.contains("allow: GET,HEAD"), "{line}: {answer}");
        }
    }
    port.holds().await;
}

#[tokio::test]
async fn the_host_is_named_once_and_decides_nothing() {
    let port = Port::open().await;
    for (hosts, expected) in [
        ("", 400),
        ("Host: here\r\nHost: there\r\n", 400),
        ("Host: wrong.example\r\n", 200),
        ("Host: \r\n", 200),
    ] {
        let head = format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let answer = port.says_to(head).await;
        assert_eq!(statuses(&answer), [expected], "{hosts:?}: {answer}");
    }
    let old = port.says_to("GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200 OK"), "{old}");
    port.holds().await;
}

#[tokio::test]
async fn who_asks_before_sending_is_told_before_sending() {
    let port = Port::open().await;
    let mut caller = port.caller().await;
    caller
        .writes(format!(
            "{RECEIPTS}Content-Length: 32769\r\nExpect: 100-continue\r\n\r\n"
        ))
        .await;
    let answer = caller.reads_until("problem:too-large").await;
    assert_eq!(statuses(&answer), [413], "{answer}");

    let mut caller = port.caller().await;
    caller
        .writes(format!(
            "{RECEIPTS}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        ))
        .await;
    caller.reads_until("100 Continue").await;
    caller.writes("abc").await;
    let answer = caller.reads_until("problem:form").await;
    assert_eq!(statuses(&answer), [400], "{answer}");
    port.holds().await;
}

#[tokio::test]
async fn who_hangs_up_after_asking_is_answered() {
    let port = Port::open().await;
    let mut caller = port.caller().await;
    caller
        .writes("GET /v1/sites/jetcrm HTTP/1.1\r\nHost: here\r\n\r\n")
        .await;
    caller.hangs_up().await;
    let answer = caller.reads_to_the_end().await;
    assert_eq!(statuses(&answer), [200], "{answer}");
    assert!(answer.ends_with('}'), "all of it came");
    port.holds().await;
}

#[tokio::test]
async fn idle_connections_give_up_their_places() {
    let port = Port::with(|bounds| (bounds.connections, bounds.head) = (4, SOON)).await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        idle.push(port.caller().await);
    }
    // Behind three rounds of them, in the kernel's queue.
    let answer = port
        .says_to("GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(statuses(&answer), [200], "{answer}");
    drop(idle);
    port.holds().await;
}

#[tokio::test]
async fn who_asks_and_never_reads_gives_up_the_place() {
    let port = Port::with(|bounds| (bounds.connections, bounds.write) = (1, SOON)).await;
    let mut deaf = port.caller().await;
    // Far more than the sockets between the two can hold.
    let asking = async {
        let ask = "GET /policy/jetcrm HTTP/1.1\r\nHost: here\r\n\r\n".repeat(2000);
        deaf.writes(ask).await;
        std::future::pending::<()>().await;
    };
    let honest = port.says_to("GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    let answer = tokio::select! {
        () = asking => unreachable!("it never ends"),
        answer = honest => answer,
    };
    assert_eq!(statuses(&answer), [200], "{answer}");
    drop(deaf);
    port.holds().await;
}

#[tokio::test]
async fn a_flood_of_tiny_requests_is_answered_one_by_one() {
    const COUNT: usize = 4_000;
    let port = Port::open().await;
    let mut caller = port.caller().await;
    let mut seen = 0;
    for _ in 0..COUNT / 100 {
        let asks = "GET /v1/sites/x HTTP/1.1\r\nHost: h\r\n\r\n".repeat(99);
        let last = "GET /v1/sites/last/x HTTP/1.1\r\nHost: h\r\n\r\n";
        caller.writes(asks + last).await;
        let answers = caller.reads_until("nothing is at this address").await;
        seen += statuses(&answers).len();
    }
    assert_eq!(seen, COUNT);
    drop(caller);
    port.holds().await;
}
