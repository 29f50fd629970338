//! What it may mean when a file does not hold, for a person who is no specialist.

use std::collections::BTreeMap;

use raspiska_shared::{lang::Lang, problem::Kind};
use serde::Serialize;

/// What does not hold, and what that may mean.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Failure {
    pub(super) what: &'static str,
    pub(super) why: &'static str,
}

/// Every failure that the page may have to tell, by the slug of its kind.
pub(super) fn all(lang: Lang) -> BTreeMap<&'static str, Failure> {
    Kind::ALL
        .iter()
        .filter_map(|&kind| Some((kind.slug(), of_kind(lang, kind)?)))
        .chain(of_the_page(lang))
        .collect()
}

/// What a failure of this kind means to a person; none for kinds that no file has.
pub(super) const fn of_kind(lang: Lang, kind: Kind) -> Option<Failure> {
    let (en, ru) = match kind {
        Kind::Checkpoint => (
            (
                "The log’s snapshot is damaged or of another log.",
                "The proof in the file was changed or put together from two logs.",
            ),
            (
                "Снимок журнала повреждён или взят из другого журнала.",
                "Доказательство в файле изменили или собрали из двух журналов.",
            ),
        ),
        Kind::Disclosure => (
            (
                "The values from the form are not the ones that were signed.",
                "A value was changed, added or damaged after signing.",
            ),
            (
                "Данные из формы не те, что были подписаны.",
                "После подписания значение изменили, добавили или испортили.",
            ),
        ),
        Kind::Entry => (
            (
                "The log’s entry is about another receipt.",
                "The proof comes from another file, or the receipt was replaced.",
            ),
            (
                "Запись в журнале — о другой расписке.",
                "Доказательство взято из другого файла, или расписку подменили.",
            ),
        ),
        Kind::File => (
            (
                "What is inside is not what receipt files have.",
                "Perhaps it is another file, or it was opened and saved again: one space more makes it another file. Take it once more from where it was downloaded.",
            ),
            (
                "Внутри не то, что бывает в файле расписки.",
                "Возможно, это другой файл, или его открыли и пересохранили: даже лишний пробел делает его другим. Возьмите файл ещё раз там, где его скачали.",
            ),
        ),
        Kind::Form => (
            (
                "The receipt in the file is not written as a receipt.",
                "The file was damaged, or a faulty program made it.",
            ),
            (
                "Расписка внутри файла записана не по форме.",
                "Файл повредили, или его сделала неисправная программа.",
            ),
        ),
        Kind::Header => (
            (
                "The receipt’s first part, with the key, is not as it has to be.",
                "The file was damaged, or another program made it.",
            ),
            (
                "Начало расписки, где записан ключ, не такое, как нужно.",
                "Файл повредили, или его сделала другая программа.",
            ),
        ),
        Kind::Inclusion => (
            (
                "The proof does not lead to the log.",
                "The entry’s number, its time or the proof itself was changed. It does not follow that the log ever had this receipt.",
            ),
            (
                "Доказательство не приводит к журналу.",
                "Изменили номер записи, её время или само доказательство. Что расписка была в журнале, из файла не следует.",
            ),
        ),
        Kind::Internal => (
            (
                "Something broke on this page.",
                "Load it again, or check the file with `raspiska verify`.",
            ),
            (
                "На этой странице что-то сломалось.",
                "Откройте её заново или проверьте файл программой: raspiska verify.",
            ),
        ),
        Kind::Note => (
            (
                "The log’s signed snapshot is damaged.",
                "The proof in the file was changed or cut short.",
            ),
            (
                "Подписанный снимок журнала повреждён.",
                "Доказательство в файле изменили или обрезали.",
            ),
        ),
        Kind::NoteSignature => (
            (
                "The log’s signature does not verify.",
                "The proof was changed, or the log with this key never signed it.",
            ),
            (
                "Подпись журнала не сходится.",
                "Доказательство изменили, или журнал с этим ключом его не подписывал.",
            ),
        ),
        Kind::NoticeText => (
            (
                "The consent’s text is not the one that was signed.",
                "After signing the text in the file was changed, be it by one character.",
            ),
            (
                "Текст согласия не тот, под которым поставлена подпись.",
                "После подписания текст в файле изменили, хотя бы на один знак.",
            ),
        ),
        Kind::Payload => (
            (
                "What the receipt says breaks its own rules.",
                "The program that made it is faulty, or it was made by hand.",
            ),
            (
                "Содержание расписки нарушает её же правила.",
                "Её сделала неисправная программа, или её составили вручную.",
            ),
        ),
        Kind::PolicyRef => (
            (
                "The link to the policy is not the one that was signed.",
                "After signing the policy’s edition, address or fingerprint was changed in the file.",
            ),
            (
                "Ссылка на политику не та, что была подписана.",
                "После подписания в файле изменили редакцию, адрес или отпечаток политики.",
            ),
        ),
        Kind::Proof => (
            (
                "The log’s proof is not written as a proof.",
                "It was damaged or cut short.",
            ),
            (
                "Доказательство из журнала записано не по форме.",
                "Его повредили или обрезали.",
            ),
        ),
        Kind::Signature => (
            (
                "The signature does not verify.",
                "After signing something in the receipt was changed, or another key signed it.",
            ),
            (
                "Подпись не сходится.",
                "После подписания в расписке что-то изменили, или её подписали другим ключом.",
            ),
        ),
        Kind::Subject => (
            (
                "The receipt names another key than the one that signed it.",
                "Somebody signed with a key of their own in the name of another.",
            ),
            (
                "В расписке назван не тот ключ, которым она подписана.",
                "Кто-то подписал своим ключом от чужого имени.",
            ),
        ),
        Kind::TooLarge => (
            (
                "It is too long for a receipt.",
                "Real ones are much shorter than a megabyte. It is probably another file.",
            ),
            (
                "Для расписки это слишком длинно.",
                "Настоящие намного короче мегабайта. Скорее всего, это другой файл.",
            ),
        ),
        Kind::Vkey => (
            (
                "The log’s key is wrong.",
                "If you gave a key to compare with, the file is from another log. If not, the key in the file is damaged.",
            ),
            (
                "Ключ журнала не тот.",
                "Если вы указали ключ для сверки, то файл — из другого журнала. Если нет, ключ в файле испорчен.",
            ),
        ),
        // A server finds these, when it holds a receipt against its own documents, its clock, its log or a request; and who
        // holds a file against the published identity.
        Kind::Audience
        | Kind::BadRequest
        | Kind::Erasure
        | Kind::Fact
        | Kind::FileDigest
        | Kind::FileType
        | Kind::Forbidden
        | Kind::Case
        | Kind::Gone
        | Kind::NotGiven
        | Kind::Unauthorized
        | Kind::Clock
        | Kind::Code
        | Kind::Consistency
        | Kind::Identity
        | Kind::MediaType
        | Kind::Method
        | Kind::NotFound
        | Kind::NoticeNotCurrent
        | Kind::NoticeUnknown
        | Kind::PolicyNotCurrent
        | Kind::PolicyUnknown
        | Kind::Purpose
        | Kind::RateLimited
        | Kind::Timeout
        | Kind::Unavailable
        | Kind::Withdrawal => return None,
    };
    let (what, why) = match lang {
        Lang::En => en,
        Lang::Ru => ru,
    };
    Some(Failure { what, why })
}

/// What the page itself may run into.
fn of_the_page(lang: Lang) -> [(&'static str, Failure); 2] {
    match lang {
        Lang::En => [
            (
                "own-key",
                Failure {
                    what: "What you gave to compare with is not a log’s key.",
                    why: "A key is one line: the log’s name, a plus, eight hex digits, a plus, and 44 more characters. Copy all of it, or leave the field empty.",
                },
            ),
            (
                "unread",
                Failure {
                    what: "The file cannot be read.",
                    why: "Perhaps it is a folder, or the file has been moved. Choose it again.",
                },
            ),
        ],
        Lang::Ru => [
            (
                "own-key",
                Failure {
                    what: "Вы указали для сверки не ключ журнала.",
                    why: "Ключ — одна строка: имя журнала, плюс, восемь знаков, плюс и ещё 44 знака. Скопируйте её целиком или оставьте поле пустым.",
                },
            ),
            (
                "unread",
                Failure {
                    what: "Файл не читается.",
                    why: "Возможно, это папка, или файл уже переместили. Выберите его ещё раз.",
                },
            ),
        ],
    }
}
