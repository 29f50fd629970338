//! What an edition changed: purpose by purpose, then word by word. 152-ФЗ, art. 9(1): a consent covers what was asked.

use raspiska_shared::{
    lang::Lang,
    policy::{Policy, document::Document},
};

use super::{
    page::{View, frame},
    words::{self, action, basis, term},
};
use crate::{
    editions::{Change, Difference, Mark, Passage, Verdict, changes, passages},
    html::Html,
    words::category,
};

/// The words of the page that no other page has.
struct Words {
    title: &'static str,
    since: &'static str,
    first: &'static str,
    same: &'static str,
    purposes: &'static str,
    text: &'static str,
    ask_again: &'static str,
    holds: &'static str,
    outside: &'static str,
}

const fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &EN,
        Lang::Ru => &RU,
    }
}

const RU: Words = Words {
    title: "Что изменилось",
    since: "Сравнение с редакцией, которая действует с",
    first: "Это первая редакция: сравнивать не с чем.",
    same: "Ничего не изменилось.",
    purposes: "Цели",
    text: "Текст",
    ask_again: "Прежнего согласия для этого мало: спросим снова.",
    holds: "Прежнее согласие остаётся в силе.",
    outside: "вне разделов",
};

const EN: Words = Words {
    title: "What changed",
    since: "Compared with the edition in force since",
    first: "This is the first edition: there is nothing to compare it with.",
    same: "Nothing has changed.",
    purposes: "Purposes",
    text: "Text",
    ask_again: "The earlier consent does not cover this: we will ask again.",
    holds: "The earlier consent still holds.",
    outside: "outside the sections",
};

/// The name of the page, for links to it.
pub(super) const fn title(lang: Lang) -> &'static str {
    of(lang).title
}

/// Writes the page of an edition beside the one before it.
pub(super) fn write(view: &View<'_>, before: Option<(&Policy, &Document)>) -> String {
    let (lang, own) = (view.words.lang, of(view.words.lang));
    let path = format!("{}/changes", view.path(&view.edition.edition));
    let heading = format!(
        "{}: {}",
        own.title,
        words::date(lang, &view.edition.effective)
    );
    frame(view, &heading, &path, |html| {
        html.element("div", &[("class", "intro")], |html| {
            html.leaf("h1", &[], &heading);
            html.element("p", &[], |html| match before {
                None => html.text(own.first),
                Some((policy, _)) => {
                    html.text(own.since);
                    html.text(" ");
                    let day = words::date(lang, &policy.effective);
                    html.leaf("a", &[("href", &view.path(&policy.edition))], &day);
                }
            });
        });
        if let Some((policy, document)) = before {
            section(html, "changed-purposes", own.purposes, |html| {
                let all = changes(policy, view.policy);
                if all.is_empty() {
                    html.leaf("p", &[], own.same);
                }
                for change in &all {
                    write_change(html, lang, change);
                }
            });
            section(html, "changed-text", own.text, |html| {
                let all = passages(document, view.document);
                if all.is_empty() {
                    html.leaf("p", &[], own.same);
                }
                for passage in &all {
                    write_passage(html, own, passage);
                }
            });
        }
    })
}

fn section(html: &mut Html, id: &str, heading: &str, inside: impl FnOnce(&mut Html)) {
    html.element("section", &[("aria-labelledby", id)], |html| {
        html.leaf("h2", &[("id", id)], heading);
        inside(html);
    });
}

fn write_change(html: &mut Html, lang: Lang, change: &Change) {
    html.element("h3", &[], |html| {
        html.text(change.title.get(lang));
        html.leaf("span", &[("class", "badge")], verdict(lang, change.verdict));
    });
    if !change.differences.is_empty() {
        html.element("ul", &[], |html| {
            for own in &change.differences {
                html.leaf("li", &[], &difference(lang, own));
            }
        });
    }
    let own = of(lang);
    match change.verdict {
        Verdict::Widened if change.ask_again => html.leaf("p", &[], own.ask_again),
        Verdict::Narrowed | Verdict::Reworded => html.leaf("p", &[], own.holds),
        Verdict::Gone | Verdict::New | Verdict::Widened => {}
    }
}

fn write_passage(html: &mut Html, own: &Words, passage: &Passage) {
    let at = passage.at.as_deref().unwrap_or(own.outside);
    html.element("p", &[("class", "passage")], |html| {
        html.leaf("span", &[("class", "number")], at);
        html.text(" ");
        for (mark, text) in &passage.parts {
            match mark {
                Mark::Come => html.leaf("ins", &[], text),
                Mark::Gone => html.leaf("del", &[], text),
                Mark::Kept => html.text(text),
            }
        }
    });
}

/// What became of a purpose.
pub(crate) const fn verdict(lang: Lang, verdict: Verdict) -> &'static str {
    match (lang, verdict) {
        (Lang::En, Verdict::Gone) => "gone",
        (Lang::En, Verdict::Narrowed) => "narrower",
        (Lang::En, Verdict::New) => "new",
        (Lang::En, Verdict::Reworded) => "other words",
        (Lang::En, Verdict::Widened) => "wider",
        (Lang::Ru, Verdict::Gone) => "больше нет",
        (Lang::Ru, Verdict::Narrowed) => "стало меньше",
        (Lang::Ru, Verdict::New) => "новая",
        (Lang::Ru, Verdict::Reworded) => "другие слова",
        (Lang::Ru, Verdict::Widened) => "стало больше",
    }
}

/// One difference in a sentence without its full stop.
pub(crate) fn difference(lang: Lang, difference: &Difference) -> String {
    let (word, value) = match difference {
        Difference::Basis(own) => (
            ["другое основание", "another ground"],
            basis(lang, *own).to_owned(),
        ),
        Difference::Category(own) => (
            ["другие люди", "other people"],
            category(lang, *own).to_owned(),
        ),
        Difference::LessActions(own) => (
            ["больше не делаем", "no longer done"],
            action(lang, *own).to_owned(),
        ),
        Difference::LessData(own) => (
            ["больше не берём", "no longer taken"],
            own.get(lang).to_owned(),
        ),
        Difference::LessRecipients(own) => (
            ["больше не получает", "no longer gets them"],
            own.get(lang).to_owned(),
        ),
        Difference::LongerTerm(own) => (
            [
                "срок длиннее или кончается иначе",
                "a longer term, or another end",
            ],
            term(lang, own),
        ),
        Difference::MoreActions(own) => (
            ["новое действие", "a new action"],
            action(lang, *own).to_owned(),
        ),
        Difference::MoreData(own) => (["новые данные", "new data"], own.get(lang).to_owned()),
        Difference::MoreRecipients(own) => (
            ["новый получатель", "a new recipient"],
            own.get(lang).to_owned(),
        ),
        Difference::ShorterTerm(own) => (["срок короче", "a shorter term"], term(lang, own)),
        Difference::Wording => (
            ["другие слова или ссылки", "other words or references"],
            String::new(),
        ),
    };
    let word = match lang {
        Lang::En => word[1],
        Lang::Ru => word[0],
    };
    if value.is_empty() {
        word.to_owned()
    } else {
        format!("{word}: {value}")
    }
}
