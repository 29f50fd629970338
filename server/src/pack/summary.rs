//! `summary.html`: what the pack proves, in the words of the person who has to decide about it. One file, no script, printable.

use raspiska_shared::{facts::Gate, lang::Lang, text::blocks};

use super::{
    evidence::{Evidence, Exhibit},
    words,
};
use crate::{html::Html, http::policies::write_blocks};

/// It has none of the characters that the writer of HTML escapes.
const STYLE: &str = include_str!("summary.css");

/// The page loads nothing and does nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page.
pub(super) fn write(evidence: &Evidence) -> String {
    let payload = evidence.exhibit.report.receipt.payload();
    let title = format!("Доказательство согласия — {}", payload.aud);
    Html::document("ru", |html| {
        html.element("head", &[], |html| {
            html.void("meta", &[("charset", "utf-8")]);
            html.void(
                "meta",
                &[
                    ("http-equiv", "Content-Security-Policy"),
                    ("content", CONTENT_POLICY),
                ],
            );
            html.void(
                "meta",
                &[
                    ("name", "viewport"),
                    ("content", "width=device-width, initial-scale=1"),
                ],
            );
            html.leaf("title", &[], &title);
            html.leaf("style", &[], STYLE);
        });
        html.element("body", &[], |html| {
            html.element("main", &[], |html| {
                html.leaf("h1", &[], "Доказательство согласия");
                html.leaf("p", &[("class", "lead")], LEAD);
                decided(html, evidence);
                signed(html, evidence);
                shown(html, evidence);
                values(html, evidence);
                later(html, evidence);
                check(html);
                limits(html);
            });
        });
    })
}

const LEAD: &str = "Что человек решил о своих персональных данных, когда и под каким текстом. \
    Всё, что сказано на этой странице, следует из файлов рядом с ней, и это можно проверить без нас и без интернета.";

fn decided(html: &mut Html, evidence: &Evidence) {
    let payload = evidence.exhibit.report.receipt.payload();
    html.leaf("h2", &[], "Что решено");
    for (decision, (_, now)) in payload.decisions.iter().zip(&evidence.status) {
        html.element("div", &[("class", "decision")], |html| {
            let purpose = words::purpose(
                &evidence.site,
                &payload.policy.edition,
                decision.purpose.as_str(),
            );
            html.leaf("strong", &[], words::state(Some(decision.state)));
            html.text(&purpose);
            let now = format!("Сейчас по журналу: {}", words::state(*now));
            html.leaf("p", &[], &now);
        });
    }
}

fn signed(html: &mut Html, evidence: &Evidence) {
    let Exhibit { file, report } = &evidence.exhibit;
    let payload = report.receipt.payload();
    html.leaf("h2", &[], "Кто и когда");
    html.element("dl", &[], |html| {
        let controller = &evidence.site.site.controller;
        row(html, "Оператор", controller.name.get(Lang::Ru));
        row(html, "Сайт", &payload.aud);
        row(html, "Кто решил", words::actor(payload));
        row(html, "Как", words::method(payload.event.method));
        let at = payload.iat.saturating_mul(1000);
        let signed = format!("{}, по часам устройства", words::moment(at));
        row(html, "Подписано", &signed);
        let gate = payload
            .client
            .as_ref()
            .and_then(|client| client.gate.as_ref());
        if let Some(note) = gate {
            let edition = &payload.policy.edition;
            let name = |id: &str| words::purpose(&evidence.site, edition, id);
            row(html, "До ответа", &words::gate(&Gate::of(note), name));
        }
        let logged = format!(
            "{}, запись № {} журнала",
            words::moment(report.time),
            report.index
        );
        row(html, "Внесено в журнал", &logged);
        digest(html, "Ключ", &payload.sub.0.to_string());
        digest(
            html,
            "Отпечаток расписки",
            &report.receipt.hash().to_string(),
        );
        digest(html, "Ключ журнала", &file.log.vkey);
    });
}

fn shown(html: &mut Html, evidence: &Evidence) {
    let Exhibit { file, report } = &evidence.exhibit;
    let payload = report.receipt.payload();
    html.leaf("h2", &[], "Текст, который был на экране");
    html.element("blockquote", &[("lang", file.notice.lang.tag())], |html| {
        write_blocks(html, &blocks(&file.notice.text));
    });
    html.element("dl", &[], |html| {
        let name = format!("notice.{}.md", file.notice.lang.tag());
        row(html, "Файл", &name);
        digest(
            html,
            "SHA-256, base64url",
            &payload.notice.sha256.to_string(),
        );
        let edition = format!("редакция {}, {}", file.policy.edition, file.policy.url);
        row(html, "Политика", &edition);
        let names: Vec<String> = evidence
            .policies
            .iter()
            .map(|(lang, _)| format!("policy.{}.md", lang.tag()))
            .collect();
        row(html, "Файлы политики", &names.join(", "));
        digest(html, "SHA-256, base64url", &file.policy.sha256.to_string());
    });
    if let [(governing, _), _, ..] = &evidence.policies[..] {
        let sentence = format!(
            "В расписке подписан отпечаток текста policy.{}.md; переводы приложены для удобства.",
            governing.tag()
        );
        html.leaf("p", &[("class", "lead")], &sentence);
    }
}

