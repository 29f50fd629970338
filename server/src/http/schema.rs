//! The bodies of the API for `openapi.json`. What is sent are the types of `raspiska_shared::api`; a test holds these
//! descriptions against them.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema,
        path::{Operation, Parameter},
        schema::AdditionalProperties,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::problem::PROBLEM_TYPE;

/// What the parameters of paths look like, each with an example. Anything else is a place where nothing is.
const PARAMETERS: [(&str, &str, &str); 9] = [
    ("site", r"^[a-z][a-z0-9_-]{0,63}$", "jetcrm"),
    ("edition", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2025-01-01"),
    ("field", r"^[a-z][a-z0-9_-]{0,63}$", "cv"),
    ("hash", HASH, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"),
    (
        "path",
        r"^([0-7]|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[1-9][0-9]{0,2})?$",
        "entries/000.p/1",
    ),
    ("act", r"^[0-9]{8}-[0-9a-f]{8}$", "20270115-0a1b2c3d"),
    (
        "number",
        r"^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$",
        "ABCD-EFGH-IJKL",
    ),
    ("token", r"^[A-Za-z0-9_-]{1,184}$", "AAAA"),
    ("file", r"^[A-Za-z0-9._-]+$", "policy-0123456789abcdef.css"),
];

/// 32 bytes in base64url without padding: of the last character's six bits two are empty.
const HASH: &str = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$";

/// Says what is the same for every route and stands in no handler: what parameters look like, and the answers that come
/// from around the handlers.
pub(crate) fn complete(description: &mut OpenApi) {
    let schemas = description.components.iter_mut();
    let mut schemas = schemas.flat_map(|components| &mut components.schemas);
    if let Some((_, RefOr::T(Schema::Object(sent)))) =
        schemas.find(|(name, _)| *name == "Withdrawal")
    {
        // Of what is sent; answers may grow.
        sent.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
    // How the office's requests are let through.
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    if let Some(components) = &mut description.components {
        components.add_security_scheme("office", bearer);
    }
    let paths = std::mem::take(&mut description.paths.paths);
    for (path, mut item) in paths {
        for operation in operations(&mut item) {
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    refine(parameter);
                }
            }
            answers(operation, 400, "The request cannot be read");
            answers(operation, 408, "Not complete within ten seconds");
            answers(operation, 500, "The server's fault");
            let too_large = ResponseBuilder::new()
                .description("The head is longer than 16 KiB; no body says so");
            let responses = &mut operation.responses.responses;
            responses.insert("431".to_owned(), too_large.build().into());
        }
        // The router's way to say "the rest of the path" is not the description's.
        description
            .paths
            .paths
            .insert(path.replace("{*", "{"), item);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// Says what a parameter of the path looks like.
fn refine(parameter: &mut Parameter) {
    let known = PARAMETERS
        .iter()
        .find(|(name, _, _)| *name == parameter.name && parameter.required == Required::True);
    if let (Some((_, pattern, example)), Some(RefOr::T(Schema::Object(schema)))) =
        (known, &mut parameter.schema)
    {
        schema.pattern = Some((*pattern).to_owned());
        schema.examples = vec![json!(example)];
    }
}

/// A problem that the operation may answer with, unless it says so itself.
fn answers(operation: &mut Operation, status: u16, when: &str) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let response = ResponseBuilder::new()
        .description(when)
        .content(PROBLEM_TYPE, problem.build());
    let responses = &mut operation.responses.responses;
    responses
        .entry(status.to_string())
        .or_insert_with(|| response.build().into());
}

/// The answer to a logged receipt.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "a description: its fields are read by the derive alone"
)]
pub(crate) struct Logged {
    /// The receipt's hash: SHA-256, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    receipt: String,
    /// Its index in the log.
    index: u64,
    /// When the server received it, UNIX milliseconds.
    time: u64,
    /// A C2SP tlog-proof.
    proof: String,
    /// What holds now for each purpose that the receipt decided: `given`, `refused` or `withdrawn`.
    status: BTreeMap<String, String>,
}

/// Withdrawal without the device's key.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "a description: its fields are read by the derive alone"
)]
pub(crate) struct Withdrawal {
    /// The hash of the receipt whose consents are withdrawn.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    receipt: String,
    /// The code that came with the receipt.
    #[schema(max_length = 256)]
    code: String,
}

/// An error, RFC 9457.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "a description: its fields are read by the derive alone"
)]
pub(crate) struct Problem {
    /// Names the kind: `urn:raspiska:problem:<kind>`.
    #[schema(rename = "type", pattern = "^urn:raspiska:problem:[a-z-]+$")]
    r#type: String,
    /// The kind in a few words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// With 409: the policy and the notices that are current.
    #[schema(value_type = Option<Object>)]
    current: Option<()>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use raspiska_shared::{api, digest::Digest};
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    fn members(value: &Value) -> Vec<&String> {
        value.as_object().unwrap().keys().collect()
    }

    fn described<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()["properties"].clone()
    }

    #[test]
    fn the_descriptions_have_the_members_of_what_is_sent() {
        let hash = Digest::of(b"");
        let logged = api::Logged {
            receipt: hash,
            index: 0,
            time: 0,
            proof: String::new(),
            status: BTreeMap::new(),
        };
        assert_eq!(members(&described::<Logged>()), members(&json!(logged)));
        let withdrawal = api::Withdrawal {
            receipt: hash,
            code: String::new(),
        };
        assert_eq!(
            members(&described::<Withdrawal>()),
            members(&json!(withdrawal))
        );
        let problem = json!({"type": "", "title": "", "status": 0, "detail": "", "current": null});
        let read: api::ProblemBody = serde_json::from_value(problem.clone()).unwrap();
        assert!(read.current.is_none());
        assert_eq!(members(&described::<Problem>()), members(&problem));
    }
}
