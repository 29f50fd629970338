//! Who is asking: `Authorization: Bearer`, RFC 6750.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use raspiska_shared::problem::Kind;

use crate::{app::App, http, office::Who, problem::Problem};

/// Longest token that is looked at: ours have 43 characters.
const MAX_TOKEN: usize = 64;

/// Somebody who has logged in.
pub(crate) struct Colleague(pub(crate) Who);

impl FromRequestParts<App> for Colleague {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let shown = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = shown
            .and_then(|shown| shown.split_once(' '))
            .filter(|(scheme, token)| {
                scheme.eq_ignore_ascii_case("bearer") && token.len() <= MAX_TOKEN
            })
            .map(|(_, token)| token.to_owned())
            .ok_or_else(nobody)?;
        let (store, now) = (Arc::clone(app.store()), app.clock().millis());
        let who = http::read(move || Who::of(&*store, now, &token)).await?;
        who.map(Self).ok_or_else(nobody)
    }
}

impl Colleague {
    /// Lets through whoever may change what holds for a person.
    pub(crate) fn acts(&self) -> Result<(), Problem> {
        if self.0.role.acts() {
            Ok(())
        } else {
            Err(forbidden(
                "only the officer may do this; ask the officer to",
            ))
        }
    }

    /// Lets through whoever may see who looked at what.
    pub(crate) fn reads_journals(&self) -> Result<(), Problem> {
        if self.0.role.reads_journals() {
            Ok(())
        } else {
            Err(forbidden("only the officer and the auditor may see this"))
        }
    }
}

/// Not for this role.
pub(crate) fn forbidden(sentence: impl Into<String>) -> Problem {
    Problem::new(Kind::Forbidden, sentence)
}

fn nobody() -> Problem {
    let sentence = "log in at POST /v1/office/session and send the token as Authorization: Bearer";
    Problem::new(Kind::Unauthorized, sentence)
}