fn values(html: &mut Html, evidence: &Evidence) {
    let receipt = &evidence.exhibit.report.receipt;
    let (all, shown) = (receipt.payload().sd.len(), receipt.disclosures().len());
    if all == 0 {
        return;
    }
    html.leaf("h2", &[], "Что человек написал");
    if shown > 0 {
        html.element("dl", &[], |html| {
            for disclosure in receipt.disclosures() {
                let name = words::field(&evidence.site, disclosure.name());
                row(html, name, disclosure.value());
            }
        });
    }
    if let Some((act, day)) = &evidence.destroyed {
        let sentence = format!(
            "Значения уничтожены {day}, акт № {act}. Их отпечатки подписаны; подпись верна и без самих значений."
        );
        html.leaf("p", &[], &sentence);
    } else if all > shown {
        let sentence = format!(
            "Значений, которых в пакете нет: {}. Их отпечатки подписаны; подпись верна и без самих значений.",
            all - shown
        );
        html.leaf("p", &[], &sentence);
    }
}

fn later(html: &mut Html, evidence: &Evidence) {
    let edition = &evidence.exhibit.file.policy.edition;
    html.leaf("h2", &[], "Что было потом");
    if evidence.later.is_empty() {
        html.leaf(
            "p",
            &[],
            "Более поздних решений этого человека о тех же целях в журнале нет.",
        );
    }
    for Exhibit { report, .. } in &evidence.later {
        let payload = report.receipt.payload();
        let decisions: Vec<String> = payload
            .decisions
            .iter()
            .map(|decision| {
                let purpose = words::purpose(&evidence.site, edition, decision.purpose.as_str());
                format!("{purpose} — {}", words::state(Some(decision.state)))
            })
            .collect();
        html.leaf("h3", &[], &words::moment(report.time));
        html.leaf("p", &[], &decisions.join("; "));
        let how = format!(
            "{}. {}. Запись № {}.",
            words::actor(payload),
            words::method(payload.event.method),
            report.index
        );
        html.leaf("p", &[("class", "lead")], &how);
    }
    let size = evidence.exhibit.report.checkpoint.size;
    let sentence = format!("Так записано в журнале из {size} записей.");
    html.leaf("p", &[("class", "lead")], &sentence);
}

fn check(html: &mut Html) {
    html.leaf("h2", &[], "Как проверить самому");
    html.leaf("p", &[], "Распакуйте архив, откройте в его папке командную строку и наберите одно из двух. Годится Python 3.8 и новее или Node 18 и новее; больше ничего не нужно.");
    html.leaf("pre", &[], "python3 confirm.py .\nnode confirm.mjs .");
    html.leaf("p", &[], "Программа сверит каждый файл, подпись человека, текст, политику, доказательство из журнала и подпись журнала. Сверьте и ключ журнала: возьмите его у оператора, с его сайта или из другого доверенного источника.");
    html.leaf("pre", &[], "python3 confirm.py . --vkey КЛЮЧ");
    html.leaf("p", &[], "Целы ли файлы, скажет и обычная программа: sha256sum -c manifest.sha256. Форматы описаны в папке spec: по ним можно написать свою проверку.");
}

fn limits(html: &mut Html) {
    html.leaf("h2", &[], "Чего это не доказывает");
    html.element("ul", &[], |html| {
        for sentence in [
            "Кто держал устройство в руках: подпись сделана ключом, который хранится в браузере. Это не квалифицированная электронная подпись по 63-ФЗ.",
            "Что позже согласие не отозвали: пакет показывает журнал на день выгрузки. Спросите оператора о том, что было после.",
            "Что журнал один для всех: подписанные вершины журнала сравнивают между собой те, кто за ним следит.",
        ] {
            html.leaf("li", &[], sentence);
        }
    });
}

fn row(html: &mut Html, name: &str, value: &str) {
    html.leaf("dt", &[], name);
    html.leaf("dd", &[], value);
}

fn digest(html: &mut Html, name: &str, value: &str) {
    html.leaf("dt", &[], name);
    html.element("dd", &[], |html| html.leaf("code", &[], value));
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    #[test]
    fn the_style_goes_through_the_writer_as_it_is() {
        assert!(!STYLE.contains(['&', '<', '>', '"', '\'']));
    }
}
