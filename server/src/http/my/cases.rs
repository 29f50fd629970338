//! Requests on the page: asked for, their clock, what became of them, the answer to keep.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    party::SubjectId,
    problem::Kind as Fault,
    purpose::PurposeId,
    receipt::Method,
    term::{Deadline, Term, TermError},
};

use super::{Content, View, answer, malformed, page, said};
use crate::{
    app::{App, SiteState},
    html::Html,
    http::policies,
    office::Shown,
    problem::Problem,
    rights::{
        self, Asking, CaseError, Cases, Kind, MAX_TEXT, Move, Person, Ticketed, Withdrawn,
        Withdraws, answer_text, kinds,
    },
    store::{Case, Channel, RequestState, Which},
};

/// A request, read for the person who asked.
pub(super) struct Read {
    case: Case,
    due: Option<Result<Deadline, TermError>>,
    /// What was said at each step; none: nothing, or destroyed.
    said: Vec<Option<Shown>>,
}

/// Who asks to see a request, as forms say it again.
pub(super) struct By<'a> {
    pub(super) receipt: &'a str,
    pub(super) code: &'a str,
}

/// All requests of one person.
pub(super) async fn of(
    app: &App,
    site: &Arc<SiteState>,
    subject: SubjectId,
) -> Result<Vec<Read>, Problem> {
    at(app, site, move |cases| {
        let found = cases.store.cases(&cases.site.site, Which::Of(&subject))?;
        found.into_iter().map(|case| read(cases, case)).collect()
    })
    .await
}

/// The request with this number, if the code is its own.
pub(super) async fn by_number(
    app: &App,
    site: &Arc<SiteState>,
    number: String,
    code: String,
) -> Result<Option<Read>, Problem> {
    at(app, site, move |cases| {
        let found = cases.recognise(&number, &code)?;
        found.map(|case| read(cases, case)).transpose()
    })
    .await
}

/// Takes a request in, and takes back at once what it implies; what is done by that is answered at once.
pub(super) async fn ask(
    app: &App,
    site: &Arc<SiteState>,
    person: &Person,
    (kind, text, lang): (&str, &str, Lang),
) -> Result<(Ticketed, Vec<Withdrawn>), Problem> {
    let kind = Kind::find(kind).ok_or_else(malformed)?;
    let text = text.to_owned();
    let (subject, receipt) = (person.subject, person.receipt);
    let came = app.clock().millis();
    let ticketed = at(app, site, move |cases| {
        cases.open(&Asking {
            kind,
            text: &text,
            sender: "",
            lang,
            channel: Channel::Page,
            came: came.min(cases.now),
            of: Some((subject, receipt)),
            by: "",
        })
    })
    .await?;
    let is_meant = |id: &PurposeId| match kind.withdraws {
        Withdraws::Nothing => false,
        Withdraws::Everything => true,
        Withdraws::Advertising => is_advertising(site, id),
    };
    let withdrawn = rights::withdraw(app, site, person, is_meant, Method::Code).await?;
    if kind.withdraws == Withdraws::Advertising {
        let done = super::words::of(lang).advertising_stopped.to_owned();
        let number = ticketed.number.clone();
        at(app, site, move |cases| {
            match cases.store.case(&cases.site.site, &number)? {
                Some(case) => cases.go(&case, Move::Answer(&done), ""),
                None => Err(CaseError::Moved),
            }
        })
        .await?;
    }
    Ok((ticketed, withdrawn))
}

/// Is it a purpose by which people are contacted to sell them something?
pub(super) fn is_advertising(site: &SiteState, id: &PurposeId) -> bool {
    let mut purposes = site.loaded.site.purposes.iter();
    purposes.any(|own| own.advertising && own.id == *id)
}

