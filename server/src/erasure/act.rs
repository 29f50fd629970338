//! The record of one erasure: what was ordered, when it was done, and what a certified tool said. No personal data of the
//! people whose data they were.

use std::{collections::BTreeMap, fmt, str::FromStr};

use raspiska_shared::{digest::Digest, party::SubjectId};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::norms::Reason;
use crate::{site::day, store::Mark};

/// The number of an act: the day and eight hexadecimal digits of its first statement's hash. Two servers, or a restored one,
/// never give the same number to two erasures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ActId(String);

/// Not the number of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an act's number is like 20270115-0a1b2c3d: take it from the list of acts")]
pub struct ActIdError;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Line {
    /// This has to be destroyed. Durable before anything is.
    Order(Box<Order>),
    /// A store from before came back, and has it all again.
    Again(Again),
    /// It is destroyed, and nothing of it was found.
    Done(Done),
    /// A certified tool was run.
    Tool(Tool),
}

/// What has to be destroyed, by whom and why: everything that the act says, as it was on that day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its number.
    pub act: ActId,
    /// The site.
    pub site: String,
    /// When it was ordered, UNIX milliseconds.
    pub time: u64,
    /// Name and address of the operator.
    pub operator: String,
    /// Who processes on the operator's instruction; none: nobody.
    pub processor: Option<String>,
    /// Login of who destroys.
    pub by: String,
    /// Their full name.
    pub name: String,
    /// The system.
    pub system: String,
    /// How.
    pub way: String,
    /// Why.
    pub reason: Reason,
    /// Whose values.
    pub receipts: Vec<Target>,
    /// Is it about what acts before it kept as evidence?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evidence: bool,
}

/// Evidence that an act keeps of one receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The first moment at which it has to go, UNIX milliseconds.
    pub until: u64,
    /// On what ground, by the site's directory of that day.
    pub norm: String,
}

/// The values of one receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The receipt.
    pub receipt: Digest,
    /// Whose it is, by pseudonym.
    pub subject: SubjectId,
    /// Whose data, in the policy's words.
    pub category: String,
    /// Which data, by the policy that the person agreed to.
    pub data: Vec<String>,
    /// The names of the destroyed values, which are ids of form fields.
    pub values: Vec<String>,
    /// Where in the log the receipt is: the rows of the store have this index.
    pub index: u64,
    /// The operator's signed statement.
    pub statement: String,
    /// By these its remains are found.
    pub marks: Vec<Mark>,
    /// What is kept of it as evidence; none: it is destroyed in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// It has to be done once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    pub(crate) act: ActId,
    pub(crate) time: u64,
}

/// It was done, and the files were searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The act.
    pub act: ActId,
    /// When the search had found nothing, UNIX milliseconds.
    pub time: u64,
    /// How many bytes were searched.
    pub bytes: u64,
    /// Remains had to be written over.
    pub rewritten: bool,
}

/// What the operator's certified tool of destruction said (152-ФЗ art. 19(2)3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// The act.
    pub act: ActId,
    /// When it was noted, UNIX milliseconds.
    pub time: u64,
    /// Login of who noted it.
    pub by: String,
    /// The tool.
    pub tool: String,
    /// The number of its certificate.
    pub certificate: String,
    /// Its result.
    pub result: String,
}

/// One act with all that was noted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Act {
    /// What was to be destroyed.
    pub order: Order,
    /// When it was done: the first time, and after each restore that had brought it back.
    pub done: Vec<Done>,
    /// What certified tools said.
    pub tools: Vec<Tool>,
    /// Is it still to be done, or to be done once more?
    pub pending: bool,
}

/// All acts, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger(pub BTreeMap<ActId, Act>);

/// A line about an act that was never ordered, or ordered in two ways.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LedgerError {
    /// What it is about is not there.
    #[error("it is about act {0}, which no line before it orders")]
    Unknown(ActId),
    /// Two orders with one number.
    #[error("it orders act {0} once more, and differently")]
    Other(ActId),
}

impl ActId {
    pub(super) fn new(millis: u64, statement: &Digest) -> Self {
        let day = day(millis / 1000).replace('-', "");
        let [a, b, c, d, ..] = statement.as_bytes();
        Self(format!("{day}-{a:02x}{b:02x}{c:02x}{d:02x}"))
    }
}

impl FromStr for ActId {
    type Err = ActIdError;

    fn from_str(text: &str) -> Result<Self, ActIdError> {
        let (day, hash) = text.split_once('-').ok_or(ActIdError)?;
        let digits = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
        let hex = hash.len() == 8
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if digits && hex {
            Ok(Self(text.to_owned()))
        } else {
            Err(ActIdError)
        }
    }
}

impl fmt::Display for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ActId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Ledger {
    /// Takes one more line. A line that is there twice counts once: two journals may be put one behind the other.
    pub(crate) fn take(&mut self, line: Line) -> Result<(), LedgerError> {
        if let Line::Order(order) = line {
            let act = self.0.entry(order.act.clone()).or_insert_with(|| Act {
                order: (*order).clone(),
                done: Vec::new(),
                tools: Vec::new(),
                pending: true,
            });
            return if act.order == *order {
                Ok(())
            } else {
                Err(LedgerError::Other(order.act))
            };
        }
        let id = match &line {
            Line::Again(Again { act, .. }) | Line::Done(Done { act, .. }) => act,
            Line::Tool(tool) => &tool.act,
            Line::Order(order) => &order.act,
        };
        let unknown = || LedgerError::Unknown(id.clone());
        let act = self.0.get_mut(id).ok_or_else(unknown)?;
        match line {
            Line::Again(_) => act.pending = true,
            Line::Done(done) => {
                act.pending = false;
                if !act.done.contains(&done) {
                    act.done.push(done);
                }
            }
            Line::Tool(tool) if !act.tools.contains(&tool) => act.tools.push(tool),
            Line::Tool(_) | Line::Order(_) => {}
        }
        Ok(())
    }

    /// The act under which the values of a receipt were, or are to be, destroyed.
    #[must_use]
    pub fn of_receipt(&self, receipt: &Digest) -> Option<&Act> {
        self.about(receipt, false)
    }

    /// The act under which the evidence of a receipt was, or is to be, destroyed.
    #[must_use]
    pub fn of_evidence(&self, receipt: &Digest) -> Option<&Act> {
        self.about(receipt, true)
    }

    /// What has to be there as evidence of a receipt; none: nothing was kept, or it was destroyed since.
    #[must_use]
    pub fn kept(&self, receipt: &Digest) -> Option<&Kept> {
        if self.of_evidence(receipt).is_some() {
            return None;
        }
        let mut targets = self.of_receipt(receipt)?.order.receipts.iter();
        let target = targets.find(|target| target.receipt == *receipt)?;
        target.kept.as_ref()
    }

    fn about(&self, receipt: &Digest, evidence: bool) -> Option<&Act> {
        let has = |act: &&Act| {
            let mut targets = act.order.receipts.iter();
            act.order.evidence == evidence && targets.any(|target| target.receipt == *receipt)
        };
        self.0.values().find(has)
    }
}
