//! The status of one subject, folded from what is stored.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{party::SubjectId, receipt::Payload, status::Standing};

use crate::store::{Row, Store, StoreError};

/// What holds for a subject by all that is logged of it.
pub(crate) fn of_subject(
    store: &dyn Store,
    site: &str,
    subject: &SubjectId,
) -> Result<Standing, StoreError> {
    let mut standing = Standing::default();
    for row in store.history(site, subject)? {
        standing.apply(&payload(&row)?, row.receipt);
    }
    Ok(standing)
}

/// The payload of a logged receipt. It was verified before it was logged, so here it is only decoded.
pub(crate) fn payload(row: &Row) -> Result<Payload, StoreError> {
    let damaged = StoreError::Damaged("a logged receipt cannot be read");
    let mut parts = row.token.split('.');
    let (Some(_), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(damaged);
    };
    let Ok(json) = Base64UrlUnpadded::decode_vec(payload) else {
        return Err(damaged);
    };
    serde_json::from_slice(&json).map_err(|_| damaged)
}
