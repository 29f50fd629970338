//! What the office's requests and answers look like. Times are UNIX milliseconds, hashes SHA-256 in base64url.

use std::collections::BTreeMap;

use raspiska_shared::{purpose::PurposeId, receipt::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::{
    duty, erasure,
    office::{Shown, Who},
};

/// A login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The account's name.
    #[schema(max_length = 64)]
    pub(crate) login: String,
    /// Its password.
    #[schema(value_type = String, max_length = 256)]
    pub(crate) password: Zeroizing<String>,
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub(crate) struct Began {
    /// What each request shows as `Authorization: Bearer`.
    #[schema(value_type = String)]
    pub(crate) token: Shown,
    /// Whose it is.
    pub(crate) session: Session,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// The account's name.
    login: String,
    /// The person's full name.
    name: String,
    /// `officer`, `auditor`, `hr` or `marketing`.
    role: &'static str,
    /// When the session ends.
    ends: u64,
}

impl From<&Who> for Session {
    fn from(who: &Who) -> Self {
        Self {
            login: who.login.clone(),
            name: who.name.clone(),
            role: who.role.word(),
            ends: who.ends,
        }
    }
}

/// Receipts that committed to personal data, in the order of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipts {
    pub(crate) receipts: Vec<Listed>,
    /// The index to ask on from; none: these are the last ones.
    pub(crate) next: Option<u64>,
}

/// A receipt without what it discloses.
#[derive(Serialize, ToSchema)]
pub(crate) struct Listed {
    /// Its index in the log.
    pub(crate) index: u64,
    /// Its hash.
    pub(crate) receipt: String,
    /// When it was received.
    pub(crate) time: u64,
    /// The pseudonym of whoever signed it.
    pub(crate) subject: String,
    /// The consent document.
    pub(crate) notice: String,
    /// Whose data: `site_user`, `candidate`, …
    pub(crate) category: &'static str,
    /// What holds now for each purpose that it decided: `given`, `refused` or `withdrawn`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) status: BTreeMap<PurposeId, State>,
    /// The fields whose files are here.
    pub(crate) files: Vec<String>,
}

/// What data are wanted for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// The purpose, one that the receipt gave.
    #[schema(max_length = 64)]
    pub(crate) purpose: String,
    /// One line for the access log.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

/// What a person wrote, by field.
#[derive(Serialize, ToSchema)]
pub(crate) struct Values {
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) values: BTreeMap<String, Shown>,
}

/// A withdrawal that the person told the operator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    /// How: `letter` or `call`.
    pub(crate) by: Means,
    /// What is withdrawn; none: everything that the receipt gave.
    pub(crate) purposes: Option<Vec<String>>,
}

/// How a person told.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Means {
    Call,
    Letter,
}

/// The access log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Accesses {
    pub(crate) accesses: Vec<Access>,
    /// The number to ask on after; none: these are the last ones.
    pub(crate) next: Option<u64>,
}

/// One look at personal data, or one that was refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct Access {
    /// Its number in the access log.
    pub(crate) number: u64,
    pub(crate) time: u64,
    /// Of an account; empty: whoever has the machine.
    pub(crate) login: String,
    pub(crate) site: String,
    pub(crate) receipt: String,
    pub(crate) purpose: String,
    pub(crate) reason: String,
    pub(crate) what: String,
}

/// What letters rest on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkFor {
    /// The purpose, one that the receipt gave.
    #[schema(max_length = 64)]
    pub(crate) purpose: String,
}

/// How whoever gets a letter ends it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Link {
    /// For the text.
    pub(crate) url: String,
    /// The header `List-Unsubscribe`.
    pub(crate) list_unsubscribe: String,
    /// The header `List-Unsubscribe-Post`.
    pub(crate) list_unsubscribe_post: &'static str,
}

/// Requests of data subjects.
#[derive(Serialize, ToSchema)]
pub(crate) struct Requests {
    pub(crate) requests: Vec<Request>,
}

