//! What people may ask for: data, `www/norms/requests.toml`.

use std::sync::LazyLock;

use raspiska_shared::{
    lang::Localized,
    term::{Norm, NormId},
};
use serde::Deserialize;

use crate::law::Law;

/// Something that may be asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    pub(crate) id: String,
    /// The norm by which it is answered in time.
    norm: NormId,
    /// What whoever shows a receipt's code takes back by asking.
    #[serde(default)]
    pub(crate) withdraws: Withdraws,
    /// Asking blocks the data of whoever shows a receipt's code, until it is refused.
    #[serde(default)]
    pub(crate) blocks: bool,
    /// The answer tells what is recorded.
    #[serde(default)]
    pub(crate) records: bool,
    pub(crate) name: Localized,
    pub(crate) about: Localized,
}

/// What is taken back by asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Withdraws {
    #[default]
    Nothing,
    Advertising,
    Everything,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    request: Vec<Kind>,
}

/// All kinds, in the order in which they are offered.
pub(crate) fn kinds() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
        let text = include_str!("../../../www/norms/requests.toml");
        // A test reads it: none is lost here.
        toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |file| file.request)
    });
    &KINDS
}

impl Kind {
    /// The kind with this id.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        kinds().iter().find(|kind| kind.id == id)
    }

    /// Its norm. A test finds every one.
    pub(crate) fn norm<'a>(&self, law: &'a Law) -> Option<&'a Norm> {
        law.norms.iter().find(|norm| norm.id == self.norm)
    }
}

#[cfg(test)]
mod tests {
    use raspiska_shared::lang::Lang;

    use super::*;

    #[test]
    fn every_kind_has_its_norm_and_its_words() {
        let law = Law::read(None).unwrap();
        let text = include_str!("../../../www/norms/requests.toml");
        assert_eq!(kinds().len(), text.matches("[[request]]").count());
        for kind in kinds() {
            assert!(kind.norm(&law).is_some(), "{}", kind.id);
            for words in [&kind.name, &kind.about] {
                assert!(words.has(Lang::Ru) && words.has(Lang::En), "{}", kind.id);
            }
            assert!(
                std::ptr::eq(Kind::find(&kind.id).unwrap(), kind),
                "twice: {}",
                kind.id
            );
        }
    }
}
