//! What people do while something goes wrong: they give, fill in forms, withdraw, withdraw by code, and send things twice.

use std::cell::Cell;

use futures_util::future::{join, join_all};
use raspiska_shared::api::{Logged, Withdrawal};
use raspiska_shared::receipt::{Method, Signed, State};
use raspiska_tests::author::{Author, disclosure, withdrawal_code};
use raspiska_tests::wait;

use super::chance::Chance;
use super::house::{Heard, House, Sent};

/// People who write at the same time.
const WRITERS: usize = 8;

/// They write until something has come true; `what` says it.
pub(crate) async fn until(
    house: &House,
    chance: &Chance,
    what: &str,
    mut look: impl FnMut() -> bool,
) {
    let enough = Cell::new(false);
    join(load(house, chance, &enough), async {
        wait::until(what, async || look().then_some(())).await;
        enough.set(true);
    })
    .await;
}

/// They write until so many more receipts are confirmed.
pub(crate) async fn work(house: &House, chance: &Chance, more: usize) {
    let goal = house.confirmed() + more;
    until(house, chance, "receipts are confirmed", || {
        house.confirmed() >= goal
    })
    .await;
}

/// They write until it is enough, or the server is gone.
pub(crate) async fn load(house: &House, chance: &Chance, enough: &Cell<bool>) {
    join_all((0..WRITERS).map(|_| Writer::new(house, chance.fork()).writes(enough))).await;
}

struct Writer<'a> {
    house: &'a House,
    chance: Chance,
    author: Author,
    /// Has analytics been given, and not withdrawn since?
    gives: bool,
    /// What withdraws the last form.
    code: Option<Withdrawal>,
    /// Confirmed, and good for a repetition.
    confirmed: Vec<Signed>,
}

impl<'a> Writer<'a> {
    fn new(house: &'a House, chance: Chance) -> Self {
        Self {
            house,
            chance,
            author: Author::new(house.site()),
            gives: false,
            code: None,
            confirmed: Vec::new(),
        }
    }

    async fn writes(mut self, enough: &Cell<bool>) {
        while !enough.get() {
            let gone = match self.chance.below(10) {
                0 if !self.confirmed.is_empty() => self.repeats().await,
                1 if self.gives => self.withdraws().await,
                2 if self.code.is_some() => self.withdraws_by_code().await,
                3..=5 => self.fills_in_a_form().await,
                _ => self.gives().await,
            };
            if gone.is_none() {
                return;
            }
        }
    }

    async fn gives(&mut self) -> Option<()> {
        let signed = self.author.gives("analytics");
        if self.sends(signed).await?.is_some() {
            self.gives = true;
        }
        Some(())
    }

    async fn withdraws(&mut self) -> Option<()> {
        self.gives = false;
        let decisions = [("analytics", State::Withdrawn)];
        let draft = self
            .author
            .drafts("cookies-analytics", Method::Withdraw, &decisions);
        self.sends(self.author.signs(draft)).await.map(drop)
    }

    async fn fills_in_a_form(&mut self) -> Option<()> {
        let (code, commitment) = withdrawal_code();
        let mut draft = self
            .author
            .drafts("contact", Method::Form, &[("contact", State::Given)]);
        draft.withdrawal = Some(commitment);
        draft.disclosures = vec![
            disclosure("name", "Somebody"),
            disclosure("email", "somebody@example.org"),
            disclosure(
                "message",
                &"A question. ".repeat(1 + self.chance.below(60) as usize),
            ),
        ];
        if let Some(logged) = self.sends(self.author.signs(draft)).await? {
            let receipt = logged.receipt;
            self.code = Some(Withdrawal { receipt, code });
        }
        Some(())
    }

    async fn withdraws_by_code(&mut self) -> Option<()> {
        let code = self.code.take()?;
        match self.house.send(&Sent::Code(code)).await {
            Heard::Gone => None,
            _ => Some(()),
        }
    }

    async fn repeats(&mut self) -> Option<()> {
        let at = self.chance.below(self.confirmed.len() as u64) as usize;
        match self
            .house
            .send(&Sent::Receipt(self.confirmed[at].clone()))
            .await
        {
            Heard::Gone => None,
            _ => Some(()),
        }
    }

    /// None: the server is gone. None inside: not now.
    async fn sends(&mut self, signed: Signed) -> Option<Option<Logged>> {
        let sent = Sent::Receipt(signed);
        match self.house.send(&sent).await {
            Heard::Gone => None,
            Heard::Confirmed(logged) => {
                if let Sent::Receipt(signed) = sent {
                    self.confirmed.push(signed);
                }
                Some(Some(logged))
            }
            Heard::NotNow | Heard::Done => Some(None),
        }
    }
}