/// The signed answer as a file.
pub(super) fn download(read: &Read) -> Result<Response, Problem> {
    let nothing = || Problem::new(Fault::Gone, "there is no answer, or it was destroyed");
    let jws = signed(read).ok_or_else(nothing)?;
    let name = format!("attachment; filename=\"answer-{}.jws\"", number(read));
    let mut response = (StatusCode::OK, jws.to_string()).into_response();
    let headers = response.headers_mut();
    let fields = [
        (header::CONTENT_TYPE, "application/jose"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (field, value) in fields {
        headers.insert(field, HeaderValue::from_static(value));
    }
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The page of one request alone.
pub(super) fn alone(view: &View<'_>, read: &Read, by: &By<'_>) -> Response {
    answer(StatusCode::OK, view, &Content::Case(read, by))
}

pub(super) fn number(read: &Read) -> &str {
    &read.case.request.number
}

/// What may be asked for.
pub(super) fn form(html: &mut Html, view: &View<'_>, person: &Person, code: &str) {
    let words = view.words;
    html.leaf("h2", &[("id", "ask")], words.ask);
    html.leaf("p", &[("class", "lead")], words.ask_lead);
    said::form(html, view, person, code, |html| {
        html.leaf("label", &[("for", "kind")], words.kind);
        html.element("select", &[("id", "kind"), ("name", "kind")], |html| {
            for kind in kinds() {
                let name = kind.name.get(view.lang);
                html.leaf("option", &[("value", &kind.id)], name);
            }
        });
        html.leaf("label", &[("for", "text")], words.text_of_request);
        let limit = MAX_TEXT.to_string();
        let area = [
            ("id", "text"),
            ("name", "text"),
            ("rows", "5"),
            ("maxlength", &*limit),
        ];
        html.element("textarea", &area, |_| {});
        let send = [("class", "main"), ("name", "do"), ("value", "request")];
        html.leaf("button", &send, words.send);
    });
    html.element("details", &[], |html| {
        html.leaf("summary", &[], words.what_follows);
        html.element("ul", &[], |html| {
            for kind in kinds() {
                html.element("li", &[], |html| {
                    html.leaf("strong", &[], kind.name.get(view.lang));
                    html.text(". ");
                    html.text(kind.about.get(view.lang));
                    if let Some(norm) = kind.norm(view.law) {
                        html.text(" ");
                        html.text(words.term);
                        html.text(&format!(
                            ": {} ({}).",
                            term(view.lang, norm.term),
                            norm.norm.get(view.lang)
                        ));
                    }
                });
            }
        });
    });
}

/// What somebody gets who has just asked.
pub(super) fn received(html: &mut Html, view: &View<'_>, ticketed: &Ticketed) {
    let words = view.words;
    html.element("div", &[("class", "done"), ("role", "status")], |html| {
        html.leaf("p", &[("class", "state")], words.received);
        html.element("p", &[], |html| {
            html.text(words.request_number);
            html.text(": ");
            html.leaf("span", &[("class", "code")], &ticketed.number);
            html.text(". ");
            html.text(words.request_code);
            html.text(": ");
            html.leaf("span", &[("class", "code")], &ticketed.code);
        });
        html.leaf("p", &[], words.keep_both);
    });
}

/// One request: its clock, its steps, its answer.
pub(super) fn card(html: &mut Html, view: &View<'_>, read: &Read, by: &By<'_>) {
    let (words, case) = (view.words, &read.case);
    let kind = Kind::find(&case.request.kind);
    let title = kind.map_or(&*case.request.kind, |kind| kind.name.get(view.lang));
    let id = format!("r-{}", case.request.number);
    let card = [("class", "given"), ("aria-labelledby", &*id)];
    html.element("section", &card, |html| {
        html.leaf("h3", &[("id", &id)], title);
        html.element("p", &[("class", "note")], |html| {
            html.leaf("span", &[("class", "code")], &case.request.number);
            html.text(" — ");
            html.leaf("span", &[("class", "state")], state(view, case.state()));
        });
        if case.state().is_open() {
            html.element("p", &[("class", "clock")], |html| clock(html, view, read));
        }
        html.element("ol", &[], |html| {
            for (step, text) in case.steps.iter().zip(&read.said) {
                html.element("li", &[], |html| {
                    html.text(&said::moment(view, step.time));
                    html.text(": ");
                    html.text(state(view, step.state));
                    if !step.norm.is_empty() {
                        html.text(&format!(" ({})", step.norm));
                    }
                    if step.state == RequestState::Extended
                        && let Some(text) = text
                    {
                        html.element("p", &[("class", "answer")], |html| html.text(text));
                    }
                    if step.text.is_some() && text.is_none() {
                        html.leaf("p", &[("class", "note")], words.destroyed);
                    }
                });
            }
        });
        if let Some(text) = signed(read).and_then(|jws| answer_text(jws)) {
            html.element("div", &[("class", "answer")], |html| html.text(&text));
            let action = view.action();
            html.element("form", &[("method", "post"), ("action", &action)], |html| {
                said::hidden(html, "receipt", by.receipt);
                said::hidden(html, "code", by.code);
                said::hidden(html, "number", &case.request.number);
                let button = [("name", "do"), ("value", "answer")];
                html.leaf("button", &button, words.download_answer);
            });
            html.leaf("p", &[("class", "note")], words.answer_signed);
        }
    });
}

fn clock(html: &mut Html, view: &View<'_>, read: &Read) {
    let words = view.words;
    let norm = Kind::find(&read.case.request.kind).and_then(|kind| kind.norm(view.law));
    match &read.due {
        Some(Ok(due)) => {
            let day = due.day().to_string();
            html.text(words.answer_by);
            html.leaf(
                "time",
                &[("datetime", &day)],
                &policies::date(view.lang, &day),
            );
        }
        _ => html.text(words.answer_in_term),
    }
    if let Some(norm) = norm {
        html.text(&format!(
            " ({}; {})",
            term(view.lang, norm.term),
            norm.norm.get(view.lang)
        ));
    }
    html.text(".");
}

/// The signed answer, if there is one.
fn signed(read: &Read) -> Option<&Shown> {
    let steps = read.case.steps.iter().zip(&read.said);
    let answered = |state| matches!(state, RequestState::Answered | RequestState::Refused);
    steps
        .filter(|(step, _)| answered(step.state))
        .find_map(|(_, text)| text.as_ref())
}

fn read(cases: &Cases<'_>, case: Case) -> Result<Read, CaseError> {
    let said = (0..case.steps.len()).map(|at| cases.said(&case, at));
    Ok(Read {
        due: cases.due(&case),
        said: said.collect::<Result<_, _>>()?,
        case,
    })
}

/// Works on a site's cases on a thread that may block.
pub(crate) async fn at<T: Send + 'static>(
    app: &App,
    site: &Arc<SiteState>,
    work: impl FnOnce(&Cases<'_>) -> Result<T, CaseError> + Send + 'static,
) -> Result<T, Problem> {
    let (app, site) = (app.clone(), Arc::clone(site));
    let done = tokio::task::spawn_blocking(move || {
        work(&Cases {
            store: &**app.store(),
            vault: app.vault(),
            site: &site.loaded.site,
            law: app.duties().law(),
            operator: &site.operator,
            now: app.clock().millis(),
        })
    });
    let done = done.await.map_err(|_| Problem::internal())?;
    done.map_err(|error| match error {
        CaseError::Store(_) => {
            tracing::error!(error = %error, "request not read or written");
            Problem::unavailable()
        }
        CaseError::Random(_) | CaseError::Vault(_) => {
            tracing::error!(error = %error, "request not sealed or opened");
            Problem::internal()
        }
        CaseError::Moved | CaseError::NoMoreTime | CaseError::Order(..) => {
            Problem::new(Fault::Case, error.to_string())
        }
        CaseError::Norm | CaseError::Text | CaseError::Time => {
            Problem::new(Fault::BadRequest, error.to_string())
        }
    })
}

fn state(view: &View<'_>, state: RequestState) -> &'static str {
    let words = &view.words.states;
    let at = RequestState::ALL.iter().position(|own| *own == state);
    at.and_then(|at| words.get(at)).copied().unwrap_or_default()
}

/// How long an answer may take.
fn term(lang: Lang, term: Term) -> String {
    match (lang, term) {
        (Lang::Ru, Term::AtOnce) => "сразу".to_owned(),
        (Lang::En, Term::AtOnce) => "at once".to_owned(),
        (Lang::Ru, Term::WorkingDays(1)) => "1 рабочий день".to_owned(),
        (Lang::Ru, Term::WorkingDays(count @ 2..=4)) => format!("{count} рабочих дня"),
        (Lang::Ru, Term::WorkingDays(count)) => format!("{count} рабочих дней"),
        (Lang::En, Term::WorkingDays(count)) => format!("{count} working days"),
        (_, Term::Calendar(period)) => policies::period(lang, period),
        (_, other) => other.to_string(),
    }
}

/// What a printed card says: the link as a picture for a camera, and both parts in words.
pub(super) fn print(html: &mut Html, view: &View<'_>, receipt: &Digest, code: &str) {
    let words = view.words;
    let site = &view.loaded.site;
    // The fragment is for the browser alone: no server sees it.
    let link = format!(
        "https://{}/my/{}#{receipt}.{code}",
        site.audience, site.site
    );
    html.element("section", &[("class", "card")], |html| {
        html.leaf("p", &[("class", "lead")], words.card_lead);
        if let Some(picture) = page::qr(&link) {
            let image = [
                ("src", &*picture),
                ("alt", words.card_picture),
                ("width", "240"),
                ("height", "240"),
            ];
            html.void("img", &image);
        }
        for (label, value) in [
            (words.receipt, &*receipt.to_string()),
            (words.code, code),
            (words.card_link, &*link),
        ] {
            html.leaf("p", &[("class", "note")], label);
            html.leaf("p", &[("class", "code")], value);
        }
        html.leaf("p", &[("class", "note")], words.card_secret);
        let button = [("type", "button"), ("class", "print"), ("hidden", "")];
        html.leaf("button", &button, words.print);
    });
}
