//! Requests, incidents, contracts: what is counted from an event that no receipt tells of.

use super::*;

#[test]
fn a_request_is_answered_in_ten_working_days_and_five_more_with_reasons() {
    let desk = Desk::new();
    let asked = Opened {
        id: Uuid::v7(5, [5; 10]),
        kind: Anchor::AccessRequested,
        time: at("2026-04-27T09:00"),
        subject: Some(subject(1)),
        number: String::new(),
    };
    let mut records = Records {
        requests: vec![asked],
        ..Records::default()
    };
    let answer = What::Task(Task::Answer);
    assert_eq!(
        desk.one(&records, "2026-04-28T12:00"),
        (answer, State::Coming, "2026-05-13".to_owned(), None)
    );
    let id = desk.find(&records, "2026-04-28T12:00").duties[0].id;
    let more = Fact {
        duty: Some(id),
        notice: Some(Digest::of(b"notice")),
        ..fact(1, "2026-05-13T18:00", FactKind::Extended)
    };
    records.facts = vec![more.clone()];
    assert_eq!(desk.one(&records, "2026-05-14T12:00").2, "2026-05-20");
    // Twice is once; without a notice, or too late, is never.
    records.facts = vec![
        more.clone(),
        Fact {
            id: Uuid::v7(2, [9; 10]),
            ..more.clone()
        },
    ];
    assert_eq!(desk.one(&records, "2026-05-14T12:00").2, "2026-05-20");
    for fact in [
        Fact {
            notice: None,
            ..more.clone()
        },
        Fact {
            time: at("2026-05-14T00:00"),
            ..more.clone()
        },
    ] {
        records.facts = vec![fact];
        assert_eq!(desk.one(&records, "2026-05-14T12:00").1, State::Overdue);
    }
    records.facts = vec![Fact {
        duty: Some(id),
        ..fact(3, "2026-05-12T12:00", FactKind::Done)
    }];
    assert_eq!(desk.one(&records, "2026-05-14T12:00").1, State::Done);
}

#[test]
fn an_incident_has_two_clocks_and_a_contract_two_ends() {
    let desk = Desk::new();
    let told = |facts: Vec<Fact>, now| {
        let records = Records {
            facts,
            ..Records::default()
        };
        let duties = find(&desk.book(), None, &records, at(now)).duties;
        let told = duties
            .into_iter()
            .map(|duty| (duty.what.word(), duty.due.unwrap().to_string(), duty.state));
        told.collect::<Vec<_>>()
    };
    let incident = vec![Fact {
        subject: None,
        ..fact(
            1,
            "2026-05-08T18:20",
            FactKind::Event(Anchor::IncidentFound),
        )
    }];
    assert_eq!(
        told(incident, "2026-05-09T18:21"),
        [
            ("notify", "2026-05-09 18:20".to_owned(), State::Overdue),
            ("report", "2026-05-11 18:20".to_owned(), State::Near),
        ]
    );
    let ended = Fact {
        subject: None,
        purpose: Some("client_instruction".parse().unwrap()),
        ..fact(
            1,
            "2026-01-31T12:00",
            FactKind::Event(Anchor::ContractEnded),
        )
    };
    assert_eq!(
        told(vec![ended], "2026-02-01T12:00"),
        [
            ("destroy", "2026-03-02".to_owned(), State::Coming),
            ("destroy_backups", "2026-07-31".to_owned(), State::Coming),
        ]
    );
    // The shorter of two terms for one task: 20(3) before 21(3).
    let unlawful = vec![Fact {
        subject: None,
        ..fact(
            1,
            "2026-06-01T12:00",
            FactKind::Event(Anchor::UnlawfulnessProved),
        )
    }];
    assert_eq!(
        told(unlawful, "2026-06-01T13:00"),
        [
            ("destroy", "2026-06-10".to_owned(), State::Coming),
            ("stop", "2026-06-04".to_owned(), State::Near),
        ]
    );
}

#[test]
fn a_year_without_a_calendar_is_said_first() {
    let desk = Desk::new();
    let asked = |number, time| Opened {
        id: Uuid::v7(5, [number; 10]),
        kind: Anchor::AccessRequested,
        time: at(time),
        subject: None,
        number: String::new(),
    };
    let records = Records {
        requests: vec![asked(1, "2026-02-01T12:00"), asked(2, "2026-12-25T12:00")],
        ..Records::default()
    };
    let mut duties = find(&desk.book(), None, &records, at("2026-12-26T12:00")).duties;
    Duty::sort(&mut duties);
    assert_eq!(
        [duties[0].state, duties[1].state],
        [State::Unknown, State::Overdue]
    );
    assert!(
        duties[0]
            .due
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("2027")
    );
}
