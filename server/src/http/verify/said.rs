//! What the page's script says: it has no words of its own and finds them in the page, as JSON.

use std::collections::BTreeMap;

use raspiska_shared::{
    file::MAX_LEN,
    lang::Lang,
    purpose::SubjectCategory,
    receipt::{Actor, Method, State},
};
use serde::{Serialize, ser::SerializeMap};

use super::failures::{self, Failure};
use crate::words;

/// What the script says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said {
    lang: Lang,
    most: usize,
    titles: Titles,
    keys: Keys,
    hidden: Plural,
    gate: Gate,
    entry: &'static str,
    edition: &'static str,
    more: &'static str,
    pasted: &'static str,
    count: &'static str,
    too_many: &'static str,
    not_loaded: &'static str,
    now: &'static str,
    not_in_log: &'static str,
    no_answer: &'static str,
    actors: Pairs<Actor>,
    categories: Pairs<SubjectCategory>,
    methods: Pairs<Method>,
    states: Pairs<State>,
    failures: BTreeMap<&'static str, Failure>,
}

/// The verdicts.
#[derive(Serialize)]
struct Titles {
    holds: &'static str,
    compare: &'static str,
    fails: &'static str,
    file: &'static str,
    unchecked: &'static str,
}

/// Whose key signed the log.
#[derive(Serialize)]
struct Keys {
    server: &'static str,
    own: &'static str,
    other: &'static str,
}

/// What the page did before the decision; `#` for the purposes.
#[derive(Serialize)]
struct Gate {
    held: &'static str,
    passed: &'static str,
    once: &'static str,
    nothing: &'static str,
}

/// A text with `#` for a number, by the categories of Unicode CLDR.
#[derive(Serialize)]
struct Plural {
    one: &'static str,
    few: &'static str,
    many: &'static str,
    other: &'static str,
}

/// Words by the name that a value has in a receipt.
struct Pairs<T: 'static>(Lang, &'static [T], fn(Lang, T) -> &'static str);

impl<T: Copy + Serialize + 'static> Serialize for Pairs<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for value in self.1 {
            map.serialize_entry(value, self.2(self.0, *value))?;
        }
        map.end()
    }
}

/// What the script says in a language.
pub(super) fn of(lang: Lang) -> Said {
    use SubjectCategory as Of;
    let actors = Pairs(
        lang,
        &[Actor::Operator, Actor::Representative, Actor::Subject],
        words::actor,
    );
    let categories = Pairs(
        lang,
        &[
            Of::Candidate,
            Of::CustomerClient,
            Of::CustomerRepresentative,
            Of::PartnerRepresentative,
            Of::SiteUser,
            Of::SupplierRepresentative,
        ],
        words::category,
    );
    let methods = Pairs(
        lang,
        &[
            Method::GiveAll,
            Method::RefuseAll,
            Method::Choices,
            Method::Form,
            Method::Withdraw,
            Method::Code,
            Method::Letter,
            Method::Call,
            Method::Expiry,
            Method::Erasure,
        ],
        words::method,
    );
    let states = Pairs(
        lang,
        &[State::Given, State::Refused, State::Withdrawn],
        words::state,
    );
    let failures = failures::all(lang);
    // One byte more than a file may have: the Wasm then says that it is too long, and nobody reads a film.
    let most = MAX_LEN + 1;
    match lang {
        Lang::En => Said {
            lang,
            most,
            titles: Titles {
                holds: "The receipt holds",
                compare: "It all fits; the key is left to compare",
                fails: "The receipt does not hold",
                file: "This is not a receipt file",
                unchecked: "The file was not checked",
            },
            keys: Keys {
                server: "Signature, values, text and log entry fit together: nothing was changed after signing. The log is signed with this server’s key.",
                own: "Signature, values, text and log entry fit together: nothing was changed after signing. The log is signed with the key that you gave.",
                other: "In itself the file is whole, but its log is signed with a key that this page does not know. Anybody can make such a file: compare the key below with the one that the operator publishes, or paste that one above.",
            },
            hidden: Plural {
                one: "# more value was signed but is not in the file: it was erased or left out.",
                few: "# more values were signed but are not in the file: they were erased or left out.",
                many: "# more values were signed but are not in the file: they were erased or left out.",
                other: "# more values were signed but are not in the file: they were erased or left out.",
            },
            gate: Gate {
                held: "Waiting for the answer: #.",
                passed: "Running, as allowed earlier: #.",
                once: "Opened this once, on request: #.",
                nothing: "Nothing of it ran.",
            },
            entry: "No. #, counted from zero; # entries in all",
            edition: "edition #",
            more: "Show what is in it",
            pasted: "Pasted text",
            count: "Files checked: #. Of these hold: #.",
            too_many: "Only the first # files were checked.",
            not_loaded: "The checker did not load. Load the page again.",
            now: "The server’s answer, #:",
            not_in_log: "The server knows no such receipt, and yet the file proves that it was logged. Keep the file and ask the operator.",
            no_answer: "The server does not answer. Try again a little later.",
            actors,
            categories,
            methods,
            states,
            failures,
        },
        Lang::Ru => Said {
            lang,
            most,
            titles: Titles {
                holds: "Расписка прошла проверку",
                compare: "Всё сходится, осталось сверить ключ",
                fails: "Расписка не прошла проверку",
                file: "Это не файл расписки",
                unchecked: "Файл не проверен",
            },
            keys: Keys {
                server: "Подпись, данные, текст и запись в журнале сходятся: после подписания ничего не меняли. Журнал подписан ключом этого сервера.",
                own: "Подпись, данные, текст и запись в журнале сходятся: после подписания ничего не меняли. Журнал подписан тем ключом, который вы указали.",
                other: "Сам файл цел, но его журнал подписан ключом, которого эта страница не знает. Такой файл может сделать кто угодно: сравните ключ ниже с тем, который публикует оператор, или вставьте опубликованный в поле для сверки.",
            },
            hidden: Plural {
                one: "Ещё # значение подписано, но в файле его нет: его удалили или не стали показывать.",
                few: "Ещё # значения подписаны, но в файле их нет: их удалили или не стали показывать.",
                many: "Ещё # значений подписано, но в файле их нет: их удалили или не стали показывать.",
                other: "Ещё # значения подписано, но в файле их нет: их удалили или не стали показывать.",
            },
            gate: Gate {
                held: "Ждали ответа: #.",
                passed: "Работали, потому что были разрешены раньше: #.",
                once: "Открыты один раз, по просьбе: #.",
                nothing: "Из этого ничего не запускалось.",
            },
            entry: "№ #, счёт с нуля; всего записей #",
            edition: "редакция #",
            more: "Показать, что в ней",
            pasted: "Вставленный текст",
            count: "Проверено файлов: #. Прошли проверку: #.",
            too_many: "Проверены только первые # файлов.",
            not_loaded: "Проверка не загрузилась. Откройте страницу заново.",
            now: "Ответ сервера, #:",
            not_in_log: "Сервер говорит, что такой расписки не знает, а файл доказывает, что она в журнале есть. Сохраните файл и спросите оператора.",
            no_answer: "Сервер не отвечает. Попробуйте чуть позже.",
            actors,
            categories,
            methods,
            states,
            failures,
        },
    }
}
