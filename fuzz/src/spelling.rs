//! Short texts with exactly one spelling: what is read prints back to the same bytes.

use raspiska_shared::{
    digest::Digest,
    log::{
        entry::Entry,
        note::VerifierKey,
        tile::{Level, TilePath, WIDTH},
    },
    purpose::PurposeId,
    receipt::Uuid,
};

use crate::vectors::{bodies, folder};

pub(crate) fn spelling(data: &[u8]) -> bool {
    if let Ok(entry) = Entry::parse(data) {
        assert_eq!(entry.to_bytes(), data);
        return true;
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    if let Ok(path) = text.parse::<TilePath>() {
        assert!((1..=WIDTH).contains(&path.width));
        assert!(!matches!(path.level, Level::Hashes(8..)));
    }
    let printed = [
        text.parse::<TilePath>().map(|it| it.to_string()).ok(),
        text.parse::<VerifierKey>().map(|it| it.to_string()).ok(),
        text.parse::<Digest>().map(|it| it.to_string()).ok(),
        text.parse::<Uuid>().map(|it| it.to_string()).ok(),
        text.parse::<PurposeId>().map(|it| it.to_string()).ok(),
    ];
    let mut read = false;
    for printed in printed.into_iter().flatten() {
        assert_eq!(printed, text);
        read = true;
    }
    read
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let paths = [
        "tile/0/000",
        "tile/7/255.p/255",
        "tile/entries/x001/234.p/1",
        "tile/3/x018/x446/x744/x073/x709/x551/615",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/8/000",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/000.p/256",
        "0199c82c-c000-7111-9111-111111111111",
        "analytics/counter",
        "raspiska/entry/v1\nacme\nAgSOktEbu7jOXO78mOS59agkK29L/A1pnqZPNrJTPOQ=\n1760000005002\n",
        "raspiska/entry/v1\nacme\nAgSOktEbu7jOXO78mOS59agkK29L/A1pnqZPNrJTPOQ=\n18446744073709551616\n",
        "AgSOktEbu7jOXO78mOS59agkK29L_A1pnqZPNrJTPOQ",
    ];
    let keys = folder("note")
        .into_iter()
        .filter_map(|vector| Some(vector.keys.get("vkey")?.clone().into_bytes()));
    paths
        .map(|path| path.as_bytes().to_vec())
        .into_iter()
        .chain(keys)
        .chain(bodies(&["consistency"]))
        .collect()
}
