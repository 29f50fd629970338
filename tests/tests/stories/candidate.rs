//! A candidate applies for a job.

use raspiska_shared::receipt::{Actor, State};
use raspiska_tests::ledger::of;
use raspiska_tests::{Visitor, World, mark, wait};

const FIELDS: [(&str, &str); 4] = [
    ("name", "Проверка Отклика"),
    ("email", "otklik@example.com"),
    ("phone", "+7 000 000-00-00"),
    ("about", "Пять лет строю хранилища данных."),
];

const ADULT: &str = "18 лет или больше";

async fn applies(visitor: &Visitor) {
    visitor.opens("/careers.html").await;
    visitor.refuses_all().await;
    visitor.holds(3).await;
    visitor.fills("candidate", &FIELDS).await;
    visitor
        .takes("candidate", "vacancy", "Инженер по данным")
        .await;
    visitor.takes("candidate", "age", ADULT).await;
    visitor.agrees("candidate", "candidate").await;
}

#[tokio::test]
async fn a_candidate_applies_for_this_job_alone() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        applies(&visitor).await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        let consent = of(&receipts, "candidate");
        assert_eq!(consent.payload().category.name(), "candidate");
        assert_eq!(consent.decided("candidate"), Some(State::Given));
        assert_eq!(consent.decided("talent_pool"), None);
        let disclosed = consent.disclosed();
        for (name, value) in FIELDS {
            assert!(
                disclosed.contains(&(name.to_owned(), value.to_owned())),
                "{disclosed:?}"
            );
        }
        assert_eq!(disclosed.len(), 6);
        let pool = of(&receipts, "talent-pool");
        assert_eq!(pool.decided("talent_pool"), Some(State::Refused));
        assert_eq!(pool.disclosed(), [], "a refusal carries no data");
        let inbox = world.inbox(&consent.hash.to_string());
        assert_eq!(inbox["vacancy"], "Инженер по данным");
    })
    .await;
}

#[tokio::test]
async fn a_candidate_stays_in_the_talent_pool_by_a_second_document() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        applies(&visitor).await;
        visitor.agrees("candidate", "talent-pool").await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        let pool = of(&receipts, "talent-pool");
        assert_eq!(pool.payload().category.name(), "candidate");
        assert_eq!(pool.decided("talent_pool"), Some(State::Given));
        assert_eq!(pool.disclosed().len(), 6);
    })
    .await;
}

#[tokio::test]
async fn an_application_waits_for_the_server() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        for complaint in ["ERR_CONNECTION_REFUSED", "raspiska:"] {
            visitor.expects(complaint);
        }
        applies(&visitor).await;
        world.server.stop().await;
        visitor.sends("candidate").await;
        wait::equal("the application waits", 2, async || {
            visitor.outbox().await.len()
        })
        .await;
        world.server.start().await;
        let receipts = visitor.holds(5).await;
        assert_eq!(of(&receipts, "candidate").disclosed().len(), 6);
        assert_eq!(world.log().await.entries.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn for_a_minor_a_representative_signs_and_says_who_they_are() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        applies(&visitor).await;
        let named = mark::field("candidate", "representative_name");
        assert_eq!(visitor.count(&named).await, 0, "an adult is not asked");
        visitor.agrees("candidate", "talent-pool").await;
        visitor.takes("candidate", "age", "от 14 до 17 лет").await;
        visitor.sees(&named).await;
        visitor.sends("candidate").await;
        wait::equal("name, relation, contact", 3, async || {
            visitor.count(&mark::mistakes("candidate")).await
        })
        .await;
        visitor
            .fills(
                "candidate",
                &[
                    ("representative_name", "Представитель Проверки"),
                    ("representative_contact", "predstavitel@example.com"),
                ],
            )
            .await;
        visitor
            .takes("candidate", "representative_relation", "родитель")
            .await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        for notice in ["candidate", "talent-pool"] {
            let consent = of(&receipts, notice);
            assert_eq!(consent.payload().event.by, Actor::Representative);
            assert_eq!(consent.disclosed().len(), 9, "{notice}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_turns_out_to_be_of_age_signs_alone() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        applies(&visitor).await;
        visitor.takes("candidate", "age", "меньше 14 лет").await;
        visitor
            .fills("candidate", &[("representative_name", "Не нужен")])
            .await;
        visitor.takes("candidate", "age", ADULT).await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        let consent = of(&receipts, "candidate");
        assert_eq!(consent.payload().event.by, Actor::Subject);
        assert_eq!(consent.disclosed().len(), 6, "nothing of a representative");
    })
    .await;
}

#[tokio::test]
async fn axe_looks_at_a_representative_who_has_not_said_who_they_are() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        applies(&visitor).await;
        visitor.takes("candidate", "age", "от 14 до 17 лет").await;
        visitor
            .sees(&mark::field("candidate", "representative_name"))
            .await;
        visitor.sends("candidate").await;
        visitor.sees(&mark::mistakes("candidate")).await;
        visitor
            .finds_it_accessible("a representative who has not said who they are")
            .await;
    })
    .await;
}
