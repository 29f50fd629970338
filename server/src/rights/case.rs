//! A request from the day on which it came to its answer: NEW → IN PROGRESS → (EXTENDED) → ANSWERED or REFUSED → CLOSED.
//!
//! The person's words and the answer are sealed with the key of whoever asks, so that they are destroyed with everything else of that
//! person; where no receipt was shown, or that key is gone, with a key of the case's own.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    party::SubjectId,
    receipt::Uuid,
    site::Site,
    term::{Anchor, Deadline, TermError},
};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Kind;
use crate::{
    duty,
    law::Law,
    office::Shown,
    store::{Case, Channel, Fact, FactKind, Request, RequestState, Step, Store, StoreError, Which},
    vault::{SubjectKey, Vault, VaultError},
};

/// Longest text of a request or an answer, in characters.
pub(crate) const MAX_TEXT: usize = 2000;
/// Before the number in the digest that stands for a case's own key.
const HOLDER_LABEL: &str = "raspiska/case/v1";
/// The type of an answer, and the schema of what is in it.
const ANSWER_TYPE: &str = "raspiska-answer+jws";
const ANSWER_SCHEMA: &str = "urn:raspiska:answer:1";
/// RFC 4648 section 6: no digit looks like a letter.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Where cases of one site are worked on.
pub(crate) struct Cases<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) vault: &'a Vault,
    pub(crate) site: &'a Site,
    pub(crate) law: &'a Law,
    pub(crate) operator: &'a SigningKey,
    /// UNIX milliseconds.
    pub(crate) now: u64,
}

/// What somebody asks for.
pub(crate) struct Asking<'a> {
    pub(crate) kind: &'static Kind,
    pub(crate) text: &'a str,
    /// Who sent it, where no receipt was shown.
    pub(crate) sender: &'a str,
    pub(crate) lang: Lang,
    pub(crate) channel: Channel,
    /// UNIX milliseconds.
    pub(crate) came: u64,
    pub(crate) of: Option<(SubjectId, Digest)>,
    /// A login; empty: the person.
    pub(crate) by: &'a str,
}

