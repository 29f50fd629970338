//! What is asked for, made into an order: everything that the act will say is gathered while it is still there.

use std::collections::HashSet;

use raspiska_shared::{
    digest::Digest,
    lang::{Lang, Localized},
    receipt::{Method, Payload},
};

use super::{
    ErasureError, ORDER_179, Reason,
    act::{ActId, Ledger, Order, Target},
    evidence,
};
use crate::{
    app::{App, SiteState},
    standing, statement,
    store::Mark,
};

/// Most receipts of one act: a page that a person signs, and a line of the journal of some MiB.
pub const MAX_RECEIPTS: usize = 1000;

/// Longest name, in characters.
const MAX_NAME: usize = 255;

/// An erasure that somebody asks for.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The receipts whose values are destroyed.
    pub receipts: &'a [Digest],
    /// Id of the reason, of those in `www/acts/order-179.toml`.
    pub reason: &'a str,
    /// Login of who destroys.
    pub by: &'a str,
    /// Their full name, for the act.
    pub name: &'a str,
    /// Who processes on the operator's instruction, with the address; none: nobody.
    pub processor: Option<&'a str>,
}

impl Request<'_> {
    pub(super) fn order(
        &self,
        app: &App,
        site: &SiteState,
        ledger: &Ledger,
    ) -> Result<Order, ErasureError> {
        let reason = self.checked()?;
        let time = app.clock().millis();
        let mut targets = Vec::with_capacity(self.receipts.len());
        for receipt in self.receipts {
            if let Some(act) = ledger.of_receipt(receipt) {
                return Err(ErasureError::Already(*receipt, act.order.act.clone()));
            }
            targets.push(target(app, site, receipt, reason, time)?);
        }
        self.filled(site, reason, time, targets)
    }

    /// An order about the evidence of these receipts.
    pub(super) fn evidence_order(
        &self,
        app: &App,
        site: &SiteState,
        ledger: &Ledger,
    ) -> Result<Order, ErasureError> {
        let reason = self.checked()?;
        let time = app.clock().millis();
        let mut targets = Vec::with_capacity(self.receipts.len());
        for receipt in self.receipts {
            targets.push(evidence::target(app, site, ledger, receipt, reason, time)?);
        }
        let mut order = self.filled(site, reason, time, targets)?;
        order.evidence = true;
        Ok(order)
    }

    /// The reason, of a request that an act can be made of.
    fn checked(&self) -> Result<&'static Reason, ErasureError> {
        let texts = [Some(self.by), Some(self.name), self.processor];
        if !texts.into_iter().flatten().all(is_line) {
            return Err(ErasureError::Person);
        }
        let reasons = &ORDER_179.reasons;
        let reason = reasons
            .iter()
            .find(|reason| reason.id == self.reason)
            .ok_or_else(|| ErasureError::Reason(self.reason.to_owned()))?;
        let distinct: HashSet<_> = self.receipts.iter().collect();
        if distinct.len() != self.receipts.len() || !(1..=MAX_RECEIPTS).contains(&distinct.len()) {
            return Err(ErasureError::Receipts);
        }
        Ok(reason)
    }

    /// With all that the act will say; each target with the hash of its statement.
    fn filled(
        &self,
        site: &SiteState,
        reason: &Reason,
        time: u64,
        targets: Vec<(Target, Digest)>,
    ) -> Result<Order, ErasureError> {
        let first = targets.first().map(|(_, hash)| *hash);
        let receipts: Vec<Target> = targets.into_iter().map(|(target, _)| target).collect();
        let way = if receipts.iter().any(|target| target.kept.is_some()) {
            evidence::way()
        } else {
            ORDER_179.way.clone()
        };
        Ok(Order {
            act: ActId::new(time, &first.ok_or(ErasureError::Receipts)?),
            site: site.loaded.site.site.clone(),
            time,
            operator: operator(site),
            processor: self.processor.map(str::to_owned),
            by: self.by.to_owned(),
            name: self.name.to_owned(),
            system: format!("{}, {}", ORDER_179.system, site.loaded.site.audience),
            way,
            reason: reason.clone(),
            receipts,
            evidence: false,
        })
    }
}

/// What has to go for one receipt, with the statement about it and that one's hash.
fn target(
    app: &App,
    site: &SiteState,
    receipt: &Digest,
    reason: &Reason,
    time: u64,
) -> Result<(Target, Digest), ErasureError> {
    let (store, id) = (app.store(), &site.loaded.site.site);
    let row = store
        .row(id, receipt)?
        .ok_or(ErasureError::UnknownReceipt(*receipt))?;
    let sealed = store.sealed(id, row.index)?;
    if sealed.is_empty() {
        return Err(ErasureError::Valueless(*receipt));
    }
    let payload = standing::payload(&row)?;
    let category = category(site, &payload);
    let data = data(site, &payload);
    let decisions: Vec<_> = statement::given(&payload).collect();
    let kept = evidence::kept(&site.loaded.evidence, &decisions, reason, time);
    let statement = statement::sign(
        &site.operator,
        payload,
        *receipt,
        decisions,
        Method::Erasure,
        time,
    )
    .map_err(|error| ErasureError::Statement(error.to_string()))?;
    let wrapped = store.subject_key(id, &row.subject)?;
    let blobs = sealed.iter().map(|sealed| &sealed.blob).chain(&wrapped);
    let mut marks: Vec<Mark> = blobs.filter_map(|blob| Mark::of(blob)).collect();
    for name in store.files(id, row.index)? {
        let file = store.file(id, row.index, &name)?;
        marks.extend(file.iter().flat_map(|file| Mark::throughout(file)));
    }
    let target = Target {
        receipt: *receipt,
        subject: row.subject,
        category,
        data,
        marks,
        values: sealed.iter().map(|sealed| sealed.name.clone()).collect(),
        index: row.index,
        statement: statement.token().to_owned(),
        kept,
    };
    Ok((target, statement.hash()))
}

/// What the edition that the person agreed to calls them.
fn category(site: &SiteState, payload: &Payload) -> String {
    let policy = site.loaded.policies.get(&payload.policy.edition);
    let mut subjects = policy.into_iter().flat_map(|policy| &policy.subjects);
    let own = subjects.find(|own| own.category == payload.category);
    own.map_or_else(
        || payload.category.name().to_owned(),
        |own| russian(&own.title),
    )
}

/// The categories of data by the edition that the person agreed to, for the purposes that they gave.
fn data(site: &SiteState, payload: &Payload) -> Vec<String> {
    let given: Vec<_> = statement::given(payload).collect();
    let policies = &site.loaded.policies;
    let purposes = policies.get(&payload.policy.edition).into_iter();
    let mut data: Vec<String> = purposes
        .flat_map(|policy| &policy.purposes)
        .filter(|purpose| given.iter().any(|decision| decision.purpose == purpose.id))
        .flat_map(|purpose| &purpose.data)
        .map(russian)
        .collect();
    data.sort();
    data.dedup();
    data
}

/// Name, number and address, as far as the policy states them.
fn operator(site: &SiteState) -> String {
    let controller = &site.loaded.site.controller;
    let inn = controller.inn.as_ref().map(|inn| format!("ИНН {inn}"));
    let parts = [
        Some(russian(&controller.name)),
        inn,
        controller.address.as_ref().map(russian),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Acts are in Russian.
fn russian(text: &Localized) -> String {
    text.get(Lang::Ru).to_owned()
}

/// One line that says something.
pub(super) fn is_line(text: &str) -> bool {
    let length = text.trim().chars().count();
    (1..=MAX_NAME).contains(&length) && !text.contains(char::is_control)
}
