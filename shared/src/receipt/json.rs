//! Strict JSON: every member once, integers only, and no selective-disclosure members where we do not look for them.
//!
//! Two parsers that disagree about a duplicated member would see two receipts in one signature; so would a verifier that
//! follows nested `_sd` and one that does not.

use alloc::{collections::BTreeSet, string::String};
use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

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
pub(super) fn object<T: DeserializeOwned>(
    bytes: &[u8],
) -> Result<(T, BTreeSet<String>), JsonFault> {
    let names = serde_json::from_slice::<Names>(bytes)?.0;
    Ok((serde_json::from_slice(bytes)?, names))
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

    fn read(text: &str) -> Result<serde_json::Value, JsonFault> {
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
    fn depth_ends_in_an_error_and_not_in_the_stack() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert!(read(&deep).is_err());
    }
}