/// What the person gets for it.
pub(crate) struct Ticketed {
    pub(crate) number: String,
    pub(crate) code: String,
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move<'a> {
    /// Work on it.
    Take,
    /// Take more time, and say why.
    Extend(&'a str),
    /// Answer.
    Answer(&'a str),
    /// Refuse, with the reason and the norm.
    Refuse(&'a str, &'a str),
    /// Nothing is left.
    Close,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaseError {
    #[error("somebody was first: the request has moved; look at it again")]
    Moved,
    #[error("its term cannot be extended: the norm allows it once, before the term is over")]
    NoMoreTime,
    #[error("a request that is {0} cannot become {1}")]
    Order(&'static str, &'static str),
    #[error("the system gives no random numbers: {0}")]
    Random(#[source] getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("write a text of 1 to {MAX_TEXT} characters")]
    Text,
    #[error("the request came in the future; correct the day")]
    Time,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("a refusal names its norm, in at most 200 characters")]
    Norm,
}

/// What is signed.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    site: &'a str,
    operator: &'a str,
    number: &'a str,
    request: &'a str,
    came: u64,
    answered: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    norm: &'a str,
    lang: Lang,
    text: &'a str,
}

impl Cases<'_> {
    /// Takes a request in.
    pub(crate) fn open(&self, asking: &Asking<'_>) -> Result<Ticketed, CaseError> {
        let is_short = |text: &str| text.chars().count() <= MAX_TEXT;
        if !is_short(asking.text) || !is_short(asking.sender) {
            return Err(CaseError::Text);
        }
        if asking.came > self.now {
            return Err(CaseError::Time);
        }
        let (number, code) = (draw(3)?, draw(5)?);
        let subject = asking.of.map(|(subject, _)| subject);
        let (holder, key, wrapped) = self.key(subject, &number)?;
        let place = place(&number);
        let seal = |name: &str, text: &str| match text {
            "" => Ok(None),
            text => key.seal(&place, name, text).map(Some),
        };
        let request = Request {
            code: Digest::of(code.as_bytes()),
            kind: asking.kind.id.clone(),
            came: asking.came,
            lang: asking.lang,
            channel: asking.channel,
            subject,
            receipt: asking.of.map(|(_, receipt)| receipt),
            holder,
            text: seal("text", asking.text.trim())?,
            sender: seal("sender", asking.sender.trim())?,
            number: number.clone(),
        };
        let first = self.step(RequestState::New, asking.by);
        let case = Case {
            request,
            steps: vec![first],
        };
        let facts = match subject {
            // 152-ФЗ art. 21(1): from the moment of the request.
            Some(_) if asking.kind.blocks => {
                self.facts(&case, FactKind::Event(Anchor::Blocked), None, asking.by)?
            }
            _ => Vec::new(),
        };
        self.store.open_request(
            &self.site.site,
            &case.request,
            &case.steps[0],
            wrapped.as_deref(),
            &facts,
        )?;
        Ok(Ticketed { number, code })
    }

    /// The case, if the code is its own.
    pub(crate) fn recognise(&self, number: &str, code: &str) -> Result<Option<Case>, StoreError> {
        let case = self.store.case(&self.site.site, number)?;
        let shown = Digest::of(code.as_bytes());
        Ok(case.filter(|case| {
            let own = case.request.code;
            shown.as_bytes().ct_eq(own.as_bytes()).into()
        }))
    }

    /// The last moment for an answer.
    pub(crate) fn due(&self, case: &Case) -> Option<Result<Deadline, TermError>> {
        due(self.law, case)
    }

    /// Takes a request one step on.
    pub(crate) fn go(&self, case: &Case, wanted: Move<'_>, by: &str) -> Result<(), CaseError> {
        let (from, to) = (case.state(), wanted.state());
        let fits = match to {
            RequestState::InProgress => from == RequestState::New,
            RequestState::Extended => from.is_open(),
            RequestState::Answered | RequestState::Refused => from.is_open(),
            RequestState::Closed => {
                matches!(from, RequestState::Answered | RequestState::Refused)
            }
            RequestState::New => false,
        };
        if !fits {
            return Err(CaseError::Order(from.word(), to.word()));
        }
        let mut step = self.step(to, by);
        let said = match wanted {
            Move::Take | Move::Close => None,
            Move::Extend(notice) => {
                self.may_extend(case)?;
                Some(Zeroizing::new(checked(notice)?.to_owned()))
            }
            Move::Answer(text) => Some(self.sign(case, &step, text, "")),
            Move::Refuse(reason, norm) => {
                if norm.trim().is_empty() || norm.chars().count() > 200 {
                    return Err(CaseError::Norm);
                }
                step.norm = norm.trim().to_owned();
                Some(self.sign(case, &step, checked(reason)?, norm.trim()))
            }
        };
        let mut wrapped = None;
        if let Some(said) = &said {
            let (holder, key, new) = self.key(case.request.subject, &case.request.number)?;
            let name = format!("step {}", case.steps.len());
            let sealed = key.seal(&place(&case.request.number), &name, said)?;
            step.text = Some((holder, sealed));
            wrapped = new;
        }
        let blocks = Kind::find(&case.request.kind).is_some_and(|kind| kind.blocks);
        let facts = match (wanted, &said) {
            // Its duties have more time, by a notice that gives reasons: 152-ФЗ art. 14(3).
            (Move::Extend(_), Some(notice)) => {
                let notice = Digest::of(notice.as_bytes());
                self.facts(case, FactKind::Extended, Some(notice), by)?
            }
            // The check found nothing. What was confirmed stays blocked until the office says that it is put right: art. 21(2).
            (Move::Refuse(..), _) if blocks && case.request.subject.is_some() => {
                self.facts(case, FactKind::Unblocked, None, by)?
            }
            _ => Vec::new(),
        };
        let (site, number, key) = (&self.site.site, &case.request.number, wrapped.as_deref());
        let after = case.steps.len();
        if self
            .store
            .add_step(site, number, after, &step, key, &facts)?
        {
            Ok(())
        } else {
            Err(CaseError::Moved)
        }
    }

    /// The person's words and who they are, or none where they were destroyed.
    pub(crate) fn words(&self, case: &Case) -> Result<[Option<Shown>; 2], CaseError> {
        let request = &case.request;
        let open = |name: &str, sealed: &Option<Vec<u8>>| match sealed {
            Some(sealed) => self.reveal(&request.number, request.holder, name, sealed),
            None => Ok(None),
        };
        Ok([
            open("text", &request.text)?,
            open("sender", &request.sender)?,
        ])
    }

    /// What was said to the person at a step: a notice as it was written, an answer as it was signed.
    pub(crate) fn said(&self, case: &Case, at: usize) -> Result<Option<Shown>, CaseError> {
        let text = case.steps.get(at).and_then(|step| step.text.as_ref());
        let Some((holder, sealed)) = text else {
            return Ok(None);
        };
        let name = format!("step {at}");
        self.reveal(&case.request.number, *holder, &name, sealed)
    }

    fn step(&self, state: RequestState, by: &str) -> Step {
        Step {
            state,
            time: self.now,
            by: by.to_owned(),
            norm: String::new(),
            text: None,
        }
    }

    /// The key that seals what is said about this case: of whoever asks, while there is one, else the case's own.
    fn key(
        &self,
        subject: Option<SubjectId>,
        number: &str,
    ) -> Result<(SubjectId, SubjectKey, Option<Vec<u8>>), CaseError> {
        let site = &self.site.site;
        let own = SubjectId(Digest::of(format!("{HOLDER_LABEL}\n{number}").as_bytes()));
        for holder in subject.into_iter().chain([own]) {
            if let Some(wrapped) = self.store.subject_key(site, &holder)? {
                let key = self.vault.unwrap_key(site, &holder, &wrapped)?;
                return Ok((holder, key, None));
            }
        }
        let (key, wrapped) = self.vault.subject_key(site, &own)?;
        Ok((own, key, Some(wrapped)))
    }

    fn reveal(
        &self,
        number: &str,
        holder: SubjectId,
        name: &str,
        sealed: &[u8],
    ) -> Result<Option<Shown>, CaseError> {
        let site = &self.site.site;
        let Some(wrapped) = self.store.subject_key(site, &holder)? else {
            return Ok(None);
        };
        let key = self.vault.unwrap_key(site, &holder, &wrapped)?;
        // Another key under the same name: the person was erased and came back.
        let Ok(text) = key.open(&place(number), name, sealed) else {
            return Ok(None);
        };
        let text = String::from_utf8(text.to_vec()).map_err(|_| VaultError::Open)?;
        Ok(Some(Zeroizing::new(text)))
    }

    fn may_extend(&self, case: &Case) -> Result<(), CaseError> {
        let norm = Kind::find(&case.request.kind).and_then(|kind| kind.norm(self.law));
        let mut steps = case.steps.iter();
        let before = steps.any(|step| step.state == RequestState::Extended);
        let over = match self.due(case) {
            Some(Ok(due)) => due.is_over(duty::local(self.now)),
            // No calendar: a person decides.
            _ => false,
        };
        if before || over || norm.is_none_or(|norm| norm.extension.is_none()) {
            return Err(CaseError::NoMoreTime);
        }
        Ok(())
    }

    /// What the office states about each duty of a request.
    fn facts(
        &self,
        case: &Case,
        kind: FactKind,
        notice: Option<Digest>,
        by: &str,
    ) -> Result<Vec<Fact>, CaseError> {
        let Some(opened) = opened(self.law, case) else {
            return Ok(Vec::new());
        };
        let editions = std::collections::BTreeMap::new();
        let book = duty::Book {
            site: &self.site.site,
            law: self.law,
            editions: &editions,
        };
        let records = duty::Records {
            requests: vec![opened],
            ..duty::Records::default()
        };
        let found = duty::find(&book, case.request.subject, &records, self.now);
        let fact = |duty: duty::Duty| {
            let mut random = [0; 10];
            getrandom::fill(&mut random).map_err(CaseError::Random)?;
            Ok(Fact {
                id: Uuid::v7(self.now, random),
                time: self.now,
                kind,
                subject: case.request.subject,
                receipt: None,
                purpose: None,
                duty: Some(duty.id),
                notice,
                by: by.to_owned(),
            })
        };
        found.duties.into_iter().map(fact).collect()
    }

    /// The answer as a JWS (RFC 7515 section 7.1) by the operator's key, which is in its header: www/spec/http.md, "Answers".
    fn sign(&self, case: &Case, step: &Step, text: &str, norm: &str) -> Shown {
        let request = &case.request;
        let answer = Answer {
            schema: ANSWER_SCHEMA,
            site: &self.site.site,
            operator: self.site.controller.name.get(request.lang),
            number: &request.number,
            request: &request.kind,
            came: request.came,
            answered: step.time,
            outcome: step.state.word(),
            norm,
            lang: request.lang,
            text,
        };
        let x = Base64UrlUnpadded::encode_string(self.operator.verifying_key().as_bytes());
        let header = format!(
            r#"{{"alg":"EdDSA","jwk":{{"crv":"Ed25519","kty":"OKP","x":"{x}"}},"typ":"{ANSWER_TYPE}"}}"#
        );
        // Strings and numbers always serialise.
        let payload = Zeroizing::new(serde_json::to_vec(&answer).unwrap_or_default());
        let mut jws = Zeroizing::new(Base64UrlUnpadded::encode_string(header.as_bytes()));
        jws.push('.');
        jws.push_str(&Zeroizing::new(Base64UrlUnpadded::encode_string(&payload)));
        let signature = self.operator.sign(jws.as_bytes());
        jws.push('.');
        jws.push_str(&Base64UrlUnpadded::encode_string(&signature.to_bytes()));
        jws
    }
}

impl Move<'_> {
    fn state(self) -> RequestState {
        match self {
            Self::Take => RequestState::InProgress,
            Self::Extend(_) => RequestState::Extended,
            Self::Answer(_) => RequestState::Answered,
            Self::Refuse(..) => RequestState::Refused,
            Self::Close => RequestState::Closed,
        }
    }
}