/// A request, without what anybody wrote.
#[derive(Serialize, ToSchema)]
pub(crate) struct Request {
    /// Its number.
    pub(crate) number: String,
    /// What is asked for.
    pub(crate) kind: String,
    /// `new`, `in_progress`, `extended`, `answered`, `refused` or `closed`.
    pub(crate) state: &'static str,
    /// How it came: `page`, `letter` or `call`.
    pub(crate) by: &'static str,
    /// When it came.
    pub(crate) came: u64,
    /// The last day for an answer, on the operator's clock; none: the calendar does not reach so far.
    pub(crate) due: Option<String>,
    /// Days up to it, below zero when it is over.
    pub(crate) days_left: Option<i32>,
    /// The pseudonym of whoever asks, where a receipt was shown.
    pub(crate) subject: Option<String>,
    /// That receipt.
    pub(crate) receipt: Option<String>,
}

/// A request that came by letter or call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Brought {
    /// What is asked for.
    #[schema(max_length = 64)]
    pub(crate) kind: String,
    /// How it came: `letter` or `call`.
    #[schema(max_length = 16)]
    pub(crate) by: String,
    /// The day on which it came, `YYYY-MM-DD`; none: today.
    #[serde(default)]
    #[schema(max_length = 10)]
    pub(crate) came: String,
    /// The language of the answer.
    #[serde(default)]
    #[schema(max_length = 2)]
    pub(crate) lang: String,
    /// Who sent it, and where to answer.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub(crate) sender: String,
    /// What it says.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub(crate) text: String,
}

/// A request that was taken in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Taken {
    /// Its number.
    pub(crate) number: String,
    /// With both, whoever asked sees it on `/my/{site}`.
    pub(crate) code: String,
}

/// A request with everything that was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestRead {
    pub(crate) request: Request,
    /// The person's words; none: there were none, or they were destroyed.
    #[schema(value_type = Option<String>)]
    pub(crate) text: Option<Shown>,
    /// Who sent it, where no receipt was shown.
    #[schema(value_type = Option<String>)]
    pub(crate) sender: Option<Shown>,
    pub(crate) steps: Vec<RequestStep>,
}

/// What became of a request at one time.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestStep {
    pub(crate) state: &'static str,
    pub(crate) time: u64,
    /// Of an account; empty: the person, or the server by itself.
    pub(crate) login: String,
    /// Of a refusal.
    pub(crate) norm: String,
    /// What the person was told.
    #[schema(value_type = Option<String>)]
    pub(crate) text: Option<Shown>,
}

/// A step to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stepping {
    pub(crate) step: StepName,
    /// The notice, the answer or the reason.
    #[serde(default)]
    #[schema(value_type = String, max_length = 2000)]
    pub(crate) text: Shown,
    /// The norm of a refusal.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(crate) norm: String,
}

/// What is done with a request.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StepName {
    Answer,
    Close,
    Extend,
    Refuse,
    Take,
}

/// What has to be done, the most urgent first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duties {
    pub(crate) duties: Vec<Duty>,
}

/// One thing that has to be done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duty {
    /// Always the same for the same duty.
    id: String,
    /// `answer`, `destroy`, `stop`, …
    what: &'static str,
    /// `unknown`, `overdue`, `due_today`, `near`, `coming` or `done`.
    state: &'static str,
    /// The last day, or the last moment of a term in hours, at UTC+3; none: the calendar does not reach so far.
    due: Option<String>,
    /// Calendar days up to it, below zero when it is over.
    days_left: Option<i32>,
    /// The same in working days.
    working_days_left: Option<i32>,
    /// Where it is written.
    norm: String,
    /// The event that time runs from.
    event: &'static str,
    /// When that was.
    since: u64,
    /// The receipt that it is about.
    receipt: Option<String>,
    /// The purpose that it is about.
    purpose: Option<String>,
}

impl From<&duty::Duty> for Duty {
    fn from(duty: &duty::Duty) -> Self {
        Self {
            id: duty.id.to_string(),
            what: duty.what.word(),
            state: duty.state.word(),
            due: duty.binding().map(|deadline| deadline.to_string()),
            days_left: duty.days_left,
            working_days_left: duty.working_days_left,
            norm: duty.by.clone(),
            event: duty.event,
            since: duty.since,
            receipt: duty.receipt.map(|receipt| receipt.to_string()),
            purpose: duty.purpose.as_ref().map(ToString::to_string),
        }
    }
}

