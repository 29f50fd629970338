//! Strict JSON: every member once, integers only, and no selective-disclosure members where we do not look for them.
//!
//! Two parsers that disagree about a duplicated member would see two receipts in one signature; so would a verifier that
//! follows nested `_sd` and one that does not.

use alloc::{collections::BTreeSet, string::String};
use core::fmt;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// The JSON is malformed or not of the expected shape. Carries a position and no content: content may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the JSON is malformed or not of the expected shape near byte {at}")]
pub struct JsonFault {
    /// Position in bytes, from 1.
    pub at: usize,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        Self { at: error.column() }
    }
}

/// Reads `bytes` as a JSON object of type `T`; also gives the names of its members.
pub(super) fn object<T: DeserializeOwned + Serialize>(
    bytes: &[u8],
) -> Result<(T, BTreeSet<String>), JsonFault> {
    let names = serde_json::from_slice::<Names>(bytes)?.0;
    let read: T = serde_json::from_slice(bytes)?;
    // Derived readers also take an array for an object, and `{"given":null}` for `"given"`; other verifiers do not.
    if covers(
        &serde_json::from_slice(bytes)?,
        &serde_json::to_value(&read)?,
    ) {
        Ok((read, names))
    } else {
        Err(JsonFault { at: 1 })
    }
}

/// Does `received` say all that was read from it, in the same shape? It may say more.
fn covers(received: &Value, read: &Value) -> bool {
    match (received, read) {
        (Value::Object(received), Value::Object(read)) => read.iter().all(|(name, value)| {
            received
                .get(name)
                .is_some_and(|received| covers(received, value))
        }),
        (Value::Array(received), Value::Array(read)) => {
            received.len() == read.len()
                && received
                    .iter()
                    .zip(read)
                    .all(|(received, read)| covers(received, read))
        }
        _ => received == read,
    }
}

/// Reads an optional member that is there: absent is absent, `null` is a fault.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The names of the members of a strict object.
struct Names(BTreeSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outer;
        impl<'de> Visitor<'de> for Outer {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Names, A::Error> {
                members(map, Depth::Top).map(Names)
            }
        }
        deserializer.deserialize_map(Outer)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Top,
    Nested,
}

fn members<'de, A: MapAccess<'de>>(mut map: A, depth: Depth) -> Result<BTreeSet<String>, A::Error> {
    let mut names = BTreeSet::new();
    while let Some(name) = map.next_key::<String>()? {
        if name == "..." || (name == "_sd" && depth == Depth::Nested) {
            return Err(A::Error::custom("selective disclosure below the top"));
        }
        if !names.insert(name) {
            return Err(A::Error::custom("a member stands twice"));
        }
        map.next_value_seed(Strict)?;
    }
    Ok(names)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without fractions and duplicates")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Err(E::custom("a number is not an integer of 64 bits"))
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        members(map, Depth::Nested).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn read(text: &str) -> Result<Value, JsonFault> {
        object(text.as_bytes()).map(|(value, _)| value)
    }

    #[test]
    fn members_that_nobody_knows_are_kept() {
        assert!(read(r#"{"a":1,"b":{"c":[null,true,-1,"x"]},"_sd":[]}"#).is_ok());
    }

    #[test]
    fn duplicates_fractions_and_nested_disclosures_are_refused() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":18446744073709551616}"#,
            r#"{"a":{"_sd":[]}}"#,
            r#"{"a":[{"...":"x"}]}"#,
            r#"[1]"#,
            r#"{"a":1} x"#,
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_shape_of_the_same_members_is_refused() {
        #[derive(Debug, Serialize, Deserialize)]
        struct Outer {
            inner: Inner,
            #[serde(
                default,
                deserialize_with = "present",
                skip_serializing_if = "Option::is_none"
            )]
            maybe: Option<u8>,
        }
        #[derive(Debug, Serialize, Deserialize)]
        struct Inner {
            word: Word,
        }
        #[derive(Debug, Serialize, Deserialize)]
        enum Word {
            Yes,
        }
        let read = |text: &str| object::<Outer>(text.as_bytes()).is_ok();
        assert!(read(r#"{"inner":{"word":"Yes","more":1}}"#));
        assert!(read(r#"{"inner":{"word":"Yes"},"maybe":1}"#));
        for text in [
            r#"{"inner":["Yes"]}"#,
            r#"{"inner":{"word":{"Yes":null}}}"#,
            r#"{"inner":{"word":"Yes"},"maybe":null}"#,
        ] {
            assert!(!read(text), "{text}");
        }
    }

    #[test]
    fn depth_ends_in_an_error_and_not_in_the_stack() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert!(read(&deep).is_err());
    }
}