/// The last moment for an answer.
pub(crate) fn due(law: &Law, case: &Case) -> Option<Result<Deadline, TermError>> {
    let norm = Kind::find(&case.request.kind)?.norm(law)?;
    let event = duty::local(case.request.came);
    let due = norm.term.deadline(event, norm.off_day, &law.calendar);
    let mut steps = case.steps.iter();
    let extended = steps.any(|step| step.state == RequestState::Extended);
    Some(match (extended, norm.extension) {
        (true, Some(more)) => due.and_then(|due| more.extend(due, norm.off_day, &law.calendar)),
        _ => due,
    })
}

/// The text of an answer that we signed.
pub(crate) fn answer_text(jws: &str) -> Option<Shown> {
    #[derive(serde::Deserialize)]
    struct Text {
        text: String,
    }
    let payload = Zeroizing::new(Base64UrlUnpadded::decode_vec(jws.split('.').nth(1)?).ok()?);
    let text: Text = serde_json::from_slice(&payload).ok()?;
    Some(Zeroizing::new(text.text))
}

/// Requests that wait, as the duty engine takes them.
pub(crate) fn waiting(
    store: &dyn Store,
    law: &Law,
    site: &str,
) -> Result<Vec<duty::Opened>, StoreError> {
    let cases = store.cases(site, Which::Open)?;
    Ok(cases.iter().filter_map(|case| opened(law, case)).collect())
}

