//! The published identity: which keys sign now, and which did before. www/spec/identity.md.

use axum::{extract::State, http::HeaderMap, response::Response};
use raspiska_shared::identity::{
    Identity, LogKeys, OperatorKeys, RetiredThumbprint, RetiredVkey, SCHEMA,
};

use super::assets::Asset;
use crate::{
    app::App,
    site::Loaded,
    store::{KeyPeriod, Role, StoreError},
};

/// Gives the keys of all sites, those of now and the retired ones.
#[utoipa::path(get, path = "/.well-known/raspiska.json", tag = "log", operation_id = "read_identity",
    params(("if-none-match" = Option<String>, Header, description = "An entity tag that the client has")),
    responses((status = 200, description = "Logs and operators with their keys and periods", body = Object),
        (status = 304, description = "Nothing has changed")))]
pub(crate) async fn read_identity(State(app): State<App>, headers: HeaderMap) -> Response {
    app.identity().answer(&headers)
}

/// The document over what the store has, for the sites that are served.
pub(crate) fn publish<'a>(
    keys: &[KeyPeriod],
    sites: impl Iterator<Item = &'a Loaded>,
) -> Result<Asset, StoreError> {
    let mut identity = Identity {
        schema: SCHEMA.to_owned(),
        logs: Vec::new(),
        operators: Vec::new(),
    };
    for loaded in sites {
        let (site, origin) = (&loaded.site.site, &loaded.site.log.origin);
        let (present, retired) = periods(keys, site, Role::Log)?;
        identity.logs.push(LogKeys {
            site: site.clone(),
            origin: origin.clone(),
            vkey: present.public.clone(),
            since: present.since,
            retired: retired
                .map(|(key, until)| RetiredVkey {
                    vkey: key.public.clone(),
                    since: key.since,
                    until,
                })
                .collect(),
        });
        let (present, retired) = periods(keys, site, Role::Operator)?;
        identity.operators.push(OperatorKeys {
            site: site.clone(),
            thumbprint: present.thumbprint()?,
            since: present.since,
            retired: retired
                .map(|(key, until)| {
                    Ok(RetiredThumbprint {
                        thumbprint: key.thumbprint()?,
                        since: key.since,
                        until,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
        });
    }
    // Strings and numbers always serialise.
    let json = serde_json::to_vec(&identity).unwrap_or_default();
    Ok(Asset::new(json, "application/json", "public, max-age=60"))
}

/// The key in force, and those before it with their ends.
fn periods<'a>(
    keys: &'a [KeyPeriod],
    site: &'a str,
    role: Role,
) -> Result<(&'a KeyPeriod, impl Iterator<Item = (&'a KeyPeriod, u64)>), StoreError> {
    let own = keys
        .iter()
        .filter(move |key| key.role == role && key.site == site);
    let present = own.clone().find(|key| key.until.is_none());
    let present = present.ok_or(StoreError::Damaged("a site has no key in force"))?;
    Ok((
        present,
        own.filter_map(|key| key.until.map(|until| (key, until))),
    ))
}
