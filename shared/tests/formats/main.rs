//! The formats of this crate, from outside: vectors, known answers, second opinions, properties. Native and in a browser.
#![expect(
    clippy::unwrap_used,
    reason = "tests: what cannot be made must stop them"
)]

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

// Who takes part and the cases, as the vectors' generator has them.
#[path = "../../examples/vectors/actors.rs"]
mod actors;
#[path = "../../examples/vectors/admission.rs"]
mod admission;
#[path = "../../examples/vectors/consistency.rs"]
mod consistency;
#[path = "../../examples/vectors/cosignatures.rs"]
mod cosignatures;
#[path = "../../examples/vectors/disclosures.rs"]
mod disclosures;
#[path = "../../examples/vectors/files.rs"]
mod files;
#[path = "../../examples/vectors/forge.rs"]
mod forge;
#[path = "../../examples/vectors/logs.rs"]
mod logs;
#[path = "../../examples/vectors/notes.rs"]
mod notes;
#[path = "../../examples/vectors/pages.rs"]
mod pages;
#[path = "../../examples/vectors/payloads.rs"]
mod payloads;
#[path = "../../examples/vectors/posts.rs"]
mod posts;
#[path = "../../examples/vectors/proofs.rs"]
mod proofs;
#[path = "../../examples/vectors/receipts.rs"]
mod receipts;
#[path = "../../examples/vectors/requests.rs"]
mod requests;
#[path = "../../examples/vectors/signatures.rs"]
mod signatures;
#[path = "../../examples/vectors/texts.rs"]
mod texts;
#[path = "../../examples/vectors/vector.rs"]
mod vector;

// The folder of vectors, and the pages that show them.
mod folder;
mod shown;

// Receipts.
mod admitting;
mod known_answers;
mod opening;
mod standing;
mod weak_keys;
mod wycheproof;

// The log.
mod cosigning;
mod keeping;
mod merkle;
mod tiles;

// Anything at all.
mod properties;
