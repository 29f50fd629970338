//! `receipt/disclosure-*`: values that do not fit the digests that were signed.

use raspiska_shared::{digest::Digest, problem::Kind};

use crate::{
    actors::{alice, contact, value},
    forge::{Parts, encode, padded},
    vector::Vector,
};

pub(crate) fn vectors() -> Vec<Vector> {
    let parts = || Parts::of(contact(), &alice());
    let bad = |case: &str, comment: &str, parts: Parts| {
        Vector::bad(
            &format!("receipt/disclosure-{case}"),
            Kind::Disclosure,
            comment,
            parts.sign(&alice()),
        )
    };
    let with = |encoded: String| {
        let mut parts = parts();
        parts.disclosures.push(encoded);
        parts
    };
    let salted = |rest: &str| parts().disclosing(&format!(r#"["pKSkpKSkpKSkpKSkpKSkpA",{rest}]"#));
    let first = parts().disclosures[0].clone();
    let digest = Digest::of(first.as_bytes());
    vec![
        bad(
            "unreferenced",
            "a value that nobody signed",
            with(value(0xa4, "phone", "1").encoded().to_owned()),
        ),
        bad("repeated", "the same value twice", with(first.clone())),
        bad("changed", "a value that was changed after signing", {
            let mut parts = parts();
            parts.disclosures[0] = encode(r#"["oaGhoaGhoaGhoaGhoaGhoQ","name","Ева"]"#);
            parts
        }),
        bad(
            "referenced-twice",
            "a digest stands twice in _sd",
            parts().payload("\"_sd\":[", &format!("\"_sd\":[\"{digest}\",")),
        ),
        bad("not-base64", "padding", {
            let json = r#"["pKSkpKSkpKSkpKSkpKSkpA","phone","1"]"#;
            let encoded = padded(json);
            let digest = Digest::of(encoded.as_bytes());
            let mut parts = with(encoded);
            parts = parts.payload("\"_sd\":[", &format!("\"_sd\":[\"{digest}\","));
            parts
        }),
        bad(
            "four-elements",
            "one element too many",
            salted(r#""phone","1","2""#),
        ),
        bad(
            "two-elements",
            "as for an array's element",
            salted(r#""phone""#),
        ),
        bad(
            "number",
            "a value that is not a string",
            salted(r#""phone",1"#),
        ),
        bad(
            "object",
            "not an array",
            parts().disclosing(r#"{"salt":"pKSkpKSkpKSkpKSkpKSkpA"}"#),
        ),
        bad(
            "salt-short",
            "a salt of 120 bits",
            parts().disclosing(r#"["pKSkpKSkpKSkpKSkpKSk","phone","1"]"#),
        ),
        bad(
            "salt-text",
            "a salt that is not base64url",
            parts().disclosing(r#"["a salt of many characters","phone","1"]"#),
        ),
        bad("name-reserved", "a reserved name", salted(r#""_sd","1""#)),
        bad(
            "name-dots",
            "the other reserved name",
            salted(r#""...","1""#),
        ),
        bad(
            "name-of-member",
            "a name that would hide a member of the payload",
            salted(r#""aud","other.example""#),
        ),
        bad(
            "name-twice",
            "two values for one name",
            salted(r#""name","Ева""#),
        ),
    ]
}
