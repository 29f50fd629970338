//! What a receipt says, in words: the same on the command line and on the page that checks files.

use raspiska_shared::{
    lang::Lang,
    purpose::SubjectCategory,
    receipt::{Actor, Method, State},
};

/// Who acted.
pub(crate) const fn actor(lang: Lang, actor: Actor) -> &'static str {
    match (lang, actor) {
        (Lang::En, Actor::Operator) => "the operator's statement, not an act of the person",
        (Lang::En, Actor::Representative) => "someone acting for the person",
        (Lang::En, Actor::Subject) => "the person who holds the key",
        (Lang::Ru, Actor::Operator) => "сообщение оператора, а не действие самого человека",
        (Lang::Ru, Actor::Representative) => "тот, кто действует за человека",
        (Lang::Ru, Actor::Subject) => "человек, у которого ключ",
    }
}

/// Whose data, in the terms of the policy's section 1.1.
pub(crate) const fn category(lang: Lang, category: SubjectCategory) -> &'static str {
    use SubjectCategory as Of;
    match (lang, category) {
        (Lang::En, Of::Candidate) => "applicant for a job",
        (Lang::En, Of::CustomerClient) => "client of a customer",
        (Lang::En, Of::CustomerRepresentative) => "representative of a customer",
        (Lang::En, Of::PartnerRepresentative) => "representative of a partner",
        (Lang::En, Of::SiteUser) => "user of the site",
        (Lang::En, Of::SupplierRepresentative) => "representative of a supplier",
        (Lang::Ru, Of::Candidate) => "соискатель",
        (Lang::Ru, Of::CustomerClient) => "клиент заказчика",
        (Lang::Ru, Of::CustomerRepresentative) => "представитель заказчика",
        (Lang::Ru, Of::PartnerRepresentative) => "представитель партнёра",
        (Lang::Ru, Of::SiteUser) => "пользователь сайта",
        (Lang::Ru, Of::SupplierRepresentative) => "представитель поставщика",
    }
}

/// How it was done.
pub(crate) const fn method(lang: Lang, method: Method) -> &'static str {
    match (lang, method) {
        (Lang::En, Method::Call) => "the person called",
        (Lang::En, Method::Choices) => "chosen one by one",
        (Lang::En, Method::Code) => "somebody showed the withdrawal code",
        (Lang::En, Method::Erasure) => "the data were destroyed",
        (Lang::En, Method::Expiry) => "the term ended",
        (Lang::En, Method::Form) => "with a form",
        (Lang::En, Method::GiveAll) => "with the button that gives all",
        (Lang::En, Method::Letter) => "the person wrote a letter",
        (Lang::En, Method::RefuseAll) => "with the button that refuses all",
        (Lang::En, Method::Withdraw) => "with the button that withdraws",
        (Lang::Ru, Method::Call) => "человек позвонил",
        (Lang::Ru, Method::Choices) => "каждый пункт выбран отдельно",
        (Lang::Ru, Method::Code) => "кто-то показал код отзыва",
        (Lang::Ru, Method::Erasure) => "данные уничтожены",
        (Lang::Ru, Method::Expiry) => "срок истёк",
        (Lang::Ru, Method::Form) => "через форму",
        (Lang::Ru, Method::GiveAll) => "кнопкой, которая разрешает всё сразу",
        (Lang::Ru, Method::Letter) => "человек написал письмо",
        (Lang::Ru, Method::RefuseAll) => "кнопкой, которая отказывает во всём сразу",
        (Lang::Ru, Method::Withdraw) => "кнопкой отзыва",
    }
}

/// What was decided.
pub(crate) const fn state(lang: Lang, state: State) -> &'static str {
    match (lang, state) {
        (Lang::En, State::Given) => "given",
        (Lang::En, State::Refused) => "refused",
        (Lang::En, State::Withdrawn) => "withdrawn",
        (Lang::Ru, State::Given) => "согласие дано",
        (Lang::Ru, State::Refused) => "в согласии отказано",
        (Lang::Ru, State::Withdrawn) => "согласие отозвано",
    }
}
