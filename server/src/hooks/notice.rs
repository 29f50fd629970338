//! What a notice says to other systems: that somebody asked for something, that a duty's last day is near. No personal data.

use raspiska_shared::{
    digest::Digest,
    party::SubjectId,
    purpose::PurposeId,
    term::{Deadline, NormId},
};
use serde::Serialize;

use super::{Envelope, event::Event};
use crate::{
    clock::moment,
    duty::{Duty, Watch},
    law::Law,
    rights,
    store::{Case, EventKind, Notice, Store, StoreError, Waiting},
};

#[derive(Serialize)]
struct Opened<'a> {
    site: &'a str,
    request: &'a str,
    kind: &'a str,
    channel: &'static str,
    came: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Deadline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    norm: Option<&'a NormId>,
}

#[derive(Serialize)]
struct Near<'a> {
    site: &'a str,
    duty: Digest,
    what: &'static str,
    event: &'static str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a PurposeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Deadline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    norm: Option<&'a NormId>,
}

/// The event that a notice is; none: there is nothing left to tell, as the duty was done meanwhile.
pub(super) fn event_of(
    site: &str,
    place: u64,
    notice: &Notice,
    store: &dyn Store,
    watch: &Watch,
) -> Result<Option<Event>, StoreError> {
    let body = if notice.kind == EventKind::RequestOpened {
        let case = store.case(site, &notice.about)?;
        let case = case.ok_or(StoreError::Damaged("a notice is about no request"))?;
        opened(site, notice, &case, watch.law())
    } else {
        let Some(duty) = watch.duty_of(site, notice)? else {
            return Ok(None);
        };
        near(site, notice, &duty)
    };
    let id = notice_id(notice.kind, &notice.about);
    Ok(Some(Event {
        waiting: waiting(place, notice),
        receipt: stand_in(&id),
        id,
        body,
    }))
}

/// What waits in the store for a notice at this place.
pub(crate) fn waiting(place: u64, notice: &Notice) -> Waiting {
    Waiting {
        kind: notice.kind,
        index: place,
        subject: notice.subject,
        time: notice.time,
    }
}

/// The same at every attempt and for every hook. No full stop, as in those of the log.
pub(crate) fn notice_id(kind: EventKind, about: &str) -> String {
    format!("{}_{about}", kind.word().replace('.', "-"))
}

/// What an id is about, if it is one of a notice.
pub(crate) fn notice_of(id: &str) -> Option<(EventKind, &str)> {
    let (word, about) = id.split_once('_')?;
    let kind = EventKind::from_word(&word.replace('-', "."))?;
    kind.is_notice().then_some((kind, about))
}

/// What stands in acknowledgements where others have their receipt.
pub(crate) fn stand_in(id: &str) -> Digest {
    Digest::of(id.as_bytes())
}

fn opened(site: &str, notice: &Notice, case: &Case, law: &Law) -> Vec<u8> {
    let request = &case.request;
    let kind = rights::Kind::find(&request.kind);
    bytes(
        notice,
        Opened {
            site,
            request: &request.number,
            kind: &request.kind,
            channel: request.channel.word(),
            came: moment(request.came),
            subject: request.subject,
            receipt: request.receipt,
            due: rights::due(law, case).and_then(Result::ok),
            norm: kind.and_then(|kind| kind.norm(law)).map(|norm| &norm.id),
        },
    )
}

fn near(site: &str, notice: &Notice, duty: &Duty) -> Vec<u8> {
    bytes(
        notice,
        Near {
            site,
            duty: duty.id,
            what: duty.what.word(),
            event: duty.event,
            since: moment(duty.since),
            subject: duty.subject,
            receipt: duty.receipt,
            purpose: duty.purpose.as_ref(),
            request: duty.request.as_deref(),
            due: duty.binding(),
            norm: duty.norm.as_ref(),
        },
    )
}

fn bytes(notice: &Notice, data: impl Serialize) -> Vec<u8> {
    let body = Envelope {
        r#type: notice.kind.word(),
        timestamp: moment(notice.time),
        data,
    };
    // Strings always serialise.
    serde_json::to_vec(&body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use raspiska_shared::{lang::Lang, receipt::Uuid, term::Anchor};

    use super::*;
    use crate::{
        duty,
        store::{Channel, Request},
    };

    #[test]
    fn an_id_says_what_it_is_about_and_has_no_full_stop() {
        let kinds = EventKind::ALL.into_iter().filter(|kind| kind.is_notice());
        for kind in kinds {
            let id = notice_id(kind, "AAAA-BBBB_CC-D");
            assert_eq!(notice_of(&id), Some((kind, "AAAA-BBBB_CC-D")));
            assert!(!id.contains('.'));
        }
        for id in ["", "x", "duty-near", "consent-given_x", "5_duty-near_x"] {
            assert_eq!(notice_of(id), None, "{id}");
        }
    }

    /// The examples of `www/spec/hooks.md`.
    #[test]
    fn the_published_examples_are_made_of_real_bytes() {
        const NOON: u64 = 1_796_115_600_000;
        let page = include_str!("../../../www/spec/hooks.md");
        let law = Law::read(None).unwrap();
        let (number, digest) = ("26V7-XX6A-MXH7", |text: &str| text.parse().unwrap());
        let subject = SubjectId(digest("UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4"));
        let receipt = digest("4i6ST-rDRdWhOEbr2hO_HL55Z-mbl8x_vHNGHQpa98s");
        let request = Request {
            number: number.to_owned(),
            code: receipt,
            kind: "access".to_owned(),
            came: NOON,
            lang: Lang::Ru,
            channel: Channel::Page,
            subject: Some(subject),
            receipt: Some(receipt),
            holder: subject,
            text: None,
            sender: None,
        };
        let opened_at = duty::Opened {
            id: Uuid::v7(NOON, [0; 10]),
            kind: Anchor::AccessRequested,
            time: NOON,
            subject: Some(subject),
            number: number.to_owned(),
        };
        let case = Case {
            request,
            steps: Vec::new(),
        };
        let notice = |kind, time| Notice {
            hook: None,
            kind,
            about: number.to_owned(),
            subject,
            time,
        };
        let told = notice(EventKind::RequestOpened, NOON);
        let example = opened("acme", &told, &case, &law);
        let example = String::from_utf8(example).unwrap();
        assert!(page.contains(&example), "{example}");

        let book = duty::Book {
            site: "acme",
            law: &law,
            editions: &std::collections::BTreeMap::new(),
        };
        let records = duty::Records {
            requests: vec![opened_at],
            ..duty::Records::default()
        };
        let later = NOON + 11 * 24 * 60 * 60 * 1000;
        let found = duty::find(&book, Some(subject), &records, later);
        let told = notice(EventKind::DutyNear, later);
        let example = near("acme", &told, &found.duties[0]);
        let example = String::from_utf8(example).unwrap();
        assert!(page.contains(&example), "{example}");
    }
}
