//! A person asks for a demo, another one wants letters only.

use raspiska_shared::receipt::State;
use raspiska_tests::ledger::of;
use raspiska_tests::{World, mark, wait};
use serde_json::json;

const NAME: &str = "Проверка Заявки";
const EMAIL: &str = "zayavka@example.com";

#[tokio::test]
async fn a_demo_is_asked_for_without_any_advertising() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/demo.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor
            .fills("demo", &[("name", NAME), ("email", EMAIL)])
            .await;
        visitor.takes("demo", "topic", "Рассылки").await;
        assert!(!visitor.is_ticked("demo", "demo").await);
        assert_eq!(
            visitor.count("raspiska-form[name=demo] >>> .consent").await,
            1,
            "nothing is asked besides"
        );
        visitor.sends("demo").await;
        wait::equal("only the consent is missing", 1, async || {
            visitor.count(&mark::mistakes("demo")).await
        })
        .await;
        visitor.agrees("demo", "demo").await;
        visitor.sends("demo").await;
        visitor.is_thanked("demo").await;
        let receipts = visitor.holds(4).await;
        let consent = of(&receipts, "demo");
        assert_eq!(consent.decided("demo_request"), Some(State::Given));
        assert_eq!(consent.decided("advertising"), None);
        let inbox = world.inbox(&consent.hash.to_string());
        assert_eq!(
            inbox,
            json!({ "email": EMAIL, "name": NAME, "topic": "Рассылки" })
        );
    })
    .await;
}