/// Something that happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stated {
    /// What: `applicant_refused`, `purpose_reached`, `contract_ended`, `blocked`, `unblocked`, `done`, `extended`, …
    #[schema(max_length = 64)]
    pub(crate) kind: String,
    /// When; none: now.
    pub(crate) time: Option<u64>,
    /// The receipt that it is about.
    #[schema(max_length = 64)]
    pub(crate) receipt: Option<String>,
    /// The purpose that it is about, if not all of the receipt's.
    #[schema(max_length = 64)]
    pub(crate) purpose: Option<String>,
    /// The duty that was done or is extended.
    #[schema(max_length = 64)]
    pub(crate) duty: Option<String>,
    /// SHA-256 of the notice that gives the reasons of an extension.
    #[schema(max_length = 64)]
    pub(crate) notice: Option<String>,
}

/// It is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Kept {
    /// Its id.
    pub(crate) id: String,
}

/// What has to be destroyed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ordered {
    /// The receipts, by hash, each once.
    #[schema(min_items = 1, max_items = 1000)]
    pub(crate) receipts: Vec<String>,
    /// `withdrawal`, `purpose-reached`, `term-ended`, `unlawful` or `not-needed`.
    #[schema(max_length = 64)]
    pub(crate) reason: String,
    /// Who processes on the operator's instruction, with the address; none: nobody.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) processor: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Outset {
    /// The act's number.
    pub(crate) act: String,
    /// Is nothing left in any file? If not, somebody still reads the store, and the server goes on by itself.
    pub(crate) done: bool,
    /// Receipts of which a copy is sealed as evidence, with the last day of it.
    pub(crate) sealed: BTreeMap<String, String>,
}

/// The receipts of an order of which a copy is sealed as evidence, with the last day of it.
pub(super) fn sealed(order: &erasure::Order) -> impl Iterator<Item = (String, String)> {
    order.receipts.iter().filter_map(|target| {
        let until = erasure::last_day(target.kept.as_ref()?.until);
        Some((target.receipt.to_string(), until))
    })
}

/// The acts of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct Acts {
    pub(crate) acts: Vec<Act>,
}

/// An act of destruction. No personal data of the people whose data they were.
#[derive(Serialize, ToSchema)]
pub(crate) struct Act {
    /// Its number.
    act: String,
    /// When it was ordered.
    ordered: u64,
    /// When it was done, the last time; none: not yet.
    done: Option<u64>,
    /// The login of who ordered it.
    by: String,
    /// The id of the reason.
    reason: String,
    /// The receipts whose values are destroyed.
    receipts: Vec<String>,
    /// Those of them of which a copy is sealed as evidence, with the last day of it.
    sealed: BTreeMap<String, String>,
    /// Is it about evidence that acts before it kept?
    evidence: bool,
    /// What certified tools said.
    tools: Vec<Tool>,
    /// The last day for which it has to be kept, where it is done.
    kept_until: Option<String>,
}

/// What a certified tool of destruction said.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) tool: String,
    /// The number of its certificate.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) certificate: String,
    /// Its result.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) result: String,
}

impl From<&erasure::Act> for Act {
    fn from(act: &erasure::Act) -> Self {
        let (order, tools) = (&act.order, act.tools.iter());
        let done = act.done.last().filter(|_| !act.pending);
        Self {
            act: order.act.to_string(),
            ordered: order.time,
            done: done.map(|done| done.time),
            by: order.by.clone(),
            reason: order.reason.id.clone(),
            receipts: order
                .receipts
                .iter()
                .map(|target| target.receipt.to_string())
                .collect(),
            sealed: sealed(order).collect(),
            evidence: order.evidence,
            tools: tools
                .map(|tool| Tool {
                    tool: tool.tool.clone(),
                    certificate: tool.certificate.clone(),
                    result: tool.result.clone(),
                })
                .collect(),
            kept_until: erasure::paper::kept_until(act),
        }
    }
}