fn opened(law: &Law, case: &Case) -> Option<duty::Opened> {
    let norm = Kind::find(&case.request.kind)?.norm(law)?;
    let mut random = [0; 10];
    let digest = place(&case.request.number);
    random.copy_from_slice(digest.as_bytes().first_chunk::<10>()?);
    Some(duty::Opened {
        id: Uuid::v7(case.request.came, random),
        kind: norm.since,
        time: case.request.came,
        subject: case.request.subject,
        number: case.request.number.clone(),
    })
}

/// What stands for a case where texts are sealed.
fn place(number: &str) -> Digest {
    Digest::of(format!("raspiska/case/v1/text\n{number}").as_bytes())
}

fn checked(text: &str) -> Result<&str, CaseError> {
    let text = text.trim();
    if (1..=MAX_TEXT).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(CaseError::Text)
    }
}

/// Groups of four characters, 20 random bits each.
fn draw(groups: usize) -> Result<String, CaseError> {
    let mut bytes = vec![0; groups * 4];
    getrandom::fill(&mut bytes).map_err(CaseError::Random)?;
    let mut text = String::with_capacity(groups * 5);
    for (at, byte) in bytes.into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(BASE32[usize::from(byte & 31)]));
    }
    Ok(text)
}

/// Is it the number of a request, and not of a receipt?
pub(crate) fn is_number(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 3
        && groups
            .iter()
            .all(|group| group.len() == 4 && group.bytes().all(|byte| BASE32.contains(&byte)))
}
