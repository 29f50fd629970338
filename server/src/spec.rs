//! The published formats and their verifiers, as they are in this binary: served to everyone, and put into evidence packs.

/// Programs that check receipt files and evidence packs, with nothing but Python or Node: each pack has them.
pub(crate) const CONFIRMERS: [(&str, &str); 3] = [
    ("confirm.mjs", include_str!("../../www/spec/confirm.mjs")),
    ("confirm.py", include_str!("../../www/spec/confirm.py")),
    ("ed25519.py", include_str!("../../www/spec/ed25519.py")),
];

/// Programs that check receipt files, short enough to be read, and the tables that they share.
pub(crate) const VERIFIERS: [(&str, &str); 3] = [
    ("formats.json", include_str!("../../www/spec/formats.json")),
    ("verify.mjs", include_str!("../../www/spec/verify.mjs")),
    ("verify.py", include_str!("../../www/spec/verify.py")),
];

/// The pages that they are written from.
pub(crate) const PAGES: [(&str, &str); 9] = [
    ("README.md", include_str!("../../www/spec/README.md")),
    (
        "evidence-pack.md",
        include_str!("../../www/spec/evidence-pack.md"),
    ),
    ("hooks.md", include_str!("../../www/spec/hooks.md")),
    ("http.md", include_str!("../../www/spec/http.md")),
    ("identity.md", include_str!("../../www/spec/identity.md")),
    ("log.md", include_str!("../../www/spec/log.md")),
    ("page.md", include_str!("../../www/spec/page.md")),
    (
        "receipt-file.md",
        include_str!("../../www/spec/receipt-file.md"),
    ),
    ("receipt.md", include_str!("../../www/spec/receipt.md")),
];
