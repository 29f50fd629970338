//! Strict JSON, read once: every member once, integers only, objects as objects and words as words, and no
//! selective-disclosure members where we do not look for them.
//!
//! Two parsers that disagree about a duplicated member would see two receipts in one signature; so would a verifier that
//! follows nested `_sd` and one that does not. Derived readers also take an array for an object, and `{"given":null}` for
//! `"given"`; other verifiers do not, so here [`Strict`] stands between the reader and the JSON.

use alloc::{
    borrow::{Cow, ToOwned as _},
    string::String,
    vec::Vec,
};
use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
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

/// The names of the members of an object, in order.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(Vec<Cow<'a, str>>);

impl Members<'_> {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|own| (**own).cmp(name)).is_ok()
    }
}

/// Reads `bytes` as a JSON object of type `T`; also gives the names of its members.
pub(super) fn object<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
) -> Result<(T, Members<'a>), JsonFault> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut members = Members::default();
    let read = T::deserialize(Strict {
        inner: &mut json,
        top: Some(&mut members),
    })?;
    json.end()?;
    Ok((read, members))
}

/// Reads an optional member that is there: absent is absent, `null` is a fault.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Hands on what `inner` reads, if it is strict; `top` takes the names of the outermost object.
struct Strict<'t, 'a, D> {
    inner: D,
    top: Option<&'t mut Members<'a>>,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, 'de, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Watched {
            visitor,
            top: self.top,
        })
    }

    // What nobody asked for is read with the same eyes.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Watched {
            visitor,
            top: self.top,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let word = Text.deserialize(self.inner)?;
        visitor.visit_enum((*word).into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct identifier
    }
}

/// A visitor to which nothing comes that is not strict.
struct Watched<'t, 'a, V> {
    visitor: V,
    top: Option<&'t mut Members<'a>>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.visitor.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.visitor.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.visitor.visit_u64(value)
    }

    // Programs round fractions and large numbers differently.
    fn visit_f64<E: Error>(self, _: f64) -> Result<V::Value, E> {
        Err(E::custom("a number is not an integer of 64 bits"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.visitor.visit_str(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.visitor.visit_borrowed_str(value)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Elements(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Object {
            map,
            names: Vec::new(),
            top: self.top,
        })
    }
}

struct Elements<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Inside(seed))
    }
}

struct Object<'t, 'a, A> {
    map: A,
    names: Vec<Cow<'a, str>>,
    top: Option<&'t mut Members<'a>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Object<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.map.next_key_seed(Text)? else {
            // Once at the end, so that a receipt of nothing but names costs no more than a long one.
            self.names.sort_unstable();
            if self.names.array_windows().any(|[one, other]| one == other) {
                return Err(A::Error::custom("a member stands twice"));
            }
            if let Some(top) = &mut self.top {
                top.0 = core::mem::take(&mut self.names);
            }
            return Ok(None);
        };
        if name == "..." || (name == "_sd" && self.top.is_none()) {
            return Err(A::Error::custom("selective disclosure below the top"));
        }
        let key = seed.deserialize((*name).into_deserializer());
        self.names.push(name);
        key.map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(Inside(seed))
    }
}

/// Reads what is below the top.
struct Inside<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Inside<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict { inner, top: None })
    }
}

/// Reads a string, without a copy where it has no escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// An object with whatever members.
    #[derive(Debug, Deserialize)]
    struct Anything {}

    fn read(text: &str) -> Result<Anything, JsonFault> {
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
        #[derive(Debug, Deserialize)]
        struct Outer {
            inner: Inner,
            #[serde(default, deserialize_with = "present")]
            maybe: Option<u8>,
        }
        #[derive(Debug, Deserialize)]
        struct Inner {
            word: Word,
        }
        #[derive(Debug, Deserialize)]
        enum Word {
            Yes,
        }
        let read = |text: &str| {
            let (outer, members) = object::<Outer>(text.as_bytes()).ok()?;
            assert_eq!(members.contains("maybe"), outer.maybe.is_some());
            Some(matches!(outer.inner.word, Word::Yes))
        };
        assert_eq!(read(r#"{"inner":{"word":"Yes","more":1}}"#), Some(true));
        assert_eq!(read(r#"{"inner":{"word":"Yes"},"maybe":1}"#), Some(true));
        for text in [
            r#"{"inner":["Yes"]}"#,
            r#"{"inner":{"word":{"Yes":null}}}"#,
            r#"{"inner":{"word":"Yes"},"maybe":null}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn depth_ends_in_an_error_and_not_in_the_stack() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert!(read(&deep).is_err());
    }
}
