//! The bodies of the API for `openapi.json`. What is sent are the types of `raspiska_shared::api`; a test holds these
//! descriptions against them.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// The answer to a logged receipt.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "a description: its fields are read by the derive alone"
)]
pub(crate) struct Logged {
    /// The receipt's hash: SHA-256, base64url.
    #[schema(min_length = 43, max_length = 43)]
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
    #[schema(min_length = 43, max_length = 43)]
    receipt: String,
    /// The code that came with the receipt.
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
    #[schema(rename = "type")]
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
